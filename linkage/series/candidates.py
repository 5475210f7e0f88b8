"""Pairs of offences of one family near enough in place and time to be compared.

Offences are sorted by family, square and time; those near one offence are nine slices of that
order. So each pair comes once, and what is looked at grows as what lies near, not as the square of
all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.series.compare import days_apart, km_apart
from linkage.series.features import KM_PER_DEGREE, Floats, Integers, Offences

MOST_CANDIDATES = 400_000
"""Pairs looked at in one part."""
_MINUTES = 1 << 27  # more than there are in 250 years


@dataclass(frozen=True)
class Window:
    """Pairs are looked for that are above ``from_km`` and up to ``km`` apart, and up to ``days``.

    ``from_km`` below 0 takes in pairs at the same place.
    """

    from_km: float
    km: float
    days: float


@dataclass(frozen=True)
class Candidates:
    """Pairs: places of the offences, the one with the smaller number first; how far apart they
    are."""

    left: Integers
    right: Integers
    km: Floats
    days: Floats


def find_candidates(
    offences: Offences, asked: NDArray[np.bool], window: Window
) -> Iterator[Candidates]:
    """Every pair of one family within the window of which one at least is asked for, once.

    Args:
        offences: in the order of their number.
        asked: whether pairs of each offence are wanted.
        window: how far apart.
    """
    if not asked.any():
        return
    minutes, row, column, steps = _squares(offences, window.km)
    key = _key(offences.family, row, column, steps, minutes)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    reach = round(window.days * 1440) + 1  # minutes are rounded down
    wanted = np.flatnonzero(asked)
    for north in (-1, 0, 1):
        for east in (-1, 0, 1):
            square = (offences.family[wanted], row[wanted] + north, column[wanted] + east)
            low = np.maximum(minutes[wanted] - reach, 0)
            high = np.minimum(minutes[wanted] + reach, _MINUTES - 1)
            first = np.searchsorted(ordered, _key(*square, steps, low), side="left")
            size = np.searchsorted(ordered, _key(*square, steps, high), side="right") - first
            for begin, end in _parts(size):
                length = size[begin:end]
                skipped = first[begin:end] - (np.cumsum(length) - length)
                at = np.repeat(skipped, length)
                at += np.arange(len(at))
                yield _within(offences, asked, np.repeat(wanted[begin:end], length), order[at],
                              window)  # fmt: skip


def _squares(offences: Offences, km: float) -> tuple[Integers, Integers, Integers, tuple[int, int]]:
    """Minutes from the first, and rows and columns of squares with sides of ``km`` or more.

    Columns are as wide in degrees as ``km`` is where the offences come nearest to a pole; an empty
    one lies at each edge. The steps are how many rows and columns there are.
    """
    minutes = np.floor((offences.middle - offences.middle.min()) * 60).astype(np.int64)
    narrowest = np.cos(np.radians(np.abs(offences.latitude).max()))
    # A hair wider, as the cosine at a pair's middle is not that of its ends.
    tall, wide = 1.01 * km / KM_PER_DEGREE, 1.01 * km / (KM_PER_DEGREE * narrowest)
    row = 1 + np.floor((offences.latitude - offences.latitude.min()) / tall).astype(np.int64)
    column = 1 + np.floor((offences.longitude - offences.longitude.min()) / wide).astype(np.int64)
    return minutes, row, column, (int(row.max()) + 2, int(column.max()) + 2)


def _key(
    family: Integers, row: Integers, column: Integers, steps: tuple[int, int], minutes: Integers
) -> Integers:
    return np.asarray(((family * steps[0] + row) * steps[1] + column) * _MINUTES + minutes)


def _within(
    offences: Offences, asked: NDArray[np.bool], one: Integers, other: Integers, window: Window
) -> Candidates:
    """Of pairs looked at those within the window; a pair that is asked for from both of its ends is
    taken from the smaller number."""
    once = np.flatnonzero((one < other) | ((one > other) & ~asked[other]))
    left, right = np.minimum(one[once], other[once]), np.maximum(one[once], other[once])
    km, days = km_apart(offences, left, right), days_apart(offences, left, right)
    held = np.flatnonzero((km > window.from_km) & (km <= window.km) & (days <= window.days))
    return Candidates(left[held], right[held], km[held], days[held])


def _parts(size: Integers) -> Iterator[tuple[int, int]]:
    """Where parts of the slices begin and end that hold no more than ``MOST_CANDIDATES``."""
    held = np.concatenate([[0], np.cumsum(size)])
    begin = 0
    while begin < len(size):
        full = int(np.searchsorted(held, held[begin] + MOST_CANDIDATES, side="right")) - 1
        end = max(begin + 1, full)
        if held[end] > held[begin]:
            yield begin, end
        begin = end
