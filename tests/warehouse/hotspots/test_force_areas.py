"""The study area of grids where a force's boundary is loaded, and what lies outside it."""

from datetime import date

import duckdb
import numpy as np
import polars as pl
import polars_h3
import pytest
import shapely
from convertbng.cutil import convert_lonlat
from pyproj import Transformer

from transforms.places import locate
from transforms.profiles import profile
from warehouse.contract import delivered_table
from warehouse.contract.place import PLACE
from warehouse.hotspots.clusters import fill_clusters
from warehouse.hotspots.every_unit import every_unit
from warehouse.hotspots.fill import fill_hotspots
from warehouse.hotspots.places import places
from warehouse.schema import create_statements, store_tables

NIGHT = date(2026, 3, 9)
UNITS = ("h3_r8", "h3_r9", "bng_250m")
# Five kilometres by six, a bay cut out of its south-east.
AREA = shapely.box(-1.60, 54.70, -1.52, 54.75) - shapely.box(-1.55, 54.69, -1.50, 54.71)
TOWN, FARM, FAR = (-1.58, 54.73), (-1.535, 54.745), (0.95, 51.1)


def frame(*groups):
    """Rows of ``core.offence_record``: of each force at a place so many, one a month."""
    rows = pl.DataFrame(
        [(force, longitude, latitude, date(2025 + (2 + n % 12) // 12, (2 + n % 12) % 12 + 1, 5))
         for force, (longitude, latitude), many in groups for n in range(many)],
        schema={"force": pl.String, "longitude": pl.Float64, "latitude": pl.Float64,
                "occurred_on": pl.Date},
        orient="row",
    )  # fmt: skip
    columns = [delivered_table("offence_record").column(each.name) for each in PLACE]
    blank = [pl.lit(None, column.kind.polars).alias(column.name)
             for column in columns if column.name not in rows.columns]  # fmt: skip
    placed, _ = locate(rows.with_columns(blank), None, profile("GB"))
    return placed.with_columns(
        offence_group=pl.lit("burglary"), is_notifiable=pl.lit(value=True),
        occurred_precision=pl.lit("minute"), occurred_from=pl.col("occurred_on").cast(pl.Datetime),
    )  # fmt: skip


@pytest.fixture
def con():
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            is_input = "core.offence_record" in statement or "reference." in statement
            con.execute(statement.replace(" NOT NULL", "") if is_input else statement)
        con.execute("INSERT INTO reference.offence_group (offence_group) VALUES ('burglary')")
        yield con


def bound(con, force="alpha", area=AREA):
    con.execute(
        "INSERT INTO reference.force_area (ons_code, force, boundary) "
        "VALUES ($code, $force, $area)",
        {"code": f"E23-{force}", "force": force, "area": shapely.to_geojson(area)},
    )


def fill(con, rows):
    con.register("rows", rows)
    con.execute("INSERT INTO core.offence_record BY NAME FROM rows")
    with places(con):
        units = every_unit(con)
        fill_hotspots(con, NIGHT, units)
        fill_clusters(con, NIGHT, units)


def told(con, unit, force="alpha"):
    """Placed, elsewhere, areas."""
    [row] = con.execute(
        "SELECT placed, elsewhere, areas FROM mart.hotspot_unit "
        "WHERE unit = $unit AND force = $force", {"unit": unit, "force": force},
    ).fetchall()  # fmt: skip
    return row


def counted(con, unit, force="alpha"):
    return dict(con.execute(
        "SELECT area, n_12m FROM mart.hotspot WHERE unit = $unit AND force = $force "
        "AND offence_group = 'burglary' AND measure = 'offences'", {"unit": unit, "force": force},
    ).fetchall())  # fmt: skip


def centre(unit, cell):
    if unit == "bng_250m":
        east, north = (float(each) + 125 for each in cell[1:].split("N"))
        return tuple(float(each[0]) for each in convert_lonlat([east], [north]))
    [[latitude, longitude]] = pl.select(polars_h3.cell_to_latlng(pl.lit(cell))).to_series()
    return longitude, latitude


def cell_of(unit, place):
    return frame(("alpha", place, 1))[unit][0]


def cells_inside(unit):
    """The cells of a fine lattice of points that covers the area and more, by their centres."""
    step = 0.0004
    points = [(x, y) for x in np.arange(-1.62, -1.50, step) for y in np.arange(54.68, 54.77, step)]
    cells = frame(*(("alpha", point, 1) for point in points))[unit].unique()
    return {cell for cell in cells if AREA.contains(shapely.Point(centre(unit, cell)))}


def ring(unit, cell):
    if unit == "bng_250m":
        east, north = (int(each) for each in cell[1:].split("N"))
        steps = (-250, 0, 250)
        return {f"E{east + x}N{north + y}" for x in steps for y in steps}
    return set(pl.select(polars_h3.grid_disk(pl.lit(cell), 1)).to_series()[0])


@pytest.mark.parametrize("unit", UNITS)
def test_the_area_is_every_cell_whose_centre_is_inside_and_strays_are_elsewhere(con, unit):
    bound(con)
    fill(con, frame(("alpha", TOWN, 7), ("alpha", FARM, 2), ("alpha", FAR, 4)))
    assert counted(con, unit) == {cell_of(unit, TOWN): 7, cell_of(unit, FARM): 2}
    assert told(con, unit) == (9, 4, len(cells_inside(unit)))


@pytest.mark.parametrize("unit", UNITS)
def test_without_a_boundary_the_area_is_what_held_an_offence_and_the_ring(con, unit):
    bound(con)
    fill(con, frame(("beta", TOWN, 7), ("beta", FAR, 4), ("alpha", TOWN, 1)))
    cells = {cell_of(unit, TOWN), cell_of(unit, FAR)}
    assert set(counted(con, unit, "beta")) == cells
    assert told(con, unit, "beta") == (11, 0, len(set().union(*(ring(unit, c) for c in cells))))


def edge_of(unit):
    """A place inside, one outside, in one cell whose centre is outside."""
    for latitude in np.arange(54.712, 54.748, 0.0002):
        inside, outside = (-1.52 - 1e-6, float(latitude)), (-1.52 + 1e-6, float(latitude))
        cell = cell_of(unit, inside)
        if cell == cell_of(unit, outside) and centre(unit, cell)[0] > -1.52:
            return inside, outside, cell
    raise AssertionError(unit)


@pytest.mark.parametrize("unit", UNITS)
def test_an_offence_inside_is_kept_though_the_centre_of_its_cell_is_outside(con, unit):
    bound(con)
    inside, outside, cell = edge_of(unit)
    assert cell not in cells_inside(unit)
    fill(con, frame(("alpha", TOWN, 2), ("alpha", inside, 6), ("alpha", outside, 5)))
    assert counted(con, unit) == {cell_of(unit, TOWN): 2, cell: 6}
    assert told(con, unit) == (8, 5, len(cells_inside(unit)) + 1)


@pytest.mark.parametrize("unit", UNITS)
def test_the_hours_of_a_cluster_are_those_of_its_offences(con, unit):
    bound(con)
    inside, outside, cell = edge_of(unit)
    fill(con, frame(("alpha", inside, 60), ("alpha", outside, 50)))
    clusters = con.execute(
        "SELECT cluster, n_12m, timed FROM mart.hotspot_cluster "
        "WHERE unit = $unit AND offence_group = 'burglary'", {"unit": unit},
    ).fetchall()  # fmt: skip
    assert clusters == [(cell, 60, 60)]


def test_a_force_all_of_whose_offences_are_strays_has_no_hotspot(con):
    bound(con)
    fill(con, frame(("alpha", FAR, 3)))
    assert [told(con, unit)[:2] for unit in UNITS] == [(0, 3)] * 3
    assert told(con, "bng_500m") == (0, 0, 0)
    reasons = dict(con.execute("SELECT unit, reason FROM mart.hotspot_unit").fetchall())
    assert "outside the area of the force" in reasons["h3_r8"]
    assert "snapped" in reasons["bng_500m"]
    assert con.execute("SELECT DISTINCT unit FROM mart.hotspot").fetchall() == [("force",)]


def test_an_area_without_a_cell_has_no_hotspot(con):
    """Smaller than any cell, and nothing in it."""
    bound(con, area=shapely.box(-1.60001, 54.70001, -1.6, 54.70002))
    fill(con, frame(("alpha", TOWN, 3)))
    assert [told(con, unit) for unit in UNITS] == [(0, 3, 0)] * 3


def test_an_offence_without_a_place_is_no_stray(con):
    bound(con)
    rows = frame(("alpha", TOWN, 3), ("alpha", (None, None), 2))
    fill(con, rows)
    assert [told(con, unit)[:2] for unit in UNITS] == [(3, 0)] * 3


def test_accuracy_is_by_the_share_of_the_whole_area(con):
    """So few cells ever held an offence that they are within 1% of the area."""
    bound(con)
    rows = frame(("alpha", TOWN, 60), ("alpha", FARM, 12))
    early = rows.with_columns(pl.col("occurred_on").dt.offset_by("-1y"))
    fill(con, pl.concat([rows, early]))
    rates = con.execute(
        "SELECT DISTINCT hit_rate, pai FROM mart.hotspot_backtest WHERE unit = 'h3_r9' "
        "AND area_share = 0.01 AND method = 'eb' AND offence_group = 'burglary'"
    ).fetchall()
    assert rates == [(1.0, pytest.approx(100))]


def test_squares_of_utm_are_those_of_the_zone_of_the_forces_others(con):
    to_degrees = Transformer.from_crs("EPSG:32616", "EPSG:4326", always_xy=True).transform
    points = [to_degrees(447_100 + 250 * n, 4_636_300) for n in range(4)] + [(-80.0, 40.0)]
    corners = [to_degrees(447_000 + 250 * x, 4_636_250 + 250 * y)
               for x, y in ((0, 0), (3, 0), (3, 2), (0, 2))]  # fmt: skip
    bound(con, "abroad", shapely.Polygon(corners))
    rows = pl.DataFrame(
        [("abroad", *place) for place in points], orient="row",
        schema={"force": pl.String, "longitude": pl.Float64, "latitude": pl.Float64},
    ).with_columns(
        offence_group=pl.lit("burglary"), is_notifiable=pl.lit(value=True),
        occurred_on=pl.lit(date(2026, 1, 3)), location_precision=pl.lit("exact"),
    )  # fmt: skip
    fill(con, rows)
    assert told(con, "utm_250m", "abroad") == (3, 2, 6)
    names = [f"utm16_E{447_000 + 250 * n}N4636250" for n in range(3)]
    assert counted(con, "utm_250m", "abroad") == dict.fromkeys(names, 1)


def test_a_boundary_far_out_at_sea_does_not_lose_the_land(con):
    """The realm reaches farther than the transformation of its grid."""
    bound(con, area=shapely.box(-1.60, 54.70, 3.0, 54.75))
    fill(con, frame(("alpha", TOWN, 7)))
    placed, elsewhere, areas = told(con, "bng_250m")
    assert (placed, elsewhere) == (7, 0)
    # 3.375 by 0.05 degrees: 217 by 5.6 kilometres.
    assert areas == pytest.approx(217.0 * 5.565 * 16, rel=0.01)
