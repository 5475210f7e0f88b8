"""The rows of ``mart.hotspot``, ``hotspot_backtest`` and ``hotspot_gate`` of one force and kind of
cell."""

from datetime import date
from typing import NamedTuple

import polars as pl

from warehouse.hotspots.describe import describe
from warehouse.hotspots.force_cells import ForceCells
from warehouse.hotspots.history import month_of
from warehouse.hotspots.panel import Panel
from warehouse.hotspots.ranks import Scores
from warehouse.hotspots.rolling import backtest, choose


class Rows(NamedTuple):
    """By table, in the order in which they are written; a column that they lack is null."""

    hotspot_backtest: pl.DataFrame
    hotspot_gate: pl.DataFrame
    hotspot: pl.DataFrame


def rows_of(
    cells: ForceCells,
    nation: Scores,
    night: date,
    snap_shares: pl.DataFrame | None,
    local_areas: pl.DataFrame | None,
) -> Rows:
    """The rows of one force and kind of cell.

    Args:
        cells: of the force.
        nation: the scores of all forces.
        night: of the store.
        snap_shares: ``area``, ``offence_group``, ``snap_share``; None where none is snapped.
        local_areas: ``area``, ``local_area``; None where none is known.
    """
    panel = cells.panel
    tested = backtest(panel)
    gate = _gate(panel, tested)
    calendar = {number: month_of(number + cells.first) for number in range(panel.months)}
    told = tested.with_columns(pl.col("origin").replace_strict(calendar, return_dtype=pl.Date))
    chosen = dict(gate.select("offence_group", "ranked_by").iter_rows())
    rows = (
        describe(panel, cells.posterior, chosen, nation)
        .with_columns(pl.col("offence_group").cast(pl.String))
        .join(cells.facts, on="area", how="left", maintain_order="left")
    )
    if snap_shares is not None:
        rows = rows.join(
            snap_shares, on=["area", "offence_group"], how="left", maintain_order="left"
        )
    if local_areas is not None:
        rows = rows.join(local_areas, on="area", how="left", maintain_order="left")
        rows = rows.with_columns(_rank_in_local_area())
    rows = rows.with_columns(*per("n_12m"), month=pl.lit(month_of(cells.last)), run=pl.lit(night))
    if not cells.unit.is_compared:
        rows = rows.drop(_OF_COMPARED, strict=False)
    named = {"force": pl.lit(cells.force), "unit": pl.lit(cells.unit.name)}
    return Rows(*(each.with_columns(**named) for each in (told, gate, rows)))


# What is asked of cells that are compared with those around them, or with each other, alone.
_OF_COMPARED = (
    "next_month_low", "next_month_high", "rank_in_local_area", "gi_z", "p_hot", "q_hot",
    "months_hot", "class", "esri_label",
)  # fmt: skip


def per(count: str) -> tuple[pl.Expr, pl.Expr]:
    """Per square kilometre and per 1,000 residents; null where there are none, or none known."""
    known = pl.when(pl.col("persons") > 0).then(pl.col("persons"))
    return (
        pl.when(pl.col("km2") > 0).then(pl.col(count) / pl.col("km2")).alias("per_km2"),
        (1000 * pl.col(count) / known).alias("per_1000"),
    )


def _rank_in_local_area() -> pl.Expr:
    """By what ranks in the force, among the cells of one local area; null where it is not known."""
    ranked = pl.when(pl.col("ranked_by") == "count_12m").then("n_12m").otherwise("eb_rate")
    rank = ranked.rank("min", descending=True).over("local_area", "offence_group", "measure")
    known = pl.col("local_area").is_not_null()
    return pl.when(known).then(rank.cast(pl.Int32)).alias("rank_in_local_area")


def _gate(panel: Panel, tested: pl.DataFrame) -> pl.DataFrame:
    """What each group's cells are ranked by; what could not be tested, by the rate."""
    groups = list(dict.fromkeys(each.offence_group for each in panel.series))
    return (
        pl.DataFrame({"offence_group": groups})
        .join(choose(tested), on="offence_group", how="left")
        .with_columns(pl.col("months", "events").fill_null(0), pl.col("ranked_by").fill_null("eb"))
    )
