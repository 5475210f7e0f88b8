"""Reference deliveries: taken whole or not at all, and never a reason to stop the night."""

import gzip
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.geography import read_geography
from transforms.reference import take_reference
from warehouse.contract import TABLES
from warehouse.home import Home
from warehouse.journal import journal_path
from warehouse.night import close_night
from warehouse.reference_files import FORCE_AREA

NIGHT = date(2024, 1, 2)
HEADER = "postcode,easting,northing,longitude,latitude\n"
GOOD = HEADER + "NE1 4ST,425000,564000,-1.61,54.97\nDH1 3LE,427300,542200,-1.57,54.77\n"


@pytest.fixture
def home(tmp_path) -> Home:
    return Home.of(tmp_path / "home")


def _deliver(folder: Path, day: str, text: str) -> Path:
    path = folder / "reference" / day / "postcode.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


def _note(home: Home) -> dict:
    return json.loads(journal_path(home, NIGHT).read_text().splitlines()[-1])


def _loaded(home: Home) -> pl.DataFrame:
    return pl.read_parquet(home.reference / "postcode.parquet")


def test_the_journal_calls_the_step_as_the_schedule_does(home, tmp_path):
    take_reference(home, tmp_path, NIGHT)
    lines = journal_path(home, NIGHT).read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["step"] for line in lines} == {"take_reference"}


def test_the_newest_file_up_to_the_night_is_loaded_in_the_contracts_columns(tmp_path, home):
    deliveries = _deliver(tmp_path, "2023-12-01", HEADER + "ZE1 0AA,447600,1141500,-1.1,60.1\n")
    _deliver(tmp_path, "2024-01-02", GOOD)
    _deliver(tmp_path, "2024-01-03", "nonsense")
    take_reference(home, deliveries, NIGHT)
    frame = _loaded(home)
    assert frame.schema == TABLES["reference.postcode"].polars_schema()
    assert frame["postcode"].to_list() == ["DH1 3LE", "NE1 4ST"]
    assert (home.reference / "postcode.parquet").stat().st_mode & 0o777 == 0o600
    assert _note(home)["postcode.csv"] == "reference/2024-01-02/postcode.csv, 2 rows"


def test_a_gzipped_file_is_loaded_too(tmp_path, home):
    path = tmp_path / "reference" / "2024-01-01" / "postcode.csv.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(GOOD.encode()))
    take_reference(home, tmp_path, NIGHT)
    assert _loaded(home).height == 2


def test_taking_it_again_does_not_write_it_again(tmp_path, home):
    take_reference(home, _deliver(tmp_path, "2024-01-01", GOOD), NIGHT)
    before = (home.reference / "postcode.parquet").stat().st_ino
    take_reference(home, tmp_path, NIGHT)
    assert (home.reference / "postcode.parquet").stat().st_ino == before
    assert _note(home)["postcode.csv"].endswith("loaded already")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty_file"),
        (GOOD.replace("easting", "east"), "column_missing"),
        (GOOD.replace("425000", "four"), "reference_value"),
        (GOOD.replace("425000", "99425000"), "reference_value"),
        (GOOD.replace("NE1 4ST", "NE14ST"), "reference_value"),
        (GOOD.replace("-1.61", ""), "reference_value"),
        (GOOD.replace("DH1 3LE", "NE1 4ST"), "reference_repeated"),
        (GOOD + "YO1 1AA,1,2\n", "reference_row"),
    ],
)
def test_a_bad_file_leaves_what_is_loaded_and_is_told_in_the_journal(tmp_path, home, text, rule):
    deliveries = _deliver(tmp_path, "2024-01-01", GOOD)
    take_reference(home, deliveries, NIGHT)
    _deliver(tmp_path, "2024-01-02", text)
    take_reference(home, deliveries, NIGHT)
    assert _loaded(home).height == 2
    assert _note(home)["event"] == "done"
    assert _note(home)["postcode.csv"].startswith(f"NOT LOADED ({rule}): ")


def test_a_link_is_not_followed(tmp_path, home):
    outside = tmp_path / "outside.csv"
    outside.write_text(GOOD)
    folder = tmp_path / "reference" / "2024-01-01"
    folder.mkdir(parents=True)
    (folder / "postcode.csv").symlink_to(outside)
    take_reference(home, tmp_path, NIGHT)
    assert _note(home)["postcode.csv"].startswith("NOT LOADED (symlink): ")
    assert not (home.reference / "postcode.parquet").exists()


def test_without_a_reference_delivery_the_night_goes_on(tmp_path, home):
    take_reference(home, tmp_path, NIGHT)
    assert _note(home)["event"] == "done"
    assert "postcode.csv" not in _note(home)


def test_the_areas_of_forces_are_loaded_beside_the_gazetteer(tmp_path, home):
    _deliver(tmp_path, "2024-01-01", GOOD)
    ring = [[[-2, 54], [-1, 54], [-1, 55], [-2, 54]]]
    area = {"properties": {"id": "E23000008"}, "geometry": {"type": "Polygon", "coordinates": ring}}
    folder = tmp_path / "reference" / "2023-01-01"
    folder.mkdir()
    (folder / "force_area.geojson").write_text(json.dumps({"features": [area]}))
    take_reference(home, tmp_path, NIGHT)
    areas = FORCE_AREA.read(home)
    assert areas is not None
    assert areas["ons_code"].to_list() == ["E23000008"]
    postcodes = read_geography(home).postcodes
    assert postcodes is not None
    assert postcodes.height == 2


def test_a_closed_night_takes_nothing(tmp_path, home):
    close_night(home, NIGHT, home.store / "x.duckdb")
    take_reference(home, _deliver(tmp_path, "2024-01-01", GOOD), NIGHT)
    assert not home.reference.exists()
