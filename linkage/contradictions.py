"""Records that hold what one person can hardly hold, whatever ties them.

The guards look at components of three and more, and leave what the model links itself: it has
weighed what speaks against the two. Whoever explains or decides is told all the same.
"""

import duckdb
import polars as pl

from linkage.guards import PNCS, TWO_PNCS, apart_sql, tie_pncs
from warehouse.given import lent

# Two who are nobody stand by each person, so that two records are looked at too; nothing is laid.
_STAGE = """
CREATE OR REPLACE TEMP TABLE laid (record_l BIGINT, record_r BIGINT);
CREATE OR REPLACE TEMP TABLE grouped AS
FROM members UNION ALL
SELECT nobody AS record, component
FROM (SELECT DISTINCT component FROM members) CROSS JOIN (VALUES (-1), (-2)) AS n(nobody)
"""


def find_contradictions(
    con: duckdb.DuckDBPyConnection, records: str, members: pl.DataFrame
) -> list[tuple[int, int, str]]:
    """The pairs of records of one person that contradict each other, as the guards see it.

    Args:
        con: where the temporary tables ``grouped`` and ``laid`` may be replaced.
        records: table of ``record`` and what the guards read of it (``GUARDED``).
        members: ``record`` and ``component``, the person that each is or would be of.

    Returns:
        The smaller record, the larger and the reason; two PNC IDs that a record of the person ties
        are none.
    """
    with lent(con, members=members.select("record", "component")):
        con.execute(_STAGE)
    apart = con.execute(apart_sql(records)).fetchall()
    borne: dict[int, dict[int, list[str]]] = {}
    for component, record, pncs in con.execute(
        f"SELECT component, record, {PNCS} FROM {records} JOIN grouped USING (record)"
    ).fetchall():
        borne.setdefault(component, {})[record] = pncs
    stands = {component: tie_pncs(list(of.values())) for component, of in borne.items()}

    def are_tied(component: int, one: int, other: int) -> bool:
        ids, of = stands[component], borne[component]
        return bool({ids[pnc] for pnc in of[one]} & {ids[pnc] for pnc in of[other]})

    return [
        (one, other, reason)
        for component, one, other, reason in apart
        if not (reason == TWO_PNCS and are_tied(component, one, other))
    ]
