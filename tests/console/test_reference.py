"""Official geography from the command line to the store, and what the status says without it."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from console.reference import tell_kinds, tell_load
from console.status import tell_status
from console.take_in import link_all, take_in
from forces.declaration import load_declarations
from tests.checked_store import check_store
from tests.console.published import published
from tests.console.small_nation import write_csv
from warehouse.build import build
from warehouse.errors import UsageError
from warehouse.home import Home
from warehouse.publish import publish

NIGHTS = (date(2026, 1, 12), date(2026, 1, 13))
SQUARE = [[[-2, 54], [-1, 54], [-1, 55], [-2, 55], [-2, 54]]]
AREA = {"properties": {"id": "E23000008", "name": "Durham"},
        "geometry": {"type": "Polygon", "coordinates": SQUARE}}  # fmt: skip


@pytest.fixture(scope="module")
def geography(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("geography")
    (folder / "areas.geojson").write_text(json.dumps({"features": [AREA]}))
    write_csv(
        folder / "lsoas.csv",
        ("LSOA11CD", "LSOA11NM", "WD21CD", "WD21NM", "LAD21CD", "LAD21NM"),
        [("E01020634", "Durham 1A", "E05000001", "A ward", "E06000047", "County Durham")],
    )
    write_csv(folder / "lads.csv", ("LAD22CD", "PFA22CD"), [("E06000047", "E23000008")])
    (folder / "notes.txt").write_text("where it was downloaded\n")
    return folder


@pytest.fixture(scope="module")
def nights(geography: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[str]]:
    """A home after a night without geography and one with, and what the status said after each."""
    root = tmp_path_factory.mktemp("nation")
    home = Home.of(root / "home")
    (root / "declared").mkdir()
    (root / "declared" / "durham.toml").write_text(
        'name = "Durham"\nons_code = "E23000008"\n[record_system]\nsystem = "standard"\n'
    )
    declarations = load_declarations(root / "declared")
    statuses = []
    for night in NIGHTS:
        write_csv(
            root / "deliveries" / "durham" / night.isoformat() / "offence_record.csv",
            ("source_record_id", "offence_code", "occurred_from", "longitude", "latitude",
             "lsoa_code"),
            [("in", "028/03", "2025-01-11T21:30:00Z", -1.57, 54.77, "E01020634"),
             ("out", "028/03", f"{night}T01:00:00Z", 0.5, 51.5, "E01999999")],
        )  # fmt: skip
        take_in(home, root / "deliveries", night, declarations)
        link_all(home, night)
        build(home, night, declarations)
        check_store(home, night)
        publish(home, night)
        said: list[str] = []
        tell_status(home, False, False, said.append)
        tell_status(home, False, True, said.append)
        statuses.append("\n".join(said))
        tell_load(home, geography, said.append)
    return home, statuses


def test_the_status_says_in_one_line_what_was_not_run_and_for_want_of_what(nights):
    _, (without, with_areas) = nights
    assert (
        "checks 4 rules were not run on all of the night's batches, for want of force_area, lsoa, "
        "lsoa_area, lsoa_force: crimelink reference load\n"
    ) in without
    assert '"rules_not_run": 4' in without
    assert "checks 1 rule was not run" in with_areas
    assert '"reference_data_wanted": [\n  "lsoa_area"\n ]' in with_areas


def test_the_same_rules_count_once_it_is_loaded(nights):
    home, _ = nights
    query = (
        "SELECT rule, checked, failed, action FROM quality.check_result JOIN quality.batch "
        "USING (batch_id) JOIN quality.rule USING (table_name, column_name, rule) "
        "WHERE needs IS NOT NULL AND night = '{}' ORDER BY rule"
    )
    assert {row[1:] for row in published(home, query.format(NIGHTS[0]))} == {(0, 0, "not_run")}
    assert published(home, query.format(NIGHTS[1])) == [
        ("lsoa_of_another_force", 2, 0, "none"),
        ("lsoa_unknown", 2, 1, "counted"),
        ("point_outside_force_area", 2, 1, "counted"),
        ("point_outside_lsoa", 0, 0, "not_run"),
    ]


def test_the_store_publishes_what_lies_in_what_and_where_it_is_from(nights):
    home, _ = nights
    assert published(
        home, "SELECT lsoa_code, name, ward_name, lad_name, ons_code, force FROM reference.lsoa"
    ) == [("E01020634", "Durham 1A", "A ward", "County Durham", "E23000008", "durham")]
    [(code, name, force, boundary)] = published(home, "FROM reference.force_area")
    assert (code, name, force) == ("E23000008", "Durham", "durham")
    assert json.loads(boundary)["coordinates"] == SQUARE
    assert published(home, "SELECT kind, file, row_count FROM reference.loaded ORDER BY kind") == [
        ("force_area", "areas.geojson", 1),
        ("lad_force", "lads.csv", 1),
        ("lsoa_ward_2011", "lsoas.csv", 1),
    ]


def test_a_load_tells_of_every_file_and_a_list_of_every_kind(geography, tmp_path):
    home = Home.of(tmp_path)
    said: list[str] = []
    assert tell_load(home, geography, said.append) is False
    assert said == [
        "loaded         areas.geojson: force_area, 1 row",
        "loaded         lads.csv: lad_force, 1 row",
        "loaded         lsoas.csv: lsoa_ward_2011, 1 row",
        "left           notes.txt: no kind has the columns where it was downloaded",
    ]
    said.clear()
    tell_kinds(home, said.append)
    assert "force_area           police force areas: 1 row of areas.geojson" in said
    assert "postcode             postcodes and their centres: not loaded" in said


def test_a_refused_file_is_told_and_a_folder_of_other_things_is_a_mistake(tmp_path):
    home = Home.of(tmp_path / "home")
    (tmp_path / "given").mkdir()
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "given" / "other")
    with pytest.raises(UsageError, match="no reference data"):
        tell_load(home, tmp_path / "given", lambda _: None)
    (tmp_path / "given" / "bad").write_text("ward_code,police_force\nE05000026,nobody\n")
    assert tell_load(home, tmp_path / "given", lambda _: None) is True
