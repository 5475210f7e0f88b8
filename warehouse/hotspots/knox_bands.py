"""Close pairs of events by band of distance and band of days, in bounded time and memory.

Every band is a graph of its own, so that the closed form of ``knox.py`` holds for each: a band's
degrees are those up to its end less those up to its beginning. How many events are close in space
at any time is counted without making the pairs; pairs are made among events that are close in time
alone, part by part. Events of one place and day are one node that counts for several: a station
that all of a force's unknown places stand on takes no longer than others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    places, place, held = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    place, near, soon = place.ravel(), _near(places, held, metres), _soon(days, within)
    pairs = _pairs(_nodes(places, place, days), near[-1], metres, within, most_pairs)
    in_space, in_time = (np.diff(each, axis=0, prepend=0.0) for each in (near[:, place], soon))
    return {
        (space, time): Knox(
            len(days), int(pairs[space, time]), *moments(len(days), in_space[space], in_time[time])
        )
        for space in range(len(metres))
        for time in range(len(within))
    }


def _near(
    places: NDArray[np.float64], held: NDArray[np.int64], metres: Sequence[float]
) -> NDArray[np.float64]:
    """(bands, places): for an event there, others no farther than each band's end, at any time."""
    # Looked up in the order of a tree, neighbours find its leaves at hand.
    order = KDTree(places).indices
    found = np.zeros((len(metres), len(places)))
    # Trees count places. What these hold is added up by its binary digits, a tree for each.
    for digit in range(int(held.max()).bit_length()):
        tree = KDTree(places[held >> digit & 1 == 1])
        for band, end in enumerate(metres):
            if end:
                there = tree.query_ball_point(places[order], end, return_length=True)
                found[band] += there * 2.0**digit
    others = np.empty_like(found)
    others[:, order] = found - 1
    # At the same point are those that the place holds.
    others[np.equal(metres, 0)] = held - 1
    return others


def _soon(days: NDArray[np.int64], within: Sequence[int]) -> NDArray[np.float64]:
    """(bands, events): others no more days away than each band's end, anywhere."""
    ordered = np.sort(days)
    return np.array(
        [
            np.searchsorted(ordered, days + end, side="right")
            - np.searchsorted(ordered, days - end, side="left")
            - 1.0
            for end in within
        ]
    )


@dataclass(frozen=True)
class _Nodes:
    """Places and days that hold events, by day: each (nodes,) but ``points``, (nodes, dimensions).

    Attributes:
        place: number of the place.
        held: events there.
    """

    points: NDArray[np.float64]
    place: NDArray[np.int64]
    days: NDArray[np.int64]
    held: NDArray[np.int64]


def _nodes(
    places: NDArray[np.float64], place: NDArray[np.int64], days: NDArray[np.int64]
) -> _Nodes:
    first = days.min()
    named, held = np.unique((days - first) * len(places) + place, return_counts=True)
    day, at = np.divmod(named, len(places))
    return _Nodes(places[at], at, day, held)


def _pairs(
    nodes: _Nodes,
    near: NDArray[np.float64],
    metres: Sequence[float],
    within: Sequence[int],
    most_pairs: int,
) -> NDArray[np.int64]:
    """(bands of distance, bands of days): pairs of events.

    Args:
        nodes: what holds the events.
        near: (places,), for an event there, others no farther than the last distance.
    """
    counts = np.zeros(len(metres) * len(within))
    counts[0] = (nodes.held * (nodes.held - 1) / 2).sum()
    for first, end in _parts(nodes.days, near[nodes.place], within[-1], most_pairs):
        last = int(np.searchsorted(nodes.days, nodes.days[end - 1] + within[-1], side="right"))
        found = KDTree(nodes.points[first:end]).sparse_distance_matrix(
            KDTree(nodes.points[first:last]), metres[-1], output_type="ndarray"
        )
        found = found[found["j"] > found["i"]]
        one, other = first + found["i"], first + found["j"]
        gap = nodes.days[other] - nodes.days[one]
        soon = gap <= within[-1]
        one, other, gap = one[soon], other[soon], gap[soon]
        space = np.searchsorted(metres, found["v"][soon])
        band = space * len(within) + np.searchsorted(within, gap)
        events = nodes.held[one] * nodes.held[other]
        counts += np.bincount(band, weights=events, minlength=len(counts))
    return counts.astype(np.int64).reshape(len(metres), len(within))


def _parts(
    days: NDArray[np.int64], near: NDArray[np.float64], span: int, most_pairs: int
) -> Iterator[tuple[int, int]]:
    """Runs of nodes, first and end, of no more days than ``span`` and, but for single nodes, of no
    more neighbours than ``most_pairs``."""
    neighbours = np.concatenate([[0.0], np.cumsum(near + 1)])
    first = 0
    while first < len(days):
        in_time = np.searchsorted(days, days[first] + span, side="left")
        in_memory = np.searchsorted(neighbours, neighbours[first] + most_pairs, side="right") - 1
        end = max(first + 1, int(min(in_time, in_memory)))
        yield first, end
        first = end
