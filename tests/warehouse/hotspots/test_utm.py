"""Squares of the UTM grid, of forces without a place on the British one."""

from datetime import date

import duckdb
import polars as pl
import pytest
from pyproj import Transformer

from warehouse.hotspots.every_unit import every_unit
from warehouse.hotspots.fill import fill_hotspots
from warehouse.hotspots.grids import GRIDS
from warehouse.hotspots.places import places
from warehouse.schema import create_statements, store_tables

NIGHT = date(2026, 3, 9)


@pytest.fixture
def con():
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            con.execute(statement.replace(" NOT NULL", "") if "core." in statement else statement)
        con.execute(
            "INSERT INTO reference.offence_group VALUES ('burglary', 'Burglary', 200, false)"
        )
        yield con


def fill(con, points, precision="exact", force="abroad", easting=None):
    con.register("rows", pl.DataFrame(
        [(*place, easting) for place in points],
        schema={"longitude": pl.Float64, "latitude": pl.Float64, "easting": pl.Float64},
        orient="row",
    ).with_columns(
        force=pl.lit(force), offence_group=pl.lit("burglary"), is_notifiable=pl.lit(value=True),
        occurred_on=pl.lit(date(2026, 1, 3)), location_precision=pl.lit(precision),
    ))  # fmt: skip
    con.execute("INSERT INTO core.offence_record BY NAME FROM rows")
    with places(con):
        fill_hotspots(con, NIGHT, every_unit(con))


def cells(con, unit="utm_250m"):
    return con.execute(
        "SELECT area, n_12m, per_km2 FROM mart.hotspot WHERE unit = $unit "
        "AND offence_group = 'burglary' AND measure = 'offences' ORDER BY 1", {"unit": unit}
    ).fetchall()  # fmt: skip


def degrees(epsg, east, north):
    return Transformer.from_crs(epsg, 4326, always_xy=True).transform(east, north)


@pytest.mark.parametrize(
    ("epsg", "corner", "name"),
    [
        (32632, (426_250, 5_563_500), "utm32_E426250N5563500"),
        (32616, (447_000, 4_636_250), "utm16_E447000N4636250"),
        (32756, (334_000, 6_251_000), "utm56s_E334000N6251000"),
        (32660, (550_250, 7_000_000), "utm60_E550250N7000000"),
    ],
)
def test_a_square_is_named_by_its_zone_and_south_west_corner(con, epsg, corner, name):
    inside = [degrees(epsg, corner[0] + dx, corner[1] + dy) for dx, dy in ((1, 1), (249, 249))]
    fill(con, inside)
    assert cells(con) == [(name, 2, 2 / 0.0625)]
    [row] = con.execute("SELECT placed, areas, reason FROM mart.hotspot_unit "
                        "WHERE unit = 'utm_250m'").fetchall()  # fmt: skip
    assert row == (2, 9, None)


def test_all_squares_of_a_force_are_on_one_grid(con):
    # A town across the edge of zones 32 and 33, most of it in 32.
    fill(con, [(11.98, 50.0), (11.99, 50.0), (12.01, 50.0)])
    assert {area[:6] for area, *_ in cells(con)} == {"utm32_"}


def test_a_point_too_far_from_the_zone_is_in_no_square(con):
    fill(con, [(9.0, 50.0), (9.1, 50.0), (19.0, 50.0), (-160.0, 50.0), (None, None)])
    assert len(cells(con)) == 2
    [(offences, placed)] = con.execute("SELECT offences, placed FROM mart.hotspot_unit "
                                       "WHERE unit = 'utm_250m'").fetchall()  # fmt: skip
    assert (offences, placed) == (5, 2)


def test_snapped_points_are_in_squares_of_500_metres_alone(con):
    fill(con, [degrees(32632, 426_300, 5_563_800)], "snapped")
    assert cells(con) == []
    assert cells(con, "utm_500m") == [("utm32_E426000N5563500", 1, 4.0)]


def test_a_force_on_the_british_grid_has_none(con):
    fill(con, [(-1.5, 54.0)], easting=432_000.0)
    assert cells(con) == []
    [(reason,)] = con.execute("SELECT reason FROM mart.hotspot_unit WHERE unit = 'utm_250m'"
                              ).fetchall()  # fmt: skip
    assert "outside the British National Grid" in reason


def test_squares_of_a_zone_lie_by_those_of_the_same_zone():
    [grid] = [each for each in GRIDS if each.name == "utm_500m"]
    near = grid.near(pl.Series(["utm32_E426000N5563500"]), 1)["near"].to_list()
    assert len(near) == 9
    assert "utm32_E425500N5564000" in near
