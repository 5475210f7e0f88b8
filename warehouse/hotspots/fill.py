"""Fill the hotspot marts of a candidate store, kind of cell by kind of cell."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from functools import partial

import duckdb
import polars as pl

from warehouse.contract.hotspot import HOTSPOT, HOTSPOT_BACKTEST, HOTSPOT_GATE, HOTSPOT_UNIT
from warehouse.contract.model import Table
from warehouse.hotspots.force_cells import ForceCells, Read, Told, read_forces, told_of
from warehouse.hotspots.forces import FORCE, describe_forces, forces_facts
from warehouse.hotspots.offences import Offences, forces_at_once
from warehouse.hotspots.ranks import Scores, scores_of_all, scores_shown
from warehouse.hotspots.rows import Rows, per, rows_of
from warehouse.hotspots.units import Unit

# Each holds the arrays of one force; more would take memory from the other steps of a night.
_WORKERS = min(4, os.cpu_count() or 1)

# To insert the rows of each small force by itself takes longer than to make them; to keep those of
# all large ones for one insertion takes a third more memory.
_ROWS_AT_ONCE = 200_000


def fill_hotspots(con: duckdb.DuckDBPyConnection, night: date, units: Sequence[Unit]) -> None:
    """Fill ``mart.hotspot``, ``hotspot_backtest``, ``hotspot_gate`` and ``hotspot_unit``.

    Reads ``core.offence_record`` and the reference tables. The last month counted is the last whole
    one before the night, or the last in which the force has an offence, where that is earlier: a
    force whose files come by the month has not been quiet since. Within ``places``.

    Forces are worked on side by side: most of it is arithmetic on arrays.

    Args:
        con: connection that has the candidate store open.
        night: of the store.
        units: kinds of cell; the force as one comes besides.
    """
    with ExitStack() as opened, ThreadPoolExecutor(_WORKERS) as workers:
        held = [Offences(opened.enter_context(con.cursor()), forces, night)
                for forces in forces_at_once(con)]  # fmt: skip
        whole: dict[str, pl.DataFrame] = {}
        for found in workers.map(Offences.of_the_forces, held):
            whole |= found
        told = [row for unit in units for row in _fill_unit(con, night, unit, held, whole, workers)]
    told += _fill_forces(con, whole, night)
    schema = HOTSPOT_UNIT.polars_schema()
    _insert(con, HOTSPOT_UNIT, pl.DataFrame(told, schema=schema, orient="row"))


def _fill_unit(
    con: duckdb.DuckDBPyConnection,
    night: date,
    unit: Unit,
    held: Sequence[Offences],
    whole: Mapping[str, pl.DataFrame],
    workers: Executor,
) -> list[Told]:
    """Fill the marts of one kind of cell; the rows of ``mart.hotspot_unit``, not yet in it.

    Args:
        con: connection that has the candidate store open.
        night: of the store.
        unit: the kind of cell.
        held: the offences of all forces.
        whole: by force, its offences counted as one cell.
        workers: for what can be done side by side.
    """
    offences = {force: int(counts["offences"].sum()) for force, counts in whole.items()}
    read = list(workers.map(partial(read_forces, unit, whole=offences), held))
    cells = [(each, of_force) for each in read for of_force in each.cells]
    nation = scores_of_all([scores_shown(each.panel, each.posterior) for _, each in cells])
    waiting: list[Rows] = []
    for rows in workers.map(partial(_rows, night, nation), cells):
        waiting.append(rows)
        if sum(each.hotspot.height for each in waiting) > _ROWS_AT_ONCE:
            _insert_all(con, waiting)
            waiting = []
    _insert_all(con, waiting)
    return [row for each in read for row in each.told]


def _rows(night: date, nation: Scores, held: tuple[Read, ForceCells]) -> Rows:
    read, cells = held
    force = cells.force
    return rows_of(cells, nation, night, read.snap_shares.get(force), read.local_areas.get(force))


def _fill_forces(
    con: duckdb.DuckDBPyConnection, whole: Mapping[str, pl.DataFrame], night: date
) -> list[Told]:
    """Fill ``mart.hotspot`` of the forces as cells; their rows of ``mart.hotspot_unit``, not yet in
    it."""
    facts = forces_facts(con)
    told: list[Told] = []
    for force, counts in whole.items():
        own = pl.DataFrame({"area": [force]}).join(facts, on="area", how="left")
        offences = int(counts["offences"].sum())
        told.append(told_of(FORCE, offences, own) | {"force": force, "offences": offences})
    if any(counts.height for counts in whole.values()):
        rows = describe_forces(whole).join(facts, on="area", how="left", maintain_order="left")
        named = rows.with_columns(
            *per("n_12m"), force=pl.col("area"), unit=pl.lit(FORCE), run=pl.lit(night)
        )
        _insert(con, HOTSPOT, named)
    return told


def _insert_all(con: duckdb.DuckDBPyConnection, found: Sequence[Rows]) -> None:
    if found:
        tables = (HOTSPOT_BACKTEST, HOTSPOT_GATE, HOTSPOT)
        for table, parts in zip(tables, zip(*found, strict=True), strict=True):
            _insert(con, table, pl.concat(parts, how="diagonal"))


def _insert(con: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame) -> None:
    """Insert rows; what they have no column for is null."""
    names = [name for name in table.names if name in rows.columns]
    con.register("rows_found", rows.select(names))
    con.execute(f"INSERT INTO {table.qualified} BY NAME FROM rows_found")
    con.unregister("rows_found")
