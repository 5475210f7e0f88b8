"""The rows of ``mart.hotspot`` for one force and kind of cell."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.hotspots.arrays import Flags, Values
from warehouse.hotspots.hot import (
    FALSE_DISCOVERY_RATE,
    false_discovery,
    getis_ord,
    is_hot_sparse,
    poisson_tail,
)
from warehouse.hotspots.methods import YEAR, rates
from warehouse.hotspots.panel import Panel
from warehouse.hotspots.trend import (
    MONTHS,
    PREVIOUS,
    RECENT,
    classify,
    compare_recent,
    esri_labels,
)

FEWEST_SHOWN = 5
"""Offences of twelve months from which a cell may stand on a map that leaves the police."""


def describe(panel: Panel, chosen: Mapping[str, str]) -> pl.DataFrame:
    """One row a cell and series that has an event in the last ``MONTHS`` months.

    Args:
        panel: the events.
        chosen: by offence group, the method that ranks its cells: ``eb`` or ``count_12m``.
    """
    end, window = panel.months, panel.area.window
    counts = panel.during(end - YEAR, end)
    posterior = rates(panel, end)
    tail = poisson_tail(counts, window)
    q = false_discovery(tail)
    trend = compare_recent(
        panel.during(end - RECENT, end), panel.during(end - RECENT - PREVIOUS, end - RECENT), window
    )
    rising, falling = (
        false_discovery(p) <= FALSE_DISCOVERY_RATE for p in (trend.rising, trend.falling)
    )
    looked_at = min(MONTHS, end)
    shown = panel.during(end - looked_at, end) > 0
    hot_months = _hot_months(panel, looked_at, shown)
    hot_share = np.zeros(counts.shape)
    hot_share[shown] = hot_months.mean(axis=1)
    kind = classify(q <= FALSE_DISCOVERY_RATE, hot_share, rising, falling)
    cell, column = np.nonzero(shown)
    here = posterior.at(cell, column)
    low, high = here.interval()
    scale = panel.scales[column]
    groups, measures = (np.array(names) for names in zip(*_named(panel), strict=True))
    by_count = np.array([chosen.get(each.offence_group) == "count_12m" for each in panel.series])
    frame = pl.DataFrame(
        {
            "area": panel.area.cells.gather(cell),
            "offence_group": groups[column],
            "measure": measures[column],
            "n_12m": counts[shown] * scale,
            "ewma_rate": _ewma(panel)[shown] * scale,
            "eb_rate": here.score * scale,
            "eb_low": low * scale,
            "eb_high": high * scale,
            "p_above_3x": here.above_area(),
            "ranked_by": np.where(by_count[column], "count_12m", "eb"),
            "rank_score": np.where(by_count[column], counts[shown], here.score) * scale,
            "gi_z": getis_ord(counts, window)[shown],
            "p_hot": tail[shown],
            "q_hot": q[shown],
            "months_hot": hot_months.sum(axis=1),
            "class": kind[shown],
            "trend_ratio": trend.ratio[shown],
            "trend_p": np.minimum(2 * np.minimum(trend.rising, trend.falling), 1)[shown],
            "suppressed": counts[cell, _offences_of(panel)[column]] < FEWEST_SHOWN,
            "esri_label": esri_labels(hot_months, rising[shown], falling[shown]),
        }
    )
    return frame.with_columns(
        pl.lit(looked_at).alias("months_looked_at"), pl.col("trend_ratio").fill_nan(None)
    )


def _named(panel: Panel) -> list[tuple[str, str]]:
    return [(each.offence_group, each.measure) for each in panel.series]


def _offences_of(panel: Panel) -> NDArray[np.intp]:
    """(series,): for each, the series that counts the offences of its group."""
    named = _named(panel)
    return np.array([named.index((group, "offences")) for group, _ in named])


def _ewma(panel: Panel) -> Values:
    weights = 0.5 ** (np.arange(panel.months - 1, -1, -1) / YEAR)
    return np.asarray(panel.weighted(weights) / weights.sum())


def _hot_months(panel: Panel, months: int, shown: Flags) -> NDArray[np.bool_]:
    """(rows shown, months): which of the last months were hot, each tested by itself."""
    hot = is_hot_sparse(panel.by_month(panel.months - months), panel.area.window).tocoo()
    month, column = np.divmod(hot.col, len(panel.series))
    row = np.full(shown.shape, -1)
    row[shown] = np.arange(np.count_nonzero(shown))
    place = row[hot.row, column]
    flags = np.zeros((np.count_nonzero(shown), months), dtype=np.bool_)
    flags[place[place >= 0], month[place >= 0]] = True
    return flags
