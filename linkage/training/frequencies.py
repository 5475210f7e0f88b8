"""How frequent each value is: frozen with the model, so that tomorrow's names move no old link."""

from collections.abc import Iterable, Mapping

import duckdb
import polars as pl

from linkage.model import Comparison

# Values are counted as if this many records with average ones had been counted before: the counts
# of a small home alone would call every name common.
PSEUDO_RECORDS = 500


def freeze_frequencies(
    con: duckdb.DuckDBPyConnection,
    records: str,
    comparisons: Iterable[Comparison],
    rarest: Mapping[str, float],
) -> tuple[dict[str, pl.DataFrame], dict[str, float]]:
    """Frequencies and floors of every feature whose frequency weighs; no value counts as rarer than
    ``rarest`` says of its feature.

    Returns:
        Per feature ``value`` and ``frequency``, in order of value; and the frequency of a value
        that no record holds.
    """
    frequencies, floors = {}, {}
    for feature, average in _averages(comparisons).items():
        counted = con.sql(
            f"SELECT {feature} AS value, count(*) AS held FROM {records} "
            f"WHERE {feature} IS NOT NULL GROUP BY {feature} ORDER BY value COLLATE C"
        ).pl()
        before = PSEUDO_RECORDS * average
        total = int(counted["held"].sum()) + PSEUDO_RECORDS
        frequencies[feature] = counted.select(
            "value", frequency=((pl.col("held") + before) / total).clip(rarest[feature])
        )
        floors[feature] = max(before / total, rarest[feature])
    return frequencies, floors


def _averages(comparisons: Iterable[Comparison]) -> dict[str, float]:
    """Feature whose frequency weighs, and the frequency of an average value."""
    return {
        level.frequency: level.u
        for comparison in comparisons
        for level in comparison.levels
        if level.frequency
    }
