"""What cells can be ranked by: the rate of ``empirical_bayes.py``, and what it is held against."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from warehouse.hotspots.arrays import Values
from warehouse.hotspots.empirical_bayes import LEAST, Rates, estimate_rates, recency_weights
from warehouse.hotspots.hot import getis_ord
from warehouse.hotspots.panel import Panel

YEAR = 12
# A quartic kernel that reaches three steps, at none, one and two (Silverman, B. W. (1986), Density
# Estimation for Statistics and Data Analysis, p. 76).
_KERNEL = tuple((1 - (steps / 3) ** 2) ** 2 for steps in range(3))


def rates(panel: Panel, end: int) -> Rates:
    """The posterior rates from the months before ``end``."""
    weights = np.zeros(panel.months)
    weights[:end] = recency_weights(end)
    return estimate_rates(panel.weighted(weights), float(weights.sum()), panel.area.around)


def own_rates(panel: Panel, end: int) -> Rates:
    """The same of cells that are too few, and too unlike each other, to tell of one another."""
    weights = np.zeros(panel.months)
    weights[:end] = recency_weights(end)
    weighted, pace = panel.weighted(weights), float(weights.sum())
    return Rates(
        np.maximum(weighted, LEAST), np.full(len(panel.series), pace), weighted.mean(axis=0) / pace
    )


@dataclass(frozen=True)
class Past:
    """What is known before a month.

    Attributes:
        panel: all events.
        end: number of the month.
    """

    panel: Panel
    end: int

    @cached_property
    def year(self) -> Values:
        """(cells, series): events of the twelve months before."""
        return self.panel.during(self.end - YEAR, self.end)


def _by_rate(past: Past) -> Values:
    return rates(past.panel, past.end).score


def _by_count(past: Past) -> Values:
    return past.year


def _by_gi_star(past: Past) -> Values:
    return getis_ord(past.year, past.panel.area.window)


def _by_kernel_density(past: Past) -> Values:
    ring = np.asarray(past.panel.area.window @ past.year) - past.year
    beyond = np.asarray(past.panel.area.around @ past.year) - ring
    own, first, second = _KERNEL
    return np.asarray(own * past.year + first * ring + second * beyond)


METHODS: dict[str, Callable[[Past], Values]] = {
    "eb": _by_rate,
    "count_12m": _by_count,
    "gi_star": _by_gi_star,
    "kde": _by_kernel_density,
}
"""Each gives (cells, series) of scores from what is known before a month."""
