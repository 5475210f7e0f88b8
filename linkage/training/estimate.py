"""Estimate the numbers of a model from pairs without labels: expectation and maximisation.

What a pair weighs under the numbers so far says how likely it is of one person; from these
likelihoods come the next numbers: ``m`` of a comparison from pairs that blocks without any of its
features brought together, ``u`` from random pairs, the prior from all pairs of the blocks. The
typed numbers stand in as if they had been seen on a few pairs before, so that few records do not
make wild ones.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.model import Block, Comparison, Model
from linkage.training.pairs import Sample

Floats = NDArray[np.float64]

# Weight of the typed numbers, in pairs of one person.
PSEUDO_MATCHES = 50.0
# A level that fewer random pairs show keeps its typed u: its share is too small to be counted.
COUNTED = 10
PSEUDO_RANDOM = 2_000.0
ROUNDS, STILL = 100, 1e-6
# Pairs of one person a record, at the least: a data set without any still has a prior.
FEWEST_MATCHES = 0.005


@dataclass
class Numbers:
    """What is estimated: per comparison ``m`` and ``u`` of each level, "different" last."""

    m: list[Floats]
    u: list[Floats]
    prior: float


@dataclass(frozen=True)
class Estimated:
    """The numbers, and what they rest on.

    Attributes:
        numbers: the estimates.
        matches: pairs of one person expected among the pairs of the blocks.
        seen: per comparison, expected pairs of one person that show each level, of those counted.
        random: per comparison, random pairs that show each level.
        rounds: until the numbers stood still.
    """

    numbers: Numbers
    matches: float
    seen: list[Floats]
    random: list[Floats]
    rounds: int


def estimate(
    model: Model, records: int, blocked: Sample, random: Sample, recall: float
) -> Estimated:
    """Estimate the numbers of the model's trained comparisons.

    Args:
        model: whose numbers are where it starts, and which scored the samples.
        records: how many there are.
        blocked, random: scored pairs.
        recall: share of the pairs of one person that the blocks bring together.
    """
    numbers = Numbers(
        [np.array([*(x.m for x in c.levels), c.otherwise[0]]) for c in model.comparisons],
        [np.array([*(x.u for x in c.levels), c.otherwise[1]]) for c in model.comparisons],
        model.prior,
    )
    typed = Numbers([m.copy() for m in numbers.m], [u.copy() for u in numbers.u], model.prior)
    counted = [_counted(c, model.blocks, blocked) for c in model.comparisons]
    pairs = records * (records - 1) / 2
    rounds, is_still = 0, False
    while not is_still and rounds < ROUNDS:
        rounds += 1
        before = numbers.prior
        likelihood = _likelihood(model, typed, numbers, blocked)
        unlikely = 1 - _likelihood(model, typed, numbers, random)
        matches = float(likelihood.sum()) / blocked.share
        numbers.prior = max(matches / recall, FEWEST_MATCHES * records) / pairs
        seen, shown = [], []
        for place, comparison in enumerate(model.comparisons):
            size = len(comparison.levels) + 1
            seen.append(_sum(blocked, place, likelihood * counted[place], size))
            shown.append(_sum(random, place, unlikely, size))
            if comparison.is_trained:
                numbers.m[place] = _share_of(seen[place], typed.m[place], PSEUDO_MATCHES)
                numbers.u[place] = _chance(shown[place], typed.u[place])
        is_still = abs(numbers.prior - before) <= STILL * before
    return Estimated(numbers, matches, seen, shown, rounds)


def _counted(
    comparison: Comparison, blocks: tuple[Block, ...], sample: Sample
) -> NDArray[np.bool_]:
    """Pairs that a block without any of the comparison's features brings together."""
    free = sum(1 << n for n, block in enumerate(blocks) if not uses(block, comparison))
    return (sample.found & np.uint64(free)) > 0


def uses(block: Block, comparison: Comparison) -> bool:
    """Whether the block looks for what is compared, in any form."""
    text = " ".join([*block.keys, block.exploded or ""])
    return any(re.search(rf"\b{need.split('_')[0]}", text) for need in comparison.needs)


def _likelihood(model: Model, typed: Numbers, numbers: Numbers, sample: Sample) -> Floats:
    """How likely each pair is of one person, under the numbers so far."""
    bits = np.full(len(sample.levels), np.log2(numbers.prior / (1 - numbers.prior)))
    for place, comparison in enumerate(model.comparisons):
        bits += sample.weights[:, place]
        if comparison.is_trained:
            change = np.log2(numbers.m[place] / typed.m[place])
            for index, level in enumerate([*comparison.levels, None]):
                if level is None or level.frequency is None:
                    change[index] -= np.log2(numbers.u[place][index] / typed.u[place][index])
            bits += np.append(change, 0.0)[sample.levels[:, place]]
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -60, 60))), dtype=np.float64)


def _sum(sample: Sample, place: int, weight: Floats, size: int) -> Floats:
    counts = np.bincount(sample.levels[:, place] + 1, weight, size + 1)
    return np.asarray(counts[1:], dtype=np.float64)


def _share_of(seen: Floats, typed: Floats, strength: float) -> Floats:
    shares = (seen + strength * typed / typed.sum()) / (seen.sum() + strength)
    return np.asarray(shares, dtype=np.float64)


def _chance(shown: Floats, typed: Floats) -> Floats:
    """``u`` of each level; the last takes what the others leave."""
    total = shown.sum()
    estimated = (shown + PSEUDO_RANDOM * typed) / (total + PSEUDO_RANDOM)
    chance = np.where(shown < COUNTED, np.maximum(typed, shown / max(total, 1.0)), estimated)
    chance[-1] = max(1 - chance[:-1].sum(), estimated[-1])
    return np.asarray(chance, dtype=np.float64)
