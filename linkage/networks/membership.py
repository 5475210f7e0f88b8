"""Who is in which network, and since when."""

from datetime import date

import duckdb

from linkage.networks.communities import find_communities
from linkage.networks.ids import name_networks
from linkage.networks.standing import find_networks
from linkage.touched import store
from warehouse.given import with_values

_LOOKED_AT = "(SELECT person_id FROM was_node UNION SELECT person_id FROM graph_node)"

_PARTS = """
CREATE OR REPLACE TABLE fresh_node AS
SELECT graph_node.person_id, first.person_id AS component
FROM graph_node JOIN found_part USING (number)
JOIN graph_node AS first ON first.number = found_part.part
"""
_STANDING = """
CREATE OR REPLACE TABLE fresh_standing AS
SELECT network_id, person_id, strength, betweenness, is_central
FROM found_standing JOIN graph_node USING (number) JOIN named USING (community)
"""
_HELD = f"""
SELECT network_id, person_id FROM link.network_membership SEMI JOIN {_LOOKED_AT} USING (person_id)
WHERE valid_to IS NULL
"""

# What one night opened and the same night closes again was never published, and what it closed and
# opens again never ended.
_WRITE = (
    f"""CREATE OR REPLACE TEMP TABLE left_network AS
        {_HELD} EXCEPT SELECT network_id, person_id FROM fresh_standing""",
    f"""CREATE OR REPLACE TEMP TABLE joined_network AS
        SELECT network_id, person_id FROM fresh_standing EXCEPT ({_HELD})""",
    """DELETE FROM link.network_membership
       WHERE valid_to IS NULL AND valid_from = $night
         AND (network_id, person_id) IN (FROM left_network)""",
    """UPDATE link.network_membership SET valid_to = $night
       WHERE valid_to IS NULL AND (network_id, person_id) IN (FROM left_network)""",
    """INSERT INTO link.network_membership
       SELECT network_id, person_id, $night, NULL FROM joined_network
       ANTI JOIN (FROM link.network_membership WHERE valid_to = $night)
         USING (network_id, person_id)""",
    """UPDATE link.network_membership SET valid_to = NULL
       WHERE valid_to = $night AND (network_id, person_id) IN (FROM joined_network)""",
    f"DELETE FROM link.network_standing WHERE person_id IN {_LOOKED_AT}",
    "INSERT INTO link.network_standing BY NAME FROM fresh_standing",
    "DELETE FROM linkage.network_node WHERE person_id IN (FROM was_node)",
    "INSERT INTO linkage.network_node BY NAME FROM fresh_node",
)


def group_persons(con: duckdb.DuckDBPyConnection, night: date) -> int:
    """Make ``fresh_node`` and ``fresh_standing`` of the parts looked at.

    Reads ``graph_node``, ``numbered_tie`` and ``was_node``, and the memberships of last night.

    Returns:
        Networks in these parts.
    """
    nodes = con.sql("FROM graph_node ORDER BY number").pl()
    ties = con.sql("FROM numbered_tie ORDER BY l, r").pl()
    communities = find_communities(nodes.height, ties)
    standing = find_networks(communities, ties)
    members = standing.select("number", "community").join(nodes, on="number")
    taken = con.sql("SELECT DISTINCT network_id FROM link.network_membership").pl()
    names = name_networks(members, con.sql(_HELD).pl(), night, set(taken["network_id"]))
    store(con, "found_part", communities.select("number", "part"))
    store(con, "found_standing", standing)
    store(con, "named", names)
    con.execute(_PARTS)
    con.execute(_STANDING)
    return names.height


def write_networks(con: duckdb.DuckDBPyConnection, night: date) -> None:
    """Write parts, memberships and standings, within the caller's transaction."""
    for statement in _WRITE:
        con.execute(with_values(statement, {"night": night}))
