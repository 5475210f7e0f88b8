"""Close pairs of events by band of distance and band of days, in bounded memory.

Every band is a graph of its own, so that the closed form of ``knox.py`` holds for each: a band's
degrees are those up to its end less those up to its beginning. Pairs are looked for among events
that are close in time alone, part by part; how many are close in space at any time is counted
without making them.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from warehouse.hotspots.knox import Knox, moments

MOST_PAIRS = 20_000_000
"""Pairs close in space that a part may come to, were all of them close in time: half a gigabyte."""


def knox_bands(
    points: NDArray[np.float64],
    days: NDArray[np.int64],
    metres: Sequence[float],
    within: Sequence[int],
    most_pairs: int = MOST_PAIRS,
) -> dict[tuple[int, int], Knox]:
    """Pairs of events in every band, by the numbers of its distance and of its days.

    Args:
        points: (events, dimensions), metres; four events or more.
        days: (events,), days from any origin.
        metres: ends of the bands of distance, ascending. A band begins beyond the one before it and
            holds its end; the first holds 0, so that an end of 0 is the same point.
        within: ends of the bands of days, likewise.
        most_pairs: bounds the memory.
    """
    order = np.argsort(days, kind="stable")
    points, days = points[order], days[order]
    n = len(days)
    near, soon = _near(points, metres), _soon(days, within)
    pairs = np.zeros((len(metres), len(within)), dtype=np.int64)
    for first, end in _parts(days, near[-1], within[-1], most_pairs):
        pairs += _pairs(points, days, first, end, metres, within)
    in_space, in_time = (np.diff(each, axis=0, prepend=0.0) for each in (near, soon))
    return {
        (space, time): Knox(n, int(pairs[space, time]), *moments(n, in_space[space], in_time[time]))
        for space in range(len(metres))
        for time in range(len(within))
    }


def _near(points: NDArray[np.float64], metres: Sequence[float]) -> NDArray[np.float64]:
    """(bands, events): others no farther than each band's end, at any time."""
    tree = KDTree(points)
    # Looked up in the order of the tree, neighbours find its leaves at hand.
    order = tree.indices
    found = np.empty((len(metres), len(points)))
    for band, end in enumerate(metres):
        found[band, order] = tree.query_ball_point(points[order], end, return_length=True) - 1
    return found


def _soon(days: NDArray[np.int64], within: Sequence[int]) -> NDArray[np.float64]:
    """(bands, events): others no more days away than each band's end, anywhere."""
    return np.array(
        [
            np.searchsorted(days, days + end, side="right")
            - np.searchsorted(days, days - end, side="left")
            - 1.0
            for end in within
        ]
    )


def _parts(
    days: NDArray[np.int64], near: NDArray[np.float64], span: int, most_pairs: int
) -> Iterator[tuple[int, int]]:
    """Runs of events, first and end, of no more days than ``span`` and, but for single events, of
    no more neighbours than ``most_pairs``."""
    neighbours = np.concatenate([[0.0], np.cumsum(near + 1)])
    first = 0
    while first < len(days):
        in_time = np.searchsorted(days, days[first] + span, side="left")
        in_memory = np.searchsorted(neighbours, neighbours[first] + most_pairs, side="right") - 1
        end = max(first + 1, int(min(in_time, in_memory)))
        yield first, end
        first = end


def _pairs(
    points: NDArray[np.float64],
    days: NDArray[np.int64],
    first: int,
    end: int,
    metres: Sequence[float],
    within: Sequence[int],
) -> NDArray[np.int64]:
    """(bands of distance, bands of days): pairs whose earlier event is of the part."""
    last = int(np.searchsorted(days, days[end - 1] + within[-1], side="right"))
    found = KDTree(points[first:end]).sparse_distance_matrix(
        KDTree(points[first:last]), metres[-1], output_type="ndarray"
    )
    found = found[found["j"] > found["i"]]
    gap = days[first + found["j"]] - days[first + found["i"]]
    found, gap = found[gap <= within[-1]], gap[gap <= within[-1]]
    band = np.searchsorted(metres, found["v"]) * len(within) + np.searchsorted(within, gap)
    counts = np.bincount(band, minlength=len(metres) * len(within))
    return counts.reshape(len(metres), len(within))
