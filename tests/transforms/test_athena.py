from datetime import date
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from forces.declaration import load_declarations
from tests.transforms.round_trip import assert_golden, stage_folder
from transforms.mapping import Delivery
from transforms.systems.athena import SYSTEM
from warehouse.errors import DeliveryError

DAY = date(2025, 11, 3)
GOLDEN = Path(__file__).parents[1] / "golden" / "athena"
DECLARED = {force: load_declarations()[force] for force in ("essex", "kent")}


@pytest.fixture(scope="module")
def staged():
    degrees = {"easting": pl.Float64, "northing": pl.Float64}
    postcodes = pl.read_csv(GOLDEN / "postcode.csv", schema_overrides=degrees)
    return stage_folder(SYSTEM, GOLDEN / "2025-11-03", DECLARED, DAY, postcodes)


@pytest.fixture
def extract(tmp_path):
    return copytree(GOLDEN / "2025-11-03", tmp_path / "extract")


def delivery(folder):
    files = tuple(sorted(path.name for path in folder.iterdir()))
    return Delivery(folder, files, "athena", DAY, tuple(DECLARED.values()))


def replace_in(path, old, new):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def test_the_golden_extract_becomes_the_golden_tables(staged):
    assert_golden(staged, GOLDEN / "expected")


def test_every_record_is_staged_or_quarantined(staged):
    for one in staged.values():
        for name, received in one.batch.received.items():
            kept = one.tables[name].height if name in one.tables else 0
            broken = one.quarantine.filter(pl.col("table_name") == name)
            assert received == kept + broken.n_unique(["source_file", "source_row"])


def test_the_extract_says_what_it_is():
    control = SYSTEM.control(delivery(GOLDEN / "2025-11-03"))
    assert (control.delivery_id, control.kind, control.environment) == (
        "ATH-2025-W45", "full", "live",
    )  # fmt: skip
    assert control.declared["nominal"] == 6


def test_only_what_says_that_it_is_live_is_live(extract):
    replace_in(extract / "CONTROL.txt", b"Environment|LIVE", b"Environment|UAT")
    assert SYSTEM.control(delivery(extract)).environment == "test"


@pytest.mark.parametrize(
    ("file", "rule"),
    [("CONTROL.txt", "control_missing"), ("custody.txt", "file_missing")],
)
def test_a_missing_file_holds_the_extract(extract, file, rule):
    (extract / file).unlink()
    with pytest.raises(DeliveryError) as error:
        SYSTEM.control(delivery(extract))
    assert error.value.rule == rule


def test_a_file_cut_short_holds_the_extract(extract):
    path = extract / "nominal.txt"
    path.write_bytes(path.read_bytes()[:-40])
    for step in (SYSTEM.control, SYSTEM.read):
        with pytest.raises(DeliveryError) as error:
            step(delivery(extract))
        assert error.value.rule == "trailer_missing"


@pytest.mark.parametrize("trailer", [b"#TRAILER|custody|6", b"#TRAILER|nominal|six"])
def test_a_trailer_that_is_not_the_files_own_holds_the_extract(extract, trailer):
    replace_in(extract / "nominal.txt", b"#TRAILER|nominal|6", trailer)
    with pytest.raises(DeliveryError) as error:
        SYSTEM.control(delivery(extract))
    assert error.value.rule == "trailer_unreadable"


def test_a_renamed_column_holds_the_extract(extract):
    replace_in(extract / "nominal.txt", b"|Surname|", b"|LastName|")
    with pytest.raises(DeliveryError) as error:
        SYSTEM.read(delivery(extract))
    assert error.value.rule == "column_missing"


def test_other_systems_files_are_not_taken_for_athena():
    assert SYSTEM.recognise(("CONTROL.txt", "nominal.txt"))
    assert not SYSTEM.recognise(("Control.csv", "Persons.csv"))
    assert not SYSTEM.recognise(("change_events.xml",))
