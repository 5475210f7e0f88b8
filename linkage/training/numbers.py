"""The numbers that training sets, and what pairs weigh under them."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.model import Model
from linkage.training.pairs import Sample

Floats = NDArray[np.float64]


@dataclass
class Numbers:
    """Per comparison ``m`` and ``u`` of each level, "different" last; and the prior."""

    m: list[Floats]
    u: list[Floats]
    prior: float

    @classmethod
    def of(cls, model: Model) -> "Numbers":
        """Those of a model."""
        return cls(
            [np.array([*(x.m for x in c.levels), c.otherwise[0]]) for c in model.comparisons],
            [np.array([*(x.u for x in c.levels), c.otherwise[1]]) for c in model.comparisons],
            model.prior,
        )


def bits_of(
    model: Model, numbers: Numbers, sample: Sample, without: Collection[int] = ()
) -> Floats:
    """What each pair weighs under the numbers so far, some comparisons left out by place.

    The sample holds what it weighs under the model's own numbers, frequencies of values included.
    """
    typed = Numbers.of(model)
    bits = np.full(len(sample.levels), np.log2(numbers.prior / (1 - numbers.prior)))
    for place, comparison in enumerate(model.comparisons):
        if place in without:
            continue
        change = np.log2(numbers.m[place] / typed.m[place])
        for index, level in enumerate([*comparison.levels, None]):
            if level is None or level.frequency is None:
                change[index] -= np.log2(numbers.u[place][index] / typed.u[place][index])
        bits += sample.weights[:, place] + np.append(change, 0.0)[sample.levels[:, place]]
    return bits


def likelihood_of(bits: Floats) -> Floats:
    """How likely a pair of that many bits is of one person."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -60, 60))), dtype=np.float64)
