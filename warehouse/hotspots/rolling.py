"""Every ranking put to the test month by month, and the choice of what cells are ranked by."""

import numpy as np
import polars as pl

from warehouse.hotspots.arrays import Values
from warehouse.hotspots.backtest import AREA_SHARES, Accuracy, Month
from warehouse.hotspots.methods import METHODS, YEAR, Past
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
    told = origins(panel.months)
    groups = pl.Series([each.offence_group for each in counted.series], dtype=pl.String)
    found = [_of_month(counted, origin) for origin in told]
    if not found:
        return pl.DataFrame(schema=_SCHEMA)
    # By column; then a value a month, method, share and group.
    numbers = np.concatenate(found, axis=1)
    numbers[~np.isfinite(numbers)] = np.nan
    month, method, share, group = (at.ravel() for at in np.indices(numbers.shape[1:]))
    return pl.DataFrame({
        "offence_group": groups.gather(group),
        "method": pl.Series([*METHODS]).gather(method),
        "origin": np.array(told, dtype=np.int32)[month],
        "area_share": np.array(AREA_SHARES)[share],
        **dict(zip(_NUMBERS, numbers.reshape(len(_NUMBERS), -1), strict=True)),
    }, schema=_SCHEMA).with_columns(
        pl.col("hit_rate", "pai", "pei", "rri").fill_nan(None)
    )  # fmt: skip


_NUMBERS = ("events", *Accuracy._fields)
_SCHEMA = {
    "offence_group": pl.String, "method": pl.String, "origin": pl.Int32, "area_share": pl.Float64,
    **dict.fromkeys(_NUMBERS, pl.Float64),
}  # fmt: skip


def origins(months: int) -> range:
    """The months that are told, as numbers from 0."""
    return range(max(YEAR, months - ORIGINS), months)


def _of_month(panel: Panel, origin: int) -> Values:
    """(columns, 1, methods, shares, series): what stands in ``_NUMBERS`` of one month."""
    past = Past(panel, origin)
    month = Month(past.year, panel.during(origin, origin + 1))
    found = [[(month.events, *told) for told in month.measure(score(past))]
             for score in METHODS.values()]  # fmt: skip
    return np.array(found).transpose(2, 0, 1, 3)[:, None]


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
