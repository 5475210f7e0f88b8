"""Levels that the records never show: no number for them can be estimated.

Such a level falls out of the model, unless it keeps pairs from one that weighs more: two initials
are the same forename to the level after theirs.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linkage.model import DIFFERENT, Comparison, Level, Model
from linkage.training.errors import TrainingError
from linkage.training.estimate import Estimated
from linkage.training.pairs import Sample

DIGITS = 6  # significant ones that a number is written with


def put_numbers(model: Model, made: Estimated) -> tuple[Comparison, ...]:
    """The model's comparisons with the numbers that were estimated."""
    comparisons = []
    for place, comparison in enumerate(model.comparisons):
        m, u = made.numbers.m[place], made.numbers.u[place]
        levels = tuple(
            replace(level, m=_written(m[index]), u=_written(u[index]))
            for index, level in enumerate(comparison.levels)
        )
        otherwise = (_written(m[-1]), _written(u[-1]))
        comparisons.append(replace(comparison, levels=levels, otherwise=otherwise))
    return tuple(comparisons)


def drop_unseen(
    comparisons: tuple[Comparison, ...], typed: tuple[Comparison, ...], samples: Iterable[Sample]
) -> tuple[tuple[Comparison, ...], list[dict[str, str]]]:
    """The comparisons without the levels that no pair of the samples shows, and what was dropped.

    Pairs that a dropped level would have held count at the next that holds. One that typed weighs
    less than a level after it stays, with its typed numbers. A comparison of which all pairs are at
    one level, or at "different", tells nothing and is dropped; where all live in one town it is by
    the homes within it that an address tells.

    Args:
        comparisons: with the numbers that were estimated.
        typed: the same, with the numbers of the list.
        samples: the pairs that training looked at.

    Raises:
        TrainingError: a level that is needed was never seen, or "different" of its comparison.
    """
    samples = tuple(samples)
    kept: list[Comparison] = []
    dropped: list[dict[str, str]] = []
    for place, comparison in enumerate(comparisons):
        size = len(comparison.levels) + 1
        shown = sum(
            (
                np.bincount(sample.levels[:, place] + 1, minlength=size + 1)[1:]
                for sample in samples
            ),
            start=np.zeros(size, np.int64),
        )
        if comparison.is_trained:
            _require(comparison, shown)
            is_whole = bool(shown[:-1].any()) and int(np.count_nonzero(shown)) > 1
            levels = _kept(comparison, typed[place], shown)
            dropped += _told(comparison, levels, is_seen=bool(shown[:-1].any()), is_whole=is_whole)
            if not is_whole:
                continue
            comparison = replace(comparison, levels=levels)
        kept.append(comparison)
    return tuple(kept), dropped


def _kept(comparison: Comparison, typed: Comparison, shown: NDArray[np.int64]) -> tuple[Level, ...]:
    weights = [math.log2(level.m / level.u) for level in typed.levels]
    kept = []
    for index, level in enumerate(comparison.levels):
        if shown[index]:
            kept.append(level)
        elif weights[index] < max(weights[index:]):
            kept.append(typed.levels[index])
    return tuple(kept)


def _require(comparison: Comparison, shown: NDArray[np.int64]) -> None:
    needed = [(level.says, level.is_needed) for level in comparison.levels]
    needed.append((DIFFERENT, any(is_needed for _, is_needed in needed)))
    for (says, is_needed), seen in zip(needed, shown, strict=True):
        if is_needed and not seen:
            raise TrainingError(
                f"comparison {comparison.name}: no pair of records shows the level '{says}', "
                "without which there is no model. Train on more records, or on other ones"
            )


def _told(
    comparison: Comparison, levels: tuple[Level, ...], *, is_seen: bool, is_whole: bool
) -> list[dict[str, str]]:
    if not is_whole:
        why = "all pairs of records agree alike" if is_seen else "no pair of records agrees"
        return [{"what": "comparison", "name": comparison.name, "why": why}]
    return [
        {
            "what": "level",
            "name": f"{comparison.name}: {level.says}",
            "why": "no pair of records shows it",
        }
        for level in comparison.levels
        if level.says not in {kept.says for kept in levels}
    ]


def _written(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
