"""Write what was found into the state, where it differs from what is held."""

from datetime import date

import duckdb

from warehouse.contract import Table

_MEMBER = "object_id, object_type, record_type, force, source_system, source_record_id"

# Temporary: a transaction writes to one database alone, and to what is temporary.
_COMPARE = (
    f"""CREATE OR REPLACE TEMP TABLE opened_member AS
        SELECT {_MEMBER} FROM keyed WHERE object_id IS NOT NULL
        EXCEPT SELECT {_MEMBER} FROM link.object_membership WHERE valid_to IS NULL""",
    f"""CREATE OR REPLACE TEMP TABLE ended_member AS
        SELECT {_MEMBER} FROM link.object_membership WHERE valid_to IS NULL
        EXCEPT SELECT {_MEMBER} FROM keyed WHERE object_id IS NOT NULL""",
)
_SAME = " AND ".join(f"held.{part.strip()} = moved.{part.strip()}" for part in _MEMBER.split(","))

_WRITE = (
    # What one night opened and the same night ends again was never published.
    f"""DELETE FROM link.object_membership AS held USING ended_member AS moved
        WHERE held.valid_to IS NULL AND held.valid_from = $night AND {_SAME}""",
    f"""UPDATE link.object_membership AS held SET valid_to = $night FROM ended_member AS moved
        WHERE held.valid_to IS NULL AND {_SAME}""",
    # Of a record that came back to its object in the night in which it left it.
    f"""UPDATE link.object_membership AS held SET valid_to = NULL FROM opened_member AS moved
        WHERE held.valid_to = $night AND {_SAME}""",
    f"""INSERT INTO link.object_membership ({_MEMBER}, valid_from)
        SELECT moved.*, $night FROM opened_member AS moved
        ANTI JOIN (FROM link.object_membership WHERE valid_to IS NULL) AS held ON {_SAME}
        ORDER BY ALL""",
)


def keep_memberships(con: duckdb.DuckDBPyConnection, night: date) -> tuple[int, int]:
    """Open and end memberships so that the current ones are those of ``keyed``, within the caller's
    transaction.

    Returns:
        How many were opened and ended.
    """
    for statement in _COMPARE:
        con.execute(statement)
    [(opened, ended)] = con.execute(
        "SELECT (SELECT count(*) FROM opened_member), (SELECT count(*) FROM ended_member)"
    ).fetchall()
    if opened + ended:
        for statement in _WRITE:
            con.execute(statement, {"night": night})
    return opened, ended


def keep_found(con: duckdb.DuckDBPyConnection, table: Table, found: str, night: date) -> int:
    """Have ``table`` hold the rows of ``found``, within the caller's transaction; those that say
    what they said before keep their night.

    Args:
        con: a workspace.
        table: with a column ``night``.
        found: table of the workspace with its other columns.
        night: for what is new.

    Returns:
        How many rows it holds.
    """
    columns = ", ".join(name for name in table.names if name != "night")
    key = ", ".join(table.key)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE new_row AS SELECT {columns} FROM {found} "
        f"EXCEPT SELECT {columns} FROM {table.qualified}"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE old_key AS SELECT {key} FROM (SELECT {columns} FROM "
        f"{table.qualified} EXCEPT SELECT {columns} FROM {found})"
    )
    con.execute(f"DELETE FROM {table.qualified} WHERE ({key}) IN (SELECT ({key}) FROM old_key)")
    con.execute(
        f"INSERT INTO {table.qualified} ({columns}, night) "
        f"SELECT {columns}, $night FROM new_row ORDER BY {key}",
        {"night": night},
    )
    [(held,)] = con.execute(f"SELECT count(*) FROM {table.qualified}").fetchall()
    return int(held)
