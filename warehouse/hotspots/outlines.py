"""Outlines of cells on the globe, made so that cells that touch share their corners to the bit.

Corners of H3 cells are H3's own vertices, which neighbours name alike; those of squares are
transformed once each: of the British National Grid by OSTN15.
"""

from collections.abc import Callable

import numpy as np
import polars as pl
import polars_h3
import shapely
from convertbng.cutil import convert_lonlat
from numpy.typing import NDArray
from pyproj import Transformer

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
    """How squares of that size are outlined, of the British National Grid or, with a zone in their
    name, of UTM; None for one with a corner where the grid's transformation does not reach."""

    def outline(cells: pl.Series) -> Geometries:
        named = cells.str.extract_groups(SQUARE).struct.unnest()
        zone = named.to_series(0).to_numpy()
        west, south = (named.to_series(index).cast(pl.Int64).to_numpy() for index in (1, 2))
        ring = np.stack(
            [
                np.column_stack([west + metres * x, south + metres * y])
                for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))
            ],
            axis=1,
        )
        outlines = np.full(len(cells), None, dtype=np.object_)
        for each in sorted(set(zone)):
            rows = np.flatnonzero(zone == each)
            corners, which = np.unique(ring[rows].reshape(-1, 2), axis=0, return_inverse=True)
            east, north = (np.ascontiguousarray(axis, dtype=np.float64) for axis in corners.T)
            places = np.column_stack(_degrees(str(each), east, north))[which.ravel()]
            known = np.isfinite(places).reshape(-1, 8).all(axis=1)
            square = np.repeat(np.arange(np.count_nonzero(known)), 4)
            outlines[rows[known]] = _polygons(places[np.repeat(known, 4)], square)
        return outlines

    return outline


SQUARE = r"^(.*)E(-?\d+)N(-?\d+)$"
"""Name of a square: the zone of UTM, none on the British National Grid, and the metres of its
south-west corner."""


def _degrees(
    zone: str, east: NDArray[np.float64], north: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude; NaN or infinity where the transformation does not reach."""
    if not zone:
        longitude, latitude = convert_lonlat(east, north)
        return np.asarray(longitude), np.asarray(latitude)
    is_south, number = zone.endswith("s_"), int(zone.strip("utms_"))
    grid = Transformer.from_crs(utm_code(number, is_south=is_south), "EPSG:4326", always_xy=True)
    longitude, latitude = grid.transform(east, north)
    return longitude, latitude


def utm_code(zone: int, *, is_south: bool) -> str:
    """EPSG code of a zone of UTM on WGS 84."""
    return f"EPSG:{(32700 if is_south else 32600) + zone}"


_HALF_THE_GLOBE = 180.0


def _polygons(corners: NDArray[np.float64], of_polygon: NDArray[np.integer]) -> Geometries:
    """Polygons of corners that follow one another, numbered from 0 without a gap."""
    rings = shapely.linearrings(corners, indices=of_polygon)
    outlines = np.asarray(shapely.polygons(rings), dtype=np.object_)
    west, _, east, _ = shapely.bounds(outlines).T
    # One that spans 180 degrees east would be drawn round the globe.
    outlines[east - west > _HALF_THE_GLOBE] = None
    return outlines


def dissolve(
    outlines: Geometries,
    part: NDArray[np.integer],
    union: Callable[..., shapely.Geometry] = shapely.coverage_union_all,
) -> list[str | None]:
    """The outline of each part as a MULTIPOLYGON in WKT, to six decimals (a tenth of a metre).

    Args:
        outlines: (cells,).
        part: (cells,) that each belongs to, ascending from 0 without a gap.
        union: of cells into one; that of a coverage is fast, and right where they share corners to
            the bit.

    Returns:
        (parts,): None where an outline of the part is not known.
    """
    ends = np.flatnonzero(np.diff(part, append=part[-1:] + 1)) + 1 if len(part) else np.array([])
    merged = np.empty(len(ends), dtype=np.object_)
    for number, (first, end) in enumerate(zip(np.r_[0, ends[:-1]], ends, strict=True)):
        cells = outlines[int(first) : int(end)]
        if all(cell is not None for cell in cells):
            merged[number] = _as_many(cells, union)
    return [str(text) if text is not None else None
            for text in shapely.to_wkt(merged, rounding_precision=6)]  # fmt: skip


def _as_many(cells: Geometries, union: Callable[..., shapely.Geometry]) -> shapely.MultiPolygon:
    whole = cells[0] if len(cells) == 1 else union(cells)
    parts = shapely.get_parts(whole)
    return shapely.MultiPolygon([each for each in parts if isinstance(each, shapely.Polygon)])
