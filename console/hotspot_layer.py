"""The hotspots of one force and kind of cell, with their outlines and what no map of them shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl
import shapely

from warehouse.contract.hotspot import HOTSPOT
from warehouse.contract.units import UNITS
from warehouse.errors import UsageError
from warehouse.hotspots.describe import FEWEST_SHOWN
from warehouse.hotspots.grids import GRIDS
from warehouse.hotspots.outlines import Geometries
from warehouse.hotspots.panel import ALL_CRIME
from warehouse.wording import counted

DECIMALS = 6
"""Of a degree: a tenth of a metre."""

_FINEST = ("h3_r9", "h3_r8")
_MOST = 0.95
"""Share of the offences of coarser cells that finer ones must hold to be shown in their place."""


@dataclass(frozen=True)
class Layer:
    """What is taken out of the store.

    Attributes:
        force, force_name: slug and name.
        unit: kind of cell.
        month: first day of the last month counted.
        with_few: True where suppressed cells are in it.
        rows: of ``mart.hotspot``, with ``name`` of official areas.
        areas, outlines: (cells,) every cell of ``rows``, and its polygon in degrees, EPSG:4326, to
            six decimals, rings by the right-hand rule.
        boundary: the force's area as GeoJSON, None where it is not loaded.
        notes: what no map of it shows, and what its cells may not be taken for, in words.
    """

    force: str
    force_name: str
    unit: str
    month: date
    with_few: bool
    rows: pl.DataFrame
    areas: tuple[str, ...]
    outlines: Geometries
    boundary: str | None
    notes: tuple[str, ...]


def list_layers(
    store: duckdb.DuckDBPyConnection, forces: Sequence[str] | None, unit: str | None
) -> list[tuple[str, str]]:
    """Forces and kinds of cell to take out, in order.

    Args:
        store: the published store.
        forces: slugs; None for all.
        unit: None for the finest of H3 that a force has.

    Raises:
        UsageError: a force or unit is not known, or none of them has a hotspot.
    """
    if unit is not None and unit not in UNITS:
        raise UsageError(f"--unit {unit}: one of {', '.join(UNITS)}")
    forces = None if forces is None else [force.lower() for force in forces]
    known = {force for (force,) in store.execute("SELECT force FROM reference.force").fetchall()}
    strange = sorted(set(forces or ()) - known)
    if strange:
        raise UsageError(f"--force {', '.join(strange)}: the store knows no such force")
    placed: dict[str, dict[str, int]] = {}
    for force, name, count in store.execute(_UNITS).fetchall():
        placed.setdefault(force, {})[name] = count
    found = [
        (force, _finest(placed[force]) if unit is None else unit)
        for force in sorted(placed)
        if (forces is None or force in forces)
        and set(_FINEST if unit is None else (unit,)) & set(placed[force])
    ]
    if not found:
        where = f"in {unit or ' or '.join(_FINEST)} of {', '.join(forces or ()) or 'any force'}"
        raise UsageError(f"no hotspot {where}: mart.hotspot_unit says why")
    return found


_UNITS = """
SELECT force, unit, placed FROM mart.hotspot_unit
WHERE (force, unit) IN (SELECT DISTINCT force, unit FROM mart.hotspot)
"""


def _finest(placed: Mapping[str, int]) -> str:
    """The finest of H3 that holds nearly all that the coarsest does.

    Args:
        placed: by kind of cell, how many offences are in such cells.
    """
    most = max(placed.get(name, 0) for name in _FINEST)
    return next(name for name in _FINEST if placed.get(name, 0) >= _MOST * most)


def read_layer(store: duckdb.DuckDBPyConnection, force: str, unit: str, *, with_few: bool) -> Layer:
    """What is to be shown of a force's hotspots.

    Args:
        store: the published store.
        force: slug.
        unit: kind of cell, one that the force has hotspots in.
        with_few: with the suppressed cells.
    """
    values = {"force": force, "unit": unit}
    every = store.execute(_ROWS, values).pl()
    shown = every if with_few else every.filter(~pl.col("suppressed"))
    areas, outlines = _outlines(store, unit, shown["area"].unique().sort().to_list())
    rows = shown.filter(pl.col("area").is_in(areas))
    [(name,)] = store.execute(
        "SELECT name FROM reference.force WHERE force = $force", {"force": force}
    ).fetchall()
    boundary = store.execute(
        "SELECT boundary FROM reference.force_area WHERE force = $force", {"force": force}
    ).fetchone()
    [(month,)] = every.select(pl.col("month").max()).rows()
    notes = (
        *_not_in_cells(store, values),
        *_few(every, shown, with_few=with_few),
        *_without_outline(shown, rows),
        *_unlocated(store, values, month),
        *_ranked(rows),
        *_against(unit, has_boundary=boundary is not None),
    )
    return Layer(force, name, unit, month, with_few, rows, areas, outlines,
                 boundary[0] if boundary else None, notes)  # fmt: skip


_ROWS = f"""
SELECT {", ".join(f"spot.{name}" for name in HOTSPOT.names)}, official.name
FROM mart.hotspot AS spot
LEFT JOIN reference.area AS official ON official.unit = spot.unit AND official.area = spot.area
WHERE spot.force = $force AND spot.unit = $unit
ORDER BY offence_group, measure, rank_in_force, area
"""
_UNLOCATED = """
SELECT sum(offences), sum(without_place), sum(snapped), sum(at_postcode)
FROM mart.unlocated WHERE force = $force AND month > $month - INTERVAL 12 MONTH AND month <= $month
"""


_PLACED = "SELECT offences, placed FROM mart.hotspot_unit WHERE force = $force AND unit = $unit"
_DRAWN = """
SELECT area, boundary FROM reference.area WHERE unit = $unit
UNION ALL SELECT force, boundary FROM reference.force_area WHERE $unit = 'force'
"""


def _outlines(
    store: duckdb.DuckDBPyConnection, unit: str, cells: list[str]
) -> tuple[tuple[str, ...], Geometries]:
    """Those of the cells whose outline is known, and it."""
    grid = next((grid for grid in GRIDS if grid.name == unit), None)
    if grid:
        found = grid.outlines(pl.Series(cells, dtype=pl.String))
    else:
        drawn = dict(store.execute(_DRAWN, {"unit": unit}).fetchall())
        loaded = shapely.from_geojson([drawn.get(cell) for cell in cells])
        # Simplified boundaries may cross themselves.
        found = shapely.make_valid(loaded, method="structure", keep_collapsed=False)
    known = [place for place, outline in enumerate(found) if outline is not None]
    rounded = shapely.set_precision(found[known], 10.0**-DECIMALS)
    return tuple(cells[place] for place in known), shapely.orient_polygons(rounded)


def _not_in_cells(store: duckdb.DuckDBPyConnection, values: dict[str, str]) -> list[str]:
    [(offences, placed)] = store.execute(_PLACED, values).fetchall()
    if offences == placed:
        return []
    known = f"Of {counted(offences, 'offence')} before the month of the night"
    return [f"{known}, {offences - placed:,} are in no cell of this map."]


def _few(every: pl.DataFrame, shown: pl.DataFrame, *, with_few: bool) -> list[str]:
    if with_few:
        return [
            f"Holds cells of fewer than {FEWEST_SHOWN} offences a year: not to leave the police."
        ]
    if left := every.height - shown.height:
        cells = every["area"].n_unique() - shown["area"].n_unique()
        few = f"Left out: {left:,} rows of fewer than {FEWEST_SHOWN} offences in twelve months"
        return [f"{few}; {cells:,} cells have no other."]
    return []


def _without_outline(shown: pl.DataFrame, rows: pl.DataFrame) -> list[str]:
    lost = shown["area"].n_unique() - rows["area"].n_unique()
    return [f"Left out: {lost:,} areas of which no outline is loaded."] if lost else []


def _unlocated(store: duckdb.DuckDBPyConnection, values: dict[str, str], month: date) -> list[str]:
    [(offences, nowhere, snapped, at_postcode)] = store.execute(
        _UNLOCATED, {"force": values["force"], "month": month}
    ).fetchall()
    told = (
        (nowhere, "have no place and are on no map"),
        (snapped, "stand on public map points, each for eight or more addresses"),
        (at_postcode, "stand at the centre of their postcode"),
    )
    parts = [f"{count:,} {words}" for count, words in told if count]
    return (
        [f"Of {counted(offences, 'offence')} of the twelve months, {'; '.join(parts)}."]
        if parts
        else []
    )


def _ranked(rows: pl.DataFrame) -> list[str]:
    by_count = rows.filter(ranked_by="count_12m")["offence_group"].unique().sort().to_list()
    if not by_count:
        return []
    words = ", ".join("all recorded crime" if group == ALL_CRIME else group for group in by_count)
    why = "Ranked by the plain count of twelve months, which told the last months better"
    return [f"{why}: {words}."]


def _against(unit: str, *, has_boundary: bool) -> list[str]:
    if not has_boundary or all(grid.name != unit for grid in GRIDS):
        return []
    mean = "Hot is said against the mean of the whole area of the force, empty country and all"
    return [f"{mean}, so that most of a town is hot: the rank tells where in it."]
