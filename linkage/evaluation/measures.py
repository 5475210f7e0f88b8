"""The figures: what each is a ratio of, and its value and interval in every stratum.

Pairs: of the pairs of records that one person id joins, or that their own link joins, how many are
of one true person (precision); of the pairs of one true person how many are joined (recall).

B-cubed (A. Bagga and B. Baldwin, Algorithms for scoring coreference chains, 1998): for each record,
the share of its person id's records that are of its true person (precision), and the share of its
true person's records that bear its person id (recall); the mean over records. F1 is of the means.

Persons: ``merged``, of the true persons, those of whom a record shares a person id with a record of
another; ``split``, of those with two records or more, those whose records bear several person ids.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from linkage.evaluation.intervals import Floats, percentiles, resample, widest, wilson

Sums = Mapping[str, Floats]


@dataclass(frozen=True)
class Measure:
    """One figure over groups: ``of(sums)`` gives its numerator and denominator, element-wise."""

    name: str
    of: Callable[[Sums], tuple[Floats, Floats]]


def _f1(right: str, found: str) -> Callable[[Sums], tuple[Floats, Floats]]:
    return lambda s: (2 * s[right], s[found] + s["true"])


def _bcubed_f1(s: Sums) -> tuple[Floats, Floats]:
    both = s["precision"] + s["recall"]
    return 2 * s["precision"] * s["recall"] / np.where(both > 0, both, 1.0), s["records"]


PAIR_SUMS = ("joined", "right_joined", "linked", "right_linked", "true")
PAIR_MEASURES = (
    Measure("pair_precision", lambda s: (s["right_joined"], s["joined"])),
    Measure("pair_recall", lambda s: (s["right_joined"], s["true"])),
    Measure("pair_f1", _f1("right_joined", "joined")),
    Measure("link_precision", lambda s: (s["right_linked"], s["linked"])),
    Measure("link_recall", lambda s: (s["right_linked"], s["true"])),
    Measure("link_f1", _f1("right_linked", "linked")),
)
RECORD_SUMS = ("records", "precision", "recall")
RECORD_MEASURES = (
    Measure("bcubed_precision", lambda s: (s["precision"], s["records"])),
    Measure("bcubed_recall", lambda s: (s["recall"], s["records"])),
    Measure("bcubed_f1", _bcubed_f1),
)

# What the groups contribute to each stratum; groups that contribute the same stand in one row.
_PAIR_UNITS = """
WITH per_group AS (
    SELECT kind, value, component, count(*) FILTER (is_joined) AS joined,
           count(*) FILTER (is_joined AND is_true) AS right_joined,
           count(*) FILTER (is_linked) AS linked,
           count(*) FILTER (is_linked AND is_true) AS right_linked,
           count(*) FILTER (is_true) AS "true"
    FROM stratum_of_pair GROUP BY ALL
)
SELECT kind, value, joined, right_joined, linked, right_linked, "true", count(*) AS groups
FROM per_group GROUP BY ALL ORDER BY ALL
"""
_RECORD_UNITS = """
WITH cell AS (SELECT person, truth, count(*) AS shared FROM labelled GROUP BY ALL),
person AS (SELECT person, sum(shared) AS records FROM cell GROUP BY ALL),
truth AS (SELECT truth, sum(shared) AS records FROM cell GROUP BY ALL),
share AS (
    SELECT cell.person, cell.truth, component, shared / person.records AS precision,
           shared / truth.records AS recall
    FROM cell JOIN person USING (person) JOIN truth USING (truth) JOIN together USING (truth)
),
per_group AS (
    SELECT kind, value, component, count(*) AS records,
           round(sum(precision), 9) AS precision, round(sum(recall), 9) AS recall
    FROM bearer JOIN labelled USING (record) JOIN share USING (person, truth) GROUP BY ALL
)
SELECT kind, value, records, precision, recall, count(*) AS groups
FROM per_group GROUP BY ALL ORDER BY ALL
"""


def measure_pairs(con: duckdb.DuckDBPyConnection, seed: int) -> pl.DataFrame:
    """Every figure of pairs in every stratum; see ``measure_groups``."""
    units = con.sql(_PAIR_UNITS).pl()
    return measure_groups(units, PAIR_SUMS, PAIR_MEASURES, _groups(con), seed)


def measure_records(con: duckdb.DuckDBPyConnection, seed: int) -> pl.DataFrame:
    """B-cubed in every stratum that a record bears; see ``measure_groups``."""
    units = con.sql(_RECORD_UNITS).pl()
    return measure_groups(units, RECORD_SUMS, RECORD_MEASURES, _groups(con), seed)


def _groups(con: duckdb.DuckDBPyConnection) -> int:
    return int(con.execute("SELECT count(DISTINCT component) FROM together").fetchall()[0][0])


def measure_groups(
    units: pl.DataFrame,
    names: tuple[str, ...],
    measures: tuple[Measure, ...],
    groups: int,
    seed: int,
) -> pl.DataFrame:
    """Figures with intervals.

    Args:
        units: ``kind``, ``value``, the sums ``names`` that a group contributes to that stratum, and
            ``groups``, how many groups contribute the same.
        names: the sums.
        measures: what to make of them.
        groups: how many groups there are in all.
        seed: of what is drawn: the same for every stratum, so that two of the same pairs have one
            interval.

    Returns:
        ``kind``, ``value``, ``measure``, ``numerator``, ``denominator``, ``estimate``, ``low``,
        ``high``, ``interval`` (how it was made), ``wilson_low``, ``wilson_high``,
        ``bootstrap_low``, ``bootstrap_high``. No row where the denominator is 0.
    """
    rows = []
    for (kind, value), own in units.group_by("kind", "value", maintain_order=True):
        sums = own.select(names).to_numpy().astype(np.float64)
        counts = own["groups"].to_numpy().astype(np.int64)
        random = np.random.default_rng(seed)
        drawn = _named(names, resample(sums, counts, groups, random))
        total, each = _named(names, counts[None, :] @ sums), _named(names, sums)
        for measure in measures:
            bearing = int(counts[measure.of(each)[1] > 0].sum())
            if bearing:
                figure = _figure(measure, total, drawn, bearing)
                rows.append({"kind": kind, "value": value, "measure": measure.name, **figure})
    return pl.DataFrame(rows, schema=FIGURES)


FIGURES = {
    **dict.fromkeys(("kind", "value", "measure"), pl.String),
    **dict.fromkeys(("numerator", "denominator", "estimate", "low", "high"), pl.Float64),
    "interval": pl.String,
    **dict.fromkeys(
        ("wilson_low", "wilson_high", "bootstrap_low", "bootstrap_high"), pl.Float64
    ),
}  # fmt: skip
OVER_GROUPS, OVER_PERSONS = "wider of bootstrap and Wilson over groups", "Wilson over persons"


def _named(names: tuple[str, ...], sums: Floats) -> dict[str, Floats]:
    return {name: sums[:, index] for index, name in enumerate(names)}


def _figure(measure: Measure, total: Sums, drawn: Sums, bearing: int) -> dict[str, float | str]:
    numerator, denominator = (float(part[0]) for part in measure.of(total))
    estimate = numerator / denominator
    numerators, denominators = measure.of(drawn)
    with np.errstate(divide="ignore", invalid="ignore"):
        bootstrap = percentiles(numerators / denominators)
    over_groups = wilson(estimate, float(bearing))
    low, high = widest(estimate, [bootstrap, over_groups])
    return {
        "numerator": numerator, "denominator": denominator, "estimate": estimate,
        "low": low, "high": high, "interval": OVER_GROUPS,
        "wilson_low": float(over_groups[0]), "wilson_high": float(over_groups[1]),
        "bootstrap_low": bootstrap[0], "bootstrap_high": bootstrap[1],
    }  # fmt: skip
