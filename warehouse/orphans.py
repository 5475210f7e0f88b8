"""Rows that belong to a record which is no longer held: they go with it, covered or not.

An alias without its person, or a role without its event, says nothing. A role whose *person* is
gone stays: it belongs to the event.
"""

import duckdb

from warehouse.contract import DELIVERED, Table
from warehouse.coverage import owners_of
from warehouse.schema import quote
from warehouse.wave import Wave, run


def owned_tables() -> tuple[Table, ...]:
    """Delivered tables whose rows belong to a record of another."""
    return tuple(table for table in DELIVERED if table.owner is not None)


def orphans_sql(table: Table, is_current: str = "true") -> str:
    """SELECT of the rows of an owned ``table`` without an owner, by ``rowid``, force and system.

    Args:
        table: the owned table.
        is_current: SQL that is true of current rows, in the table and in those of its owners.
    """
    owners = " UNION ALL ".join(
        f"SELECT {quote(name)} AS owner_table, force, source_system, source_record_id "
        f"FROM core.{name} WHERE {is_current}"
        for name in owners_of(table)
    )
    return f"""
        SELECT held_row, force, source_system
        FROM (
            SELECT rowid AS held_row, {_owner_table(table)} AS owner_table, force, source_system,
                   source_record_id
            FROM {table.qualified} WHERE {is_current}
        ) ANTI JOIN ({owners}) USING (owner_table, force, source_system, source_record_id)
    """


def close_orphans(con: duckdb.DuckDBPyConnection, table: Table, wave: Wave) -> dict[int, int]:
    """End the current rows of ``table`` that the wave has left without an owner.

    To be called after the wave's rows of ``table`` and of its owners have been applied and what is
    absent has been closed.

    Returns:
        By place in the wave, rows closed.
    """
    if table.owner is None:
        return {}
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE orphan AS
        SELECT batch, held_row, sequence
        FROM ({orphans_sql(table, _CURRENT_IN_WAVE)}) JOIN wave USING (force, source_system)
    """)
    closed = dict(run(con, "SELECT batch, count(*) FROM orphan GROUP BY batch", {}))
    if closed:
        run(con, _close_sql(table), {"night": wave.night})
    return closed


_CURRENT_IN_WAVE = """
    valid_to IS NULL AND (force, source_system) IN (SELECT force, source_system FROM wave)
"""


def _owner_table(table: Table) -> str:
    assert table.owner is not None
    kind, _, column = table.owner.partition(":")
    return f'"{column}"' if kind == "column" else quote(table.owner)


def _close_sql(table: Table) -> str:
    return f"""
        UPDATE {table.qualified} AS held
        SET valid_to = $night, closed_sequence = orphan.sequence
        FROM orphan WHERE held.rowid = orphan.held_row
    """
