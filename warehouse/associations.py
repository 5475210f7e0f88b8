"""The published ``link.association_member``, made from what the state holds."""

import duckdb

from warehouse.contract.network import ASSOCIATION_MEMBER

# Of a hub that associates nobody the members are not told: what they share says nothing of them.
_MEMBERS = f"""
INSERT INTO link.association_member BY NAME
SELECT {", ".join(ASSOCIATION_MEMBER.names)}
FROM state.linkage.context_member
SEMI JOIN (
    SELECT kind, key, unnest([person_id_l, person_id_r]) AS person_id FROM link.association_evidence
) USING (kind, key, person_id)
ORDER BY ALL
"""


def publish_members(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the table in the candidate that ``con`` has open.

    The state is attached as ``state``; ``link.association_evidence`` stands already.
    """
    con.execute(_MEMBERS)
