"""What the rules about places look at: official geography against the places of a night.

The reference data is not copied into the working database: every distinct place is held against it
once, and what is wrong with it goes into small tables that the rules join:

- ``place_batch`` (``batch_no``, ``ons_code``): each batch whose force has a police force area;
- ``point_outside_area`` (``ons_code``, ``longitude``, ``latitude``): points outside that area;
- ``lsoa`` (``lsoa_code``, ``ons_code``): every LSOA known, and the area of its force;
- ``point_outside_lsoa`` (``lsoa_code``, ``longitude``, ``latitude``): points far from their LSOA;
- ``reference_state`` (``batch_no``, ``needs``, ``is_given``): whether a batch can be held against
  what a rule needs. Without a row the rule is not for the batch.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from quality.source import Source
from warehouse.contract import DELIVERED, Table
from warehouse.home import Home
from warehouse.lsoas import read_lsoas
from warehouse.reference_files import FORCE_AREA, LSOA_AREAS, LSOA_CENTRES, LSOA_MSOA, LSOA_WARDS

FORCE_AREAS, LSOAS, LSOA_FORCES, LSOA_POLYGONS = "force_area", "lsoa", "lsoa_force", "lsoa_area"
NEEDS = (FORCE_AREAS, LSOAS, LSOA_FORCES, LSOA_POLYGONS)

TOLERANCE = 0.001
"""Degrees, some 100 m, by which a point may miss its LSOA: published boundaries are generalised,
and 3 of 100 points of data.police.uk lie a few metres beyond the line of their own."""

_POINT = {"longitude": pl.Float64(), "latitude": pl.Float64()}


def placed_tables() -> tuple[Table, ...]:
    """Delivered tables whose rows have coordinates."""
    return tuple(table for table in DELIVERED if "longitude" in table)


def coded_tables() -> tuple[Table, ...]:
    """Delivered tables whose rows have an LSOA code."""
    return tuple(table for table in DELIVERED if "lsoa_code" in table)


def list_places(con: duckdb.DuckDBPyConnection, home: Home, sources: Sequence[Source]) -> None:
    """Make the tables above from what is loaded of the night and into the home."""
    own = {s.number: s.ons_code for s in sources if s.ons_code}
    _put(con, "place_batch", {"batch_no": pl.Int32(), "ons_code": pl.String()}, own.items())
    areas = FORCE_AREA.read(home)
    boundaries = {} if areas is None else dict(areas.select("ons_code", "boundary").iter_rows())
    shape = {"ons_code": pl.String(), **_POINT}
    _put(con, "point_outside_area", shape, _outside_areas(con, boundaries))
    lsoas = read_lsoas(home)
    con.register("known_lsoas", lsoas.select("lsoa_code", "ons_code"))
    con.execute("CREATE TABLE lsoa AS SELECT * FROM known_lsoas")
    con.unregister("known_lsoas")
    polygons = _lsoa_boundaries(home)
    shape = {"lsoa_code": pl.String(), **_POINT}
    _put(con, "point_outside_lsoa", shape, _outside_lsoas(con, polygons))
    state = _states(con, sources, boundaries, lsoas, has_list=_has_list(home), polygons=polygons)
    shape = {"batch_no": pl.Int32(), "needs": pl.String(), "is_given": pl.Boolean()}
    _put(con, "reference_state", shape, state)


def _put(
    con: duckdb.DuckDBPyConnection,
    name: str,
    schema: Mapping[str, pl.DataType],
    rows: Iterable[tuple[object, ...]],
) -> None:
    con.register("made", pl.DataFrame(list(rows), schema=dict(schema), orient="row"))
    con.execute(f"CREATE TABLE {name} AS SELECT * FROM made")
    con.unregister("made")


def _lsoa_boundaries(home: Home) -> dict[str, bytes]:
    """Boundaries by code: a code that two censuses share has that of the newer."""
    found: dict[str, bytes] = {}
    for kind in LSOA_AREAS:
        frame = kind.read(home)
        if frame is not None:
            found |= dict(frame.select("lsoa_code", "boundary").iter_rows())
    return found


def _has_list(home: Home) -> bool:
    """True where a look-up of a whole country is loaded: boundaries may be of a few forces."""
    kinds = (*LSOA_WARDS, *LSOA_CENTRES, LSOA_MSOA)
    return any(kind.is_stored(home) for kind in kinds)


def _outside_areas(
    con: duckdb.DuckDBPyConnection, boundaries: Mapping[str, bytes]
) -> Iterator[tuple[str, float, float]]:
    for code, points in _points(con, "ons_code", boundaries):
        area = shapely.from_wkb(boundaries[code])
        shapely.prepare(area)
        for longitude, latitude in points[~shapely.contains_xy(area, *points.T)]:
            yield code, longitude, latitude


def _outside_lsoas(
    con: duckdb.DuckDBPyConnection, boundaries: Mapping[str, bytes]
) -> Iterator[tuple[str, float, float]]:
    for code, points in _points(con, "lsoa_code", boundaries):
        area = shapely.from_wkb(boundaries[code])
        shapely.prepare(area)
        beyond = points[~shapely.contains_xy(area, *points.T)]
        is_far = shapely.distance(area, shapely.points(beyond)) > TOLERANCE
        for longitude, latitude in beyond[is_far]:
            yield code, longitude, latitude


def _points(
    con: duckdb.DuckDBPyConnection, code: str, boundaries: Mapping[str, bytes]
) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
    """Distinct points of the night by the area that they should lie in: (n, 2) longitudes and
    latitudes; only of areas that have a boundary."""
    if not boundaries:
        return
    several = " UNION ALL ".join(
        f"SELECT DISTINCT {code}, longitude, latitude FROM {table.name} "
        "LEFT JOIN place_batch USING (batch_no) "
        f"WHERE {code} IS NOT NULL AND longitude IS NOT NULL AND latitude IS NOT NULL"
        for table in placed_tables()
    )
    found = con.sql(
        f"SELECT DISTINCT {code} AS code, longitude, latitude FROM ({several}) ORDER BY ALL"
    ).fetchnumpy()
    if not len(found["code"]):
        return
    points = np.column_stack([found["longitude"], found["latitude"]])
    codes, starts = np.unique(found["code"].astype(str), return_index=True)
    for area, own in zip(codes, np.split(points, starts[1:]), strict=True):
        if area in boundaries:
            yield str(area), own


def _states(
    con: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    boundaries: Mapping[str, bytes],
    lsoas: pl.DataFrame,
    *,
    has_list: bool,
    polygons: Mapping[str, bytes],
) -> Iterator[tuple[int, str, bool]]:
    """What each batch can be held against. Rules about a force's own area are for forces that have
    one, those about LSOAs for forces of Great Britain."""
    has_forces = bool(lsoas["ons_code"].count())
    covered = _batches_with_polygons(con, polygons)
    for source in sources:
        if source.ons_code:
            yield source.number, FORCE_AREAS, source.ons_code in boundaries
            yield source.number, LSOA_FORCES, has_forces
        if source.profile == "GB":
            yield source.number, LSOAS, has_list
            yield source.number, LSOA_POLYGONS, source.number in covered


def _batches_with_polygons(
    con: duckdb.DuckDBPyConnection, polygons: Mapping[str, bytes]
) -> set[int]:
    """Batches that name an LSOA whose boundary is loaded."""
    codes = pl.DataFrame({"lsoa_code": list(polygons)}, schema={"lsoa_code": pl.String()})
    con.register("bounded", codes)
    several = " UNION ALL ".join(
        f"SELECT DISTINCT batch_no, lsoa_code FROM {table.name}" for table in coded_tables()
    )
    query = f"SELECT DISTINCT batch_no FROM ({several}) SEMI JOIN bounded USING (lsoa_code)"
    found = {number for (number,) in con.sql(query).fetchall()}
    con.unregister("bounded")
    return found


def given(con: duckdb.DuckDBPyConnection) -> set[str]:
    """What some batch of the night can be held against."""
    query = "SELECT DISTINCT needs FROM reference_state WHERE is_given"
    return {needs for (needs,) in con.sql(query).fetchall()}
