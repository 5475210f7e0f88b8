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
               row_number() OVER (ORDER BY force, source_system, source_record_id) - 1 AS number
        FROM core.person_record
    )
    SELECT l.person_id, l.number AS number_l, r.number AS number_r, edge.match_weight
    FROM link.person_edge AS edge
    JOIN record AS l ON (l.force, l.source_system, l.source_record_id)
        = (edge.force_l, edge.source_system_l, edge.source_record_id_l)
    JOIN record AS r ON (r.force, r.source_system, r.source_record_id)
        = (edge.force_r, edge.source_system_r, edge.source_record_id_r)
    WHERE edge.band = 'link' AND l.person_id = r.person_id AND l.number <> r.number
    ORDER BY number_l, number_r
"""


def resolve(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``core.person`` and ``core.offence`` of the store that ``con`` has open."""
    con.execute(_RECORDS_SQL)
    con.register("weakest", weakest_links(con.sql(_LINKS_SQL).pl()))
    values = "\n".join(
        f"LEFT JOIN ({_VALUE_SQL.format(name=name)}) USING (person_id)"
        for name in ("forename", "surname", "birth_date", "sex")
    )
    con.execute(_PERSON_SQL.format(values=values))
    con.unregister("weakest")
    con.execute("DROP TABLE resolved_record")
    con.execute(_OFFENCE_SQL)


def weakest_links(links: pl.DataFrame) -> pl.DataFrame:
    """The weakest link on the strongest way that ties each person's records together.

    That is the lightest edge of the heaviest spanning tree: whatever else joins the records, they
    fall apart where it is taken away.

    Args:
        links: ``person_id``, ``number_l``, ``number_r`` (records, from 0), ``match_weight`` (bits);
            a link joins two records of one person, and each pair stands once.

    Returns:
        ``person_id`` and ``weight``, bits; persons without links are left out.
    """
    if links.is_empty():
        return pl.DataFrame(schema={"person_id": pl.String, "weight": pl.Float64})
    left, right = links["number_l"].to_numpy(), links["number_r"].to_numpy()
    # Ranks stand for weights: a graph takes nothing at or below zero, and ranks are exact.
    ranked = links.with_columns(
        rank=pl.col("match_weight").rank("dense", descending=True).cast(pl.Int64)
    )
    size = int(max(left.max(), right.max())) + 1
    graph = coo_array((ranked["rank"].to_numpy().astype(np.float64), (left, right)), (size, size))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    weights = ranked.select("rank", "match_weight").unique("rank")
    of_record = ranked.select(number="number_l", person_id="person_id").unique("number")
    return (
        pl.DataFrame({"number": tree.row.astype(np.int64), "rank": tree.data.astype(np.int64)})
        .join(of_record, on="number")
        .join(weights, on="rank")
        .group_by("person_id")
        .agg(weight=pl.col("match_weight").min())
        .sort("person_id")
    )
