"""The components of records that a night touches, of persons as of offences."""

import duckdb
import polars as pl

from linkage.cluster import find_components
from linkage.workspace import few
from warehouse.given import lent

# What was held of the components that something touched. Inner joins of what is there once: DuckDB
# answers them faster than semi-joins.
_STIRRED = """
CREATE OR REPLACE TEMP TABLE stirred AS
FROM delta UNION FROM gone
UNION SELECT record_l FROM new_edge UNION SELECT record_r FROM new_edge
UNION SELECT record_l FROM old_edge UNION SELECT record_r FROM old_edge
UNION FROM judged
"""
_STIRRED_COMPONENTS = f"""
CREATE OR REPLACE TEMP TABLE stirred_component AS
SELECT DISTINCT component FROM {{schema}}.cluster JOIN {few("stirred")} USING (record)
"""
_WAS = f"""
CREATE OR REPLACE TEMP TABLE was AS
FROM {{schema}}.cluster JOIN {few("stirred_component", "component")} USING (component)
"""
_NODES = """
CREATE OR REPLACE TEMP TABLE node AS
SELECT record FROM was ANTI JOIN gone USING (record) UNION FROM delta ORDER BY record
"""

# What ties the nodes: links heavy enough, and pairs that people judged the same.
_LAID = """
CREATE OR REPLACE TEMP TABLE laid AS
SELECT record_l, record_r, max(weight) AS weight, max(margin) AS margin,
       bool_or(is_judged) AS is_judged
FROM (
    SELECT record_l, record_r, match_weight AS weight, match_weight - link_at AS margin,
           false AS is_judged
    FROM {edges} SEMI JOIN node ON node.record = record_l WHERE band = 'link'
    UNION ALL
    SELECT record_l, record_r, 0, 'inf'::DOUBLE, true
    FROM {schema}.tie SEMI JOIN node ON node.record = record_l WHERE is_same
) GROUP BY record_l, record_r ORDER BY record_l, record_r
"""

# What people judged apart though links tie it together.
_JUDGED_APART = """
CREATE OR REPLACE TEMP TABLE judged_apart AS
SELECT l.component, record_l, record_r FROM {schema}.tie
JOIN grouped AS l ON l.record = record_l JOIN grouped AS r ON r.record = record_r
WHERE NOT is_same AND l.component = r.component
"""


def gather_touched(
    con: duckdb.DuckDBPyConnection, schema: str, *, is_all: bool, edges: str
) -> tuple[pl.Series, pl.DataFrame, pl.Series]:
    """Make ``was`` (what the schema's ``cluster`` holds of the components that something touched),
    ``laid`` (the links within them) and ``grouped`` (``record``, ``component``).

    Reads the edge store and the ties as they are after the night, and what moved: ``delta``,
    ``gone``, ``new_edge``, ``old_edge``, and ``judged`` (records of ties that came or went).

    Args:
        con: a workspace.
        schema: of the state, with ``cluster`` and ``tie``.
        is_all: True where every component is looked at; ``fresh`` then holds every record.
        edges: table of the edges.

    Returns:
        The records, ascending; ``laid``; and the component of each record.
    """
    if is_all:
        con.execute(f"CREATE OR REPLACE TEMP TABLE was AS FROM {schema}.cluster")
        con.execute("CREATE OR REPLACE TEMP TABLE node AS SELECT record FROM fresh ORDER BY record")
    else:
        for statement in (_STIRRED, _STIRRED_COMPONENTS, _WAS, _NODES):
            con.execute(statement.format(schema=schema))
    con.execute(_LAID.format(schema=schema, edges=edges))
    numbers, laid = con.sql("FROM node").pl()["record"], con.sql("FROM laid").pl()
    component = find_components(numbers, laid["record_l"], laid["record_r"])
    store(con, "grouped", pl.DataFrame({"record": numbers, "component": component}))
    return numbers, laid, component


def judged_apart(con: duckdb.DuckDBPyConnection, schema: str) -> pl.DataFrame:
    """Make ``judged_apart``: pairs of one component that people judged not the same; the same as a
    frame of ``component``, ``record_l`` and ``record_r``, in order."""
    con.execute(_JUDGED_APART.format(schema=schema))
    return con.sql("FROM judged_apart ORDER BY ALL").pl()


def store(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Make the temporary table ``name`` of a frame."""
    with lent(con, made=frame):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM made")
