"""The resolved persons and offences of the store, made from its records and memberships."""

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

# Oldest first: by the night the record came to be known, then by its own date of creation.
_RECORDS_SQL = """
    CREATE OR REPLACE TEMP TABLE resolved_record AS
    SELECT person_id, forename, surname, birth_date, sex, force, first_night,
           row_number() OVER (
               PARTITION BY person_id
               ORDER BY first_night, recorded_at NULLS LAST, force, source_system, source_record_id
           ) AS age_order
    FROM core.person_record
    JOIN (
        SELECT force, source_system, source_record_id, min(valid_from) AS first_night
        FROM link.person_membership GROUP BY ALL
    ) USING (force, source_system, source_record_id)
"""

_VALUE_SQL = """
    SELECT person_id, {name} FROM (
        SELECT person_id, {name}, count(*) AS times, min(age_order) AS oldest
        FROM resolved_record WHERE {name} IS NOT NULL GROUP BY person_id, {name}
    )
    QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY times DESC, oldest) = 1
"""

_PERSON_SQL = """
    INSERT INTO core.person
    SELECT person_id, forename, surname, birth_date, sex, record_count, force_count, forces,
           weakest.weight, first_night
    FROM (
        SELECT person_id, count(*) AS record_count, count(DISTINCT force) AS force_count,
               string_agg(DISTINCT force, ',' ORDER BY force) AS forces
        FROM resolved_record GROUP BY person_id
    )
    JOIN (
        SELECT person_id, min(valid_from) AS first_night FROM link.person_membership GROUP BY ALL
    ) USING (person_id)
    LEFT JOIN weakest USING (person_id)
    {values}
    ORDER BY person_id
"""

_OFFENCE_SQL = """
    INSERT INTO core.offence
    SELECT offence_id, count(*), count(DISTINCT force), any_value(first_night)
    FROM core.offence_record
    JOIN (
        SELECT offence_id, min(valid_from) AS first_night FROM link.offence_membership GROUP BY ALL
    ) USING (offence_id)
    GROUP BY offence_id ORDER BY offence_id
"""

_LINKS_SQL = """
    WITH record AS (
        SELECT force, source_system, source_record_id, person_id,
               dense_rank() OVER (ORDER BY force) AS force_number,
               row_number() OVER (ORDER BY force, source_system, source_record_id) - 1 AS number
        FROM core.person_record
    )
    SELECT l.person_id, l.number AS number_l, r.number AS number_r, edge.match_weight,
           l.force_number <> r.force_number AS is_bridge, edge.rowid AS edge
    FROM link.person_edge AS edge
    JOIN record AS l ON (l.force, l.source_system, l.source_record_id)
        = (edge.force_l, edge.source_system_l, edge.source_record_id_l)
    JOIN record AS r ON (r.force, r.source_system, r.source_record_id)
        = (edge.force_r, edge.source_system_r, edge.source_record_id_r)
    WHERE edge.band = 'link' AND l.person_id = r.person_id AND l.number <> r.number
    ORDER BY number_l, number_r
"""


# In the words of the edge's levels. What weighs nothing says nothing; a correction for kin speaks
# against the two though it tells what they share.
_TIES_SQL = """
    INSERT INTO link.person_tie BY NAME
    WITH told AS (
        SELECT tied.person_id, tied.tie, edge.*, unnest(json_keys(levels)) AS comparison,
               levels ->> comparison AS level, (weights ->> comparison)::DOUBLE AS bits,
               generate_subscripts(json_keys(levels), 1) AS place
        FROM tied JOIN link.person_edge AS edge ON edge.rowid = tied.edge
    )
    SELECT person_id, tie, force_l, source_system_l, source_record_id_l, force_r, source_system_r,
           source_record_id_r, any_value(match_weight) AS match_weight,
           string_agg(replace(comparison, '_', ' ') || ' ' || level, '; ' ORDER BY place)
               FILTER (bits > 0) AS agrees,
           string_agg(replace(comparison, '_', ' ') || if(level = 'different', '', ' ' || level),
                      '; ' ORDER BY place) FILTER (bits < 0) AS differs
    FROM told GROUP BY ALL ORDER BY person_id, tie
"""


def resolve(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``core.person`` and ``core.offence`` of the store that ``con`` has open."""
    con.execute(_RECORDS_SQL)
    tree = strongest_ways(con.sql(_LINKS_SQL).pl())
    con.register("weakest", weakest_links(tree))
    con.register("tied", _ties(tree))
    con.execute(_TIES_SQL)
    con.unregister("tied")
    values = "\n".join(
        f"LEFT JOIN ({_VALUE_SQL.format(name=name)}) USING (person_id)"
        for name in ("forename", "surname", "birth_date", "sex")
    )
    con.execute(_PERSON_SQL.format(values=values))
    con.unregister("weakest")
    con.execute("DROP TABLE resolved_record")
    con.execute(_OFFENCE_SQL)


def strongest_ways(links: pl.DataFrame) -> pl.DataFrame:
    """The links of the strongest ways that tie each person's records together: of the heaviest
    spanning tree, whose lightest link is the one that decides.

    Args:
        links: ``person_id``, ``number_l``, ``number_r`` (records, from 0), ``match_weight`` (bits);
            a link joins two records of one person, and each pair stands once.

    Returns:
        Those of the rows that are in the tree.
    """
    if links.is_empty():
        return links
    left, right = links["number_l"].to_numpy(), links["number_r"].to_numpy()
    # Ranks stand for weights: a graph takes nothing at or below zero, and ranks are exact.
    rank = links["match_weight"].rank("dense", descending=True).cast(pl.Float64).to_numpy()
    size = int(max(left.max(), right.max())) + 1
    tree = minimum_spanning_tree(coo_array((rank, (left, right)), (size, size)).tocsr()).tocoo()
    kept = pl.DataFrame(
        {"number_l": tree.row.astype(np.int64), "number_r": tree.col.astype(np.int64)}
    )
    return links.join(kept, on=["number_l", "number_r"], how="semi", maintain_order="left")


def weakest_links(tree: pl.DataFrame) -> pl.DataFrame:
    """``person_id`` and ``weight`` (bits) of the lightest link of each person's way; persons
    without links are left out.

    Args:
        tree: as ``strongest_ways`` gives it.
    """
    return tree.group_by("person_id").agg(weight=pl.col("match_weight").min()).sort("person_id")


def _ties(tree: pl.DataFrame) -> pl.DataFrame:
    """``person_id``, ``tie`` and ``edge`` of ``link.person_tie``; of equal links the first by their
    records."""
    ordered = tree.sort("person_id", "match_weight", "number_l", "number_r")
    return pl.concat(
        [
            of.unique("person_id", keep="first", maintain_order=True).select(
                "person_id", pl.lit(tie).alias("tie"), "edge"
            )
            for tie, of in (("weakest", ordered), ("bridge", ordered.filter("is_bridge")))
        ]
    )
