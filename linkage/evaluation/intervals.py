"""Intervals at 95% for proportions, and for ratios over records that hang together.

- ``wilson``: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
  JASA 22 (1927). For trials that are independent of one another.
- ``resample``: the bootstrap over groups. Pairs of one person stand or fall together, so whole
  groups are drawn with replacement (A. C. Davison and D. V. Hinkley, Bootstrap methods and their
  application, 1997, section 3.8), and the interval is the percentiles' own.

Where hardly anything is wrong the bootstrap is too narrow (of no error it makes no interval at
all), so the interval shown for a ratio over groups reaches, at each end, as far as the wider of the
bootstrap and of Wilson's interval with groups as trials.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Number = TypeVar("Number", float, Floats)

Z = 1.959963984540054  # 97.5% quantile of the normal distribution
RESAMPLES = 1000
_ENDS = (2.5, 97.5)


def wilson(share: Number, trials: Number) -> tuple[Number, Number]:
    """Wilson's interval of a share of ``trials`` (more than 0), 0 to 1; arrays go element-wise."""
    square = Z**2
    centre = share + square / (2 * trials)
    half = Z * np.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    low, high = (centre - half) / (1 + square / trials), (centre + half) / (1 + square / trials)
    return np.clip(low, 0.0, share), np.clip(high, share, 1.0)


def resample(
    sums: Floats, counts: NDArray[np.int64], groups: int, random: np.random.Generator
) -> Floats:
    """Totals of bootstrap samples of groups.

    Groups that contribute the same sums need not be told apart, so a sample is one multinomial draw
    of how many of each kind it holds: exact, and as fast for a million groups as for a hundred.

    Args:
        sums: what one group of each kind contributes, one row a kind, one column a sum.
        counts: how many groups are of each kind.
        groups: how many there are in all; those beyond ``counts`` contribute nothing.
        random: generator to draw from.

    Returns:
        One row a sample, one column a sum.
    """
    shares = np.append(counts, groups - counts.sum()) / groups
    drawn = random.multinomial(groups, shares, size=RESAMPLES)[:, :-1]
    return np.asarray(drawn @ sums, dtype=np.float64)


def percentiles(values: Floats) -> tuple[float, float]:
    """The middle 95% of bootstrap values; NaN, where a sample has no ratio, is left out."""
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, _ENDS)
    return float(low), float(high)


def widest(estimate: float, intervals: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """From the lowest to the highest end of several intervals, the estimate within."""
    return min(estimate, *(low for low, _ in intervals)), max(estimate, *(h for _, h in intervals))
