"""Train the model of series on solved offences, and measure it on offenders it has not seen.

Deterministic: the same rows give the same model to the last byte. Apart from the night, but for the
first model of a home.
"""

from dataclasses import dataclass, replace

import duckdb
import numpy as np
import polars as pl

from linkage.series.estimate import Estimated, estimate
from linkage.series.features import to_arrays
from linkage.series.labels import (
    FOLDS,
    Labelled,
    Solved,
    find_solved,
    label_pairs,
    read_suspects,
)
from linkage.series.measures import (
    FIRST,
    Judged,
    first_ranks,
    measure_first,
    measure_pairs,
    reliability,
)
from linkage.series.model import SeriesModel, to_probability
from linkage.series.model_file import hash_code, hash_rows, name_model
from linkage.series.words import floor_weight, split_words, weigh_words, word_sets
from warehouse.wording import counted

FEWEST_SERIES = 30
"""Groups of offenders with two solved offences near each other that training needs."""
FEWEST_PAIRS = 100
"""Pairs of offences that share a suspect that training needs."""
_ROWS = """
SELECT *, method_text IS NOT NULL AS has_method, stolen IS NOT NULL AS has_stolen
FROM series_offence ORDER BY offence
"""


@dataclass(frozen=True)
class Trained:
    """What training came to: a model, or why there is none."""

    model: SeriesModel | None
    why: str


def train(con: duckdb.DuckDBPyConnection) -> Trained:
    """A named model of series from the offences of ``series_offence`` and who is named in them.

    Args:
        con: a workspace in which offences are gathered (``features.gather_offences``).
    """
    rows = con.sql(_ROWS).pl()
    return train_on(rows, read_suspects(con))


def train_on(rows: pl.DataFrame, suspects: pl.DataFrame) -> Trained:
    """A named model of series.

    Args:
        rows: as ``series_offence`` has them, in the order of their number.
        suspects: ``offence``, ``person_id``.
    """
    if rows.is_empty() or suspects.is_empty():
        return Trained(None, "no offence of a kind that comes in series names a suspect")
    solved = find_solved(to_arrays(rows), suspects)
    own = rows[solved.at]
    offences = to_arrays(own)
    model = _with_words(rows)
    every = np.arange(len(own)), len(own)
    methods = word_sets(own["method_text"], *every, model.method_words, model.floors[0])
    stolen = word_sets(own["stolen"], *every, model.property_words, model.floors[1])
    pairs = label_pairs(offences, methods, stolen, solved)
    linked = int(pairs.is_linked.sum())
    series = len(np.unique(solved.group[pairs.left[pairs.is_linked]]))
    if linked < FEWEST_PAIRS or series < FEWEST_SERIES or linked == len(pairs.left):
        share = counted(linked, "pair of solved offences shares", "pairs of solved offences share")
        return Trained(None, f"{share} a suspect, of "
                       f"{counted(series, 'offender or group', 'offenders or groups')} of them: "
                       f"training needs {FEWEST_PAIRS} such pairs or more, of {FEWEST_SERIES} "
                       "offenders or more, and pairs that share none")  # fmt: skip
    numbers = estimate(pairs.levels, pairs.is_linked, pairs.weight)
    report = {
        "records": len(solved.at),
        "series": series,
        "linked_pairs": linked,
        "other_pairs": round(float(pairs.weight[~pairs.is_linked].sum())),
        "share_of_groups": solved.share,
        "feature_weights": numbers.weights,
        **_measure(model, solved, pairs),
        "code_sha256": hash_code(),
        "data_sha256": hash_rows(own, suspects),
    }
    return Trained(name_model(replace(_put(model, numbers), report=report)), "")


def _with_words(rows: pl.DataFrame) -> SeriesModel:
    """A model without numbers that has the rarity of words, of all offences, solved or not."""
    held: list[tuple[pl.DataFrame, float]] = []
    for name in ("method_text", "stolen"):
        known = rows[name].drop_nulls()
        words = split_words(known)
        held.append((weigh_words(words, len(known)), floor_weight(len(known))))
    return SeriesModel(
        prior=0.0,
        bits={},
        method_words=held[0][0],
        property_words=held[1][0],
        floors=(held[0][1], held[1][1]),
    )


def _put(model: SeriesModel, numbers: Estimated) -> SeriesModel:
    return replace(model, prior=numbers.prior, bits=numbers.bits)


def _measure(model: SeriesModel, solved: Solved, pairs: Labelled) -> dict[str, object]:
    """Each fold scored by a model of the others: how well that tells linked pairs from others.

    Pairs of two folds are in no fold: where both ends are of one, the others are a fifth as many as
    in all, and count so many times more.
    """
    left, right = solved.fold[pairs.left], solved.fold[pairs.right]
    bits = np.zeros(len(pairs.left))
    asked, ranked = np.zeros(len(pairs.left), bool), []
    for fold in range(FOLDS):
        seen = (left != fold) & (right != fold)
        weight = np.where(pairs.is_linked, 1.0, FOLDS / (FOLDS - 1)) * pairs.weight
        fitted = _put(model, estimate(pairs.levels[seen], pairs.is_linked[seen], weight[seen]))
        unseen = (left == fold) & (right == fold)
        bits[unseen] = fitted.total(pairs.levels[unseen])
        asked |= unseen
        for own, is_own in ((pairs.left, left == fold), (pairs.right, right == fold)):
            total = fitted.total(pairs.levels[is_own])
            ranked.append((own[is_own], total, pairs.take(is_own)))
    _, group = np.unique(solved.group, return_inverse=True)
    groups = int(group.max()) + 1
    test = pairs.take(asked)
    weight = np.where(test.is_linked, 1.0, FOLDS) * test.weight
    scores = {"model": bits[asked], "distance alone": -test.km, "days alone": -test.days}
    judged = Judged(test.is_linked, weight, group[test.left], group[test.right], scores)
    return {
        "folds": FOLDS,
        "measures": [*measure_pairs(judged, groups), *_measure_first(ranked, group, groups)],
        "reliability": reliability(to_probability(bits[asked]), test.is_linked, weight),
    }


def _measure_first(
    ranked: list[tuple[np.ndarray, np.ndarray, Labelled]], group: np.ndarray, groups: int
) -> list[dict[str, object]]:
    own = np.concatenate([each[0] for each in ranked])
    scores = {
        "model": np.concatenate([each[1] for each in ranked]),
        "distance alone": np.concatenate([-each[2].km for each in ranked]),
        "days alone": np.concatenate([-each[2].days for each in ranked]),
    }
    is_linked = np.concatenate([each[2].is_linked for each in ranked])
    weight = np.concatenate([each[2].weight for each in ranked])
    hits, offences = {}, np.zeros(0, np.int64)
    for name, score in scores.items():
        ranks = first_ranks(own, score, is_linked, weight)
        hits[name] = (ranks["rank"] <= FIRST).to_numpy()
        offences = ranks["offence"].to_numpy()
    return measure_first(hits, group[offences], groups)
