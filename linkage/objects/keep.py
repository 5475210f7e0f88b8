"""Write what was found into the state, where it differs from what is held."""

from datetime import date

import duckdb

from warehouse.contract import Table
from warehouse.given import literal, with_values

_PARTS = ("object_id", "object_type", "record_type", "force", "source_system", "source_record_id")
_MEMBER = ", ".join(_PARTS)
_SAME = " AND ".join(f"held.{part} = moved.{part}" for part in _PARTS)
_OPEN = "(FROM link.object_membership WHERE valid_to IS NULL)"

# Temporary: a transaction writes to one database alone, and to what is temporary.
_COMPARE = """
    CREATE OR REPLACE TEMP TABLE {name} AS
    SELECT {member} FROM {one} WHERE object_id IS NOT NULL EXCEPT SELECT {member} FROM {other}
    WHERE object_id IS NOT NULL
"""

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
        ANTI JOIN {_OPEN} AS held ON {_SAME} ORDER BY ALL""",
)

# What of the held candidates and flags is looked at anew.
TOUCHED = {
    "object_candidate": """object_id_l IN (FROM touched) OR object_id_r IN (FROM touched)
        OR (object_id_r IS NULL AND (force_r, source_system_r, source_record_id_r) IN (
            SELECT (force, source_system, source_record_id) FROM changed_record
            WHERE record_type = 'phone_record'))""",
    "object_flag": "object_id IN (FROM touched)",
}


def keep_memberships(
    con: duckdb.DuckDBPyConnection, night: date, *, is_all: bool
) -> tuple[int, int]:
    """Open and end memberships so that the current ones are those found, within the caller's
    transaction.

    Args:
        con: a workspace after ``linkage.objects.scope.gather``.
        night: from which it counts.
        is_all: True where all records were looked at.

    Returns:
        How many were opened and ended.
    """
    found, held = ("keyed", _OPEN) if is_all else ("changed_keyed", "held_member")
    for name, one, other in (("opened_member", found, held), ("ended_member", held, found)):
        con.execute(_COMPARE.format(name=name, member=_MEMBER, one=one, other=other))
    [(opened, ended)] = con.execute(
        "SELECT (SELECT count(*) FROM opened_member), (SELECT count(*) FROM ended_member)"
    ).fetchall()
    if opened + ended:
        for statement in _WRITE:
            con.execute(with_values(statement, {"night": night}))
    return opened, ended


def keep_found(
    con: duckdb.DuckDBPyConnection, table: Table, found: str, night: date, *, is_all: bool
) -> int:
    """Have ``table`` hold the rows of ``found``, within the caller's transaction; those that say
    what they said before keep their night, those that were not looked at stay.

    Args:
        con: a workspace.
        table: with a column ``night``.
        found: table of the workspace with its other columns.
        night: for what is new.
        is_all: True where everything was looked at.

    Returns:
        How many rows it holds.
    """
    where = "true" if is_all else TOUCHED[table.name]
    columns = ", ".join(name for name in table.names if name != "night")
    key = ", ".join(table.key)
    new, held = (f"SELECT {columns} FROM {rows} WHERE {where}" for rows in (found, table.qualified))
    con.execute(f"CREATE OR REPLACE TEMP TABLE new_row AS {new} EXCEPT {held}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE old_row AS SELECT {key} FROM ({held} EXCEPT {new})")
    same = " AND ".join(f"held.{name} = old_row.{name}" for name in table.key)
    con.execute(f"DELETE FROM {table.qualified} AS held USING old_row WHERE {same}")
    con.execute(
        f"INSERT INTO {table.qualified} ({columns}, night) "
        f"SELECT {columns}, {literal(night)} FROM new_row ORDER BY {key}"
    )
    [(rows,)] = con.execute(f"SELECT count(*) FROM {table.qualified}").fetchall()
    return int(rows)
