"""Estimate a model's numbers from labelled pairs: Bayes factors, and what they count together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.series.compare import FEATURES, NAMES, Levels
from linkage.series.features import Floats

SMOOTHING = 20.0
"""Pairs that stand for what is known before: a level that was rarely seen says little."""
_ROUNDS = 25
_RIDGE = 1.0
_DIGITS = 6


@dataclass(frozen=True)
class Estimated:
    """Numbers of a model: bits of the prior odds, bits of every level by feature, and the weight
    that each feature's own bits were multiplied by."""

    prior: float
    bits: dict[str, tuple[float, ...]]
    weights: dict[str, float]


def estimate(levels: Levels, is_linked: NDArray[np.bool], weight: Floats) -> Estimated:
    """A model's numbers.

    First each level's Bayes factor by itself: the share of linked pairs that have it by the share
    of others, smoothed. Then a logistic regression of being linked on the seven sums of bits, whose
    coefficients are the weights and whose intercept is the prior: features that say the same count
    less together, and the sum is calibrated.

    Args:
        levels: (pairs, features).
        is_linked: whether each pair shares a suspect.
        weight: pairs that each stands for.
    """
    patterns, linked, other = _count_patterns(levels, is_linked, weight)
    raw = [
        _factors(patterns[:, row], linked, other, len(feature.says))
        for row, feature in enumerate(FEATURES)
    ]
    parts = np.column_stack([raw[row][patterns[:, row]] for row in range(len(FEATURES))])
    intercept, weights = _fit(parts * np.log(2), linked, other)
    return Estimated(
        round(intercept / float(np.log(2)), _DIGITS),
        {
            name: tuple(round(float(each), _DIGITS) for each in weights[row] * raw[row])
            for row, name in enumerate(NAMES)
        },
        {name: round(float(weights[row]), _DIGITS) for row, name in enumerate(NAMES)},
    )


def _count_patterns(
    levels: Levels, is_linked: NDArray[np.bool], weight: Floats
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Each combination of levels once, with the linked and the other pairs that have it."""
    sizes = [len(feature.says) for feature in FEATURES]
    code = np.zeros(len(levels), np.int64)
    for row, size in enumerate(sizes):
        code = code * size + levels[:, row]
    found, at = np.unique(code, return_inverse=True)
    patterns = np.empty((len(found), len(sizes)), np.int64)
    for row in range(len(sizes) - 1, -1, -1):
        patterns[:, row] = found % sizes[row]
        found = found // sizes[row]
    return (
        patterns,
        add_up(at, np.where(is_linked, weight, 0.0), len(patterns)),
        add_up(at, np.where(is_linked, 0.0, weight), len(patterns)),
    )


def add_up(at: NDArray[np.int64], weight: Floats, size: int) -> Floats:
    """The sum of the weights at each place from 0 up to ``size``."""
    return np.bincount(at, weight, size).astype(np.float64)


def _factors(level: NDArray[np.int64], linked: Floats, other: Floats, size: int) -> Floats:
    """Bits of each level, of pairs of which something is known; of level 0 none."""
    of_linked, of_other = (add_up(level, each, size)[1:] for each in (linked, other))
    bits = np.zeros(size)
    if not of_linked.sum() or not of_other.sum():
        return bits
    before = of_linked / of_linked.sum() + of_other / of_other.sum()
    before /= before.sum()
    shares = [
        (each + SMOOTHING * before) / (each.sum() + SMOOTHING) for each in (of_linked, of_other)
    ]
    is_seen = before > 0
    bits[1:][is_seen] = np.log2(shares[0][is_seen] / shares[1][is_seen])
    return bits


def _fit(parts: Floats, linked: Floats, other: Floats) -> tuple[float, Floats]:
    """Intercept (nats) and weights by Newton's method, with a ridge towards weight 1; a feature
    whose weight comes out below 0 is left out, and the others fitted again.

    Sums are numpy's own and not of a linear algebra library: the same for any number of threads.
    """
    used = list(range(parts.shape[1]))
    while True:
        design = np.column_stack([np.ones(len(parts)), parts[:, used]])
        begin = np.log(max(linked.sum(), 1.0) / max(other.sum(), 1.0))
        beta = np.append(begin, np.ones(len(used)))
        penalty = np.append(0.0, np.full(len(used), _RIDGE))
        for _ in range(_ROUNDS):
            odds = np.clip(np.einsum("ij,j->i", design, beta), -40, 40)
            probability = 1 / (1 + np.exp(-odds))
            every = linked + other
            gradient = np.einsum("ij,i->j", design, linked - every * probability)
            gradient -= penalty * (beta - np.append(beta[0], np.ones(len(used))))
            curve = np.einsum("ij,i,ik->jk", design, every * probability * (1 - probability),
                              design, optimize=False)  # fmt: skip
            step = np.linalg.solve(curve + np.diag(penalty) + 1e-9 * np.eye(len(beta)), gradient)
            beta = beta + np.clip(step, -2, 2)
        negative = [place for place, value in enumerate(beta[1:]) if value < 0]
        if not negative:
            weights = np.zeros(parts.shape[1])
            weights[used] = beta[1:]
            return float(beta[0]), weights
        used = [feature for place, feature in enumerate(used) if place not in negative]
