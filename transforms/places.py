"""Places: grid and degrees from one another, postcode centres, cells, and how exact it all is.

The work is done once a distinct place and joined back, as public data repeats its points. Grid
and degrees are converted by OSTN15 (convertbng); H3 cells are hexadecimal text, as H3 writes them.
"""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
import polars_h3
from convertbng.cutil import convert_bng, convert_lonlat
from numpy.typing import NDArray

from transforms.profiles import Profile

Converter = Callable[
    [NDArray[np.float64], NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]
]
_GIVEN = ("postcode", "easting", "northing", "longitude", "latitude")
_GRID = ("easting", "northing")
_DEGREES = ("longitude", "latitude")
# Extent of the British National Grid, metres, and a box of degrees around Great Britain.
_MAX_EASTING, _MAX_NORTHING = 700_000, 1_300_000
_GB_LONGITUDES, _GB_LATITUDES = (-9.0, 2.5), (49.0, 61.5)
_CELL_METRES = 250

NULLED_RULES = {
    "place_at_zero": "coordinates of 0, 0, which stand for not known",
    "place_off_the_grid": "coordinates outside the national grid, or outside the world",
    "place_half_given": "one coordinate without the other",
}


def is_swapped(longitude: pl.Expr, latitude: pl.Expr) -> pl.Expr:
    """True where longitude and latitude of a place in Great Britain have changed seats; never
    null."""
    return (longitude.is_between(*_GB_LATITUDES) & latitude.is_between(*_GB_LONGITUDES)).fill_null(
        value=False
    )


def locate(
    frame: pl.DataFrame, postcodes: pl.DataFrame | None, profile: Profile
) -> tuple[pl.DataFrame, Mapping[str, int]]:
    """Fill the place columns of ``frame``, in its row order, and count the rows made null by rule.

    Args:
        frame: has the contract's place columns; ``location_precision`` may be null.
        postcodes: ``postcode`` and its centre (easting, northing, longitude, latitude), or None.
        profile: says whether there is a national grid.

    Returns:
        The frame with grid, degrees, ``h3_r8``, ``h3_r9``, ``bng_250m`` and
        ``location_precision`` filled where they can be, and per rule of ``NULLED_RULES`` the rows
        whose coordinates became null.
    """
    places = frame.select(_GIVEN).unique(maintain_order=True)
    known = _cells(_centres(_convert(_sane(places, profile), profile), postcodes), profile)
    found = known.select(*_GIVEN, pl.exclude(_GIVEN).name.prefix("found_"))
    joined = frame.join(
        found, on=_GIVEN, how="left", nulls_equal=True, maintain_order="left", validate="m:1"
    )
    filled = (*_GRID, *_DEGREES, "h3_r8", "h3_r9", "bng_250m")
    result = joined.with_columns(
        _precision(), *(pl.col(f"found_new_{name}").alias(name) for name in filled)
    ).select(frame.columns)
    counts = {rule: int((joined["found_nulled"] == rule).sum()) for rule in NULLED_RULES}
    return result, counts


def _sane(places: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """New coordinate columns, null where they cannot be, and ``nulled``: the rule that says so."""
    pairs = (_GRID, _DEGREES) if profile.has_national_grid else (_DEGREES,)
    is_zero = pl.any_horizontal(
        (pl.col(x) == 0) & (pl.col(y) == 0) for x, y in pairs
    ).fill_null(value=False)  # fmt: skip
    is_off = pl.any_horizontal(~inside for inside in _inside(profile)).fill_null(value=False)
    is_half = pl.any_horizontal(pl.col(x).is_null() != pl.col(y).is_null() for x, y in pairs)
    nulled = (
        pl.when(is_zero)
        .then(pl.lit("place_at_zero"))
        .when(is_off)
        .then(pl.lit("place_off_the_grid"))
        .when(is_half)
        .then(pl.lit("place_half_given"))
    )
    names = {name for pair in pairs for name in pair}
    return places.with_columns(nulled=nulled).with_columns(
        (
            pl.when(pl.col("nulled").is_null()).then(pl.col(name))
            if name in names
            else pl.lit(None, pl.Float64)
        ).alias(f"new_{name}")
        for name in (*_GRID, *_DEGREES)
    )


def _inside(profile: Profile) -> list[pl.Expr]:
    if not profile.has_national_grid:
        return [
            pl.col("longitude").is_between(-180, 180),
            pl.col("latitude").is_between(-90, 90),
        ]
    return [
        pl.col("longitude").is_between(*_GB_LONGITUDES),
        pl.col("latitude").is_between(*_GB_LATITUDES),
        pl.col("easting").is_between(0, _MAX_EASTING),
        pl.col("northing").is_between(0, _MAX_NORTHING),
    ]


def _convert(places: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Grid from degrees and degrees from grid, where one of the two is there."""
    if not profile.has_national_grid:
        return places
    to_grid = _pairs(convert_bng, places, "new_longitude", "new_latitude")
    to_degrees = _pairs(convert_lonlat, places, "new_easting", "new_northing")
    return places.with_columns(
        pl.col("new_easting").fill_null(to_grid[0]),
        pl.col("new_northing").fill_null(to_grid[1]),
        pl.col("new_longitude").fill_null(to_degrees[0].round(7)),
        pl.col("new_latitude").fill_null(to_degrees[1].round(7)),
    )


def _pairs(convert: Converter, places: pl.DataFrame, x: str, y: str) -> tuple[pl.Series, pl.Series]:
    """Convert the pairs whose counterpart is null; null where there is nothing to convert."""
    other = "new_easting" if x == "new_longitude" else "new_longitude"
    wanted = places.select(pl.col(x).is_not_null() & pl.col(other).is_null()).to_series()
    empty = np.full(places.height, np.nan)
    results = (empty, empty.copy())
    if wanted.any():
        rows = np.flatnonzero(wanted.to_numpy())
        xs = np.ascontiguousarray(places[x].gather(rows).to_numpy(), dtype=np.float64)
        ys = np.ascontiguousarray(places[y].gather(rows).to_numpy(), dtype=np.float64)
        for result, values in zip(results, convert(xs, ys), strict=True):
            result[rows] = values
    first, second = (pl.Series(result, nan_to_null=True) for result in results)
    return first, second


def _centres(places: pl.DataFrame, postcodes: pl.DataFrame | None) -> pl.DataFrame:
    """The centre of the postcode where there are no coordinates; ``source`` says which."""
    has_own = pl.col("new_longitude").is_not_null()
    if postcodes is None:
        return places.with_columns(source=pl.when(has_own).then(pl.lit("own")))
    names = (*_GRID, *_DEGREES)
    centres = postcodes.select("postcode", *(pl.col(n).alias(f"centre_{n}") for n in names))
    joined = places.join(centres, on="postcode", how="left", maintain_order="left")
    source = (
        pl.when(has_own)
        .then(pl.lit("own"))
        .when(pl.col("centre_longitude").is_not_null())
        .then(pl.lit("postcode"))
    )
    return joined.with_columns(source=source).with_columns(
        pl.when(pl.col("source") == "postcode")
        .then(pl.col(f"centre_{name}"))
        .otherwise(pl.col(f"new_{name}"))
        .alias(f"new_{name}")
        for name in names
    )


def _cells(places: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """H3 cells at resolutions 8 and 9, and the square of 250 m."""
    square = pl.lit(None, pl.String)
    if profile.has_national_grid:
        east, north = (
            (pl.col(f"new_{name}") // _CELL_METRES * _CELL_METRES).cast(pl.Int64).cast(pl.String)
            for name in _GRID
        )
        square = pl.format("E{}N{}", east, north)
    return places.with_columns(
        *(
            pl.when(pl.col("new_longitude").is_not_null())
            .then(polars_h3.latlng_to_cell(
                pl.col("new_latitude").fill_null(0.0),
                pl.col("new_longitude").fill_null(0.0),
                resolution,
                return_dtype=pl.Utf8,
            ))
            .alias(f"new_h3_r{resolution}")
            for resolution in (8, 9)
        ),
        new_bng_250m=square,
    )  # fmt: skip


def _precision() -> pl.Expr:
    """The mapping's word where the coordinates are the source's; else where they came from."""
    return (
        pl.when(pl.col("found_source") == "own")
        .then(
            pl.when(pl.col("location_precision").is_in(["exact", "snapped", "postcode"]))
            .then(pl.col("location_precision"))
            .otherwise(pl.lit("exact"))
        )
        .when(pl.col("found_source") == "postcode")
        .then(pl.lit("postcode"))
        .otherwise(pl.lit("none"))
        .alias("location_precision")
    )
