"""Places: conversions against published points, cells, precision, and what cannot be a place."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.places import is_swapped, locate
from transforms.profiles import profile
from warehouse.contract.place import PLACE

GB, GENERIC = profile("GB"), profile("generic")
SCHEMA = {column.name: column.kind.polars for column in PLACE}
CENTRES = pl.DataFrame(
    {
        "postcode": ["NE1 1AA"],
        "easting": [425000.0],
        "northing": [564000.0],
        "longitude": [-1.611],
        "latitude": [54.97],
    }
)
NOTHING = {"place_at_zero": 0, "place_off_the_grid": 0, "place_half_given": 0}


def places(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


def test_the_ordnance_surveys_example_point_is_converted_both_ways():
    # Caister water tower: Ordnance Survey, A guide to coordinate systems in Great Britain.
    grid, _ = locate(places({"longitude": 1.716073973, "latitude": 52.658007833}), None, GB)
    assert grid["easting"].item() == pytest.approx(651409.804, abs=0.02)
    assert grid["northing"].item() == pytest.approx(313177.450, abs=0.02)
    degrees, _ = locate(places({"easting": 651409.804, "northing": 313177.450}), None, GB)
    assert degrees["longitude"].item() == pytest.approx(1.716073973, abs=1e-6)
    assert degrees["latitude"].item() == pytest.approx(52.658007833, abs=1e-6)


@settings(max_examples=25)
@given(st.floats(-3, 0), st.floats(51, 54.5))
def test_grid_and_degrees_are_inverse(longitude, latitude):
    grid, _ = locate(places({"longitude": longitude, "latitude": latitude}), None, GB)
    back, _ = locate(places(grid.select("easting", "northing").to_dicts()[0]), None, GB)
    assert back["longitude"].item() == pytest.approx(longitude, abs=2e-7)
    assert back["latitude"].item() == pytest.approx(latitude, abs=2e-7)
    assert back["h3_r8"].item() is not None


def test_cells_are_named_by_their_south_west_corner_and_by_h3():
    found, _ = locate(places({"easting": 426300.0, "northing": 563510.0}), None, GB)
    assert found["bng_250m"].item() == "E426250N563500"
    assert found["h3_r8"].item() == "88197322d9fffff"
    assert found["h3_r9"].item() == "89197322d87ffff"


@pytest.mark.parametrize(
    ("given_place", "precision"),
    [
        ({"easting": 1e5 + 3e5, "northing": 5e5}, "exact"),
        ({"easting": 4e5, "northing": 5e5, "location_precision": "snapped"}, "snapped"),
        ({"easting": 4e5, "northing": 5e5, "location_precision": "none"}, "exact"),
        ({"postcode": "NE1 1AA"}, "postcode"),
        ({"postcode": "NE1 1AA", "location_precision": "exact"}, "postcode"),
        ({"postcode": "ZZ1 1ZZ", "location_precision": "exact"}, "none"),
        ({"location_text": "the park"}, "none"),
    ],
)
def test_precision_says_where_the_coordinates_came_from(given_place, precision):
    found, counts = locate(places(given_place), CENTRES, GB)
    assert found["location_precision"].item() == precision
    assert (found["h3_r8"].item() is None) == (precision == "none")
    assert counts == NOTHING


@pytest.mark.parametrize(
    ("given_place", "rule"),
    [
        ({"longitude": 0.0, "latitude": 0.0}, "place_at_zero"),
        ({"easting": 0.0, "northing": 0.0}, "place_at_zero"),
        ({"longitude": 54.9, "latitude": -1.6}, "place_off_the_grid"),
        ({"easting": 800_000.0, "northing": 100.0}, "place_off_the_grid"),
        ({"longitude": float("nan"), "latitude": 54.9}, "place_off_the_grid"),
        ({"longitude": -1.6}, "place_half_given"),
    ],
)
def test_impossible_coordinates_are_null_and_counted_by_name(given_place, rule):
    found, counts = locate(places(given_place, given_place, {}), None, GB)
    coordinates = ["easting", "northing", "longitude", "latitude", "h3_r8", "bng_250m"]
    assert found.select(coordinates).null_count().row(0) == (3,) * 6
    assert found["location_precision"].to_list() == ["none"] * 3
    assert counts == NOTHING | {rule: 2}


def test_a_place_with_impossible_coordinates_falls_back_on_its_postcode():
    found, counts = locate(
        places({"longitude": 0.0, "latitude": 0.0, "postcode": "NE1 1AA"}), CENTRES, GB
    )
    assert found["easting"].item() == 425000.0
    assert found["location_precision"].item() == "postcode"
    assert counts["place_at_zero"] == 1


def test_elsewhere_there_is_no_national_grid():
    found, _ = locate(places({"longitude": -87.65, "latitude": 41.88}), None, GENERIC)
    assert found.select("easting", "northing", "bng_250m").row(0) == (None, None, None)
    assert found["h3_r9"].item() is not None
    assert found["location_precision"].item() == "exact"


def test_rows_keep_their_order_and_repeated_points_their_rows():
    rows = [{"longitude": -1.6, "latitude": 54.9, "location_text": text} for text in "cab"]
    found, _ = locate(places(*rows), CENTRES, GB)
    assert found["location_text"].to_list() == ["c", "a", "b"]
    assert found.columns == list(SCHEMA)


def test_coordinates_that_changed_seats_are_told_by_their_ranges():
    frame = pl.DataFrame({"lon": [54.9, -1.6, None], "lat": [-1.6, 54.9, 54.9]})
    swapped = frame.select(is_swapped(pl.col("lon"), pl.col("lat"))).to_series()
    assert swapped.to_list() == [True, False, False]
