"""The parts of the nation's graph of ties that a night touches."""

import duckdb

from linkage.networks.kinds import offending_sql

# Two who have nothing in common but a hub of some ten others make no circle; half the weight of
# what three share keeps the graph from growing together through hubs.
TIE_AT = 0.1

_TIES = f"""
    SELECT person_id_l, person_id_r, sum(strength::DECIMAL(18, 9))::DOUBLE AS tie,
           bool_or(kind IN ({offending_sql()})) AS is_offending
    FROM {{rows}} GROUP BY person_id_l, person_id_r
    HAVING sum(strength::DECIMAL(18, 9)) >= {TIE_AT}
"""

# Persons at the end of a tie that came, went, or is another than it was.
_MOVED = f"""
CREATE OR REPLACE TABLE moved_node AS
WITH was AS ({
    _TIES.format(rows="link.association SEMI JOIN touched_pair USING (person_id_l, person_id_r)")
}),
now AS ({_TIES.format(rows="fresh_association")}),
moved AS ((FROM was EXCEPT FROM now) UNION ALL (FROM now EXCEPT FROM was))
SELECT person_id_l AS person_id FROM moved UNION SELECT person_id_r FROM moved
"""

# Parts that held one of them are looked at whole: no tie leads out of these, old or new.
_WAS = """
CREATE OR REPLACE TABLE was_node AS
WITH part AS (SELECT DISTINCT component FROM linkage.network_node SEMI JOIN moved_node
              USING (person_id))
SELECT person_id FROM linkage.network_node SEMI JOIN part USING (component)
"""
_NODES = f"""
CREATE OR REPLACE TABLE tie AS
WITH looked_at AS (FROM was_node UNION FROM moved_node),
held AS (
    SELECT person_id_l, person_id_r, kind, strength
    FROM link.association SEMI JOIN looked_at ON person_id = person_id_l
    ANTI JOIN touched_pair USING (person_id_l, person_id_r)
    UNION ALL
    SELECT person_id_l, person_id_r, kind, strength
    FROM fresh_association SEMI JOIN looked_at ON person_id = person_id_l
)
{_TIES.format(rows="held")}
"""
_ALL_WAS = "CREATE OR REPLACE TABLE was_node AS SELECT person_id FROM linkage.network_node"
_ALL_NODES = f"CREATE OR REPLACE TABLE tie AS {_TIES.format(rows='fresh_association')}"

_NUMBERED = (
    """CREATE OR REPLACE TABLE graph_node AS
       SELECT person_id, row_number() OVER (ORDER BY person_id) - 1 AS number
       FROM (SELECT person_id_l AS person_id FROM tie UNION SELECT person_id_r FROM tie)""",
    """CREATE OR REPLACE TABLE numbered_tie AS
       SELECT l.number AS l, r.number AS r, tie, is_offending
       FROM tie JOIN graph_node AS l ON l.person_id = person_id_l
       JOIN graph_node AS r ON r.person_id = person_id_r""",
)


def find_ties(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Make ``was_node`` (persons of the parts looked at, as they were), ``graph_node``
    (``person_id``, ``number``: as they are now, by their ids) and ``numbered_tie`` (``l``, ``r``:
    numbers, the smaller first; ``tie``: sum of the strengths of all kinds; ``is_offending``).

    Reads the associations as they were before the night, ``touched_pair`` and
    ``fresh_association``.
    """
    if is_all:
        con.execute(_ALL_WAS)
        con.execute(_ALL_NODES)
    else:
        con.execute(_MOVED)
        con.execute(_WAS)
        con.execute(_NODES)
    for statement in _NUMBERED:
        con.execute(statement)
