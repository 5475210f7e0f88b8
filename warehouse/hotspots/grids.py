"""Cells that cover any ground evenly: hexagons of H3, and squares of a national or UTM grid."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
import polars_h3
import shapely

from warehouse.contract.units import UNITS
from warehouse.hotspots.force_areas import (
    ELSEWHERE,
    Boundaries,
    Inside,
    hexagons_inside,
    squares_inside,
    unless_stray,
)
from warehouse.hotspots.outlines import SQUARE, Geometries, hexagons, squares
from warehouse.hotspots.units import ANY, EXACT, RING, SNAPPED


def _always(_: pl.Expr) -> pl.Expr:
    return pl.lit(value=True)


@dataclass(frozen=True)
class Grid:
    """Cells of one size. What ``Unit`` asks for, and how it is reckoned.

    Attributes:
        name, sql, where, is_placed: as in ``Unit``.
        all_near: as ``Unit.near``.
        square_kilometres: the cells' own area.
        outlines, union: as in ``Unit``; cells share their corners to the bit.
        inside: the cells whose centre is inside a boundary.
        is_valid: whether a name of the right form is that of a cell.
        boundaries: of the forces whose area is loaded.
    """

    name: str
    sql: str
    where: str
    all_near: Callable[[pl.Series, int], pl.DataFrame]
    square_kilometres: Callable[[pl.Expr], pl.Expr]
    outlines: Callable[[pl.Series], Geometries]
    inside: Inside
    is_placed: bool = False
    union: Callable[..., shapely.Geometry] = shapely.coverage_union_all
    is_valid: Callable[[pl.Expr], pl.Expr] = _always
    is_compared: bool = True
    boundaries: Boundaries = field(default_factory=dict)

    def is_cell(self, cell: pl.Expr) -> pl.Expr:
        """Of the form of the unit's names, and valid; or ``ELSEWHERE``."""
        named = cell.str.contains(UNITS[self.name].pattern)
        return pl.when(named).then(self.is_valid(cell)).otherwise(cell == ELSEWHERE)

    def study(self, force: str, held: pl.Series) -> pl.Series:
        """Every cell whose centre is in the force's area, and those on its edge that held an event
        inside. Of a force whose boundary is not loaded, every cell that ever held an event, and the
        ring around these: how far its area reaches nobody has told."""
        held = held.filter(held != ELSEWHERE).unique()
        boundary = self.boundaries.get(force)
        if boundary is None:
            return self.near(held, RING)["near"]
        return pl.concat([held.rename("near"), self.inside(boundary, held).rename("near")])

    def near(self, cells: pl.Series, reach: int) -> pl.DataFrame:
        """As the grid numbers its cells."""
        return self.all_near(cells, reach)

    def facts(self, cells: pl.Series) -> pl.DataFrame:
        """The size of each; its people nobody has counted: no census area is made of cells, and to
        share one out by ground would put people into fields."""
        return pl.DataFrame({"area": cells}).with_columns(
            km2=self.square_kilometres(pl.col("area")), persons=pl.lit(None, pl.Int64)
        )

    def unknown(self, cells: pl.Series) -> pl.Series | None:  # noqa: ARG002
        """None: a grid knows all its cells."""
        return None


def square_name(east: str, north: str, metres: int) -> str:
    """SQL expression of a square's name, by its south-west corner in metres."""
    corners = (f"(floor({each} / {metres}) * {metres})::BIGINT" for each in (east, north))
    return "'E' || {} || 'N' || {}".format(*corners)


# More metres than there are on any grid, to either side of its origin.
_WIDTH, _HALF = 2**26, 2**25


def _hexagons_near(cells: pl.Series, reach: int) -> pl.DataFrame:
    frame = pl.DataFrame({"cell": cells}).with_row_index("row")
    disks = frame.select("row", near=polars_h3.grid_disk("cell", reach)).explode("near")
    # Of no cells it makes lists of nothing.
    return disks.cast({"near": pl.String})


def _squares_near(metres: int) -> Callable[[pl.Series, int], pl.DataFrame]:
    """Squares are named by their south-west corner, as ``E426250N563500``, of UTM after the zone,
    as ``utm32_E426250N5563500``."""

    def near(cells: pl.Series, reach: int) -> pl.DataFrame:
        corner = cells.str.extract_groups(SQUARE).struct.unnest()
        zones = corner.to_series(0).unique().sort()
        zone = zones.search_sorted(corner.to_series(0)).to_numpy().astype(np.int64)
        east, north = (corner.to_series(at).cast(pl.Int64).to_numpy() for at in (1, 2))
        steps = metres * np.arange(-reach, reach + 1)
        x, y = (each.ravel() for each in np.meshgrid(steps, steps, indexing="ij"))
        # A square is near many, so that it is known by a number until its name is written, once.
        number = (zone[:, None] * _WIDTH + east[:, None] + x) * _WIDTH + north[:, None] + y
        squares, which = np.unique(number + _HALF * (_WIDTH + 1), return_inverse=True)
        rest, north = np.divmod(squares, _WIDTH)
        zone, east = np.divmod(rest, _WIDTH)
        named = pl.DataFrame({"zone": zones.gather(zone), "east": east - _HALF,
                              "north": north - _HALF}).select(
            name=pl.format("{}E{}N{}", "zone", "east", "north")
        )  # fmt: skip
        rows = np.repeat(np.arange(len(cells), dtype=np.uint32), len(x))
        return pl.DataFrame({"row": rows, "near": named["name"].gather(which.ravel())})

    return near


def _square(name: str, sql: str, where: str, metres: int, *, is_placed: bool = False) -> Grid:
    size = (metres / 1000) ** 2
    return Grid(
        name,
        sql,
        where,
        _squares_near(metres),
        lambda _: pl.lit(size),
        squares(metres),
        squares_inside(metres),
        is_placed,
    )


def _utm_square(name: str, where: str, metres: int) -> Grid:
    named = square_name("place.utm_easting", "place.utm_northing", metres)
    return _square(name, f"place.utm_zone || '_' || {named}", where, metres, is_placed=True)


def _hexagon(name: str, where: str, resolution: int) -> Grid:
    return Grid(
        name,
        f"held.{name}",
        where,
        _hexagons_near,
        lambda cell: polars_h3.cell_area(cell, "km^2"),
        hexagons,
        hexagons_inside(resolution),
        is_valid=polars_h3.is_valid_cell,
    )


GRIDS: tuple[Grid, ...] = (
    _hexagon("h3_r8", ANY, 8),
    _hexagon("h3_r9", EXACT, 9),
    _square("bng_250m", "held.bng_250m", EXACT, 250),
    _square("bng_500m", square_name("held.easting", "held.northing", 500), SNAPPED, 500),
    _utm_square("utm_250m", EXACT, 250),
    _utm_square("utm_500m", SNAPPED, 500),
)


def grids_within(boundaries: Boundaries) -> tuple[Grid, ...]:
    """The grids over the areas of forces. Their SQL asks for strays (``force_areas``)."""
    return tuple(replace(grid, sql=unless_stray(grid.sql), boundaries=boundaries) for grid in GRIDS)
