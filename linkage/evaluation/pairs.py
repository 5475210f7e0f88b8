"""The pairs of labelled records: those joined, those that should be, those that were scored.

Makes temporary tables on the connection that ``label_records`` prepared:

- ``together(truth, component)``: the group of each true person. Persons and person ids that share
  records hang together, so every pair lies within one group and the groups are independent of one
  another as far as pairs go: they are what a bootstrap draws.
- ``scored(record_l, record_r, margin, band, is_true, is_joined)``: the edges; ``margin`` is the
  weight less what the pair needed to be joined; a link that was not laid has the band ``cut``.
- ``pair(record_l, record_r, component, is_true, is_joined, is_linked)``: pairs that one person id
  joins, that are of one true person, or that were linked by their own edge.
- ``stratum_of_pair(kind, value, ...)``: the pairs, each in every stratum that either of its records
  bears, and in those that only a pair has.
"""

import duckdb
import numpy as np
import polars as pl

from linkage.evaluation.labelled import PUBLISHED, Linking
from warehouse.errors import UsageError

# More pairs than this are no linkage of persons, and would fill the machine.
MOST_PAIRS = 300_000_000

_SCORED = """
CREATE OR REPLACE TEMP TABLE scored AS
SELECT least(l.record, r.record) AS record_l, greatest(l.record, r.record) AS record_r,
       e.match_weight - e.link_at AS margin,
       CASE WHEN e.band = 'link' AND e.cut IS NOT NULL THEN 'cut' ELSE e.band END AS band,
       l.truth = r.truth AS is_true, l.person = r.person AS is_joined
FROM {edges} AS e
JOIN labelled AS l ON (l.force, l.source_system, l.source_record_id)
                    = (e.force_l, e.source_system_l, e.source_record_id_l)
JOIN labelled AS r ON (r.force, r.source_system, r.source_record_id)
                    = (e.force_r, e.source_system_r, e.source_record_id_r)
"""
_PAIR = """
CREATE OR REPLACE TEMP TABLE pair AS
WITH either AS (
    SELECT l.record AS record_l, r.record AS record_r
    FROM labelled AS l JOIN labelled AS r ON l.person = r.person AND l.record < r.record
    UNION
    SELECT l.record, r.record
    FROM labelled AS l JOIN labelled AS r ON l.truth = r.truth AND l.record < r.record
    UNION
    SELECT record_l, record_r FROM scored WHERE band = 'link'
)
SELECT record_l, record_r, component,
       l.truth = r.truth AS is_true, l.person = r.person AS is_joined,
       coalesce(s.band = 'link', false) AS is_linked
FROM either
JOIN labelled AS l ON l.record = record_l
JOIN labelled AS r ON r.record = record_r
JOIN together ON together.truth = l.truth
LEFT JOIN scored AS s USING (record_l, record_r)
"""
_FORCES = "CASE WHEN l.force = r.force THEN 'same force' ELSE 'cross-force' END"
_FORCE_PAIR = "concat(least(l.force, r.force), ' + ', greatest(l.force, r.force))"
_IDENTIFIERS = """
CASE l.has_identifier::INTEGER + r.has_identifier::INTEGER
WHEN 2 THEN 'present on both' WHEN 1 THEN 'present on one' ELSE 'absent on both' END"""
_OF_PAIR = "record_l, record_r, component, is_true, is_joined, is_linked"
# Strata that only a pair has.
OF_PAIRS = {"forces": _FORCES, "force pair": _FORCE_PAIR, "identifiers": _IDENTIFIERS}


def pair_records(con: duckdb.DuckDBPyConnection, linking: Linking = PUBLISHED) -> None:
    """Make ``scored``, ``together``, ``pair`` and ``stratum_of_pair`` of the linking whose records
    were labelled.

    Raises:
        UsageError: the person ids, or the true persons, hold more pairs than can be evaluated.
    """
    _refuse(con)
    con.execute(_SCORED.format(edges=linking.edges))
    con.register("found_together", _components(con))
    con.execute("CREATE OR REPLACE TEMP TABLE together AS FROM found_together")
    con.unregister("found_together")
    con.execute(_PAIR)
    con.execute(_stratum_of_pair())


def _refuse(con: duckdb.DuckDBPyConnection) -> None:
    for who in ("person", "truth"):
        [(pairs, largest)] = con.execute(
            "SELECT sum(records * (records - 1) // 2), max(records) "
            f"FROM (SELECT count(*) AS records FROM labelled GROUP BY {who})"
        ).fetchall()
        if pairs > MOST_PAIRS:
            name = "person ids" if who == "person" else "true persons"
            raise UsageError(
                f"the {name} hold {pairs:,} pairs of records (the largest {largest:,} records), "
                f"more than the {MOST_PAIRS:,} that can be evaluated"
            )


def _components(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """``truth`` and ``component``: connected components of true persons and person ids."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    tied = con.sql("SELECT DISTINCT truth, person FROM labelled").pl()
    truth, person = tied["truth"].to_numpy(), tied["person"].to_numpy()
    shape = (int(truth.max()) + 1, int(person.max()) + 1)
    size = sum(shape)
    graph = coo_array((np.ones(len(truth), np.int8), (truth, shape[0] + person)), (size, size))
    labels = connected_components(graph, directed=False)[1]
    truths = np.unique(truth)
    return pl.DataFrame({"truth": truths, "component": labels[truths]})


def _stratum_of_pair() -> str:
    borne = (
        f"SELECT kind, value, {_OF_PAIR} FROM pair JOIN bearer ON record = record_{side}"
        for side in "lr"
    )
    own = (
        f"SELECT '{kind}' AS kind, {value} AS value, {_OF_PAIR} "
        "FROM pair JOIN labelled AS l ON l.record = record_l "
        "JOIN labelled AS r ON r.record = record_r"
        for kind, value in OF_PAIRS.items()
    )
    return (
        "CREATE OR REPLACE TEMP TABLE stratum_of_pair AS "
        f"({' UNION '.join(borne)}) UNION ALL {' UNION ALL '.join(own)}"
    )
