"""Where offences are, as their records do not say: official areas, and squares of UTM.

Worked out once a distinct place, into a table in memory that every connection to the store sees.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import numpy as np
import polars as pl
import shapely
from pyproj import Transformer

from warehouse.hotspots.areal import polygons
from warehouse.hotspots.force_areas import find_strays, read_boundaries
from warehouse.hotspots.outlines import utm_code

JOIN = """
    JOIN places.main.place AS place
      ON place.force = held.force AND place.lsoa_code IS NOT DISTINCT FROM held.lsoa_code
     AND place.longitude IS NOT DISTINCT FROM held.longitude
     AND place.latitude IS NOT DISTINCT FROM held.latitude
"""
"""From an offence record, ``held``, to its place."""

_GEOGRAPHY = "SELECT unit, area, local_area, census, boundary FROM reference.area ORDER BY ALL"
_WARDS = "SELECT lsoa_code AS lsoa, ward_code AS lsoa_ward FROM reference.lsoa"
# The profile of Great Britain alone has a national grid, and fills it wherever there are degrees.
_ABROAD = """
    SELECT force FROM core.offence_record
    GROUP BY force HAVING count(easting) = 0 AND count(longitude) > 0 ORDER BY force
"""
_PLACES = """
    SELECT force, lsoa_code, longitude, latitude, count(*) AS offences
    FROM core.offence_record
    WHERE (lsoa_code IS NOT NULL OR longitude IS NOT NULL)
      AND ($has_geography OR list_contains($abroad, force))
    GROUP BY ALL ORDER BY ALL
"""
_POINTS_AT_ONCE = 1_000_000
# Degrees from the middle of a zone of 6 beyond which its grid is too far out of true.
_FARTHEST = 9.0


@contextmanager
def places(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Within the block there is ``places.main.place``, which the units' SQL reads: by ``force``,
    ``lsoa_code``, ``longitude`` and ``latitude`` of offence records their ``lsoa``, ``ward``,
    ``local_area``, and of forces without a place on the British National Grid ``utm_zone``,
    ``utm_easting`` and ``utm_northing``; and ``places.main.stray``, of which ``force_areas`` tells.

    An LSOA is the record's own where the loaded geography knows its code, else the one whose
    boundary holds the point, else the record's own; a ward the one whose boundary holds the point,
    else that of the LSOA by a look-up; the local area that of the LSOA, else that of the ward.
    Empty where there is nothing to be told.
    """
    geography = con.execute(_GEOGRAPHY).pl()
    abroad = [force for (force,) in con.execute(_ABROAD).fetchall()]
    distinct = con.execute(
        _PLACES, {"has_geography": not geography.is_empty(), "abroad": abroad}
    ).pl()
    wards = con.execute(_WARDS).pl()
    found = _on_utm(_in_areas(distinct, geography, wards), abroad)
    con.execute("ATTACH ':memory:' AS places")
    con.register("places_found", found.drop("offences"))
    con.execute("CREATE TABLE places.main.place AS FROM places_found")
    con.unregister("places_found")
    find_strays(con, read_boundaries(con))
    yield
    # Not where the block failed: that the transaction is aborted would hide why.
    con.execute("DETACH places")


def _in_areas(places: pl.DataFrame, geography: pl.DataFrame, wards: pl.DataFrame) -> pl.DataFrame:
    unit = {name: geography.filter(pl.col("unit") == name) for name in ("lsoa", "ward")}
    known = unit["lsoa"]["area"].implode()
    unplaced = places.filter(~pl.col("lsoa_code").is_in(known).fill_null(value=False))
    local = {
        name: frame.select(pl.col("area").alias(name), pl.col("local_area").alias(f"{name}_local"))
        for name, frame in unit.items()
    }
    known_wards = wards.join(unit["ward"], left_on="lsoa_ward", right_on="area", how="semi")
    return (
        places.join(_holding(unplaced, _newest(unit["lsoa"]), "point_lsoa"),
                    on=["longitude", "latitude"], how="left", maintain_order="left")
        .join(_holding(places, unit["ward"], "point_ward"),
              on=["longitude", "latitude"], how="left", maintain_order="left")
        .with_columns(
            lsoa=pl.when(pl.col("lsoa_code").is_in(known)).then("lsoa_code")
            .otherwise(pl.coalesce("point_lsoa", "lsoa_code"))
        )
        .join(known_wards, on="lsoa", how="left", maintain_order="left")
        .with_columns(ward=pl.coalesce("point_ward", "lsoa_ward"))
        .join(local["lsoa"], on="lsoa", how="left", maintain_order="left")
        .join(local["ward"], on="ward", how="left", maintain_order="left")
        .with_columns(local_area=pl.coalesce("lsoa_local", "ward_local"))
        .select(*places.columns, "lsoa", "ward", "local_area")
    )  # fmt: skip


def _newest(lsoas: pl.DataFrame) -> pl.DataFrame:
    """Of LSOAs with boundaries, those of the newest census that has any: they cover the ground
    once."""
    drawn = lsoas.drop_nulls("boundary")
    newest = drawn["census"].str.split(", ").explode().max()
    return drawn.filter(pl.col("census").str.contains(str(newest)))


def _holding(places: pl.DataFrame, areas: pl.DataFrame, name: str) -> pl.DataFrame:
    """By ``longitude`` and ``latitude`` the area that holds the point; of several, as on an edge,
    the first by its code."""
    drawn = areas.drop_nulls("boundary").sort("area")
    points = places.select("longitude", "latitude").drop_nulls().unique(maintain_order=True)
    schema = {"longitude": pl.Float64, "latitude": pl.Float64, name: pl.String}
    parts = [pl.DataFrame(schema=schema)]
    if drawn.height:
        shapes = polygons(drawn)
        for some in points.iter_slices(_POINTS_AT_ONCE):
            # Polygons look for points: they are prepared once, and then fast.
            dots = shapely.points(some.select("longitude", "latitude").to_numpy())
            tree = shapely.STRtree(np.asarray(dots, dtype=object))
            shape, point = tree.query(shapes, predicate="intersects")
            parts.append(some[point].with_columns(drawn["area"].gather(shape).alias(name)))
    return pl.concat(parts).sort(list(schema)).unique(
        ["longitude", "latitude"], keep="first", maintain_order=True
    )  # fmt: skip


def _on_utm(places: pl.DataFrame, abroad: list[str]) -> pl.DataFrame:
    """Metres on the grid of one zone a force, so that its squares lie side by side."""
    nowhere = places.filter(~pl.col("force").is_in(abroad)).with_columns(
        utm_zone=pl.lit(None, pl.String),
        utm_easting=pl.lit(None, pl.Float64),
        utm_northing=pl.lit(None, pl.Float64),
    )
    return pl.concat([nowhere, *_by_force(places, abroad)])


def _by_force(places: pl.DataFrame, abroad: list[str]) -> Iterator[pl.DataFrame]:
    for force in abroad:
        own = places.filter(pl.col("force") == force)
        zone, is_south = _zone(own)
        grid = Transformer.from_crs("EPSG:4326", utm_code(zone, is_south=is_south), always_xy=True)
        east = (own["longitude"] - (6 * zone - 183) + 180) % 360 - 180
        is_near = (east.abs() <= _FARTHEST).fill_null(value=False)
        longitude, latitude = (
            pl.select(pl.when(is_near).then(own[name])).to_series().fill_null(0.0).to_numpy()
            for name in ("longitude", "latitude")
        )
        metres = grid.transform(np.ascontiguousarray(longitude), np.ascontiguousarray(latitude))
        yield own.with_columns(
            pl.when(is_near).then(pl.Series(values)).alias(name)
            for name, values in zip(("utm_easting", "utm_northing"), metres, strict=True)
        ).with_columns(utm_zone=pl.lit(f"utm{zone:02d}{'s' if is_south else ''}")).select(
            *places.columns, "utm_zone", "utm_easting", "utm_northing"
        )  # fmt: skip


def _zone(places: pl.DataFrame) -> tuple[int, bool]:
    """Zone (1 to 60, by whole degrees) and whether south of the equator, where most offences are;
    of several the first."""
    zones = (
        places.drop_nulls("longitude")
        .group_by(
            zone=((pl.col("longitude") + 180) // 6).cast(pl.Int64) % 60 + 1,
            is_south=pl.col("latitude") < 0,
        )
        .agg(pl.col("offences").sum())
        .sort("offences", "zone", "is_south", descending=[True, False, False])
    )
    zone, is_south, _ = zones.row(0)
    return zone, is_south
