"""Evaluate a store against the truth."""

from dataclasses import asdict, dataclass
from typing import Any

import duckdb
import polars as pl

from linkage.evaluation.intervals import RESAMPLES, wilson
from linkage.evaluation.labelled import PUBLISHED, Held, Linking, label_records
from linkage.evaluation.measures import measure_pairs, measure_records
from linkage.evaluation.pairs import pair_records
from linkage.evaluation.persons import measure_persons

NOTE = (
    "Measured on people whose truth is known: invented by a simulator, or labelled by whoever made "
    "the data set. It is no evidence of accuracy on other, real people."
)
# Strata in the order in which they are told.
KINDS = (
    "all", "forces", "force pair", "held by", "force", "sex", "age", "ethnicity", "name origin",
    "identifiers", "identifier", "planted",
)  # fmt: skip
BIN = 2.0  # bits
# Bins from this one down, and from that one up, are one each: hardly a pair is in them.
LOWEST_BIN, HIGHEST_BIN = -10, 15
# A truth of other deliveries fits by chance, for record ids are running numbers: below this share
# of records in common, or of joined pairs that are true, it is doubted. Fewer pairs say nothing.
LEAST_SHARE, FEWEST_PAIRS = 0.5, 20

_ABOUT = """
SELECT max(night) AS night, arg_max(person_model_id, night) AS model_id FROM governance.night
"""
_TRUE = """
SELECT count(*) AS records, count(DISTINCT truth) AS true_persons,
       count(DISTINCT person) AS person_ids
FROM labelled
"""
# Pairs that no edge is kept of are known only where they are joined or true.
_BANDS = """
WITH every AS (
    SELECT band, is_true, is_joined FROM scored
    UNION ALL
    SELECT 'no edge', is_true, is_joined FROM pair ANTI JOIN scored USING (record_l, record_r)
)
SELECT band, count(*) AS pairs, count(*) FILTER (is_true) AS "true",
       count(*) FILTER (is_true AND is_joined) AS true_joined,
       count(*) FILTER (is_true AND NOT is_joined) AS true_missed,
       count(*) FILTER (NOT is_true AND is_joined) AS wrong_joined
FROM every GROUP BY band
ORDER BY list_position(['link', 'cut', 'review', 'possible', 'no edge'], band)
"""
_WEIGHTS = f"""
SELECT CASE WHEN bin > {LOWEST_BIN} THEN {BIN} * bin END AS margin_from,
       CASE WHEN bin < {HIGHEST_BIN} THEN {BIN} * (bin + 1) END AS margin_to, count(*) AS pairs,
       count(*) FILTER (is_true) AS "true"
FROM (
    SELECT greatest(least(floor(margin / {BIN}), {HIGHEST_BIN}), {LOWEST_BIN}) AS bin, is_true
    FROM scored
) GROUP BY bin ORDER BY bin
"""


@dataclass(frozen=True)
class Evaluation:
    """What was measured.

    Attributes:
        about: night, model, how many records, true persons and person ids were evaluated, how many
            were left out, the seed and resamples of the bootstrap; ``doubts``: why this may be the
            truth of other deliveries.
        figures: every figure in every stratum, as ``measure_groups`` describes it.
        bands: per band (``cut``: a link that was not laid; ``no edge``) its pairs, how many are
            true, and of them joined and missed; ``wrong_joined``.
        weights: pairs scored, by how many bits they lie above what they needed to be joined
            (from ``margin_from``, below ``margin_to``, two bits a row; null where the row is open
            to that side, as the outermost are), with the share of true ones and its Wilson
            interval: what a weight is worth.
    """

    about: dict[str, Any]
    figures: pl.DataFrame
    bands: pl.DataFrame
    weights: pl.DataFrame


def evaluate(
    con: duckdb.DuckDBPyConnection,
    truth: pl.DataFrame,
    seed: int,
    linking: Linking = PUBLISHED,
) -> Evaluation:
    """Measure the linkage of a store's persons, or another linking of its records.

    Args:
        con: the store, or tables of its contract; temporary tables are made on it.
        truth: what ``read_truth`` gives.
        seed: of the bootstrap.
        linking: what is measured.

    Raises:
        UsageError: the truth is not of this store, or there are too many pairs.
    """
    held = label_records(con, truth, linking)
    pair_records(con, linking)
    figures = pl.concat(
        [measure_pairs(con, seed), measure_records(con, seed), measure_persons(con)]
    ).fill_nan(None)
    order = pl.Enum(KINDS)
    return Evaluation(
        about=_about(con, held, seed) | {"doubts": _doubts(held, truth, figures)},
        figures=figures.sort(pl.col("kind").cast(order), "value", maintain_order=True),
        bands=con.sql(_BANDS).pl(),
        weights=_with_shares(con.sql(_WEIGHTS).pl()),
    )


def _about(con: duckdb.DuckDBPyConnection, held: Held, seed: int) -> dict[str, Any]:
    [found] = con.sql(_ABOUT).pl().to_dicts()
    [counted] = con.sql(_TRUE).pl().to_dicts()
    night = found["night"] and found["night"].isoformat()
    left_out = {name: count for name, count in asdict(held).items() if name != "labelled"}
    return {**found, "night": night, **counted, **left_out,
            "seed": seed, "resamples": RESAMPLES, "note": NOTE}  # fmt: skip


def _doubts(held: Held, truth: pl.DataFrame, figures: pl.DataFrame) -> list[str]:
    """Why the truth may be of other deliveries than the store."""
    doubts = []
    told, stored = held.labelled + held.not_held, held.labelled + held.unlabelled
    if held.labelled < LEAST_SHARE * told:
        doubts.append(f"the store holds {held.labelled:,} of the {told:,} records that it names")
    # Labels may be of a part of the records; a simulation tells of every one.
    is_simulated = truth["name_origin"].is_not_null().any()
    if is_simulated and held.labelled < LEAST_SHARE * stored:
        doubts.append(f"it names {held.labelled:,} of the {stored:,} records that the store holds")
    for row in figures.filter(kind="all", measure="pair_precision").to_dicts():
        true, joined = row["numerator"], row["denominator"]
        if joined >= FEWEST_PAIRS and true < LEAST_SHARE * joined:
            doubts.append(
                f"of {joined:,.0f} pairs that the store joins it takes {true:,.0f} for one person"
            )
    return doubts


def _with_shares(weights: pl.DataFrame) -> pl.DataFrame:
    pairs, true = (weights[name].cast(pl.Float64).to_numpy() for name in ("pairs", "true"))
    low, high = wilson(true / pairs, pairs)
    return weights.with_columns(
        share=pl.Series(true / pairs), low=pl.Series(low), high=pl.Series(high)
    )
