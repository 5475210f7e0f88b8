"""A store of two forces with invented offences, and its hotspots.

The west of what they police is one local policing area, and one LSOA.
"""

from contextlib import contextmanager
from datetime import date

import duckdb
import numpy as np
import polars as pl
import polars_h3
import shapely

from warehouse.hotspots.clusters import fill_clusters
from warehouse.hotspots.every_unit import every_unit
from warehouse.hotspots.fill import fill_hotspots
from warehouse.hotspots.near_repeat import fill_near_repeats
from warehouse.hotspots.places import places
from warehouse.marts import create_mart, read_marts
from warehouse.schema import create_statements, store_tables

NIGHT = date(2026, 3, 9)
WEST = shapely.to_geojson(shapely.box(-2.1, 54.3, -2 + 0.00386 * 12.5, 54.6))
MONTHS = 40
STEADY, RISING = (10, 10), (20, 20)
"""Squares of 250 m, by number from the grid's corner, in which burglaries gather."""


def offences():
    """Three years of burglaries in 25 by 25 squares: some everywhere, many in one, ever more in
    another; drugs beside them; the last ones in the month of the night."""
    rng = np.random.default_rng(7)
    rows = []
    for month in range(MONTHS):
        day = date(2022 + (11 + month) // 12, (11 + month) % 12 + 1, 5)
        places = [tuple(rng.integers(0, 25, 2)) for _ in range(60)]
        places += [STEADY] * rng.poisson(6) + [RISING] * rng.poisson(9 if month > 35 else 1)
        rows += [("burglary", day, *place) for place in places]
        rows += [("drugs", day, *rng.integers(0, 25, 2)) for _ in range(5)]
    return pl.DataFrame(
        rows, schema=["offence_group", "occurred_on", "x", "y"], orient="row"
    ).with_columns(pl.col("x", "y").cast(pl.Int64))


def placed(frame, force, precision):
    """As core.offence_record holds them."""
    east, north = 400_000 + 250 * pl.col("x"), 500_000 + 250 * pl.col("y")
    degrees = {"latitude": 54.4 + 0.00225 * pl.col("y"), "longitude": -2 + 0.00386 * pl.col("x")}
    return (
        frame.with_columns(
            occurred_precision=pl.lit("minute"),
            occurred_from=pl.col("occurred_on").cast(pl.Datetime),
            force=pl.lit(force), location_precision=pl.lit(precision), is_notifiable=True,
            easting=(east + 125).cast(pl.Float64), northing=(north + 125).cast(pl.Float64),
            bng_250m=pl.format("E{}N{}", east, north), **degrees,
        )
        .with_columns(
            polars_h3.latlng_to_cell("latitude", "longitude", r, return_dtype=pl.Utf8).alias(
                f"h3_r{r}"
            )
            for r in (8, 9)
        )
        .drop("x", "y")
    )  # fmt: skip


@contextmanager
def made_store(path=":memory:"):
    with duckdb.connect(path) as con:
        for statement in create_statements(store_tables()):
            is_input = "core.offence_record" in statement or "reference." in statement
            con.execute(statement.replace(" NOT NULL", "") if is_input else statement)
        con.execute("INSERT INTO reference.offence_group (offence_group, harm_days, is_proactive) "
                    "VALUES ('burglary', 200, false), ('drugs', 4, true)")  # fmt: skip
        for unit, code in (("lsoa", "E01020868"), ("local_area", "E22000365")):
            con.execute(
                "INSERT INTO reference.area (unit, area, name, local_area, census, boundary) VALUES"
                " ($unit, $code, 'Durham', 'E22000365', '2021', $boundary)",
                {"unit": unit, "code": code, "boundary": WEST if unit == "lsoa" else None},
            )
        for force, precision in (("alpha", "exact"), ("beta", "snapped")):
            con.register("rows", placed(offences(), force, precision))
            con.execute("INSERT INTO core.offence_record BY NAME FROM rows")
        with places(con):
            units = every_unit(con)
            fill_hotspots(con, NIGHT, units)
            fill_clusters(con, NIGHT, units)
        fill_near_repeats(con, NIGHT)
        create_mart(con, next(mart for mart in read_marts() if mart.name == "unlocated"))
        yield con
