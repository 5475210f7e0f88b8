"""The rate of a cell, drawn towards its surroundings as far as it has shown little of its own.

Events count for less with age. A cell's prior mean is the mean of the cells around it; how firmly
it holds is the data's own: the less cells differ from their surroundings beyond chance, the more
they borrow. Gamma-Poisson with moments after Marshall, R. J. (1991), "Mapping disease and mortality
rates using empirical Bayes estimators", Applied Statistics 40(2), 283-294, with a local prior and
recency weights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaincc, gammaincinv, nbdtrik

from warehouse.hotspots.arrays import Values, Windows

HALF_LIFE = 12.0
"""Months after which an event counts half."""

AREA_SHARE = 0.001
"""Share of the whole area's mean in a cell's prior: where nothing happened around a cell for years,
something still may."""

INTERVAL = (0.05, 0.95)
TIMES_THE_AREA = 3.0

LEAST = 1e-12
"""What no variance and no shape of a Gamma is below."""


def recency_weights(months: int) -> Values:
    """(months,): weight of an event by its month, the latest last and 1."""
    age = np.arange(months - 1, -1, -1, dtype=np.float64)
    return np.asarray(0.5 ** (age / HALF_LIFE), dtype=np.float64)


@dataclass(frozen=True)
class Rates:
    """Posterior of each cell's rate a month: Gamma with ``shape`` and ``pace`` (its rate parameter,
    months).

    Attributes:
        shape: (cells, series), events.
        pace: (series,), months.
        area_mean: (series,), mean rate a month of the cells of the area.

    All may be of chosen cells and series instead, (chosen,).
    """

    shape: Values
    pace: Values
    area_mean: Values

    def at(self, cell: NDArray[np.intp], column: NDArray[np.intp]) -> "Rates":
        """Those of chosen cells and series, as (chosen,): what follows is dear for all of them."""
        return Rates(self.shape[cell, column], self.pace[column], self.area_mean[column])

    @property
    def score(self) -> Values:
        """Mean of the posterior, events a month. Cells are ranked by it; it is the mean of
        ``next_month``, too."""
        return self.shape / self.pace

    def interval(self) -> tuple[Values, Values]:
        """Ends of the 90% interval of the rate, events a month."""
        low, high = (gammaincinv(self.shape, end) / self.pace for end in INTERVAL)
        return low, high

    def next_month(self) -> tuple[Values, Values]:
        """Ends of the 90% interval of the events of one month to come: whole numbers, the least
        that are not below so much of the chance (so that 90% or more lies on and between them).

        A Poisson of a rate that is Gamma(shape, pace), over one month, is a negative binomial of
        ``shape`` and the probability pace / (pace + 1) (Gelman, A. et al. (2013), Bayesian Data
        Analysis, 3rd ed., section 2.6)."""
        success = np.broadcast_to(self.pace / (self.pace + 1), self.shape.shape)
        low, high = (_quantile(end, self.shape, success) for end in INTERVAL)
        return low, high

    def above_area(self) -> Values:
        """Probability that the rate is over three times the area's mean."""
        return np.asarray(gammaincc(self.shape, TIMES_THE_AREA * self.area_mean * self.pace))


def _quantile(share: float, shape: Values, success: Values) -> Values:
    """The least number of which a negative binomial is no larger with a probability of ``share``.

    Where it is nothing at all so often, that is 0; to ask is dear."""
    least = np.zeros(shape.shape)
    some = success**shape < share
    n, p = shape[some], success[some]
    number = np.ceil(nbdtrik(share, n, p))
    # The inverse may be over a whole number by a rounding error.
    before = np.maximum(number - 1, 0.0)
    least[some] = np.where(betainc(n, number, p) >= share, before, number)
    return least


def estimate_rates(weighted: Values, weight: float, around: Windows) -> Rates:
    """The posterior rate of every cell of one area.

    S are a cell's events by recency, W the weights of all months, m = 0.999 of the mean of S/W in
    the window around the cell and 0.001 of the area's mean, m̄ the mean of m, and
    k = m̄ / max(Var(S/W - m) - m̄/W, ε) the months that the prior is worth. The posterior is
    Gamma(S + k·m, W + k).

    Args:
        weighted: (cells, series): S. Harm may stand in the place of events.
        weight: W.
        around: each cell's window without the cell itself.
    """
    rate = weighted / weight
    area_mean = rate.mean(axis=0)
    members = np.asarray(around.sum(axis=1)).reshape(-1, 1)
    # A cell with nothing around it, as an area without a boundary, is drawn towards the whole.
    near = np.where(members > 0, np.asarray(around @ rate) / np.maximum(members, 1.0), area_mean)
    prior = (1 - AREA_SHARE) * near + AREA_SHARE * area_mean
    mean = prior.mean(axis=0)
    # What cells differ from their surroundings beyond the chance of counts.
    spread = np.maximum(np.var(rate - prior, axis=0) - mean / weight, LEAST)
    months = mean / spread
    shape = np.maximum(weighted + months * prior, LEAST)
    return Rates(shape, weight + months, area_mean)
