"""Pairs of objects that may be one: to be looked at by a person, never joined."""

import duckdb

from linkage.objects import marks, numbers


def find_candidates(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``found_candidate``: the columns of ``link.object_candidate`` but ``night``.

    Args:
        con: a workspace with ``keyed`` (``warehouse.object_keys.every_kind_sql``).
    """
    con.execute(
        "CREATE OR REPLACE TABLE found_candidate AS "
        "SELECT * EXCLUDE (night) FROM link.object_candidate LIMIT 0"
    )
    for statement in (*marks.STATEMENTS, *numbers.STATEMENTS):
        con.execute(statement)
