"""Score pairs of offences and keep, of every offence, its most probable partners."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from linkage.series import compare
from linkage.series.candidates import Candidates, find_candidates
from linkage.series.compare import FEATURES, Levels
from linkage.series.features import Floats, Integers, Offences
from linkage.series.model import SeriesModel
from linkage.series.words import WordSets

_CHEAP = 5  # features before the two that compare words


@dataclass(frozen=True)
class Scored:
    """Pairs that are kept: places of the offences, how far apart, levels and total bits."""

    left: Integers
    right: Integers
    km: Floats
    days: Floats
    levels: Levels
    total: Floats


def level_pairs(
    offences: Offences, methods: WordSets, stolen: WordSets, pairs: Candidates
) -> Levels:
    """(pairs, features): the level of every feature."""
    levels = level_cheap(offences, pairs)
    levels[:, _CHEAP] = compare.level_overlap(methods, pairs.left, pairs.right)
    levels[:, _CHEAP + 1] = compare.level_overlap(stolen, pairs.left, pairs.right)
    return levels


def level_cheap(offences: Offences, pairs: Candidates) -> Levels:
    """(pairs, features): the levels of all features but method and property, which are 0."""
    left, right = pairs.left, pairs.right
    levels = np.zeros((len(left), len(FEATURES)), np.int8)
    levels[:, 0] = compare.level_distance(pairs.km)
    levels[:, 1] = compare.level_days(pairs.days)
    levels[:, 2] = compare.level_hours(offences, left, right)
    levels[:, 3] = compare.level_weekday(offences, left, right)
    levels[:, 4] = compare.level_kind(offences, left, right)
    return levels


def able_pairs(
    model: SeriesModel, offences: Offences, asked: NDArray[np.bool]
) -> Iterator[tuple[Candidates, Levels]]:
    """Pairs of which one offence at least is asked for and that could reach ``keep_at`` if all
    their words agreed, with levels of all features but method and property."""
    keep, rest = model.keep_bits - _SLACK, model.table.max(axis=1)
    for window in model.windows():
        for found in find_candidates(offences, asked, window):
            # Place and time first: most pairs end here.
            near = (
                model.prior
                + model.table[0][compare.level_distance(found.km)]
                + model.table[1][compare.level_days(found.days)]
            )
            pairs = _take(found, near + rest[2:].sum() >= keep)
            levels = level_cheap(offences, pairs)
            words = np.zeros(len(levels))
            for row, known in enumerate((offences.has_method, offences.has_stolen), start=_CHEAP):
                words[known[pairs.left] & known[pairs.right]] += rest[row]
            able = model.total(levels) + words >= keep
            yield _take(pairs, able), levels[able]


def score_pairs(
    model: SeriesModel,
    methods: WordSets,
    stolen: WordSets,
    able: Iterable[tuple[Candidates, Levels]],
) -> Scored:
    """Of pairs that could reach ``keep_at`` those that do.

    Args:
        model: the model.
        methods, stolen: words of every offence that is an end of a pair.
        able: as ``able_pairs`` gives them.
    """
    return _join([_score(model, methods, stolen, pairs, levels) for pairs, levels in able])


def _score(
    model: SeriesModel, methods: WordSets, stolen: WordSets, pairs: Candidates, levels: Levels
) -> Scored:
    keep = model.keep_bits
    levels[:, _CHEAP] = compare.level_overlap(methods, pairs.left, pairs.right)
    able = model.total(levels) + model.table[_CHEAP + 1].max() >= keep - _SLACK
    pairs, levels = _take(pairs, able), levels[able]
    levels[:, _CHEAP + 1] = compare.level_overlap(stolen, pairs.left, pairs.right)
    total = model.total(levels)
    kept = total >= keep
    pairs = _take(pairs, kept)
    return Scored(pairs.left, pairs.right, pairs.km, pairs.days, levels[kept], total[kept])


# Bounds are sums in another order than totals: a bit's millionth keeps what is on the edge.
_SLACK = 1e-6


def _take(pairs: Candidates, held: NDArray[np.bool]) -> Candidates:
    return Candidates(pairs.left[held], pairs.right[held], pairs.km[held], pairs.days[held])


def _join(parts: list[Scored]) -> Scored:
    if not parts:
        none, numbers = np.zeros(0), np.zeros(0, np.int64)
        return Scored(numbers, numbers, none, none, np.zeros((0, len(FEATURES)), np.int8), none)
    return Scored(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("left", "right", "km", "days", "levels", "total")
        )
    )


def keep_best(pairs: pl.DataFrame, most: int) -> pl.DataFrame:
    """Pairs that are among the best of one of their offences at least.

    Args:
        pairs: ``offence_l``, ``offence_r``, ``total``, and ``is_of_l``, ``is_of_r``: whether the
            pair takes part in the ranking of that offence; and any other columns.
        most: partners of an offence at most; of equal ones those with the smaller number.

    Returns:
        The pairs that are left, with ``is_of_l`` and ``is_of_r``: whether it is among the best of
        that offence.
    """
    directed = pl.concat(
        [
            pairs.filter("is_of_l").select(
                "total", own="offence_l", other="offence_r", is_left=pl.lit(value=True)
            ),
            pairs.filter("is_of_r").select(
                "total", own="offence_r", other="offence_l", is_left=pl.lit(value=False)
            ),
        ]
    )
    best_of = (
        directed.sort("own", "total", "other", descending=[False, True, False])
        .with_columns(place=pl.int_range(pl.len()).over("own"))
        .filter(pl.col("place") < most)
    )
    sides = [
        best_of.filter(pl.col("is_left")).select(
            offence_l="own", offence_r="other", best_l=pl.lit(value=True)
        ),
        best_of.filter(~pl.col("is_left")).select(
            offence_r="own", offence_l="other", best_r=pl.lit(value=True)
        ),
    ]
    key = ["offence_l", "offence_r"]
    return (
        pairs.join(sides[0], on=key, how="left")
        .join(sides[1], on=key, how="left")
        .with_columns(
            is_of_l=pl.col("best_l").fill_null(value=False),
            is_of_r=pl.col("best_r").fill_null(value=False),
        )
        .filter(pl.col("is_of_l") | pl.col("is_of_r"))
        .drop("best_l", "best_r")
    )
