"""Near repeats: are events close in both space and time more often than chance would have it?

Knox, E. G. (1964), "The detection of space-time interactions", Applied Statistics 13(1), 25-30. The
mean and variance of the count of close pairs, had the times been dealt to the places by chance, are
exact (Barton, D. E. and David, F. N. (1966), "The random intersection of two graphs", in Research
Papers in Statistics: Festschrift for J. Neyman): no permutation is drawn.

Close pairs are few where bounds are narrow: a normal tail would call a pair or two a pattern. The
tail is that of the negative binomial of that mean and variance, and of the Poisson where the
variance is no larger than the mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc

from warehouse.hotspots.close_pairs import MOST_CANDIDATES, close_pairs

FEWEST = 4
"""Events below which the moments have no meaning."""


@dataclass(frozen=True)
class Knox:
    """Pairs of events that are close in both.

    Attributes:
        events: how many events there are.
        pairs: close in both space and time.
        expected, deviation: mean and standard deviation of that by chance.
    """

    events: int
    pairs: int
    expected: float
    deviation: float

    @property
    def ratio(self) -> float:
        """Pairs to those expected; NaN where none is."""
        return self.pairs / self.expected if self.expected else float("nan")

    @property
    def z(self) -> float:
        """Deviations above the mean; 0 where chance leaves no room."""
        return (self.pairs - self.expected) / self.deviation if self.deviation else 0.0

    @property
    def p(self) -> float:
        """Probability of as many pairs or more; 1 where there is none."""
        variance = self.deviation**2
        if not self.pairs or not self.expected:
            return 1.0
        if variance <= self.expected * _NO_LARGER:
            return float(gammainc(self.pairs, self.expected))
        size = self.expected**2 / (variance - self.expected)
        return float(betainc(self.pairs, size, 1 - self.expected / variance))


_NO_LARGER = 1 + 1e-9


def knox(
    points: NDArray[np.float64], days: NDArray[np.float64], metres: float, within: float
) -> Knox:
    """Count the pairs of events no more than ``metres`` and no more than ``within`` days apart.

    Args:
        points: (events, dimensions), metres.
        days: (events,), days from any origin.
        metres: bound in space.
        within: bound in time, days.
    """
    return knox_bands(points, days, (metres,), (within,))[0, 0]


def knox_bands(
    points: NDArray[np.float64],
    days: NDArray[np.float64],
    metres: Sequence[float],
    within: Sequence[float],
    most_candidates: int = MOST_CANDIDATES,
) -> dict[tuple[int, int], Knox]:
    """Pairs of events in every band, by the numbers of its distance and of its days.

    Every band is a graph of its own, so that the closed form holds for each.

    Args:
        points: (events, dimensions), metres.
        days: (events,), days from any origin.
        metres: ends of the bands of distance, ascending. A band begins beyond the one before it and
            holds its end; the first holds 0, so that an end of 0 is the same point.
        within: ends of the bands of days, likewise.
        most_candidates: bounds the memory.
    """
    n, bands = len(days), [*product(range(len(metres)), range(len(within)))]
    if n < FEWEST:
        return dict.fromkeys(bands, Knox(n, 0, 0.0, 0.0))
    pairs, in_space = _close(_nodes(points, days), metres, within, most_candidates)
    in_time = _degrees_in_time(days, within)
    return {
        (space, time): Knox(n, int(pairs[space, time]), *moments(n, in_space[space], in_time[time]))
        for space, time in bands
    }


_MIX = np.sqrt([2.0, 3.0, 5.0, 7.0])


class _Nodes(NamedTuple):
    """Places and days that hold events: each (nodes,) but ``points``, (nodes, dimensions).

    Events of one place and day are one node that counts for several: a station that all of a
    force's unknown places stand on takes no longer than others.
    """

    points: NDArray[np.float64]
    days: NDArray[np.float64]
    held: NDArray[np.int64]


def _nodes(points: NDArray[np.float64], days: NDArray[np.float64]) -> _Nodes:
    # A sort by one number brings what is the same together; were others to have that number by
    # chance, some nodes would hold less than they could, and all counts be the same.
    columns = [*np.ascontiguousarray(points.T, dtype=np.float64), np.asarray(days, np.float64)]
    mixed = sum((each * factor for each, factor in zip(columns, _MIX, strict=False)), 0.0)
    in_order = np.sort(mixed)
    if (in_order[1:] > in_order[:-1]).all():
        # Each is by itself, as of most groups of offences, and no order has to be found.
        return _Nodes(points, columns[-1], np.ones(len(days), dtype=np.int64))
    order = np.argsort(mixed)
    columns = [each[order] for each in columns]
    differ = np.zeros(len(days), dtype=np.bool_)
    differ[0] = True
    for each in columns:
        differ[1:] |= each[1:] != each[:-1]
    first = np.flatnonzero(differ)
    *places, when = (each[first] for each in columns)
    return _Nodes(np.array(places).T, when, np.diff(first, append=len(days)))


def _close(
    nodes: _Nodes, metres: Sequence[float], within: Sequence[float], most_candidates: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(bands of distance, bands of days) pairs of events, and (bands of distance, events) how many
    others each event has there, whenever they were."""
    size, held = len(nodes.held), nodes.held.astype(np.float64)
    pairs, degrees = np.zeros(len(metres) * len(within)), np.zeros(len(metres) * size)
    pairs[0], degrees[:size] = (held * (held - 1)).sum() / 2, held - 1
    ends = np.square(metres)
    # Points that are one are found at any distance.
    reach = metres[-1] or 1.0
    for one, other, apart in close_pairs(nodes.points, reach, most_candidates):
        space = np.searchsorted(ends, apart)
        for this, that in ((one, other), (other, one)):
            np.add.at(degrees, space * size + this, held[that])
        gap = np.abs(nodes.days[one] - nodes.days[other])
        soon = np.flatnonzero(gap <= within[-1])
        band = space[soon] * len(within) + np.searchsorted(within, gap[soon])
        both = held[one[soon]] * held[other[soon]]
        pairs += np.bincount(band, both, minlength=len(pairs))
    shaped = degrees.reshape(len(metres), size)
    return pairs.reshape(len(metres), len(within)), np.repeat(shaped, nodes.held, axis=1)


def _degrees_in_time(days: NDArray[np.float64], within: Sequence[float]) -> NDArray[np.float64]:
    """(bands, events): others in each band of days, wherever they were; events by day."""
    each, held = np.unique(days, return_counts=True)
    before = np.append(0, np.cumsum(held))
    up_to = [
        before[np.searchsorted(each, each + end, side="right")]
        - before[np.searchsorted(each, each - end, side="left")]
        - 1.0
        for end in within
    ]
    return np.repeat(np.diff(np.array(up_to), axis=0, prepend=0.0), held, axis=1)


def moments(
    n: int, in_space: NDArray[np.float64], in_time: NDArray[np.float64]
) -> tuple[float, float]:
    """Mean and standard deviation of the edges that two graphs share when the vertices of one are
    dealt by chance, from the degrees of their vertices.

    Two edges of the first graph are one and the same, share a vertex or none; each case falls on
    edges of the second as often as the second holds such pairs.

    Args:
        n: how many events there are, 4 or more.
        in_space: (events,): how many others are close to each in space.
        in_time: (events,): the same in time.
    """
    edges_s, edges_t = in_space.sum() / 2, in_time.sum() / 2
    # Ordered pairs of edges that share a vertex.
    bent_s, bent_t = (float((d * (d - 1)).sum()) for d in (in_space, in_time))
    apart_s, apart_t = (
        edges * (edges - 1) - bent for edges, bent in ((edges_s, bent_s), (edges_t, bent_t))
    )
    pairs = n * (n - 1) / 2
    mean = edges_s * edges_t / pairs
    square = (
        mean
        + bent_s * bent_t / (n * (n - 1) * (n - 2))
        + apart_s * apart_t / (pairs * (n - 2) * (n - 3) / 2)
    )
    return float(mean), float(np.sqrt(max(square - mean**2, 0.0)))
