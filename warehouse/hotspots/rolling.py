"""Every ranking put to the test month by month, and the choice of what cells are ranked by."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from warehouse.hotspots.backtest import Accuracy, Month
from warehouse.hotspots.methods import METHODS, YEAR
from warehouse.hotspots.panel import Panel

ORIGINS = 6
"""Months that are told in turn, each from the months before it, of which there are a year."""

GATE_SHARE = 0.05


def backtest(panel: Panel) -> pl.DataFrame:
    """One row an offence group, method, month told and share of the area.

    Columns: ``offence_group``, ``method``, ``origin`` (number of the month), ``area_share``,
    ``events`` (of the month), ``hits``, ``best_hits``, ``hit_rate``, ``pai``, ``pei``, ``rri``;
    none where the area has no year of months before one.
    """
    counted = panel.only("offences")
    rows = [row for origin in origins(panel.months) for row in _of_month(counted, origin)]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_columns(
        pl.col("hit_rate", "pai", "pei", "rri").fill_nan(None)
    )


_SCHEMA = {
    "offence_group": pl.String, "method": pl.String, "origin": pl.Int32, "area_share": pl.Float64,
    "events": pl.Float64, "hits": pl.Float64, "best_hits": pl.Float64, "hit_rate": pl.Float64,
    "pai": pl.Float64, "pei": pl.Float64, "rri": pl.Float64,
}  # fmt: skip


def origins(months: int) -> range:
    """The months that are told, as numbers from 0."""
    return range(max(YEAR, months - ORIGINS), months)


def _of_month(panel: Panel, origin: int) -> Iterator[tuple[object, ...]]:
    month = Month(panel.during(origin - YEAR, origin), panel.during(origin, origin + 1))
    for method, score in METHODS.items():
        for share, found in zip(month.shares, month.measure(score(panel, origin)), strict=True):
            for place, series in enumerate(panel.series):
                yield (series.offence_group, method, origin, share, float(month.events[place]),
                       *_numbers(found, place))  # fmt: skip


def _numbers(found: Accuracy, place: int) -> Iterator[float]:
    for values in found:
        # Where there was nothing before, ratios have no number.
        yield float(values[place]) if np.isfinite(values[place]) else float("nan")


def choose(tested: pl.DataFrame) -> pl.DataFrame:
    """By offence group, whether its cells are ranked by the rate or by the count of twelve months.

    The rate stands down where its PEI at 5% of the area, over all months told, is below the
    count's. Columns: ``offence_group``, ``months``, ``events``, ``pei_eb``, ``pei_count``,
    ``ranked_by``.
    """
    of_gate = tested.filter(pl.col("area_share") == GATE_SHARE)
    pei = pl.col("hits").sum() / pl.col("best_hits").sum()
    of_method = of_gate.group_by("offence_group", "method").agg(
        pei=pei.fill_nan(None), months=pl.len(), events=pl.col("events").sum()
    )
    eb, count = (
        of_method.filter(pl.col("method") == name).drop("method").rename({"pei": f"pei_{short}"})
        for name, short in (("eb", "eb"), ("count_12m", "count"))
    )
    return (
        eb.join(count.select("offence_group", "pei_count"), on="offence_group")
        .with_columns(
            ranked_by=pl.when(pl.col("pei_eb") < pl.col("pei_count"))
            .then(pl.lit("count_12m"))
            .otherwise(pl.lit("eb"))
        )
        .select("offence_group", "months", "events", "pei_eb", "pei_count", "ranked_by")
        .sort("offence_group")
    )
