"""The cells of a map: which lie near which, and how large they are."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
import polars_h3


@dataclass(frozen=True)
class Grid:
    """Cells of one kind.

    Attributes:
        name: as ``unit`` in the marts.
        sql: the cell of an offence record, as an SQL expression; null where it has none.
        where: SQL condition: which offence records are put into its cells. Public map points stand
            for eight or more addresses each: cells smaller than these tell nothing of them.
        is_cell: whether a text is the name of such a cell: what is none is left out.
        disk: cells no more than so many steps away, the cell itself among them, as a list a cell.
        square_kilometres: the cells' own area.
    """

    name: str
    sql: str
    where: str
    is_cell: Callable[[pl.Expr], pl.Expr]
    disk: Callable[[pl.Expr, int], pl.Expr]
    square_kilometres: Callable[[pl.Expr], pl.Expr]


def _square_name(east: str, north: str) -> str:
    return f"'E' || ({east})::BIGINT || 'N' || ({north})::BIGINT"


def _squares(metres: int) -> Callable[[pl.Expr, int], pl.Expr]:
    """Squares are named by their south-west corner, as ``E426250N563500``."""

    def disk(cell: pl.Expr, reach: int) -> pl.Expr:
        corner = cell.str.extract_groups(r"^E(-?\d+)N(-?\d+)$")
        east, north = (corner.struct[index].cast(pl.Int64) for index in (0, 1))
        steps = range(-reach, reach + 1)
        return pl.concat_list(
            pl.format("E{}N{}", east + metres * x, north + metres * y) for x in steps for y in steps
        )

    return disk


def _is_square(cell: pl.Expr) -> pl.Expr:
    return cell.str.contains(r"^E-?\d+N-?\d+$")


def _is_hexagon(resolution: int) -> Callable[[pl.Expr], pl.Expr]:
    """H3 names a cell by 15 hexadecimal digits, the second of which is its resolution."""

    def is_cell(cell: pl.Expr) -> pl.Expr:
        named = cell.str.contains(rf"^8{resolution}[0-9a-f]{{13}}$")
        return pl.when(named).then(polars_h3.is_valid_cell(cell)).otherwise(statement=False)

    return is_cell


def _hexagons(cell: pl.Expr, reach: int) -> pl.Expr:
    return polars_h3.grid_disk(cell, reach)


def _hexagon_area(cell: pl.Expr) -> pl.Expr:
    return polars_h3.cell_area(cell, "km^2")


_ANY, _EXACT, _SNAPPED = (
    "true", "location_precision <> 'snapped'", "location_precision = 'snapped'",
)  # fmt: skip

GRIDS = (
    Grid(
        "h3_r8",
        "h3_r8",
        where=_ANY,
        is_cell=_is_hexagon(8),
        disk=_hexagons,
        square_kilometres=_hexagon_area,
    ),
    Grid(
        "h3_r9",
        "h3_r9",
        where=_EXACT,
        is_cell=_is_hexagon(9),
        disk=_hexagons,
        square_kilometres=_hexagon_area,
    ),
    Grid(
        "bng_250m",
        "bng_250m",
        where=_EXACT,
        is_cell=_is_square,
        disk=_squares(250),
        square_kilometres=lambda _: pl.lit(0.0625),
    ),
    Grid(
        "bng_500m",
        _square_name("floor(easting / 500) * 500", "floor(northing / 500) * 500"),
        where=_SNAPPED,
        is_cell=_is_square,
        disk=_squares(500),
        square_kilometres=lambda _: pl.lit(0.25),
    ),
)
