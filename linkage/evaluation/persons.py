"""How many true persons were merged with another, or split, in every stratum."""

import duckdb
import polars as pl

from linkage.evaluation.intervals import wilson
from linkage.evaluation.measures import OVER_PERSONS
from linkage.evaluation.pairs import OF_PAIRS

# What makes strangers alike: of a kind planted in both, a person is merged with another of it.
STRANGERS = ("twins", "father_and_son", "same_name_and_birth")

_PERSONS = """
WITH crowd AS (SELECT person, count(DISTINCT truth) > 1 AS is_merged FROM labelled GROUP BY ALL),
fate AS (
    SELECT truth, bool_or(is_merged) AS is_merged, count(DISTINCT person) > 1 AS is_split,
           count(*) > 1 AS has_pairs
    FROM labelled JOIN crowd USING (person) GROUP BY ALL
),
borne AS (SELECT DISTINCT kind, value, truth FROM bearer JOIN labelled USING (record))
SELECT kind, value, count(*) FILTER (is_merged) AS merged, count(*) AS persons,
       count(*) FILTER (is_split) AS split, count(*) FILTER (has_pairs) AS with_pairs
FROM borne JOIN fate USING (truth) GROUP BY ALL
"""
# By a pair of the stratum: merged, of all persons; split, of those with a true pair of the stratum.
_PERSONS_OF_PAIRS = """
WITH told AS (
    FROM stratum_of_pair WHERE kind IN ({kinds}) AND (is_true OR is_joined)
),
ends AS (
    SELECT kind, value, is_true, is_joined, truth FROM told JOIN labelled ON record = record_l
    UNION ALL
    SELECT kind, value, is_true, is_joined, truth FROM told JOIN labelled ON record = record_r
)
SELECT kind, value, count(DISTINCT truth) FILTER (is_joined AND NOT is_true) AS merged,
       (SELECT count(DISTINCT truth) FROM labelled) AS persons,
       count(DISTINCT truth) FILTER (is_true AND NOT is_joined) AS split,
       count(DISTINCT truth) FILTER (is_true) AS with_pairs
FROM ends GROUP BY kind, value
"""
_STRANGERS = """
WITH alike AS (
    SELECT DISTINCT value, truth, person FROM bearer JOIN labelled USING (record)
    WHERE kind = 'planted' AND value IN ({kinds})
),
crowd AS (SELECT value, person, count(*) > 1 AS is_merged FROM alike GROUP BY ALL),
fate AS (
    SELECT value, truth, bool_or(is_merged) AS is_merged
    FROM alike JOIN crowd USING (value, person) GROUP BY ALL
)
SELECT 'planted' AS kind, value, count(*) FILTER (is_merged) AS merged, count(*) AS persons
FROM fate GROUP BY ALL
"""


def measure_persons(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """``merged_rate`` and ``split_rate`` in every stratum, and for strangers made alike
    ``merged_with_its_like_rate``; columns as ``measure_groups`` gives them."""
    counted = con.sql(_PERSONS).pl()
    of_pairs = con.sql(_PERSONS_OF_PAIRS.format(kinds=_listed(tuple(OF_PAIRS)))).pl()
    strangers = con.sql(_STRANGERS.format(kinds=_listed(STRANGERS))).pl()
    return pl.concat(
        [
            *(_rates("merged_rate", rows, "merged", "persons") for rows in (counted, of_pairs)),
            *(_rates("split_rate", rows, "split", "with_pairs") for rows in (counted, of_pairs)),
            _rates("merged_with_its_like_rate", strangers, "merged", "persons"),
        ]
    )


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


def _rates(measure: str, rows: pl.DataFrame, numerator: str, denominator: str) -> pl.DataFrame:
    """Shares with Wilson's interval; no row where the denominator is 0."""
    rows = rows.filter(pl.col(denominator) > 0)
    part, whole = (rows[name].cast(pl.Float64).to_numpy() for name in (numerator, denominator))
    low, high = wilson(part / whole, whole)
    unknown = pl.lit(None, pl.Float64)
    return rows.select(
        "kind",
        "value",
        measure=pl.lit(measure),
        numerator=pl.Series(part, dtype=pl.Float64),
        denominator=pl.Series(whole, dtype=pl.Float64),
        estimate=pl.Series(part / whole, dtype=pl.Float64),
        low=pl.Series(low, dtype=pl.Float64),
        high=pl.Series(high, dtype=pl.Float64),
        interval=pl.lit(OVER_PERSONS),
        wilson_low=pl.Series(low, dtype=pl.Float64),
        wilson_high=pl.Series(high, dtype=pl.Float64),
        bootstrap_low=unknown,
        bootstrap_high=unknown,
    )
