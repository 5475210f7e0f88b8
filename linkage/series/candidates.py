"""Pairs of offences of one family near enough in place and time to be compared.

Offences are sorted by family, square and time; those near one offence are nine slices of that
order. So each pair comes once, and what is looked at grows as what lies near, not as the square of
all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from linkage.series.compare import days_apart, km_apart
from linkage.series.features import KM_PER_DEGREE, Floats, Integers, Offences

MOST_CANDIDATES = 100_000
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


@dataclass(frozen=True)
class _Sorted:
    """Offences in the order of family, square and time: their keys, places among all, degrees north
    and east, and cosines of their latitudes."""

    key: Integers
    place: Integers
    north: Floats
    east: Floats
    cosine: Floats


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
    cosine = np.cos(np.radians(offences.latitude[order]))
    held = _Sorted(key[order], order, offences.latitude[order], offences.longitude[order], cosine)
    reach = round(window.days * 1440) + 1  # minutes are rounded down
    is_all = bool(asked.all())
    wanted = np.flatnonzero(asked[order])
    own = order[wanted]
    low, high = np.maximum(minutes[own] - reach, 0), np.minimum(minutes[own] + reach, _MINUTES - 1)
    # Where all are asked for, a pair is found from its first end alone.
    for north, east in _HALF if is_all else product((-1, 0, 1), repeat=2):
        square = (offences.family[own], row[own] + north, column[own] + east)
        first = np.searchsorted(held.key, _key(*square, steps, low), side="left")
        if is_all and not (north or east):
            first = wanted + 1
        size = np.searchsorted(held.key, _key(*square, steps, high), side="right") - first
        for begin, end in _parts(np.maximum(size, 0)):
            yield _within(offences, held, asked, wanted[begin:end], first[begin:end],
                          size[begin:end], window)  # fmt: skip


_HALF = ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1))


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
    offences: Offences,
    held: _Sorted,
    asked: NDArray[np.bool],
    own: Integers,
    first: Integers,
    size: Integers,
    window: Window,
) -> Candidates:
    """Of the pairs of each own with the slice that begins at its first those within the window; a
    pair that is asked for from both of its ends is taken from the smaller number."""
    size = np.maximum(size, 0)
    skipped = np.repeat(first - (np.cumsum(size) - size), size)
    other = skipped + np.arange(len(skipped))
    north = np.repeat(held.north[own], size) - held.north[other]
    east = np.repeat(held.east[own], size) - held.east[other]
    # Half a square's difference in cosines is less than a thousandth: km_apart decides.
    east *= (np.repeat(held.cosine[own], size) + held.cosine[other]) / 2
    near = np.flatnonzero(north * north + east * east <= (1.001 * window.km / KM_PER_DEGREE) ** 2)
    one, other = np.repeat(held.place[own], size)[near], held.place[other[near]]
    if not asked.all():
        once = (one < other) | ((one > other) & ~asked[other])
        one, other = one[once], other[once]
    left, right = np.minimum(one, other), np.maximum(one, other)
    km, days = km_apart(offences, left, right), days_apart(offences, left, right)
    kept = np.flatnonzero((km > window.from_km) & (km <= window.km) & (days <= window.days))
    return Candidates(left[kept], right[kept], km[kept], days[kept])


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
