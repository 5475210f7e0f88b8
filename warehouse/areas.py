"""Areas that offences are counted by, put together from all that the home has been given of them.

What is not known stays null: the size of an area without a boundary, the people of one of whose
LSOAs no number is loaded.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from warehouse.home import Home
from warehouse.lsoas import read_lsoas
from warehouse.reference_files import (
    CENSUSES,
    LAD_FORCE,
    LSOA_AREAS,
    LSOA_CENTRES,
    LSOA_WARDS,
    POPULATION,
    WARD_AREA,
    WARD_FORCE,
    StoredKind,
)

SCHEMA: dict[str, pl.DataType] = {
    **dict.fromkeys(("unit", "area", "name", "local_area", "ons_code", "census"), pl.String()),
    "km2": pl.Float64(), "persons": pl.Int64(),
    "longitude": pl.Float64(), "latitude": pl.Float64(), "boundary": pl.Binary(),
}  # fmt: skip

_NONE_TOLD = ""


def read_areas(home: Home) -> pl.DataFrame:
    """A row an LSOA, ward and local policing area, with the columns of ``reference.area`` (boundary
    as WKB, no slug of the force); none where nothing is loaded."""
    lsoas = _lsoas(home)
    wards = _wards(home, lsoas)
    parts = (lsoas, wards, _local_areas(home, lsoas, wards))
    typed = [pl.col(name).cast(kind) for name, kind in SCHEMA.items()]
    return pl.concat([part.select(typed) for part in parts])


def _lsoas(home: Home) -> pl.DataFrame:
    """Every LSOA that a look-up, a boundary or the population names; with ``ward_code``."""
    known = read_lsoas(home)
    shapes = _boundaries(LSOA_AREAS[::-1], home, "lsoa_code")
    persons = _or_none(POPULATION.read(home), "lsoa_code", persons=pl.Int64())
    return (
        known.join(persons, on="lsoa_code", how="full", coalesce=True)
        .join(shapes, on="lsoa_code", how="left")
        .join(_censuses(home), on="lsoa_code", how="left")
        .join(_local_of(home), on="lad_code", how="left")
        .with_columns(
            unit=pl.lit("lsoa"), area="lsoa_code",
            local_area=pl.coalesce("csp_code", "lad_code"),
            longitude=pl.coalesce("longitude", "middle_longitude"),
            latitude=pl.coalesce("latitude", "middle_latitude"),
        )
        .sort("area")
    )  # fmt: skip


def _wards(home: Home, lsoas: pl.DataFrame) -> pl.DataFrame:
    """Wards that have a boundary, and of forces without one those that look-ups name: the codes of
    the two are often of different years, and a place is in one ward alone."""
    given = _or_none(
        WARD_AREA.read(home), "ward_code",
        **dict.fromkeys(("name", "lad_code", "ons_code"), pl.String()),
    ).select("ward_code", "name", "lad_code", own="ons_code")  # fmt: skip
    forces = _or_none(WARD_FORCE.read(home), "ward_code", ons_code=pl.String())
    members = lsoas.drop_nulls("ward_code")
    listed = members.group_by("ward_code").agg(
        _most("local_area"), told="ons_code", listed_name=pl.col("ward_name").drop_nulls().first()
    ).with_columns(pl.col("told").list.drop_nulls().list.sort().list.first())  # fmt: skip
    known = (
        given.join(listed, on="ward_code", how="full", coalesce=True)
        .join(forces, on="ward_code", how="left")
        .join(_boundaries((WARD_AREA,), home, "ward_code"), on="ward_code", how="left")
        .join(_local_of(home), on="lad_code", how="left")
        .with_columns(
            ons_code=pl.coalesce("own", "ons_code", "told"),
            local_area=pl.coalesce("csp_code", "lad_code", "local_area"),
        )
    )
    drawn = known.filter(pl.col("boundary").is_not_null())["ons_code"].drop_nulls().unique()
    is_old = pl.col("boundary").is_null() & pl.col("ons_code").is_in(drawn.implode())
    return (
        _of_members(known.filter(~is_old.fill_null(value=False)), members, "ward_code")
        .with_columns(unit=pl.lit("ward"), area="ward_code",
                      name=pl.coalesce("name", "listed_name"), census=pl.lit(None, pl.String()))
        .sort("area")
    )  # fmt: skip


def _local_areas(home: Home, lsoas: pl.DataFrame, wards: pl.DataFrame) -> pl.DataFrame:
    names = pl.concat([
        _local_of(home).select(local_area="csp_code", name="csp_name"),
        lsoas.select(local_area="lad_code", name="lad_name"),
    ]).drop_nulls().unique("local_area", keep="first", maintain_order=True)  # fmt: skip
    held = pl.concat([part.select("local_area", "ons_code") for part in (lsoas, wards)])
    return (
        _of_members(
            held.drop_nulls("local_area").group_by("local_area").agg(_most("ons_code")),
            lsoas.drop_nulls("local_area"), "local_area",
        )
        .join(names, on="local_area", how="left")
        .with_columns(unit=pl.lit("local_area"), area="local_area",
                      census=pl.lit(None, pl.String()), boundary=pl.lit(None, pl.Binary()))
        .sort("area")
    )  # fmt: skip


def _of_members(areas: pl.DataFrame, members: pl.DataFrame, key: str) -> pl.DataFrame:
    """Size, people and centre of areas, from the LSOAs that they are made of where they have none
    of their own."""
    sums = {name: _sum_of_all(members, key, name) for name in ("km2", "persons")}
    centres = members.group_by(key).agg(
        pl.col("longitude", "latitude").drop_nulls().mean().name.prefix("mean_")
    )
    own = {name: name in areas.columns for name in ("km2", "middle_longitude", "middle_latitude")}
    for name, value in own.items():
        if not value:
            areas = areas.with_columns(pl.lit(None, pl.Float64).alias(name))
    return (
        areas.join(sums["km2"], on=key, how="left")
        .join(sums["persons"], on=key, how="left")
        .join(centres, on=key, how="left")
        .with_columns(
            km2=pl.coalesce("km2", "sum_km2"), persons="sum_persons",
            longitude=pl.coalesce("middle_longitude", "mean_longitude"),
            latitude=pl.coalesce("middle_latitude", "mean_latitude"),
        )
    )  # fmt: skip


def _sum_of_all(members: pl.DataFrame, key: str, name: str) -> pl.DataFrame:
    """The sum over an area's LSOAs of the newest census of which none lacks a value: each census'
    LSOAs cover the ground once."""
    return (
        members.select(
            key, name, census=pl.col("census").fill_null(_NONE_TOLD).str.split(", ")
        )
        .explode("census")
        .group_by(key, "census")
        .agg(pl.col(name).sum().alias(f"sum_{name}"), lacking=pl.col(name).null_count())
        .filter(pl.col("lacking") == 0)
        .sort(key, "census", descending=[False, True])
        .unique(key, keep="first", maintain_order=True)
        .select(key, f"sum_{name}")
    )  # fmt: skip


def _most(name: str) -> pl.Expr:
    """The value that most rows of a group have; of several the first."""
    return pl.col(name).drop_nulls().mode().sort().first()


def _censuses(home: Home) -> pl.DataFrame:
    """The censuses in whose files an LSOA's code is."""
    rows = [pl.DataFrame(schema={"lsoa_code": pl.String, "census": pl.String})]
    for kinds in (LSOA_AREAS, LSOA_CENTRES, LSOA_WARDS):
        for census, kind in zip(CENSUSES, kinds, strict=True):
            frame = kind.read(home)
            if frame is not None:
                rows.append(frame.select("lsoa_code", census=pl.lit(census)))
    each = pl.concat(rows).unique().sort("lsoa_code", "census")
    return each.group_by("lsoa_code", maintain_order=True).agg(pl.col("census").str.join(", "))


def _local_of(home: Home) -> pl.DataFrame:
    """``csp_code`` and ``csp_name`` of each local authority."""
    texts = dict.fromkeys(("csp_code", "csp_name"), pl.String())
    return _or_none(LAD_FORCE.read(home), "lad_code", **texts)


def _or_none(frame: pl.DataFrame | None, key: str, **columns: pl.DataType) -> pl.DataFrame:
    """The columns of what is loaded, or no row."""
    schema: dict[str, pl.DataType] = {key: pl.String(), **columns}
    return pl.DataFrame(schema=schema) if frame is None else frame.select(list(schema))


def _boundaries(kinds: Sequence[StoredKind], home: Home, key: str) -> pl.DataFrame:
    """Boundary, size and middle of each area that has one, the first kind before the others."""
    frames = list(_drawn(kinds, home, key))
    frame = pl.concat([pl.DataFrame(schema={key: pl.String, "boundary": pl.Binary}), *frames])
    frame = frame.unique(key, keep="first", maintain_order=True)
    shapes = shapely.make_valid(shapely.from_wkb(frame["boundary"].to_numpy()))
    middle = shapely.centroid(shapes)
    return frame.with_columns(
        km2=pl.Series(square_kilometres(shapes), dtype=pl.Float64),
        middle_longitude=pl.Series(shapely.get_x(middle), dtype=pl.Float64),
        middle_latitude=pl.Series(shapely.get_y(middle), dtype=pl.Float64),
    )


def _drawn(kinds: Sequence[StoredKind], home: Home, key: str) -> Iterator[pl.DataFrame]:
    for kind in kinds:
        frame = kind.read(home)
        if frame is not None:
            yield frame.select(key, "boundary")


_EQUAL_AREA = "EPSG:6933"


def square_kilometres(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Sizes of polygons in degrees, in an equal-area projection of the WGS 84 ellipsoid
    (EPSG:6933)."""
    to_metres = Transformer.from_crs("EPSG:4326", _EQUAL_AREA, always_xy=True)

    def project(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_metres.transform(degrees[:, 0], degrees[:, 1]))

    return np.asarray(shapely.area(shapely.transform(shapes, project)) / 1e6, dtype=np.float64)
