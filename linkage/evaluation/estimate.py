"""Precision and recall estimated from a reviewed sample, without any truth.

Design: simple random sampling within strata whose sizes are known, so the Horvitz-Thompson estimate
of the true pairs of a stratum is its size times the share judged the same (W. G. Cochran, Sampling
techniques, 1977, chapter 5). Nothing is assumed about how pairs depend on one another: the pairs
are a fixed population, and only the draw is random.

Intervals, 95%: Wilson's for each stratum, with the trials that a finite population is worth, put
together by the method of variance estimates recovery: for sums G. Y. Zou, W. Huang and X. Zhang, A
note on confidence interval estimation for a linear function of binomial proportions, Computational
Statistics and Data Analysis 53 (2009); for ratios A. Donner and G. Y. Zou, Closed-form confidence
intervals for functions of the normal mean and standard deviation, Statistical Methods in Medical
Research 21 (2012). Unlike a bootstrap they do not shrink to nothing where no pair of a stratum was
found wrong.

A verdict ``unsure`` is left out of the estimate, and the interval's lower end counts it against the
linkage, its upper end for it. A stratum where nobody was sure counts half; where nobody was sure in
any stratum that an estimate is of, there is none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from linkage.evaluation.intervals import Floats, wilson
from linkage.evaluation.sample import BY_NAME

Interval = tuple[float, float]

_BLOCKING = """
SELECT recall, recall_low, recall_high FROM link.block_recall
WHERE block = 'all rules' AND recall IS NOT NULL
  AND model_id = $model_id
"""


@dataclass(frozen=True)
class Estimate:
    """A share, 0 to 1, with its interval. ``estimate`` is null where nothing can be said."""

    measure: str
    estimate: float | None
    low: float
    high: float

    @classmethod
    def within(cls, measure: str, share: float | None, low: float, high: float) -> "Estimate":
        """One whose ends lie on either side of it, which sums may miss by a last digit."""
        if share is None:
            return cls(measure, None, low, high)
        return cls(measure, share, min(low, share), max(high, share))


@dataclass(frozen=True)
class Counts:
    """Verdicts of some strata, one element a stratum: its pairs, and those judged so."""

    pairs: Floats
    same: Floats
    not_same: Floats
    unsure: Floats

    @classmethod
    def of(cls, strata: pl.DataFrame) -> "Counts":
        """From a frame with columns of these names."""
        return cls(*(strata[name].cast(pl.Float64).to_numpy() for name in cls.__annotations__))

    @property
    def reviewed(self) -> Floats:
        """Pairs with a verdict."""
        return self.same + self.not_same + self.unsure

    @property
    def trials(self) -> Floats:
        """Independent draws that the reviewed pairs are worth: endless where all were reviewed."""
        left = self.pairs - self.reviewed
        with np.errstate(divide="ignore"):
            return np.asarray(self.reviewed * np.maximum(self.pairs - 1, 1) / left)

    @property
    def is_doubtful(self) -> bool:
        """True where there are pairs and nobody was sure about any."""
        return bool(len(self.pairs)) and not (self.same + self.not_same).any()

    def true_pairs(self) -> float:
        """Pairs estimated to be of one person. A stratum where nobody was sure counts half."""
        sure = self.same + self.not_same
        share = np.where(sure > 0, self.same / np.maximum(sure, 1), 0.5)
        return float(self.pairs @ share)

    def bounds(self, unsure_is_same: bool) -> tuple[float, float, float]:
        """Pairs of one person with the unsure ones counted so, and the ends of the interval."""
        share = (self.same + (self.unsure if unsure_is_same else 0)) / self.reviewed
        low, high = wilson_of_trials(share, self.trials)
        total = float(self.pairs @ share)
        below, above = self.pairs * (share - low), self.pairs * (high - share)
        return total, total - float(np.sqrt(below @ below)), total + float(np.sqrt(above @ above))


def wilson_of_trials(share: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """Wilson's interval where ``trials`` may be endless: then the share is known."""
    is_known = np.isinf(trials)
    low, high = wilson(share, np.where(is_known, 1.0, trials))
    return np.where(is_known, share, low), np.where(is_known, share, high)


def read_blocking(
    con: duckdb.DuckDBPyConnection, model_id: str | None
) -> tuple[float, Interval] | None:
    """Share of true pairs that share a block, with its interval, as training of the model measured
    it on records that share a verified identifier; None where it did not."""
    rows = con.execute(_BLOCKING, {"model_id": model_id}).fetchall()
    return (rows[0][0], (rows[0][1], rows[0][2])) if rows else None


def estimate_accuracy(
    strata: pl.DataFrame, blocking: tuple[float, Interval] | None
) -> list[Estimate]:
    """Precision of what was joined, and recall.

    Args:
        strata: ``stratum``, ``pairs``, ``identified`` (pairs that share an identifier), ``same``,
            ``not_same``, ``unsure``; each stratum with at least one verdict.
        blocking: what ``read_blocking`` gives.

    Returns:
        ``link_precision``: of pairs joined by their own link. ``pair_precision``: of all pairs that
        a person id joins. ``recall_of_scored``: of the true pairs among those scored or joined, the
        share that a person id joins. ``recall``: that times the share of all true pairs that are
        scored or joined (``_scored_share``); the ends of the intervals are multiplied, which makes
        it wider than 95%. Where nobody was sure about any pair that an estimate is of, it is null.
    """
    kinds = [BY_NAME[name] for name in strata["stratum"]]
    links = strata.filter(pl.Series([kind.is_link for kind in kinds], dtype=pl.Boolean))
    is_joined = pl.Series([kind.is_joined for kind in kinds], dtype=pl.Boolean)
    joined, apart = Counts.of(strata.filter(is_joined)), Counts.of(strata.filter(~is_joined))
    recall = _recall(joined, apart)
    found = [
        _precision("link_precision", Counts.of(links)),
        _precision("pair_precision", joined),
        recall,
    ]
    if blocking is None:
        return found
    identified = float(strata["identified"].sum())
    return [*found, _absolute(recall, _scored_share(Counts.of(strata), identified, *blocking))]


def _precision(measure: str, counts: Counts) -> Estimate:
    pairs = float(counts.pairs.sum())
    if not pairs:
        return Estimate(measure, None, 0.0, 1.0)
    low, high = counts.bounds(unsure_is_same=False)[1], counts.bounds(unsure_is_same=True)[2]
    share = None if counts.is_doubtful else counts.true_pairs() / pairs
    return Estimate.within(measure, share, max(low / pairs, 0.0), min(high / pairs, 1.0))


def _recall(joined: Counts, apart: Counts) -> Estimate:
    """Recall is 1 / (1 + ratio), of true pairs left apart to true pairs joined."""
    found, missed = joined.true_pairs(), apart.true_pairs()
    worst = divide(apart.bounds(unsure_is_same=True), joined.bounds(unsure_is_same=False))[1]
    best = divide(apart.bounds(unsure_is_same=False), joined.bounds(unsure_is_same=True))[0]
    is_doubtful = joined.is_doubtful or apart.is_doubtful
    share = None if is_doubtful or not found + missed else found / (found + missed)
    return Estimate.within("recall_of_scored", share, 1 / (1 + worst), 1 / (1 + best))


def _scored_share(
    counts: Counts, identified: float, blocking: float, interval: Interval
) -> Estimate:
    """Share of all true pairs that are scored or joined.

    Recall of blocking is that of the rules beside the identifiers' own, measured on pairs that
    share an identifier. It is what those rules find of pairs that share none; of those that do, the
    identifiers' rules leave out none but where too many records bear one. So where ``identified``
    of the ``n`` true pairs that are scored or joined share one, there are
    ``identified + (n - identified) / blocking`` in all.
    """
    low, high = counts.bounds(unsure_is_same=False)[1], counts.bounds(unsure_is_same=True)[2]

    def share(true: float, recall: float) -> float:
        # What shares an identifier counts as of one person, as it did in training.
        rest = max(true - identified, 0.0)
        if not rest:
            return 1.0
        return true / (true - rest + rest / recall) if recall > 0 else 0.0

    estimate = share(counts.true_pairs(), blocking)
    return Estimate.within("scored", estimate, share(high, interval[0]), share(low, interval[1]))


def _absolute(recall: Estimate, scored: Estimate) -> Estimate:
    share = None if recall.estimate is None else recall.estimate * (scored.estimate or 0.0)
    return Estimate.within("recall", share, recall.low * scored.low, recall.high * scored.high)


def divide(one: Iterable[float], other: Iterable[float]) -> Interval:
    """Interval of the ratio of two independent quantities, each given with its own interval.

    Args:
        one: estimate, low and high, 0 or more.
        other: the same, of the divisor.

    Returns:
        Low, 0 or more, and high, which is endless where the divisor may be 0.
    """
    (a, a_low, a_high), (b, b_low, b_high) = one, other
    a_low, b_low = max(a_low, 0.0), max(b_low, 0.0)
    product = a * b
    high = float("inf")
    if b_low > 0:
        root = product**2 - a_high * b_low * (2 * a - a_high) * (2 * b - b_low)
        high = (product + np.sqrt(max(root, 0.0))) / (b_low * (2 * b - b_low))
    if b_high >= 2 * b:  # the closed form has no solution: each at its own end
        return (a_low / b_high if b_high else 0.0), float(high)
    root = product**2 - a_low * b_high * (2 * a - a_low) * (2 * b - b_high)
    low = (product - np.sqrt(max(root, 0.0))) / (b_high * (2 * b - b_high))
    return max(float(low), 0.0), float(high)
