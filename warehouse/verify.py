"""Checks of a finished store: each a question whose answer must be no rows.

They are asked of the candidate with the state attached as ``state``. A store that fails one is not
published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from warehouse.contract import DELIVERED, Table
from warehouse.errors import StoreError
from warehouse.schema import quote, store_tables


@dataclass(frozen=True)
class Check:
    """One check: what must hold, and a query for the rows where it does not."""

    name: str
    says: str
    sql: str


_RECORD = "force, source_system, source_record_id"

CHECKS: tuple[Check, ...] = (
    Check(
        "balance",
        "received = stored + unchanged + quarantined + deleted, for every batch and table",
        """FROM quality.reconciliation
           WHERE received <> stored + unchanged + quarantined + deleted""",
    ),
    Check(
        "held_batches_store_nothing",
        "every row of a held batch is kept out",
        """SELECT batch_id FROM quality.reconciliation JOIN quality.batch USING (batch_id)
           WHERE status = 'held' AND received <> quarantined""",
    ),
    Check(
        "quarantine_is_counted",
        "as many rows are listed in quarantine as the reconciliation of a loaded batch counts",
        """SELECT batch_id, table_name, quarantined, listed
           FROM quality.reconciliation
           JOIN quality.batch USING (batch_id)
           LEFT JOIN (
               SELECT batch_id, table_name, count(*) AS listed FROM (
                   SELECT DISTINCT batch_id, table_name, source_file, source_row, record_key
                   FROM quality.quarantine
               ) GROUP BY ALL
           ) USING (batch_id, table_name)
           WHERE status = 'loaded' AND quarantined <> coalesce(listed, 0)""",
    ),
    Check(
        "records_have_a_person",
        "every person record is resolved to a person",
        "FROM core.person_record WHERE person_id IS NULL",
    ),
    Check(
        "offences_are_resolved",
        "every offence record is resolved to an offence",
        "FROM core.offence_record WHERE offence_id IS NULL",
    ),
    Check(
        "roles_follow_their_record",
        "a role bears the person of its person record, and none where that is not held",
        """SELECT role.record_key FROM core.event_role AS role
           LEFT JOIN core.person_record AS record
             ON record.force = role.force AND record.source_system = role.source_system
            AND record.source_record_id = role.person_source_record_id
           WHERE role.person_id IS DISTINCT FROM record.person_id""",
    ),
    Check(
        "persons_are_their_records",
        "core.person has each person of the records once, with as many records",
        """SELECT person_id FROM core.person FULL JOIN (
               SELECT person_id, count(*) AS held FROM core.person_record GROUP BY person_id
           ) USING (person_id)
           WHERE record_count IS DISTINCT FROM held""",
    ),
    Check(
        "offences_are_their_records",
        "core.offence has each offence of the records once, with as many records",
        """SELECT offence_id FROM core.offence FULL JOIN (
               SELECT offence_id, count(*) AS held FROM core.offence_record GROUP BY offence_id
           ) USING (offence_id)
           WHERE record_count IS DISTINCT FROM held""",
    ),
    Check(
        "members_are_held",
        "a membership is open only while its record is held",
        f"""SELECT {_RECORD} FROM link.person_membership WHERE valid_to IS NULL
            EXCEPT SELECT {_RECORD} FROM core.person_record
            UNION ALL
            SELECT {_RECORD} FROM link.offence_membership WHERE valid_to IS NULL
            EXCEPT SELECT {_RECORD} FROM core.offence_record""",
    ),
    Check(
        "edges_join_held_records",
        "both ends of an edge are records that are held",
        f"""SELECT force_l, source_system_l, source_record_id_l FROM link.person_edge
            UNION SELECT force_r, source_system_r, source_record_id_r FROM link.person_edge
            EXCEPT SELECT {_RECORD} FROM core.person_record""",
    ),
    Check(
        "persons_are_tied_by_links",
        "a person of several records has a link between them",
        "FROM core.person WHERE record_count > 1 AND weakest_link_weight IS NULL",
    ),
    Check(
        "edges_name_their_model",
        "the model of every edge is in the register",
        """SELECT DISTINCT model_id FROM link.person_edge
           EXCEPT SELECT model_id FROM governance.model_register""",
    ),
    Check(
        "every_force_has_a_status",
        "quality.force_status has each declared force once",
        "SELECT force FROM reference.force EXCEPT SELECT force FROM quality.force_status",
    ),
    Check(
        "forces_are_declared",
        "whatever a loaded batch brought belongs to a declared force",
        """SELECT DISTINCT force FROM quality.batch WHERE status = 'loaded'
           EXCEPT SELECT force FROM reference.force""",
    ),
    Check(
        "hotspots_add_up",
        "under each unit, mart.hotspot_cell_month counts every dated offence that has a cell",
        """FROM (VALUES
               ('h3_r8', (SELECT count(*) FROM core.offence_record
                          WHERE h3_r8 IS NOT NULL AND occurred_on IS NOT NULL)),
               ('bng_250m', (SELECT count(*) FROM core.offence_record
                             WHERE bng_250m IS NOT NULL AND occurred_on IS NOT NULL))
           ) AS expected (unit, offences)
           WHERE offences <> (SELECT coalesce(sum(mart.offences), 0)
                              FROM mart.hotspot_cell_month AS mart
                              WHERE mart.unit = expected.unit)""",
    ),
    Check(
        "everything_is_explained",
        "every table and column has a comment",
        """SELECT schema_name || '.' || table_name FROM duckdb_tables()
           WHERE database_name = current_database() AND NOT temporary AND comment IS NULL
           UNION ALL
           SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns()
           WHERE database_name = current_database() AND comment IS NULL
             AND schema_name IN ('core', 'link', 'mart', 'quality', 'governance', 'reference')""",
    ),
)


def checks(night: date) -> Iterator[Check]:
    """Every check of the night's store: those above, then those of each table."""
    yield from CHECKS
    yield Check(
        "the_night_is_told",
        "governance.night ends with the store's own night",
        f"SELECT 1 WHERE (SELECT max(night) FROM governance.night) IS DISTINCT FROM {_sql(night)}",
    )
    for table in store_tables():
        if table.key:
            yield _key_check(table)
    for table in DELIVERED:
        yield _current_check(table)
        yield _stored_check(table)


def verify(con: duckdb.DuckDBPyConnection, night: date) -> int:
    """Ask every check of the candidate that ``con`` has open.

    Returns:
        How many checks were asked.

    Raises:
        StoreError: naming each check that failed and how many rows it found.
    """
    asked = 0
    failed = []
    for check in checks(night):
        found = con.execute(f"SELECT count(*) FROM ({check.sql})").fetchall()[0][0]
        asked += 1
        if found:
            failed.append(f"{check.name}: {found} rows ({check.says})")
    if failed:
        raise StoreError(
            f"the store of {night} fails {len(failed)} of {asked} checks and is not published: "
            + "; ".join(failed)
        )
    return asked


def _key_check(table: Table) -> Check:
    key = ", ".join(f'"{name}"' for name in table.key)
    return Check(
        f"{table.qualified}.key",
        f"{', '.join(table.key)} are unique together",
        f"SELECT {key} FROM {table.qualified} GROUP BY {key} HAVING count(*) > 1",
    )


def _current_check(table: Table) -> Check:
    return Check(
        f"{table.qualified}.rows",
        "the store has as many rows as the state has current ones",
        f"""SELECT 1 WHERE (SELECT count(*) FROM {table.qualified}) <>
            (SELECT count(*) FROM state.{table.qualified} WHERE valid_to IS NULL)""",
    )


def _stored_check(table: Table) -> Check:
    return Check(
        f"{table.qualified}.stored",
        "every batch has as many versions in the state as its reconciliation says it stored",
        f"""SELECT batch_id FROM (
                SELECT batch_id, stored FROM quality.reconciliation
                WHERE table_name = {quote(table.name)}
            ) FULL JOIN (
                SELECT batch_id, count(*) AS versions FROM state.{table.qualified} GROUP BY batch_id
            ) USING (batch_id)
            WHERE coalesce(stored, 0) <> coalesce(versions, 0)""",
    )


def _sql(night: date) -> str:
    return f"DATE {quote(night.isoformat())}"
