"""Outlines of cells on the globe, made so that cells that touch share their corners to the bit.

Corners of H3 cells are H3's own vertices, which neighbours name alike; those of squares of the
British National Grid are transformed once each, by OSTN15.
"""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
import polars_h3
import shapely
from convertbng.cutil import convert_lonlat
from numpy.typing import NDArray

Geometries = NDArray[np.object_]


def hexagons(cells: pl.Series) -> Geometries:
    """(cells,) polygons of H3 cells; a pentagon has five corners.

    Args:
        cells: names.
    """
    of_cells = cells.to_frame("cell").with_row_index("row")
    vertex = (
        of_cells.select("row", vertex=polars_h3.cell_to_vertexes("cell"))
        .explode("vertex")
        .drop_nulls()
    )
    corner = vertex.select(pl.col("vertex").unique().sort()).with_columns(
        place=polars_h3.vertex_to_latlng("vertex")
    )
    placed = vertex.join(corner, on="vertex", maintain_order="left")
    latitude, longitude = (placed["place"].list.get(index).to_numpy() for index in (0, 1))
    return _polygons(np.column_stack([longitude, latitude]), placed["row"].to_numpy())


def squares(metres: int) -> Callable[[pl.Series], Geometries]:
    """How squares of the British National Grid of that size are outlined; None for one with a
    corner where OSTN15 does not reach."""

    def outline(cells: pl.Series) -> Geometries:
        corner = cells.str.extract_groups(r"^E(-?\d+)N(-?\d+)$").struct.unnest()
        west, south = (corner.to_series(index).cast(pl.Int64).to_numpy() for index in (0, 1))
        ring = np.stack(
            [
                np.column_stack([west + metres * x, south + metres * y])
                for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))
            ],
            axis=1,
        ).reshape(-1, 2)
        corners, which = np.unique(ring, axis=0, return_inverse=True)
        east, north = (np.ascontiguousarray(each, dtype=np.float64) for each in corners.T)
        places = np.column_stack(convert_lonlat(east, north))[which.ravel()]
        known = np.isfinite(places).reshape(-1, 8).all(axis=1)
        outlines = np.full(len(cells), None, dtype=np.object_)
        square = np.repeat(np.arange(np.count_nonzero(known)), 4)
        outlines[known] = _polygons(places[np.repeat(known, 4)], square)
        return outlines

    return outline


def _polygons(corners: NDArray[np.float64], of_polygon: NDArray[np.integer]) -> Geometries:
    """Polygons of corners that follow one another, numbered from 0 without a gap."""
    rings = shapely.linearrings(corners, indices=of_polygon)
    return np.asarray(shapely.polygons(rings), dtype=np.object_)


OUTLINES: Mapping[str, Callable[[pl.Series], Geometries]] = {
    "h3_r8": hexagons,
    "h3_r9": hexagons,
    "bng_250m": squares(250),
    "bng_500m": squares(500),
}
"""By unit, how its cells are outlined."""


def dissolve(outlines: Geometries, part: NDArray[np.integer]) -> list[str | None]:
    """The outline of each part as a MULTIPOLYGON in WKT, to six decimals (a tenth of a metre).

    Args:
        outlines: (cells,), of cells that do not overlap.
        part: (cells,) that each belongs to, ascending from 0 without a gap.

    Returns:
        (parts,): None where an outline of the part is not known.
    """
    ends = np.flatnonzero(np.diff(part, append=part[-1:] + 1)) + 1 if len(part) else np.array([])
    merged = np.empty(len(ends), dtype=np.object_)
    for number, (first, end) in enumerate(zip(np.r_[0, ends[:-1]], ends, strict=True)):
        cells = outlines[int(first) : int(end)]
        if all(cell is not None for cell in cells):
            merged[number] = _as_many(cells)
    return [str(text) if text is not None else None
            for text in shapely.to_wkt(merged, rounding_precision=6)]  # fmt: skip


def _as_many(cells: Geometries) -> shapely.MultiPolygon:
    whole = cells[0] if len(cells) == 1 else shapely.coverage_union_all(cells)
    parts = shapely.get_parts(whole)
    return shapely.MultiPolygon([each for each in parts if isinstance(each, shapely.Polygon)])
