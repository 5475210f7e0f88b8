"""Areas that offences are counted by: sizes, people, what lies in what."""

import numpy as np
import polars as pl
import pytest
import shapely
from pyproj import Geod

from tests.warehouse import made_geography as made
from warehouse.areas import SCHEMA, read_areas, square_kilometres
from warehouse.contract import TABLES
from warehouse.geography_tables import geography_tables
from warehouse.home import Home
from warehouse.reference_files import LSOA_AREAS, LSOA_CENTRES, LSOA_WARDS, POPULATION


@pytest.fixture
def home(tmp_path) -> Home:
    return Home.of(tmp_path / "home")


def areas(home: Home, unit: str) -> dict[str, dict]:
    frame = read_areas(home).filter(unit=unit)
    assert not frame["area"].is_duplicated().any()
    return {row["area"]: row for row in frame.to_dicts()}


def test_a_home_that_was_given_nothing_has_no_areas(home):
    assert read_areas(home).schema == SCHEMA
    assert read_areas(home).height == 0


def test_sizes_are_those_on_the_ellipsoid():
    shapes = np.array([shapely.box(-2, 54, -1.99, 54.01), shapely.box(5, -34, 5.2, -33.9)])
    geodesic = [Geod(ellps="WGS84").geometry_area_perimeter(s)[0] / 1e6 for s in shapes]
    assert square_kilometres(shapes) == pytest.approx(np.abs(geodesic), rel=1e-4)


def test_an_lsoa_has_what_each_file_says_of_it(home):
    made.load_all(home)
    found = areas(home, "lsoa")
    assert len(found) == 16
    one = found[made.lsoa(1, 2)]
    assert (one["name"], one["persons"], one["census"], one["ons_code"]) == (
        "Field 12", 1200, "2021", "E23000008",
    )  # fmt: skip
    assert one["km2"] == pytest.approx(0.728, rel=0.01)
    assert (one["longitude"], one["latitude"]) == pytest.approx(made.middle(1, 2))


def test_the_local_area_is_the_partnership_else_the_authority(home):
    made.load_all(home)
    found = areas(home, "local_area")
    assert {code: row["name"] for code, row in found.items()} == {
        "E22000072": "Darlington", "E06000002": "Half 2",
    }  # fmt: skip
    assert {row["local_area"] for row in areas(home, "lsoa").values()} == set(found)
    assert found["E22000072"]["persons"] == 2 * (1000 + 1100 + 1200 + 1300)
    assert found["E22000072"]["km2"] == pytest.approx(8 * 0.728, rel=0.01)
    assert found["E06000002"]["ons_code"] == "E23000012"


def test_people_of_an_area_are_not_known_where_those_of_one_lsoa_are_not(home):
    made.load_all(home)
    made.give(home, POPULATION, made.people(without=(made.lsoa(0, 0),)))
    assert areas(home, "local_area")["E22000072"]["persons"] is None
    assert areas(home, "local_area")["E06000002"]["persons"] == 9200
    assert areas(home, "ward")[made.ward(0)]["persons"] is None
    assert areas(home, "ward")[made.ward(1)]["persons"] == 2200


def test_a_missing_boundary_leaves_the_size_unknown_of_all_it_is_part_of(home):
    made.load_all(home)
    made.give(home, LSOA_AREAS[1], made.boundaries(without=(made.lsoa(0, 0),)))
    lsoas = areas(home, "lsoa")
    assert lsoas[made.lsoa(0, 0)]["km2"] is None
    assert lsoas[made.lsoa(0, 0)]["boundary"] is None
    assert areas(home, "local_area")["E22000072"]["km2"] is None
    assert areas(home, "local_area")["E06000002"]["km2"] > 5


def test_the_lsoas_of_two_censuses_count_the_ground_and_its_people_once(home):
    made.load_all(home)
    # In 2011 one LSOA stood where two do now.
    old = [row for row in made.look_ups() if row["lsoa_code"] != made.lsoa(0, 1)]
    made.give(home, LSOA_WARDS[0], [*old, {**made.look_ups()[0], "lsoa_code": "E01099999"}])
    assert areas(home, "lsoa")["E01099999"]["census"] == "2011"
    assert areas(home, "lsoa")[made.lsoa(3, 3)]["census"] == "2011, 2021"
    assert areas(home, "local_area")["E22000072"]["persons"] == 9200


def test_wards_are_those_drawn_and_those_of_look_ups_where_a_force_has_none_drawn(home):
    made.load_all(home)
    made.give(home, LSOA_WARDS[1], [
        row | {"ward_code": f"E0510000{row['lad_code'][-1]}"} for row in made.look_ups()
    ])  # fmt: skip
    made.draw_wards(home)
    found = areas(home, "ward")
    assert sorted(found) == ["E05100002", "E05900000", "E05900001"]
    assert found["E05900000"]["local_area"] == "E22000072"
    assert found["E05900000"]["km2"] == pytest.approx(4 * 0.728, rel=0.01)
    assert found["E05900000"]["persons"] is None
    assert found["E05100002"]["persons"] == 9200


def test_people_alone_are_areas_too(home):
    made.give(home, POPULATION, made.people())
    assert areas(home, "lsoa")[made.lsoa(0, 0)]["persons"] == 1000
    assert areas(home, "ward") == {}


def test_a_centre_comes_before_the_middle_of_the_boundary(home):
    made.load_all(home)
    moved = [row | {"longitude": row["longitude"] + 0.001} for row in made.centres()]
    made.give(home, LSOA_CENTRES[1], moved)
    assert areas(home, "lsoa")[made.lsoa(0, 0)]["longitude"] == pytest.approx(-1.994)


def test_the_store_has_them_by_the_contract(home):
    made.load_all(home)
    made.draw_wards(home)
    frame = geography_tables(home, made.FORCES)["area"]
    table = TABLES["reference.area"]
    assert frame.schema == table.polars_schema()
    assert not frame.select(table.key).is_duplicated().any()
    assert set(frame["force"]) == {"alpha", "beta"}
    for name, pattern in (("area", table.column("area").pattern), ("unit", "lsoa|ward|local_area")):
        assert frame.select(pl.col(name).str.contains(pattern).all()).item()


@pytest.mark.shared_data
def test_published_geography_covers_its_forces(shared_data, home):
    from transforms.reference_folder import load_folder

    load_folder(home, shared_data / "geo", "tester")
    durham = read_areas(home).filter(ons_code="E23000008")
    local = durham.filter(unit="local_area")
    assert set(local["name"]) == {"County Durham", "Darlington"}
    # ONS, Standard Area Measurements: County Durham 2,226 and Darlington 197 square kilometres.
    assert dict(local.select("name", "km2").iter_rows()) == pytest.approx(
        {"County Durham": 2_226, "Darlington": 197.5}, rel=0.005
    )
