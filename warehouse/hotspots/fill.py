"""Fill the hotspot marts of a candidate store, force by force and kind of cell by kind of cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import polars as pl

from warehouse.contract.hotspot import HOTSPOT, HOTSPOT_BACKTEST, HOTSPOT_GATE
from warehouse.hotspots.describe import Scores, describe, scores_shown
from warehouse.hotspots.empirical_bayes import Rates
from warehouse.hotspots.grids import GRIDS, Grid
from warehouse.hotspots.methods import YEAR, rates
from warehouse.hotspots.panel import ALL_CRIME, Panel, make_panel
from warehouse.hotspots.rolling import backtest, choose
from warehouse.hotspots.study_area import study_area

MOST_MONTHS = 120
"""Months that are looked at: an event of ten years ago counts for a thousandth."""

# Found by police at work rather than told to them, so that more of it says more of the police: left
# out of harm (Sherman, L., Neyroud, P. W. and Neyroud, E. (2016), "The Cambridge Crime Harm Index",
# Policing 10(3), 171-183).
_PROACTIVE = "('drugs', 'possession-of-weapons')"

_PLACED = """
    FROM core.offence_record AS held
    LEFT JOIN reference.offence_code AS code USING (offence_code)
    LEFT JOIN reference.offence_group AS of_group ON of_group.offence_group = held.offence_group
    WHERE force = $force AND {where} AND ({cell}) IS NOT NULL AND occurred_on < $before
"""
_COUNTS = f"""
SELECT cell, offence_group, month, bool_or(is_notifiable) AS is_crime, count(*) AS offences,
       sum(harm) AS harm_days, sum(harm * harm) AS harm_squared
FROM (
    SELECT {{cell}} AS cell, held.offence_group, is_notifiable,
           year(occurred_on) * 12 + month(occurred_on) - 1 AS month,
           CASE WHEN held.offence_group IN {_PROACTIVE} THEN 0.0
                ELSE coalesce(code.harm_days, of_group.harm_days, 0.0) END AS harm
    {_PLACED}
) GROUP BY cell, offence_group, month
"""
# Of the offences of a cell's last year, how many stand on the point that most of them stand on.
_POINTS = f"""
WITH point AS (
    SELECT {{cell}} AS area, held.offence_group, is_notifiable, longitude, latitude
    {_PLACED} AND location_precision = 'snapped' AND occurred_on >= $from
), counted AS (
    SELECT area, offence_group, longitude, latitude, count(*) AS offences
    FROM (SELECT area, offence_group, longitude, latitude FROM point UNION ALL
          SELECT area, '{ALL_CRIME}', longitude, latitude FROM point WHERE is_notifiable)
    GROUP BY ALL
)
SELECT area, offence_group, (max(offences) / sum(offences))::DOUBLE AS snap_share
FROM counted GROUP BY area, offence_group
"""
_FORCES = "SELECT DISTINCT force FROM core.offence_record ORDER BY force"


def fill_hotspots(
    con: duckdb.DuckDBPyConnection, night: date, grids: Sequence[Grid] = GRIDS
) -> None:
    """Fill ``mart.hotspot``, ``mart.hotspot_backtest`` and ``mart.hotspot_gate``.

    Reads ``core.offence_record`` and the reference tables. The last month counted is the last whole
    one before the night, or the last in which the force has an offence, where that is earlier: a
    force whose files come by the month has not been quiet since.

    Args:
        con: connection that has the candidate store open.
        night: of the store.
        grids: the kinds of cell.
    """
    forces = [force for (force,) in con.execute(_FORCES).fetchall()]
    for grid in grids:
        places = [place for force in forces if (place := _read_place(con, force, grid, night))]
        nation = _of_all([scores_shown(place.panel, place.posterior) for place in places])
        for place in places:
            _fill_place(con, place, nation, night)


@dataclass(frozen=True)
class _Place:
    """One force's cells of one kind.

    Attributes:
        first: the panel's first month, numbered from year 0.
        posterior: the rates at its end.
    """

    force: str
    grid: Grid
    first: int
    panel: Panel
    posterior: Rates

    @property
    def last(self) -> int:
        return self.first + self.panel.months - 1


def _read_place(
    con: duckdb.DuckDBPyConnection, force: str, grid: Grid, night: date
) -> _Place | None:
    """What there is to describe; None where the force has no offence in such cells."""
    counts = _ask(con, _COUNTS, force, grid, night).filter(grid.is_cell(pl.col("cell")))
    if counts.is_empty():
        return None
    first, last = _history(counts["month"].unique().sort().to_list())
    recent = counts.filter(pl.col("month") >= first).with_columns(pl.col("month") - first)
    panel = make_panel(study_area(grid, counts["cell"]), recent, last - first + 1)
    return _Place(force, grid, first, panel, rates(panel, panel.months))


def _history(months: Sequence[int]) -> tuple[int, int]:
    """First and last month that are looked at, of the months that have an offence, ascending.

    Before a whole year without one there is no history but dates that were mistyped: counted in,
    they would make months of nothing of all the years between.
    """
    last = first = months[-1]
    for month in reversed(months):
        if first - month > YEAR:
            break
        first = month
    return max(first, last - MOST_MONTHS + 1), last


def _ask(
    con: duckdb.DuckDBPyConnection, query: str, force: str, grid: Grid, night: date, **dates: date
) -> pl.DataFrame:
    values = {"force": force, "before": night.replace(day=1), **dates}
    return con.execute(query.format(cell=grid.sql, where=grid.where), values).pl()


def _of_all(scores: Sequence[Scores]) -> Scores:
    """The scores of all forces together."""
    keys = {key for each in scores for key in each}
    return {key: np.sort(np.concatenate([s[key] for s in scores if key in s])) for key in keys}


def _fill_place(con: duckdb.DuckDBPyConnection, place: _Place, nation: Scores, night: date) -> None:
    """The rows of one force and kind of cell."""
    panel = place.panel
    tested = backtest(panel)
    gate = _gate(panel, tested)
    calendar = {number: _month(number + place.first) for number in range(panel.months)}
    told = tested.with_columns(pl.col("origin").replace_strict(calendar, return_dtype=pl.Date))
    points = _ask(con, _POINTS, place.force, place.grid, night, **{"from": _month(place.last - 11)})
    chosen = dict(gate.select("offence_group", "ranked_by").iter_rows())
    areas = pl.DataFrame({"area": panel.area.cells}).with_columns(
        km2=place.grid.square_kilometres(pl.col("area"))
    )
    rows = (
        describe(panel, place.posterior, chosen, nation)
        .with_columns(pl.col("offence_group").cast(pl.String))
        .join(areas, on="area", maintain_order="left")
        .join(points, on=["area", "offence_group"], how="left", maintain_order="left")
        .with_columns(
            per_km2=pl.col("n_12m") / pl.col("km2"),
            month=pl.lit(_month(place.last)),
            run=pl.lit(night),
        )
    )
    for table, found in ((HOTSPOT_BACKTEST, told), (HOTSPOT_GATE, gate), (HOTSPOT, rows)):
        named = found.with_columns(force=pl.lit(place.force), unit=pl.lit(place.grid.name))
        con.register("rows_found", named.select(table.names))
        con.execute(f"INSERT INTO {table.qualified} FROM rows_found")
        con.unregister("rows_found")


def _gate(panel: Panel, tested: pl.DataFrame) -> pl.DataFrame:
    """What each group's cells are ranked by; what could not be tested, by the rate."""
    groups = list(dict.fromkeys(each.offence_group for each in panel.series))
    return (
        pl.DataFrame({"offence_group": groups})
        .join(choose(tested), on="offence_group", how="left")
        .with_columns(pl.col("months", "events").fill_null(0), pl.col("ranked_by").fill_null("eb"))
    )


def _month(number: int) -> date:
    """First day of a month that is numbered from year 0."""
    return date(number // 12, number % 12 + 1, 1)
