"""Build a night's candidate store from the state."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl

from warehouse.associations import publish_members
from warehouse.contract import CONTROL, DELIVERED, GOVERNANCE, LINK_KEPT, REFERENCE, Table
from warehouse.contract.control import FORCE_STATUS, QUARANTINE
from warehouse.declared import DeclaredForce, with_former
from warehouse.force_night import note_force_night
from warehouse.freshness import fill_force_status
from warehouse.geography_tables import geography_tables
from warehouse.home import Home, require_disk
from warehouse.hotspots.clusters import fill_clusters
from warehouse.hotspots.every_unit import every_unit
from warehouse.hotspots.fill import fill_hotspots
from warehouse.hotspots.near_repeat import fill_near_repeats
from warehouse.hotspots.places import places
from warehouse.journal import step
from warehouse.linked import SCHEMAS as LINKED_IN
from warehouse.linked import create_macros, publish_links
from warehouse.marts import create_mart, read_marts
from warehouse.night import closed_nights, is_closed, read_model, unfinished_deliverers
from warehouse.quarantine import fill_quarantine
from warehouse.reference import TYPED, read_reference
from warehouse.resolved import resolve
from warehouse.resolved_objects import resolve_objects
from warehouse.review_queue import publish_review
from warehouse.schema import (
    RESOLVED_IDS,
    SCHEMAS,
    comment_statements,
    create_statements,
    quote,
    store_tables,
)
from warehouse.series import publish_series
from warehouse.state import lock, writer
from warehouse.store_reconciliation import fill_store_reconciliation


def building_path(home: Home, night: date) -> Path:
    """The night's candidate, until it is published."""
    return home.store / f".building-{night.isoformat()}.duckdb"


def build(home: Home, night: date, declarations: Mapping[str, DeclaredForce]) -> None:
    """Make the night's candidate store, whole; whether it may be published is for its checks to say
    (quality/store_suite.py).

    A candidate that an earlier run left behind is thrown away first.

    Raises:
        StoreError: the state is lost or damaged, or of another version.
        DiskError: less is free than three times the state's size; nothing was written.
        LockedError: another process writes to the state.
    """
    if is_closed(home, night):
        return
    with step(home, night, "build") as note:
        with writer(home, f"build of {night}") as con:
            _register_night(con, home, night)
        require_disk(home.store, 3 * home.state.stat().st_size, "building the store")
        candidate = _fresh_candidate(home, night)
        con = duckdb.connect(str(candidate))
        try:
            candidate.chmod(0o600)
            with lock(home, f"build of {night}"):
                con.execute(f"ATTACH {quote(str(home.state))} AS state (READ_ONLY)")
                _fill(con, home, night, declarations)
                con.execute("DETACH state")
            con.execute("CHECKPOINT")
        finally:
            con.close()
        note["bytes"] = candidate.stat().st_size


def _register_night(con: duckdb.DuckDBPyConnection, home: Home, night: date) -> None:
    """Put the night into ``governance.night`` and ``quality.force_night``; nights that were never
    published leave them."""
    con.execute("BEGIN")
    con.execute(
        "DELETE FROM governance.night WHERE NOT list_contains($closed, night)",
        {"closed": closed_nights(home)},
    )
    con.execute(
        "DELETE FROM quality.force_night WHERE NOT list_contains($closed, night)",
        {"closed": closed_nights(home)},
    )
    note_force_night(con, night)
    con.execute(
        """
        INSERT INTO governance.night BY NAME
        SELECT $night AS night, $model_id AS person_model_id,
               (SELECT model_id FROM offence_linkage.mark) AS offence_model_id,
               (SELECT model_id FROM linkage.series_mark) AS series_model_id,
               $version AS crimelink_version, $now AS published_at
        """,
        {
            "night": night,
            "model_id": read_model(home, night),
            "version": version("crimelink"),
            "now": datetime.now(UTC).replace(tzinfo=None),
        },
    )
    con.execute("COMMIT")


def _fresh_candidate(home: Home, night: date) -> Path:
    home.store.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left_behind in home.store.glob(".building-*"):
        left_behind.unlink()
    return building_path(home, night)


def _fill(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    night: date,
    declarations: Mapping[str, DeclaredForce],
) -> None:
    tables = store_tables()
    _create(con, tables)
    for entity, at in LINKED_IN.items():
        con.execute(
            f"CREATE TEMP VIEW resolved_{entity} AS "
            f"FROM state.{at}.cluster JOIN state.{at}.record_key USING (record)"
        )
    for table in DELIVERED:
        con.execute(_current_sql(table))
    for entity in LINKED_IN:
        con.execute(f"DROP VIEW resolved_{entity}")
    for table in (*LINK_KEPT, *CONTROL, *GOVERNANCE):
        if table not in (FORCE_STATUS, QUARANTINE):
            con.execute(_copy_sql(table))
    fill_store_reconciliation(con)
    fill_quarantine(con)
    publish_links(con)
    publish_members(con)
    publish_review(con)
    forces = with_former(con, declarations)
    _fill_reference(con, home, forces)
    fill_force_status(con, night, forces, unfinished_deliverers(home, night))
    resolve(con)
    resolve_objects(con)
    publish_series(con)
    create_macros(con)
    with places(con):
        units = every_unit(con)
        fill_hotspots(con, night, units)
        fill_clusters(con, night, units)
    fill_near_repeats(con, night)
    marts = tuple(create_mart(con, mart) for mart in read_marts())
    _explain(con, (*tables, *marts))


def _create(con: duckdb.DuckDBPyConnection, tables: tuple[Table, ...]) -> None:
    con.execute("BEGIN")
    for schema in SCHEMAS:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for statement in create_statements(tables):
        con.execute(statement)
    con.execute("COMMIT")


def _explain(con: duckdb.DuckDBPyConnection, tables: tuple[Table, ...]) -> None:
    con.execute("BEGIN")
    for table in tables:
        for statement in comment_statements(table):
            con.execute(statement)
    con.execute("COMMIT")


_ID_JOINS = {
    "person_record": """
        LEFT JOIN resolved_person AS member
          USING (force, source_system, source_record_id)""",
    "event_role": """
        LEFT JOIN resolved_person AS member
          ON member.force = held.force AND member.source_system = held.source_system
         AND member.source_record_id = held.person_source_record_id""",
    "offence_record": """
        LEFT JOIN resolved_offence AS member
          USING (force, source_system, source_record_id)""",
}


def _current_sql(table: Table) -> str:
    """Copy a delivered table's current rows, in order of their key, with the resolved id."""
    columns = ", ".join(f'held."{name}"' for name in table.names)
    resolved = RESOLVED_IDS.get(table.name)
    ids = f", member.{resolved.name}" if resolved else ""
    return f"""
        INSERT INTO {table.qualified}
        SELECT {columns}{ids}, held.version, held.valid_from
        FROM (FROM state.{table.qualified} WHERE valid_to IS NULL) AS held
        {_ID_JOINS.get(table.name, "")}
        ORDER BY held.force, held.source_system, held.record_key
    """


def _copy_sql(table: Table) -> str:
    order = ", ".join(f'"{name}"' for name in table.key)
    return f"INSERT INTO {table.qualified} SELECT * FROM state.{table.qualified} ORDER BY {order}"


def _fill_reference(
    con: duckdb.DuckDBPyConnection, home: Home, forces: Mapping[str, DeclaredForce]
) -> None:
    frames = {name: read_reference(name) for name in TYPED}
    frames["force"] = _forces(forces)
    frames |= geography_tables(home, frames["force"])
    for table in REFERENCE:
        if table.name in frames:
            con.register("facts", frames[table.name])
            con.execute(f"INSERT INTO {table.qualified} BY NAME SELECT * FROM facts")
            con.unregister("facts")


def _forces(forces: Mapping[str, DeclaredForce]) -> pl.DataFrame:
    rows = [
        {
            "force": declared.force,
            "name": declared.name,
            "ons_code": declared.ons_code,
            "pnc_codes": ",".join(declared.pnc_codes),
            "source_system": declared.system,
            "deliverer": declared.deliverer,
            "profile": declared.profile,
        }
        for _, declared in sorted(forces.items())
    ]
    force = next(table for table in REFERENCE if table.name == "force")
    return pl.DataFrame(rows, schema=force.polars_schema())
