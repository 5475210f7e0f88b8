"""Pairs of points that are close together, part by part so that memory is bounded.

Points are sorted into cubes as long as the distance: what is close to a point is in its own cube or
one that touches it. Cubes are numbered so that those above one another follow one another, and each
run of three is one slice of the sorted points.
"""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

MOST_CANDIDATES = 25_000
"""Pairs looked at in one part: no more than a processor's cache holds."""

# For each point; a table of them takes no more memory than the arrays of the points do.
_MOST_CUBES = 8

Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def close_pairs(
    points: NDArray[np.float64], metres: float, most_candidates: int = MOST_CANDIDATES
) -> Iterator[Pairs]:
    """Every pair of points no more than ``metres`` apart, once, in parts.

    Args:
        points: (points, dimensions), metres.
        metres: above 0.
        most_candidates: pairs looked at in one part, or those of one point if they are more.

    Yields:
        The numbers of one and of the other, and the squares of their distances, square metres.
    """
    columns = np.ascontiguousarray(points.T)
    cubes = [np.floor((each - each.min()) / metres).astype(np.int64) for each in columns]
    # An empty cube at the end of each line keeps neighbours from reaching round the edge.
    sizes = [int(each.max()) + 2 for each in cubes]
    steps = np.append(np.cumprod(sizes[:0:-1])[::-1], 1).astype(np.int64)
    key = np.zeros(len(points), dtype=np.int64)
    for cube, step in zip(cubes, steps, strict=True):
        key += cube * step
    order = np.argsort(key)
    key, columns = key[order], np.take(columns, order, axis=1)
    for first, size in _runs(key, steps):
        for begin, end in _parts(size, most_candidates):
            length = size[begin:end]
            skipped = first[begin:end] - (np.cumsum(length) - length)
            other = np.repeat(skipped, length)
            other += np.arange(len(other))
            apart = np.zeros(len(other))
            for each in columns:
                along = np.repeat(each[begin:end], length)
                along -= each[other]
                along *= along
                apart += along
            near = np.flatnonzero(apart <= metres**2)
            one = np.repeat(order[begin:end], length)[near]
            yield one, order[other[near]], apart[near]


def _runs(
    key: NDArray[np.int64], steps: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Slices of the sorted points that pairs of each point lie in: where they begin, and how long
    they are; each (points,), for each line of cubes beside a point's own in turn."""
    before = _counted(key)
    points = np.arange(len(key))
    yield points + 1, before(key + 2) - points - 1
    for line in product((-1, 0, 1), repeat=len(steps) - 1):
        if line > (0,) * len(line):
            there = key + int(np.dot(line, steps[:-1]))
            first = before(there - 1)
            yield first, before(there + 2) - first


def _counted(key: NDArray[np.int64]) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
    """How many of the sorted keys are below a number, for many numbers.

    Where cubes are hardly more than points, by a table of all cubes: a search for each point takes
    longer than all that is done with what it finds."""
    cubes = int(key[-1]) + 1
    if cubes > _MOST_CUBES * len(key):
        return lambda number: np.searchsorted(key, number)
    table = np.append(0, np.cumsum(np.bincount(key)))
    return lambda number: table[np.clip(number, 0, cubes)]


def _parts(size: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Where parts of the slices begin and end that hold no more than ``most`` together."""
    held = np.concatenate([[0], np.cumsum(size)])
    begin = 0
    while begin < len(size):
        full = int(np.searchsorted(held, held[begin] + most, side="right")) - 1
        yield begin, max(begin + 1, full)
        begin = max(begin + 1, full)
