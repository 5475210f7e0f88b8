"""Is a place getting worse, and for how long has it been hot?

A window's recent events are compared with those before them by a binomial test. By chance they
fall as the whole area's do: a season, or a rise everywhere, makes no place emerge.

``label_as_esri`` gives the names of ArcGIS's Emerging Hot Spot Analysis (Esri, "How Emerging Hot
Spot Analysis works") to what is found here, for those who are used to them: the bins are months, a
month is hot by the Poisson test of ``hot.py``, and a trend is that of the binomial test.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from warehouse.hotspots.arrays import Flags, Values, Windows

RECENT, PREVIOUS = 3, 12
"""Months compared: the latest, and those before them."""

MONTHS = 36
"""Months of which it is told how many were hot."""

PERSISTENT_SHARE = 0.5
"""Share of its months from which a place that is hot has been so for long."""

ESRI_SHARE = 0.9
"""Share of months from which Esri calls a hot spot intensifying, persistent or diminishing."""


class Trend(NamedTuple):
    """Each (cells, series).

    Attributes:
        ratio: recent over previous events a month in the window, relative to the area's; NaN where
            the window holds none before.
        rising, falling: probability of as much, or more, change by chance.
    """

    ratio: Values
    rising: Values
    falling: Values


def compare_recent(recent: Values, previous: Values, window: Windows) -> Trend:
    """Compare the windows' recent events with those before.

    Args:
        recent: (cells, series): events of the last ``RECENT`` months.
        previous: (cells, series): events of the ``PREVIOUS`` months before these.
        window: each cell's window with the cell itself.
    """
    now, then = np.asarray(window @ recent), np.asarray(window @ previous)
    all_now, all_then = recent.sum(axis=0), previous.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(all_now / (all_now + all_then))
        ratio = np.where(then > 0, (now / then) / (all_now / all_then), np.nan)
    # P(X >= now) and P(X <= now) of a binomial, which the incomplete beta function gives between
    # whole numbers too.
    shares = np.broadcast_to(share, now.shape)
    rising, falling = _at_least(now, then, shares), _at_least(then, now, 1 - shares)
    return Trend(ratio, rising, falling)


def _at_least(some: Values, other: Values, share: Values) -> Values:
    p = np.ones(some.shape)
    any_of = some > 0
    p[any_of] = betainc(some[any_of], other[any_of] + 1, share[any_of])
    return p


CLASSES = ("emerging", "diminishing", "persistent", "hot", "none")
"""What a cell is, the first that holds."""

ESRI_LABELS = (
    "historical hot spot",
    "no pattern detected",
    "intensifying hot spot",
    "diminishing hot spot",
    "persistent hot spot",
    "sporadic hot spot",
    "new hot spot",
    "consecutive hot spot",
)


def classify(
    hot: Flags, hot_share: NDArray[np.float64], rising: Flags, falling: Flags
) -> NDArray[np.intp]:
    """The place among ``CLASSES`` of each, of one shape.

    Args:
        hot: hot over the last twelve months.
        hot_share: share of the months looked at that were hot.
        rising, falling: sure to have changed.
    """
    return _first(rising, hot & falling, hot & (hot_share >= PERSISTENT_SHARE), hot)


def label_as_esri(hot_months: Flags, rising: Flags, falling: Flags) -> NDArray[np.intp]:
    """(rows,): the place among ``ESRI_LABELS`` of each row; no month is tested for being cold.

    Args:
        hot_months: (rows, months), the latest last.
        rising, falling: (rows,): sure to have changed.
    """
    months = hot_months.shape[1]
    mostly = hot_months.mean(axis=1) >= ESRI_SHARE
    now = hot_months[:, -1]
    first = hot_months.argmax(axis=1)
    without_a_break = hot_months.sum(axis=1) == months - first
    return _first(
        ~now & mostly,
        ~now,
        mostly & rising,
        mostly & falling,
        mostly,
        ~without_a_break,
        first == months - 1,
    )


def _first(*conditions: Flags) -> NDArray[np.intp]:
    """Which of the conditions is the first to hold; their number where none does."""
    return np.asarray(np.select(conditions, range(len(conditions)), len(conditions)), np.intp)
