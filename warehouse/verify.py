"""Checks of a finished store: each a question whose answer must be no rows.

They are asked of the candidate with the state attached as ``state``. A store that fails one is not
published.
"""

from collections.abc import Iterator
from datetime import date

import duckdb

from warehouse.contract import DELIVERED, Table
from warehouse.errors import StoreError
from warehouse.schema import quote, store_tables
from warehouse.store_checks import CHECKS, Check


def checks(night: date) -> Iterator[Check]:
    """Every check of the night's store: those of any store, then those of each table."""
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
