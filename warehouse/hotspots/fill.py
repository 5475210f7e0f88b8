"""Fill the hotspot marts of a candidate store, force by force and kind of cell by kind of cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from warehouse.contract import Table
from warehouse.contract.hotspot import HOTSPOT, HOTSPOT_BACKTEST, HOTSPOT_GATE
from warehouse.hotspots.describe import describe
from warehouse.hotspots.grids import GRIDS, Grid
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
) GROUP BY cell, offence_group, month ORDER BY cell, offence_group, month
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

_RANKS = {
    "rank_in_force": "rank() OVER (PARTITION BY unit, force, offence_group, measure "
    "ORDER BY rank_score DESC)",
    "rank_in_nation": "rank() OVER (PARTITION BY unit, offence_group, measure "
    "ORDER BY eb_rate DESC)",
}
_RANKED = f"""
INSERT INTO mart.hotspot
SELECT {", ".join(_RANKS.get(name, f'"{name}"') for name in HOTSPOT.names)}
FROM hotspot_found ORDER BY unit, force, offence_group, measure, area
"""


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
    given = ", ".join(
        f'"{column.name}" {column.kind.value}' for column in HOTSPOT.columns
        if column.name not in _RANKS
    )  # fmt: skip
    con.execute(f"CREATE TEMP TABLE hotspot_found ({given}, rank_score DOUBLE)")
    for (force,) in con.execute(_FORCES).fetchall():
        for grid in grids:
            place = _Place(con, force, grid, night)
            counts = place.read(_COUNTS)
            if counts.height:
                _fill_place(place, counts)
    con.execute(_RANKED)
    con.execute("DROP TABLE hotspot_found")


@dataclass(frozen=True)
class _Place:
    """One force's cells of one kind, in the store of one night."""

    con: duckdb.DuckDBPyConnection
    force: str
    grid: Grid
    night: date

    def read(self, query: str, **dates: date) -> pl.DataFrame:
        values = {"force": self.force, "before": self.night.replace(day=1), **dates}
        of_grid = query.format(cell=self.grid.sql, where=self.grid.where)
        return self.con.execute(of_grid, values).pl()

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        named = rows.with_columns(force=pl.lit(self.force), unit=pl.lit(self.grid.name))
        self.con.register("rows_found", named)
        self.con.execute(f"INSERT INTO {table} BY NAME FROM rows_found")
        self.con.unregister("rows_found")

    def insert_known(self, table: Table, rows: pl.DataFrame) -> None:
        """Only what the table has columns for."""
        self.insert(table.qualified, rows.select(set(table.names) & set(rows.columns)))


def _fill_place(place: _Place, counts: pl.DataFrame) -> None:
    """The rows of one force and kind of cell, of ``counts`` by month numbered from year 0."""
    months = counts["month"].to_numpy()
    last = int(months.max())
    first = max(int(months.min()), last - MOST_MONTHS + 1)
    recent = counts.filter(pl.col("month") >= first).with_columns(pl.col("month") - first)
    panel = make_panel(study_area(place.grid, counts["cell"]), recent, last - first + 1)
    tested = backtest(panel)
    gate = _gate(panel, tested)
    calendar = {number: _month(number + first) for number in range(panel.months)}
    told = tested.with_columns(pl.col("origin").replace_strict(calendar, return_dtype=pl.Date))
    place.insert_known(HOTSPOT_BACKTEST, told)
    place.insert_known(HOTSPOT_GATE, gate)
    points = place.read(_POINTS, **{"from": _month(last - 11)})
    rows = (
        describe(panel, dict(gate.select("offence_group", "ranked_by").iter_rows()))
        .join(points, on=["area", "offence_group"], how="left")
        .with_columns(
            per_km2=pl.col("n_12m") / place.grid.square_kilometres(pl.col("area")),
            month=pl.lit(_month(last)),
            run=pl.lit(place.night),
        )
    )
    place.insert("hotspot_found", rows)


def _gate(panel: Panel, tested: pl.DataFrame) -> pl.DataFrame:
    """What each group's cells are ranked by; what could not be tested, by the rate."""
    groups: Mapping[str, None] = dict.fromkeys(each.offence_group for each in panel.series)
    return (
        pl.DataFrame({"offence_group": list(groups)})
        .join(choose(tested), on="offence_group", how="left")
        .with_columns(pl.col("months", "events").fill_null(0), pl.col("ranked_by").fill_null("eb"))
    )


def _month(number: int) -> date:
    """First day of a month that is numbered from year 0."""
    return date(number // 12, number % 12 + 1, 1)
