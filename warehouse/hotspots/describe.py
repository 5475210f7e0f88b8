"""The rows of ``mart.hotspot`` for one force and kind of cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from warehouse.hotspots.ranks import Scores, ascending, rank, shown
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


def describe(
    panel: Panel,
    posterior: Rates,
    chosen: Mapping[str, str],
    nation: Scores,
) -> pl.DataFrame:
    """One row a cell and series that is shown.

    Args:
        panel: the events.
        posterior: the rates at their end.
        chosen: by offence group, the method that ranks its cells: ``eb`` or ``count_12m``.
        nation: the rates of what is shown of all forces.
    """
    rows = _Shown.of(panel)
    here = posterior.at(rows.cell, rows.column)
    n_12m = rows.pick(rows.counts) * rows.scale
    frame = pl.DataFrame({
        **_names(rows),
        "n_12m": n_12m,
        **_rates(rows, here),
        **_ranks(rows, here.score * rows.scale, n_12m, chosen, nation),
        **_hot(rows),
        "suppressed": _offences_of(rows) < FEWEST_SHOWN,
    })  # fmt: skip
    return frame.with_columns(
        pl.lit(min(MONTHS, panel.months)).alias("months_looked_at"),
        pl.col("trend_ratio").fill_nan(None),
    )


@dataclass(frozen=True)
class _Shown:
    """What is shown of a panel.

    Attributes:
        panel: the events.
        counts: (cells, series): events of the last twelve months.
        is_shown: (cells, series).
        cell, column: (rows,): of each row.
    """

    panel: Panel
    counts: Values
    is_shown: Flags
    cell: NDArray[np.intp]
    column: NDArray[np.intp]

    @classmethod
    def of(cls, panel: Panel) -> "_Shown":
        is_shown = shown(panel)
        counts = panel.during(panel.months - YEAR, panel.months)
        return cls(panel, counts, is_shown, *np.nonzero(is_shown))

    def pick(self, values: Values) -> Values:
        """(rows,) of (cells, series)."""
        return values[self.is_shown]

    @property
    def scale(self) -> Values:
        """(rows,): what an event counts in the measure."""
        return self.panel.scales[self.column]


def _names(rows: _Shown) -> dict[str, pl.Series]:
    series = rows.panel.series
    return {
        "area": rows.panel.area.cells.gather(rows.cell),
        "offence_group": _words([each.offence_group for each in series], rows.column),
        "measure": _words([each.measure for each in series], rows.column),
    }


def _rates(rows: _Shown, here: Rates) -> dict[str, Values | pl.Series]:
    """The rate of each row, and what the next month is expected to hold."""
    weights = recency_weights(rows.panel.months)
    low, high = here.interval()
    return {
        "ewma_rate": (rows.pick(rows.panel.weighted(weights)) / weights.sum()) * rows.scale,
        "eb_rate": here.score * rows.scale,
        "eb_low": low * rows.scale,
        "eb_high": high * rows.scale,
        "p_above_3x": here.above_area(),
        **_next_month(rows.panel, rows.column, here),
    }


def _next_month(
    panel: Panel, column: NDArray[np.intp], here: Rates
) -> dict[str, Values | pl.Series]:
    """Columns ``next_month_expected``, ``_low`` and ``_high``; the last two of offences alone.

    Args:
        panel: of the rows.
        column: (rows,): the series.
        here: (rows,): the rates.
    """
    counted = np.array([each.measure == "offences" for each in panel.series])[column]
    ends = Rates(here.shape[counted], here.pace[counted], here.area_mean[counted]).next_month()
    found: dict[str, Values | pl.Series] = {
        "next_month_expected": here.score * panel.scales[column]
    }
    for name, end in zip(("low", "high"), ends, strict=True):
        values = np.full(len(column), np.nan)
        values[counted] = end
        found[f"next_month_{name}"] = pl.Series(values).fill_nan(None).cast(pl.Int32)
    return found


def _ranks(
    rows: _Shown, rate: Values, n_12m: Values, chosen: Mapping[str, str], nation: Scores
) -> dict[str, NDArray[np.int64] | pl.Series]:
    """What ranks each row, and its places."""
    series, column = rows.panel.series, rows.column
    by_count = np.array([chosen.get(each.offence_group) == "count_12m" for each in series])[column]
    ranked = np.where(by_count, n_12m, rate)
    of_all = [nation[each.offence_group, each.measure] for each in series]
    return {
        "ranked_by": _words(["eb", "count_12m"], by_count.astype(np.intp)),
        "rank_in_force": rank(ranked, column, ascending(ranked, column, len(series))),
        "rank_in_nation": rank(rate, column, of_all),
    }


def _hot(rows: _Shown) -> dict[str, Values | NDArray[np.int64] | pl.Series]:
    """Whether each row is hot, since when, and more than before."""
    panel, end, window = rows.panel, rows.panel.months, rows.panel.area.window
    tail = poisson_tail(rows.counts * panel.caution, window)
    q = rows.pick(false_discovery(tail))
    trend = compare_recent(
        panel.during(end - RECENT, end) * panel.caution,
        panel.during(end - RECENT - PREVIOUS, end - RECENT) * panel.caution,
        window,
    )
    rising, falling = (discoveries(p)[rows.is_shown] for p in (trend.rising, trend.falling))
    months = _hot_months(panel, rows.is_shown)
    kind = classify(q <= FALSE_DISCOVERY_RATE, months.mean(axis=1), rising, falling)
    return {
        "gi_z": rows.pick(getis_ord(rows.counts, window)),
        "p_hot": rows.pick(tail),
        "q_hot": q,
        "months_hot": months.sum(axis=1),
        "class": _words(CLASSES, kind),
        "trend_ratio": rows.pick(trend.ratio),
        "trend_p": rows.pick(np.minimum(2 * np.minimum(trend.rising, trend.falling), 1)),
        "esri_label": _words(ESRI_LABELS, label_as_esri(months, rising, falling)),
    }


def _words(words: Sequence[str], which: NDArray[np.intp]) -> pl.Series:
    """One of a few words a row."""
    return pl.Series(list(words), dtype=pl.Categorical()).gather(which)


def _offences_of(rows: _Shown) -> Values:
    """(rows,): offences of the last twelve months, of the group of the row, whatever it counts."""
    named = [(each.offence_group, each.measure) for each in rows.panel.series]
    column = np.array([named.index((group, "offences")) for group, _ in named], dtype=np.intp)
    counts: Values = rows.counts[rows.cell, column[rows.column]]
    return counts


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
