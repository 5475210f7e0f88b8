"""Places held against official geography: what fails, and what is not run for want of it."""

from dataclasses import replace

import polars as pl
import pytest
import shapely

from quality.rules.place_rules import place_rules
from tests.quality.conftest import Night
from warehouse.contract import DELIVERED, delivered_table
from warehouse.reference_files import (
    FORCE_AREA,
    LAD_FORCE,
    LSOA_AREAS,
    LSOA_WARDS,
    StoredKind,
)

HERE, THERE = "E23000008", "E23000013"
AREA = "point_outside_force_area"


def load(night: Night, kind: StoredKind, *rows: dict[str, object]) -> None:
    night.home.reference.mkdir(parents=True, exist_ok=True)
    blank = dict.fromkeys(kind.schema)
    frame = pl.DataFrame([blank | row for row in rows], schema=kind.schema, orient="row")
    frame.write_parquet(kind.path(night.home))


def square(west: float) -> bytes:
    wkb: bytes = shapely.to_wkb(shapely.box(west, 50, west + 1, 51))
    return wkb


def load_areas(night: Night) -> None:
    load(night, FORCE_AREA, {"ons_code": HERE, "boundary": square(0)})


def load_lsoas(night: Night) -> None:
    ward = {"ward_code": "E05000001"}
    load(night, LSOA_WARDS[0], {"lsoa_code": "E01000001", "lad_code": "E06000001"} | ward,
         {"lsoa_code": "E01000002", "lad_code": "E06000002"} | ward)  # fmt: skip
    load(night, LAD_FORCE, {"lad_code": "E06000001", "ons_code": HERE},
         {"lad_code": "E06000002", "ons_code": THERE})  # fmt: skip


def offence(key: str, longitude: float | None = None, **values: object) -> dict[str, object]:
    latitude = None if longitude is None else 50.5
    return {"source_record_id": key, "longitude": longitude, "latitude": latitude} | values


def check(night: Night, *rows: dict[str, object], ons_code: str | None = HERE, table: str =
          "offence_record", profile: str = "GB"):  # fmt: skip
    batch = night.stage("alpha", {table: list(rows)}, profile=profile)
    night.declarations["alpha"] = replace(night.declarations["alpha"], ons_code=ons_code)
    night.check()
    return night.checked(batch)


def found(checked, column: str, rule: str, table: str = "offence_record") -> tuple | None:
    result = checked.result(table, column, rule)
    return (result["checked"], result["failed"], result["action"]) if "failed" in result else None


def test_a_point_outside_the_forces_own_area_is_counted_and_kept(night):
    load_areas(night)
    checked = check(night, offence("in", 0.5), offence("out", 2.0), offence("again", 2.0),
                    offence("nowhere"))  # fmt: skip
    assert found(checked, "longitude", AREA) == (4, 2, "counted")
    assert checked.accepted("offence_record") == ["in", "out", "again", "nowhere"]
    assert checked.result("offence_record", "longitude", AREA)["severity"] == "info"


@pytest.mark.parametrize("table", [table.name for table in DELIVERED if "longitude" in table])
def test_every_table_with_coordinates_is_looked_at(night, table):
    load_areas(night)
    checked = check(night, offence("out", 2.0), table=table)
    assert found(checked, "longitude", AREA, table) == (1, 1, "counted")


def test_without_reference_data_no_rule_about_places_is_run_and_each_says_so(night):
    checked = check(night, offence("a", 2.0, lsoa_code="E01000009"))
    named = {(rule.column, rule.name) for rule in place_rules(delivered_table("offence_record"))}
    assert len(named) == 4
    assert {found(checked, *rule) for rule in named} == {(0, 0, "not_run")}
    rules = pl.read_parquet(night.home.night(night.night) / "rules.parquet")
    needs = rules.filter(pl.col("needs").is_not_null())["needs"].unique().sort().to_list()
    assert needs == ["force_area", "lsoa", "lsoa_area", "lsoa_force"]


def test_a_force_whose_area_is_not_loaded_is_not_held_against_anothers(night):
    load_areas(night)
    checked = check(night, offence("a", 2.0), ons_code=THERE)
    assert found(checked, "longitude", AREA) == (0, 0, "not_run")


def test_a_force_without_an_area_of_its_own_has_no_such_rule(night):
    load_areas(night)
    load_lsoas(night)
    checked = check(night, offence("a", 2.0, lsoa_code="E01000002"), ons_code=None)
    assert found(checked, "longitude", AREA) is None
    assert found(checked, "lsoa_code", "lsoa_of_another_force") is None
    assert found(checked, "lsoa_code", "lsoa_unknown") == (1, 0, "none")


def test_lsoa_codes_are_held_against_the_look_ups(night):
    load_lsoas(night)
    checked = check(night, offence("own", lsoa_code="E01000001"), offence("none"),
                    offence("theirs", lsoa_code="E01000002"),
                    offence("unknown", lsoa_code="E01999999"))  # fmt: skip
    assert found(checked, "lsoa_code", "lsoa_unknown") == (4, 1, "counted")
    assert found(checked, "lsoa_code", "lsoa_of_another_force") == (4, 1, "counted")
    assert found(checked, "lsoa_code", "point_outside_lsoa") == (0, 0, "not_run")
    assert checked.quarantine.is_empty()


def test_of_a_country_whose_lsoas_are_not_loaded_none_is_unknown(night):
    load_lsoas(night)
    checked = check(night, offence("welsh", lsoa_code="W01000001"))
    assert found(checked, "lsoa_code", "lsoa_unknown") == (1, 0, "none")


def test_boundaries_of_a_few_lsoas_do_not_make_the_others_unknown(night):
    load(night, LSOA_AREAS[1], {"lsoa_code": "E01000001", "boundary": square(0)})
    checked = check(night, offence("other", lsoa_code="E01000002"))
    assert found(checked, "lsoa_code", "lsoa_unknown") == (0, 0, "not_run")
    assert found(checked, "lsoa_code", "point_outside_lsoa") == (0, 0, "not_run")


def test_a_point_far_from_its_lsoa_is_counted_and_one_at_its_edge_is_not(night):
    load(night, LSOA_AREAS[1], {"lsoa_code": "E01000001", "boundary": square(0)})
    code = {"lsoa_code": "E01000001"}
    checked = check(night, offence("in", 0.5, **code), offence("edge", 1.0009, **code),
                    offence("far", 1.002, **code), offence("no code", 9.0))  # fmt: skip
    assert found(checked, "lsoa_code", "point_outside_lsoa") == (4, 1, "counted")


def test_of_two_censuses_the_newer_boundary_counts(night):
    for kind, west in zip(LSOA_AREAS, (5, 0), strict=True):
        load(night, kind, {"lsoa_code": "E01000001", "boundary": square(west)})
    checked = check(night, offence("in", 0.5, lsoa_code="E01000001"))
    assert found(checked, "lsoa_code", "point_outside_lsoa") == (1, 0, "none")


def test_a_file_of_an_older_shape_counts_as_not_loaded(night):
    night.home.reference.mkdir(parents=True)
    old = pl.DataFrame({"ons_code": [HERE], "boundary": [square(0)]})
    old.write_parquet(FORCE_AREA.path(night.home))
    assert found(check(night, offence("a", 2.0)), "longitude", AREA) == (0, 0, "not_run")
