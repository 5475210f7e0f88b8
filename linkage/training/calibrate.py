"""How much less likely one person is where kin or namesakes are possible, by what identifiers tell.

The model's other comparisons are summed as if they were independent. Where they are not, a level of
a comparison that is not trained takes something off. Of the pairs in that situation whose records
both hold an identifier of one kind, the identifiers tell which are of one person: the correction is
the one under which the weights, identifiers apart, would have foretold as many.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.model import Comparison, Model
from linkage.training.numbers import Floats, Numbers, bits_of, likelihood_of
from linkage.training.pairs import Sample
from linkage.training.recall import identifiers, identifying_bits

Flags = NDArray[np.bool_]

# How far identifiers must speak against the typed correction: its standard deviation, in bits.
DOUBT = 4.0
STEPS = 60
# Pairs that nothing else leaves in doubt tell how reliable identifiers are; where there are too
# few, this share of pairs of one person is taken to share one.
BEYOND_DOUBT, FEWEST_TOLD, RELIABLE = 20.0, 30, 0.95
LEAST, MOST = -30.0, 0.0


@dataclass(frozen=True)
class Told:
    """What identifiers tell of a level: pairs that share one, and pairs whose differ."""

    comparison: str
    level: str
    same: int
    different: int
    bits: float


def calibrate(model: Model, numbers: Numbers, sample: Sample) -> list[Told]:
    """Set the corrections of ``numbers`` by the pairs of the sample whose identifiers compare.

    Only pairs that a block without identifiers finds are looked at: others were found because they
    agree.
    """
    telling = identifiers(model)
    places = [n for n, each in enumerate(model.comparisons) if each.name in telling]
    if not places:
        return []
    is_compared, is_same = _compare_identifiers(model, sample, places)
    typed, told = Numbers.of(model), []
    reliable = _reliability(model, numbers, sample, places, is_compared, is_same)
    for place, comparison in enumerate(model.comparisons):
        if not is_correction(comparison):
            continue
        bits = bits_of(model, numbers, sample, without=[*places, place])
        for index, level in enumerate(comparison.levels):
            chosen = is_compared & (sample.levels[:, place] == index)
            before = float(np.log2(typed.m[place][index] / typed.u[place][index]))
            found = _most_likely(bits[chosen], is_same[chosen], before, reliable)
            numbers.m[place][index] = numbers.u[place][index] * 2**found
            same = int(is_same[chosen].sum())
            different = int(chosen.sum()) - same
            told.append(Told(comparison.name, level.says, same, different, found))
    return told


def _compare_identifiers(model: Model, sample: Sample, places: list[int]) -> tuple[Flags, Flags]:
    """Pairs whose identifiers tell, and those of them that share one."""
    identifying = np.uint64(identifying_bits(model))
    is_found_otherwise = (sample.found & ~identifying) > 0
    levels = sample.levels[:, places]
    different = np.array([len(model.comparisons[place].levels) for place in places])
    # Numbers that are nearly the same tell nothing: they may be a slip, or of a sequence.
    is_same: Flags = np.any(levels == 0, axis=1)
    is_compared: Flags = (is_same | np.any(levels == different, axis=1)) & is_found_otherwise
    return is_compared, is_same


def is_correction(comparison: Comparison) -> bool:
    """Whether its levels only take off what dependence counted twice."""
    return not comparison.is_trained and all(level.m < level.u for level in comparison.levels)


def _reliability(
    model: Model,
    numbers: Numbers,
    sample: Sample,
    places: list[int],
    is_compared: Flags,
    is_same: Flags,
) -> float:
    """Share of pairs beyond doubt, in no such situation, that share an identifier."""
    sure = is_compared & (bits_of(model, numbers, sample, without=places) >= BEYOND_DOUBT)
    for place, comparison in enumerate(model.comparisons):
        if is_correction(comparison):
            sure &= sample.levels[:, place] == len(comparison.levels)
    return float(is_same[sure].mean()) if sure.sum() >= FEWEST_TOLD else RELIABLE


def _most_likely(bits: Floats, is_same: Flags, before: float, reliable: float) -> float:
    """The correction, in bits, that is most likely by the pairs and by the one typed before."""

    def slope(correction: float) -> float:
        one = likelihood_of(bits + correction)
        of_different = (1 - is_same) * reliable * one / (1 - reliable * one)
        too_few = float(((1 - one) * (is_same - of_different)).sum())
        return too_few * math.log(2) - (correction - before) / DOUBT**2

    low, high = LEAST, MOST
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return high
