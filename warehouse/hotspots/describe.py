"""The rows of ``mart.hotspot`` for one force and kind of cell."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.hotspots.arrays import Flags, Values
from warehouse.hotspots.empirical_bayes import Rates, recency_weights
from warehouse.hotspots.hot import (
    FALSE_DISCOVERY_RATE,
    discoveries,
    false_discovery,
    getis_ord,
    is_hot_sparse,
    poisson_tail,
)
from warehouse.hotspots.methods import YEAR
from warehouse.hotspots.panel import Panel
from warehouse.hotspots.trend import (
    CLASSES,
    ESRI_LABELS,
    MONTHS,
    PREVIOUS,
    RECENT,
    classify,
    compare_recent,
    label_as_esri,
)

FEWEST_SHOWN = 5
"""Offences of twelve months from which a cell may stand on a map that leaves the police."""

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


def describe(
    panel: Panel, posterior: Rates, chosen: Mapping[str, str], nation: Scores
) -> pl.DataFrame:
    """One row a cell and series that is shown.

    Args:
        panel: the events.
        posterior: the rates at their end.
        chosen: by offence group, the method that ranks its cells: ``eb`` or ``count_12m``.
        nation: the rates of what is shown of all forces.
    """
    end, window = panel.months, panel.area.window
    is_shown = shown(panel)
    cell, column = np.nonzero(is_shown)
    counts = panel.during(end - YEAR, end)
    here = posterior.at(cell, column)
    low, high = here.interval()
    tail = poisson_tail(counts * panel.caution, window)
    q = false_discovery(tail)
    trend = compare_recent(
        panel.during(end - RECENT, end) * panel.caution,
        panel.during(end - RECENT - PREVIOUS, end - RECENT) * panel.caution,
        window,
    )
    rising, falling = (discoveries(p)[is_shown] for p in (trend.rising, trend.falling))
    hot_months = _hot_months(panel, is_shown)
    weights = recency_weights(end)
    scale = panel.scales[column]
    rate, n_12m = here.score * scale, counts[is_shown] * scale
    by_count = np.array([chosen.get(each.offence_group) == "count_12m" for each in panel.series])
    named = [(each.offence_group, each.measure) for each in panel.series]
    ranked = np.where(by_count[column], n_12m, rate)
    frame = pl.DataFrame(
        {
            "area": panel.area.cells.gather(cell),
            "offence_group": _words([group for group, _ in named], column),
            "measure": _words([measure for _, measure in named], column),
            "n_12m": n_12m,
            "ewma_rate": (panel.weighted(weights)[is_shown] / weights.sum()) * scale,
            "eb_rate": rate,
            "eb_low": low * scale,
            "eb_high": high * scale,
            "p_above_3x": here.above_area(),
            "ranked_by": _words(["eb", "count_12m"], by_count[column].astype(np.intp)),
            "rank_in_force": _rank(ranked, column, _ascending(ranked, column, len(named))),
            "rank_in_nation": _rank(rate, column, [nation[each] for each in named]),
            "gi_z": getis_ord(counts, window)[is_shown],
            "p_hot": tail[is_shown],
            "q_hot": q[is_shown],
            "months_hot": hot_months.sum(axis=1),
            "class": _words(
                CLASSES,
                classify(
                    q[is_shown] <= FALSE_DISCOVERY_RATE, hot_months.mean(axis=1), rising, falling
                ),
            ),
            "trend_ratio": trend.ratio[is_shown],
            "trend_p": np.minimum(2 * np.minimum(trend.rising, trend.falling), 1)[is_shown],
            "esri_label": _words(ESRI_LABELS, label_as_esri(hot_months, rising, falling)),
            "suppressed": counts[cell, _offences_of(named)[column]] < FEWEST_SHOWN,
        }
    )
    return frame.with_columns(
        pl.lit(hot_months.shape[1]).alias("months_looked_at"), pl.col("trend_ratio").fill_nan(None)
    )


def _words(words: Sequence[str], which: NDArray[np.intp]) -> pl.Series:
    """One of a few words a row."""
    return pl.Series(list(words), dtype=pl.Categorical()).gather(which)


def _ascending(values: Values, column: NDArray[np.intp], columns: int) -> list[Values]:
    return [np.sort(values[column == place]) for place in range(columns)]


def _rank(
    values: Values, column: NDArray[np.intp], among: Sequence[NDArray[np.float64]]
) -> NDArray[np.int64]:
    """(rows,): place of each value among those of its series, the largest first, from 1.

    Args:
        values: (rows,).
        column: (rows,): the series.
        among: by series, the values ranked, ascending.
    """
    rank = np.empty(len(values), dtype=np.int64)
    for place, ordered in enumerate(among):
        rows = column == place
        rank[rows] = 1 + len(ordered) - np.searchsorted(ordered, values[rows], side="right")
    return rank


def _offences_of(named: Sequence[tuple[str, str]]) -> NDArray[np.intp]:
    """(series,): for each, the series that counts the offences of its group."""
    return np.array([named.index((group, "offences")) for group, _ in named], dtype=np.intp)


def _hot_months(panel: Panel, is_shown: Flags) -> NDArray[np.bool_]:
    """(rows shown, months): which of the last months were hot, each tested by itself."""
    months = min(MONTHS, panel.months)
    hot = is_hot_sparse(
        panel.by_month(panel.months - months, panel.caution), panel.area.window
    ).tocoo()
    month, column = np.divmod(hot.col, len(panel.series))
    rows = np.count_nonzero(is_shown)
    row = np.full(is_shown.shape, -1)
    row[is_shown] = np.arange(rows)
    place = row[hot.row, column]
    flags = np.zeros((rows, months), dtype=np.bool_)
    flags[place[place >= 0], month[place >= 0]] = True
    return flags
