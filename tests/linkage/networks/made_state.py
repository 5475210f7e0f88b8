"""States written by hand: persons, and what they have in common."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import polars as pl

from linkage.networks.associate import associate_persons
from linkage.workspace import workspace
from warehouse.contract import delivered_table, network
from warehouse.contract.person import HASHED
from warehouse.contract.record_hash import record_hash_sql
from warehouse.home import Home
from warehouse.object_keys import KINDS, id_sql
from warehouse.state import writer

FIRST = date(2026, 1, 12)
FORCE = {"force": "kent", "source_system": "niche"}


def utc(*parts: int) -> datetime:
    """A time as the state holds it: UTC, and without saying so."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def store(con: duckdb.DuckDBPyConnection, night: date, **rows: Iterable[dict[str, Any]]) -> None:
    """Rows as the load would have stored them on that night, tables by name.

    A row that has a key that is held ends what is held; with nothing beside the key it is gone.
    Rows that belong to another record have ``source_record_id`` of that one, and a ``record_key``.
    """
    for name, given in rows.items():
        full = [_complete(name, night, row) for row in given]
        if not full:
            continue
        keys = pl.DataFrame([{"record_key": row["record_key"], "force": row["force"]}
                             for row in full])  # fmt: skip
        con.register("keys", keys)
        con.execute(
            f"UPDATE core.{name} AS held SET valid_to = $night, closed_sequence = '1' FROM keys "
            "WHERE held.record_key = keys.record_key AND held.force = keys.force "
            "AND valid_to IS NULL",
            {"night": night},
        )
        there = [row for row in full if not row.pop("is_gone")]
        if there:
            table = delivered_table(name)
            schema = {k: v for k, v in table.polars_schema().items() if k in there[0]} | {
                "version": pl.Int32, "valid_from": pl.Date, "delivery_sequence": pl.String,
            }  # fmt: skip
            con.register("held", pl.DataFrame(there, schema=schema))
            hashed = f", {record_hash_sql()} AS record_hash" if table in HASHED else ""
            con.execute(f"INSERT INTO core.{name} BY NAME SELECT *{hashed} FROM held")


_IDENTITY = {"force", "source_system", "record_key", "source_record_id"}
_REQUIRED = {"offence_record": {"offence_group": "burglary", "is_notifiable": True}}
_OCCURRENCE = {"occurred_precision": "day", "is_time_ambiguous": False,
               "location_precision": "none"}  # fmt: skip


def _complete(table: str, night: date, row: dict[str, Any]) -> dict[str, Any]:
    own = {name for name in row if name not in _IDENTITY}
    usual: dict[str, Any] = dict.fromkeys(delivered_table(table).names)
    if table in ("offence_record", "incident", "stop_search"):
        usual |= _OCCURRENCE
    return {
        **usual, **_REQUIRED.get(table, {}), **FORCE, "record_key": row.get("source_record_id"),
        "batch_id": "b", "source_file": "f", "source_row": 1, "version": 1, "valid_from": night,
        "delivery_sequence": "1", "is_gone": not own, **row,
    }  # fmt: skip


def resolve(con: duckdb.DuckDBPyConnection, night: date, persons: dict[str, str]) -> None:
    """Have the current person records be of these persons, as a link step would leave them; a
    record that is not named is not held."""
    con.register("named", pl.DataFrame(
        {"source_record_id": list(persons), "person_id": list(persons.values())},
        schema={"source_record_id": pl.String, "person_id": pl.String},
    ))  # fmt: skip
    con.execute(
        "INSERT INTO linkage.record_key "
        "SELECT row_number() OVER () + (SELECT coalesce(max(record), 0) FROM linkage.record_key), "
        f"'kent', 'niche', source_record_id, {record_hash_sql()}, $night FROM "
        "(SELECT *, 'kent' AS force, 'niche' AS source_system FROM named) "
        "WHERE source_record_id NOT IN (SELECT source_record_id FROM linkage.record_key)",
        {"night": night},
    )
    con.execute("DELETE FROM linkage.cluster")
    con.execute(
        "INSERT INTO linkage.cluster SELECT record, record, person_id "
        "FROM named JOIN linkage.record_key USING (source_record_id)"
    )


def offences(con: duckdb.DuckDBPyConnection, night: date, offences: dict[str, str]) -> None:
    """Have the offence records be of these offences from the night on."""
    con.register("named", pl.DataFrame(
        {"source_record_id": list(offences), "offence_id": list(offences.values())},
        schema={"source_record_id": pl.String, "offence_id": pl.String},
    ))  # fmt: skip
    con.execute(
        "UPDATE link.offence_membership AS held SET valid_to = $night WHERE valid_to IS NULL "
        "AND (source_record_id, offence_id) NOT IN (FROM named)", {"night": night},
    )  # fmt: skip
    con.execute(
        "INSERT INTO link.offence_membership "
        "SELECT offence_id, 'kent', 'niche', source_record_id, $night, NULL FROM named "
        "WHERE (source_record_id, offence_id) NOT IN (SELECT source_record_id, offence_id "
        "FROM link.offence_membership WHERE valid_to IS NULL)", {"night": night},
    )  # fmt: skip


def flag(con: duckdb.DuckDBPyConnection, night: date, marks: Iterable[str]) -> None:
    """Have these registration marks, and no others, be borne by two vehicles as it seems."""
    con.execute("DELETE FROM link.object_flag")
    key = dict.fromkeys(("evidence_type_l", "evidence_type_r"), "vehicle_record")
    for side in "lr":
        key |= {f"{part}_{side}": "x" for part in ("force", "source_system", "source_record_id")}
    for mark in marks:
        [(object_id,)] = con.execute(
            f"SELECT {id_sql(KINDS['vehicle'], '$mark')}", {"mark": mark}
        ).fetchall()
        row = key | {"object_id": object_id, "object_type": "vehicle", "kind": "two descriptions",
                     "pairs": 1, "says": "differ", "evidence": "{}", "night": night}  # fmt: skip
        con.execute(
            f"INSERT INTO link.object_flag ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            list(row.values()),
        )


def work_out(home: Home, night: date) -> None:
    with writer(home, "test") as con, workspace(con):
        associate_persons(con, night)


# What must be the same however the nights were split; networks by their people, not by their id.
LASTING = {
    "association": "FROM link.association ORDER BY ALL",
    "evidence": "FROM link.association_evidence ORDER BY ALL",
    "hub": "FROM link.association_hub ORDER BY ALL",
    "member": "SELECT * EXCLUDE (record) FROM linkage.context_member ORDER BY ALL",
    "context": "FROM linkage.context ORDER BY ALL",
    "node": "FROM linkage.network_node ORDER BY ALL",
    "standing": "SELECT list(person_id ORDER BY person_id), list(strength ORDER BY person_id), "
                "list(betweenness ORDER BY person_id), list(is_central ORDER BY person_id) "
                "FROM link.network_standing GROUP BY network_id ORDER BY ALL",
}  # fmt: skip


def lasting(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    with writer(home, "test") as con:
        return {name: con.execute(query).fetchall() for name, query in LASTING.items()}


def ask(home: Home, query: str) -> list[tuple[Any, ...]]:
    with writer(home, "test") as con:
        return con.execute(query).fetchall()


def forget(home: Home) -> None:
    """As if nothing had ever been associated."""
    with writer(home, "test") as con:
        for table in (*network.KEPT, *network.STATE):
            con.execute(f"DELETE FROM {table.qualified}")
