"""The areas of forces whose boundaries are loaded: which cells they hold, and which offences lie
outside.

What a force records may have happened in another's area, and some points are simply wrong: were the
cells of these looked at too, the force would have hotspots where it does not police.
"""

from collections.abc import Callable, Mapping

import duckdb
import numpy as np
import polars as pl
import polars_h3
import shapely
from convertbng.cutil import convert_bng
from pyproj import Transformer

from warehouse.hotspots.areal import polygons
from warehouse.hotspots.arrays import Values
from warehouse.hotspots.outlines import SQUARE, utm_code

ELSEWHERE = "elsewhere"
"""What stands in the place of the cell of an offence outside its force's area."""

Boundaries = Mapping[str, shapely.Geometry]
"""By force, in degrees (EPSG:4326)."""

Inside = Callable[[shapely.Geometry, pl.Series], pl.Series]
"""From a boundary, and cells that held an event, to the cells whose centre is inside."""

_BOUNDARIES = "SELECT force, boundary FROM reference.force_area WHERE force IS NOT NULL ORDER BY 1"
_POINTS = """
    SELECT DISTINCT longitude, latitude FROM core.offence_record
    WHERE force = $force AND longitude IS NOT NULL AND latitude IS NOT NULL ORDER BY ALL
"""
# Where OSTN15 reaches, a little drawn in (convertbng gives no number beyond).
_OSTN15 = shapely.box(-8.56, 49.97, 1.775, 60.83)
# Degrees: as long as an edge may be before it is laid on a grid, on which it would be a curve.
_STEP = 0.01


def read_boundaries(con: duckdb.DuckDBPyConnection) -> Boundaries:
    """Of the forces whose area is loaded; a force whose code is of several has none."""
    loaded = con.execute(_BOUNDARIES).pl()
    return dict(zip(loaded["force"], polygons(loaded), strict=True))


def find_strays(con: duckdb.DuckDBPyConnection, boundaries: Boundaries) -> None:
    """Make the table ``places.main.stray``: by ``force``, ``longitude`` and ``latitude`` the
    places of offences outside the area of the force that recorded them. On the boundary is inside;
    a force without one has none."""
    con.execute("CREATE TABLE places.main.stray "
                "(force VARCHAR, longitude DOUBLE, latitude DOUBLE)")  # fmt: skip
    for force, boundary in boundaries.items():
        points = con.execute(_POINTS, {"force": force}).pl()
        shapely.prepare(boundary)
        inside = shapely.intersects_xy(boundary, points.to_numpy())
        con.register("strays", points.filter(~pl.Series(inside)))
        con.execute("INSERT INTO places.main.stray SELECT $force, longitude, latitude FROM strays",
                    {"force": force})  # fmt: skip
        con.unregister("strays")


def unless_stray(cell: str) -> str:
    """SQL expression: the cell of ``held``, ``ELSEWHERE`` in its place for a stray. It asks
    ``places.main.stray``."""
    strays = "SELECT force, longitude, latitude FROM places.main.stray"
    return (
        f"CASE WHEN ({cell}) IS NOT NULL AND (held.force, held.longitude, held.latitude) IN "
        f"({strays}) THEN '{ELSEWHERE}' ELSE {cell} END"
    )


def hexagons_inside(resolution: int) -> Inside:
    """H3 cells of one resolution."""

    def inside(boundary: shapely.Geometry, held: pl.Series) -> pl.Series:  # noqa: ARG001
        cells = pl.DataFrame({"area": [shapely.to_wkb(boundary)]}).select(
            polars_h3.polygon_to_cells("area", resolution).explode()
        )
        return cells.select(polars_h3.int_to_str("area")).to_series().drop_nulls()

    return inside


def squares_inside(metres: int) -> Inside:
    """Squares of the grid that those which held an event are of; none where none held one."""

    def inside(boundary: shapely.Geometry, held: pl.Series) -> pl.Series:
        zones = held.str.extract(SQUARE, 1).unique().sort()
        named = [_squares(_laid(boundary, str(zone)), metres, str(zone)) for zone in zones]
        return pl.concat([pl.Series(dtype=pl.String), *named])

    return inside


def _laid(boundary: shapely.Geometry, zone: str) -> shapely.Geometry:
    """The boundary in metres, on the British National Grid where there is no zone."""
    project = _on_utm(zone) if zone else convert_bng
    return shapely.transform(
        shapely.segmentize(boundary if zone else shapely.intersection(boundary, _OSTN15), _STEP),
        lambda points: np.column_stack(project(*map(np.ascontiguousarray, points.T))),
    )


def _on_utm(zone: str) -> Callable[..., tuple[Values, Values]]:
    code = utm_code(int(zone.strip("utms_")), is_south=zone.endswith("s_"))
    project: Callable[..., tuple[Values, Values]] = Transformer.from_crs(
        "EPSG:4326", code, always_xy=True
    ).transform
    return project


def _squares(area: shapely.Geometry, metres: int, prefix: str) -> pl.Series:
    """Squares whose centre is in an area in metres, by their names."""
    if shapely.is_empty(area):
        return pl.Series(dtype=pl.String)
    west, south, east, north = (int(edge // metres) * metres for edge in shapely.bounds(area))
    x, y = np.meshgrid(
        np.arange(west, east + metres, metres), np.arange(south, north + metres, metres)
    )
    shapely.prepare(area)
    inside = shapely.contains_xy(area, x + metres / 2, y + metres / 2)
    corners = pl.DataFrame({"x": x[inside], "y": y[inside]})
    return corners.select(pl.format("{}E{}N{}", pl.lit(prefix), "x", "y")).to_series()
