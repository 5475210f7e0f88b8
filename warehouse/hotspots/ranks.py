"""What is shown of a panel, and its place among the cells of the force and of the nation."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from warehouse.hotspots.arrays import Flags, Values
from warehouse.hotspots.empirical_bayes import Rates
from warehouse.hotspots.panel import Panel
from warehouse.hotspots.trend import MONTHS

Scores = Mapping[tuple[str, str], NDArray[np.float64]]
"""By offence group and measure, scores in the measure of every cell shown, ascending."""


def shown(panel: Panel) -> Flags:
    """(cells, series): has an event in the last ``MONTHS`` months."""
    return np.asarray(panel.during(panel.months - MONTHS, panel.months) > 0)


def scores_shown(panel: Panel, posterior: Rates) -> Scores:
    """The rates of what is shown, of one force."""
    is_shown, rate = shown(panel), posterior.score
    return {
        (series.offence_group, series.measure): np.sort(
            rate[is_shown[:, place], place] * series.scale
        )
        for place, series in enumerate(panel.series)
    }


def scores_of_all(scores: Sequence[Scores]) -> Scores:
    """The scores of all forces together."""
    keys = {key for each in scores for key in each}
    return {key: np.sort(np.concatenate([s[key] for s in scores if key in s])) for key in keys}


def ascending(values: Values, column: NDArray[np.intp], columns: int) -> list[Values]:
    """By series, its values in order. Arguments as ``rank`` has; ``columns`` is how many series."""
    return [np.sort(values[column == place]) for place in range(columns)]


def rank(
    values: Values, column: NDArray[np.intp], among: Sequence[NDArray[np.float64]]
) -> NDArray[np.int64]:
    """(rows,): place of each value among those of its series, the largest first, from 1.

    Args:
        values: (rows,).
        column: (rows,): the series.
        among: by series, the values ranked, ascending.
    """
    found = np.empty(len(values), dtype=np.int64)
    for place, ordered in enumerate(among):
        rows = column == place
        found[rows] = 1 + len(ordered) - np.searchsorted(ordered, values[rows], side="right")
    return found
