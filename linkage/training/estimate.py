"""Estimate the numbers of a model from pairs without labels: expectation and maximisation.

What a pair weighs under the numbers so far says how likely it is of one person; from these
likelihoods come the next numbers: ``m`` of a comparison from pairs that blocks without any of its
features brought together, ``u`` from random pairs (where they are too few to show a level, from
those of a block that brings every pair at it), the prior from all pairs of the blocks. The
typed numbers stand in as if they had been seen on a few pairs before, so that few records do not
make wild ones.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linkage.model import Block, Comparison, Model
from linkage.models import person
from linkage.training.calibrate import Told, calibrate
from linkage.training.numbers import Floats, Numbers, bits_of, likelihood_of
from linkage.training.pairs import Sample
from linkage.training.rare import count_rare

# Weight of the typed numbers, in pairs of one person.
PSEUDO_MATCHES = 50.0
# Where fewer random pairs show a level its share is too small to be counted among them: it is
# counted among the pairs of blocks that bring all at it, or stays as typed.
COUNTED = 10
PSEUDO_RANDOM = 2_000.0
ROUNDS, STILL = 100, 1e-6
# How often corrections and numbers are estimated in turn.
CALIBRATIONS = 2
# Pairs of one person a record, at the least: a data set without any still has a prior.
FEWEST_MATCHES = 0.005


@dataclass(frozen=True)
class Estimated:
    """The numbers, and what they rest on.

    Attributes:
        numbers: the estimates.
        matches: pairs of one person expected among the pairs of the blocks.
        seen: per comparison, expected pairs of one person that show each level, of those counted.
        random: per comparison, random pairs that show each level.
        rare: per comparison, the share of pairs of two persons at each level as blocks tell it; NaN
            where none does.
        rounds: until the numbers stood still, the last time.
        told: what identifiers told of each correction.
    """

    numbers: Numbers
    matches: float
    seen: list[Floats]
    random: list[Floats]
    rare: list[Floats]
    rounds: int
    told: list[Told]


def estimate(
    model: Model,
    records: int,
    blocked: Sample,
    random: Sample,
    recall: float,
    capped: Mapping[str, int],
) -> Estimated:
    """Estimate the numbers of the model.

    Args:
        model: whose numbers are where it starts, and which scored the samples.
        records: how many there are.
        blocked, random: scored pairs.
        recall: share of the pairs of one person that the blocks bring together.
        capped: per block, the pairs of keys that too many records bear to be compared.
    """

    def maximise(numbers: Numbers) -> Estimated:
        return _maximise(model, numbers, records, blocked, random, recall, capped)

    made = maximise(Numbers.of(model))
    for _ in range(CALIBRATIONS):
        told = calibrate(model, made.numbers, blocked)
        made = replace(maximise(made.numbers), told=told)
    return made


def _maximise(
    model: Model,
    numbers: Numbers,
    records: int,
    blocked: Sample,
    random: Sample,
    recall: float,
    capped: Mapping[str, int],
) -> Estimated:
    typed = Numbers.of(model)
    counted = [_counted(c, model.blocks, blocked) for c in model.comparisons]
    pairs = records * (records - 1) / 2
    known = pairs * (random.levels >= 0).mean(axis=0)
    rounds, is_still = 0, False
    while not is_still and rounds < ROUNDS:
        rounds += 1
        before = numbers.prior
        likelihood = likelihood_of(bits_of(model, numbers, blocked))
        unlikely = 1 - likelihood_of(bits_of(model, numbers, random))
        matches = float(likelihood.sum()) / blocked.share
        numbers.prior = max(matches / recall, FEWEST_MATCHES * records) / pairs
        rare = count_rare(model, blocked, likelihood, capped, known)
        seen, shown = [], []
        for place, comparison in enumerate(model.comparisons):
            size = len(comparison.levels) + 1
            seen.append(_sum(blocked, place, likelihood * counted[place], size))
            shown.append(_sum(random, place, unlikely, size))
            if comparison.is_trained:
                m = share_of(seen[place], typed.m[place], PSEUDO_MATCHES)
                if comparison.name in person.KEPT:
                    most = person.KEPT[comparison.name] * typed.m[place] / typed.m[place].sum()
                    m = hold_against(m, np.where(typed.m[place] < typed.u[place], most, np.inf))
                numbers.m[place] = m
                numbers.u[place] = chance_of(shown[place], typed.u[place], rare[place])
        is_still = abs(numbers.prior - before) <= STILL * before
    return Estimated(numbers, matches, seen, shown, rare, rounds, [])


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


def _sum(sample: Sample, place: int, weight: Floats, size: int) -> Floats:
    counts = np.bincount(sample.levels[:, place] + 1, weight, size + 1)
    return np.asarray(counts[1:], dtype=np.float64)


def share_of(seen: Floats, typed: Floats, strength: float) -> Floats:
    """``m`` of each level, the typed shares standing in as ``strength`` pairs seen before."""
    shares = (seen + strength * typed / typed.sum()) / (seen.sum() + strength)
    return np.asarray(shares, dtype=np.float64)


def hold_against(m: Floats, most: Floats) -> Floats:
    """``m`` with no level above ``most``; those without a limit (infinite) take what the others
    lose, as they stand to one another."""
    held = np.minimum(m, most)
    free = np.isinf(most)
    return np.where(free, m * (1 - held[~free].sum()) / m[free].sum(), held)


def chance_of(shown: Floats, typed: Floats, rare: Floats) -> Floats:
    """``u`` of each level; the last takes what the others leave."""
    total = shown.sum()
    estimated = (shown + PSEUDO_RANDOM * typed) / (total + PSEUDO_RANDOM)
    uncounted = np.maximum(typed, shown / max(total, 1.0))
    # What blocks tell counts keys that too many bear: no more than random pairs allow.
    most = np.maximum(typed, COUNTED / max(total, 1.0))
    uncounted = np.where(np.isnan(rare), uncounted, np.minimum(rare, most))
    chance = np.where(shown < COUNTED, uncounted, estimated)
    chance[-1] = max(1 - chance[:-1].sum(), estimated[-1])
    return np.asarray(chance, dtype=np.float64)
