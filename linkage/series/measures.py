"""How well scores tell pairs that share an offender from others, with intervals over offenders.

Measures as the field reports them: the area under the ROC curve (Bennell, Jones and Melnyk 2009,
Legal and Criminological Psychology 14), recall where 5% of other pairs are taken for linked, and
how many offences find one of their series among the first 50.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linkage.series.estimate import add_up
from linkage.series.features import Floats, Integers

FALSE_POSITIVES = 0.05
FIRST = 50
RESAMPLES = 200
_SEED = 20_260_112


@dataclass(frozen=True)
class Judged:
    """Pairs whose truth is known: whether linked, pairs that each stands for, the groups of
    offenders of its two ends (numbered from 0), and by name the scores to compare."""

    is_linked: NDArray[np.bool]
    weight: Floats
    left_group: Integers
    right_group: Integers
    scores: dict[str, Floats]


def measure_pairs(judged: Judged, groups: int) -> list[dict[str, object]]:
    """AUC and recall at 5% false positives of every score: estimate, and the 2.5th and 97.5th
    percentile over resampled groups of offenders.

    Args:
        judged: the pairs.
        groups: how many groups there are.
    """
    random = np.random.default_rng(_SEED)
    draws = [np.ones(groups)]
    draws += [
        np.bincount(random.integers(0, groups, groups), minlength=groups).astype(np.float64)
        for _ in range(RESAMPLES)
    ]
    rows: list[dict[str, object]] = []
    for name, score in judged.scores.items():
        _, at = np.unique(-score, return_inverse=True)
        size = int(at.max(initial=-1)) + 1
        found = []
        for draw in draws:
            own = draw[judged.left_group]
            weight = judged.weight * np.where(judged.is_linked, own, own * draw[judged.right_group])
            linked = add_up(at, np.where(judged.is_linked, weight, 0.0), size)
            other = add_up(at, np.where(judged.is_linked, 0.0, weight), size)
            found.append((area(linked, other), recall_at(linked, other, FALSE_POSITIVES)))
        for place, measure in enumerate(("auc", "recall_at_5_percent_false_positives")):
            rows.append(_row(name, measure, [each[place] for each in found]))
    return rows


def measure_first(
    hits: dict[str, NDArray[np.bool]], group: Integers, groups: int
) -> list[dict[str, object]]:
    """The top-50 rate of every score, with its interval.

    Args:
        hits: by score, whether each offence of a series finds another of it among its first 50.
        group: of each of these offences, its group of offenders.
        groups: how many groups there are.
    """
    random = np.random.default_rng(_SEED)
    rows: list[dict[str, object]] = []
    counts = np.bincount(group, minlength=groups).astype(np.float64)
    drawn = random.integers(0, groups, (RESAMPLES, groups))
    for name, hit in hits.items():
        found = np.bincount(group, hit.astype(np.float64), groups)
        rates = [found.sum() / max(counts.sum(), 1.0)]
        rates += [found[draw].sum() / max(counts[draw].sum(), 1.0) for draw in drawn]
        rows.append(_row(name, "top_50_rate", rates))
    return rows


def _row(score: str, measure: str, values: list[float]) -> dict[str, object]:
    low, high = np.nanpercentile(values[1:], (2.5, 97.5))
    return {
        "score": score, "measure": measure, "estimate": round(float(values[0]), 4),
        "low": round(float(low), 4), "high": round(float(high), 4),
    }  # fmt: skip


def area(linked: Floats, other: Floats) -> float:
    """The area under the ROC curve: the chance that a linked pair scores above another, ties half.

    Args:
        linked, other: weight of linked and of other pairs at every score, the highest first.
    """
    above = np.cumsum(linked) - linked / 2
    total = linked.sum() * other.sum()
    return float((other * above).sum() / total) if total else float("nan")


def recall_at(linked: Floats, other: Floats, share: float) -> float:
    """The share of linked pairs found where that share of other pairs is taken for linked; between
    two scores along a straight line."""
    if not linked.sum() or not other.sum():
        return float("nan")
    false = np.append(0.0, np.cumsum(other) / other.sum())
    true = np.append(0.0, np.cumsum(linked) / linked.sum())
    return float(np.interp(share, false, true))


def first_ranks(
    offence: Integers, score: Floats, is_linked: NDArray[np.bool], weight: Floats
) -> pl.DataFrame:
    """Of every offence with a linked one, the rank at which its first linked one stands.

    Args:
        offence: whose list each pair stands in.
        score, is_linked, weight: of the pairs. Others with the same score stand before it.

    Returns:
        ``offence``, ``rank``, from 1.
    """
    pairs = pl.DataFrame(
        {"offence": offence, "score": score, "is_linked": is_linked, "weight": weight}
    )
    best = pairs.filter("is_linked").group_by("offence").agg(best=pl.col("score").max())
    return (
        pairs.join(best, on="offence")
        .group_by("offence", "best")
        .agg(
            rank=1 + pl.col("weight").filter(
                ~pl.col("is_linked") & (pl.col("score") >= pl.col("best"))
            ).sum()
        )
        .select("offence", "rank")
        .sort("offence")
    )  # fmt: skip


def reliability(
    probability: Floats, is_linked: NDArray[np.bool], weight: Floats
) -> list[dict[str, float]]:
    """By tenths of the probability: pairs, the mean probability and the share that is linked."""
    tenth = np.minimum((probability * 10).astype(np.int64), 9)
    rows = []
    for place in range(10):
        own = tenth == place
        pairs = float(weight[own].sum())
        if pairs:
            rows.append({
                "from": place / 10, "pairs": round(pairs, 1),
                "predicted": round(float((probability[own] * weight[own]).sum() / pairs), 4),
                "observed": round(float(weight[own & is_linked].sum() / pairs), 4),
            })  # fmt: skip
    return rows
