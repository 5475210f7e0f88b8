"""Near repeats: are events close in both space and time more often than chance would have it?

Knox, E. G. (1964), "The detection of space-time interactions", Applied Statistics 13(1), 25-30. The
mean and variance of the count of close pairs, had the times been dealt to the places by chance, are
exact (Barton, D. E. and David, F. N. (1966), "The random intersection of two graphs", in Research
Papers in Statistics: Festschrift for J. Neyman): no permutation is drawn.

Close pairs are few where bounds are narrow: a normal tail would call a pair or two a pattern. The
tail is that of the negative binomial of that mean and variance, and of the Poisson where the
variance is no larger than the mean.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from scipy.special import betainc, gammainc


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
        points: (events, 2), metres.
        days: (events,), days from any origin.
        metres: bound in space.
        within: bound in time, days.
    """
    n = len(days)
    if n < 4:
        return Knox(n, 0, 0.0, 0.0)
    near = KDTree(points).query_pairs(metres, output_type="ndarray")
    both = int(np.count_nonzero(np.abs(days[near[:, 0]] - days[near[:, 1]]) <= within))
    in_space = np.bincount(near.ravel(), minlength=n)
    order = np.sort(days)
    in_time = (
        np.searchsorted(order, order + within, side="right")
        - np.searchsorted(order, order - within, side="left")
        - 1
    )
    expected, deviation = moments(n, in_space.astype(np.float64), in_time.astype(np.float64))
    return Knox(n, both, expected, deviation)


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
