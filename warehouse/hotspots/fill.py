"""Fill the hotspot marts of a candidate store, force by force and kind of cell by kind of cell."""

import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial

import duckdb
import numpy as np
import polars as pl

from warehouse.contract.hotspot import HOTSPOT, HOTSPOT_BACKTEST, HOTSPOT_GATE, HOTSPOT_UNIT
from warehouse.contract.model import Table
from warehouse.contract.units import UNITS
from warehouse.hotspots.areal import read_areals
from warehouse.hotspots.describe import Scores, describe, scores_shown
from warehouse.hotspots.empirical_bayes import Rates
from warehouse.hotspots.force_areas import read_boundaries
from warehouse.hotspots.forces import FORCE, describe_forces, forces_facts
from warehouse.hotspots.grids import grids_within
from warehouse.hotspots.history import history, month_of
from warehouse.hotspots.methods import own_rates, rates
from warehouse.hotspots.offences import Offences
from warehouse.hotspots.panel import Panel, make_panel
from warehouse.hotspots.rolling import backtest, choose
from warehouse.hotspots.study_area import study_area
from warehouse.hotspots.units import Unit

# Each holds the arrays of one force; more would take memory from the other steps of a night.
_WORKERS = min(4, os.cpu_count() or 1)

_ALL_ELSEWHERE = "every offence that is in such cells lies outside the area of the force"

# Of one transaction. To make each insertion safe by itself takes half of the time of small forces;
# to keep all of them for one takes a third more memory with large ones.
_ROWS_AT_ONCE = 200_000

_FORCES = "SELECT DISTINCT force FROM core.offence_record ORDER BY force"


def every_unit(con: duckdb.DuckDBPyConnection) -> tuple[Unit, ...]:
    """The kinds of cell, but for the force as one.

    Args:
        con: connection that has the store open.
    """
    return (*grids_within(read_boundaries(con)), *read_areals(con))


def fill_hotspots(
    con: duckdb.DuckDBPyConnection, night: date, units: Collection[str] = UNITS
) -> None:
    """Fill ``mart.hotspot``, ``hotspot_backtest``, ``hotspot_gate`` and ``hotspot_unit``.

    Reads ``core.offence_record`` and the reference tables. The last month counted is the last whole
    one before the night, or the last in which the force has an offence, where that is earlier: a
    force whose files come by the month has not been quiet since. Within ``places``.

    Forces are worked on side by side: most of it is arithmetic on arrays.

    Args:
        con: connection that has the candidate store open.
        night: of the store.
        units: names of the kinds of cell.
    """
    names = [force for (force,) in con.execute(_FORCES).fetchall()]
    con.execute("BEGIN")
    with ExitStack() as opened, ThreadPoolExecutor(_WORKERS) as workers:
        forces = [Offences(opened.enter_context(con.cursor()), name, night) for name in names]
        whole = dict(zip(names, workers.map(Offences.of_the_force, forces), strict=True))
        for unit in every_unit(con):
            if unit.name in units:
                _fill_unit(con, unit, forces, whole, workers)
    if FORCE in units:
        _fill_forces(con, whole, night)
    con.execute("COMMIT")


def _fill_unit(
    con: duckdb.DuckDBPyConnection,
    unit: Unit,
    forces: Sequence[Offences],
    whole: Mapping[str, pl.DataFrame],
    workers: Executor,
) -> None:
    places = []
    read = partial(_read_place, unit)
    for place, told in workers.map(read, forces, (whole[each.force] for each in forces)):
        _insert(con, HOTSPOT_UNIT, told)
        if place:
            places.append(place)
    nation = _of_all([scores_shown(place.panel, place.posterior) for place in places])
    written = 0
    for found in workers.map(partial(_rows_of, nation), places):
        for table, rows in found:
            _insert(con, table, rows)
            written += rows.height
        if written > _ROWS_AT_ONCE:
            con.execute("COMMIT")
            con.execute("BEGIN")
            written = 0


@dataclass(frozen=True)
class _Place:
    """One force's cells of one kind.

    Attributes:
        offences: of the force.
        unit: of what kind the cells are.
        first: the panel's first month, numbered from year 0.
        panel: what happened.
        posterior: the rates at its end.
        facts: of the cells: ``area``, ``km2`` and ``persons``.
    """

    offences: Offences
    unit: Unit
    first: int
    panel: Panel
    posterior: Rates
    facts: pl.DataFrame

    @property
    def last(self) -> int:
        return self.first + self.panel.months - 1


def _read_place(
    unit: Unit, offences: Offences, whole: pl.DataFrame
) -> tuple[_Place | None, pl.DataFrame]:
    """What there is to describe, None of a force that has no offence in such cells; and the row of
    ``mart.hotspot_unit`` that tells of it."""
    everywhere = offences.counts(unit)
    held = everywhere["cell"].unique()
    area = study_area(unit, offences.force, held) if held.len() else None
    cells = held if area is None else area.cells
    counts = everywhere.filter(pl.col("cell").is_in(cells.implode()))
    facts = unit.facts(cells)
    told = _told(unit.name, counts, facts, whole).with_columns(
        elsewhere=pl.lit(_offences(everywhere) - _offences(counts)),
        unknown_area=pl.lit(_unknown(unit, counts), pl.Int64),
        force=pl.lit(offences.force),
    )
    if everywhere.height and counts.is_empty():
        told = told.with_columns(reason=pl.lit(_ALL_ELSEWHERE))
    if area is None or counts.is_empty():
        return None, told
    first, last = history(counts)
    looked_at = pl.col("month").is_between(first, last)
    recent = counts.filter(looked_at).with_columns(pl.col("month") - first)
    told = told.with_columns(later=pl.lit(_offences(counts.filter(pl.col("month") > last))))
    panel = make_panel(area, recent, last - first + 1)
    rated = rates if unit.is_compared else own_rates
    return _Place(offences, unit, first, panel, rated(panel, panel.months), facts), told


def _unknown(unit: Unit, counts: pl.DataFrame) -> int | None:
    """Offences in areas that the loaded geography does not know; None where none is loaded."""
    strange = unit.unknown(counts["cell"].unique())
    if strange is None:
        return None
    return int(counts.filter(pl.col("cell").is_in(strange.implode()))["offences"].sum())


def _offences(counts: pl.DataFrame) -> int:
    return int(counts["offences"].sum())


def _told(
    unit: str, counts: pl.DataFrame, facts: pl.DataFrame, whole: pl.DataFrame
) -> pl.DataFrame:
    """The row of ``mart.hotspot_unit`` as far as it is told of every unit.

    Args:
        unit: name of the kind of cell.
        counts: of the offences in cells of the study area.
        facts: of these cells.
        whole: counts of all offences of the force.
    """
    placed = counts["offences"].sum()
    return pl.DataFrame({
        "unit": [unit], "offences": [whole["offences"].sum()], "placed": [placed],
        "elsewhere": [0], "later": [0], "areas": [facts.height],
        "without_km2": [facts["km2"].null_count()],
        "without_persons": [facts["persons"].null_count()],
        "reason": pl.Series([None if placed else UNITS[unit].none], dtype=pl.String),
    })  # fmt: skip


def _of_all(scores: Sequence[Scores]) -> Scores:
    """The scores of all forces together."""
    keys = {key for each in scores for key in each}
    return {key: np.sort(np.concatenate([s[key] for s in scores if key in s])) for key in keys}


def _rows_of(nation: Scores, place: _Place) -> list[tuple[Table, pl.DataFrame]]:
    """The rows of one force and kind of cell, by table."""
    panel, offences = place.panel, place.offences
    tested = backtest(panel)
    gate = _gate(panel, tested)
    calendar = {number: month_of(number + place.first) for number in range(panel.months)}
    told = tested.with_columns(pl.col("origin").replace_strict(calendar, return_dtype=pl.Date))
    points = offences.snap_shares(place.unit, month_of(place.last - 11), month_of(place.last + 1))
    chosen = dict(gate.select("offence_group", "ranked_by").iter_rows())
    rows = (
        describe(panel, place.posterior, chosen, nation)
        .with_columns(pl.col("offence_group").cast(pl.String))
        .join(place.facts, on="area", how="left", maintain_order="left")
        .join(points, on=["area", "offence_group"], how="left", maintain_order="left")
        .join(offences.local_areas(place.unit), on="area", how="left", maintain_order="left")
        .with_columns(
            *_per("n_12m"),
            _rank_in_local_area(),
            month=pl.lit(month_of(place.last)),
            run=pl.lit(offences.night),
        )
    )
    if not place.unit.is_compared:
        rows = rows.drop(_OF_COMPARED)
    return [
        (table, found.with_columns(force=pl.lit(offences.force), unit=pl.lit(place.unit.name)))
        for table, found in ((HOTSPOT_BACKTEST, told), (HOTSPOT_GATE, gate), (HOTSPOT, rows))
    ]


# What is asked of cells that are compared with those around them, or with each other, alone.
_OF_COMPARED = (
    "rank_in_local_area", "gi_z", "p_hot", "q_hot", "months_hot", "class", "esri_label",
)  # fmt: skip


def _per(count: str) -> tuple[pl.Expr, pl.Expr]:
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


def _fill_forces(
    con: duckdb.DuckDBPyConnection, whole: Mapping[str, pl.DataFrame], night: date
) -> None:
    """The rows of the forces as cells."""
    facts = forces_facts(con)
    for force, counts in whole.items():
        own = pl.DataFrame({"area": [force]}).join(facts, on="area", how="left")
        _insert(con, HOTSPOT_UNIT, _told(FORCE, counts, own, counts)
                .with_columns(force=pl.lit(force)))  # fmt: skip
    if any(counts.height for counts in whole.values()):
        rows = describe_forces(whole).join(facts, on="area", how="left", maintain_order="left")
        named = rows.with_columns(
            *_per("n_12m"), force=pl.col("area"), unit=pl.lit(FORCE), run=pl.lit(night)
        )
        _insert(con, HOTSPOT, named)


def _insert(con: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    """Insert rows; what they have no column for is null."""
    names = [name for name in table.names if name in rows.columns]
    con.register("rows_found", rows.select(names))
    con.execute(f"INSERT INTO {table.qualified} BY NAME FROM rows_found")
    con.unregister("rows_found")
