"""A small niche-like delivery that a person can read, and the tables that it becomes.

The golden files are UTF-8 with plain line ends so that they can be read; the test sends them as the
system does: cp1252, Windows line ends, one zip.
"""

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from forces.declaration import load_declarations
from tests.transforms.round_trip import assert_golden, stage_folder
from transforms.mapping import Delivery
from transforms.readers.shape import REJECTS
from transforms.systems.niche import ENTITIES, SYSTEM
from warehouse.errors import DeliveryError

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "niche"
DECLARED = {"northumbria": load_declarations()["northumbria"]}
DAY = date(2025, 11, 3)


def send(folder, **changed):
    """The golden delivery as it is sent and opened, with some files' text changed."""
    archive = folder / "niche_northumbria_20251103.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in sorted((GOLDEN / "2025-11-03").glob("*.csv")):
            text = changed.get(path.stem, lambda text: text)(path.read_text(encoding="utf-8"))
            zipped.writestr(path.name, text.replace("\n", "\r\n").encode("cp1252"))
    opened = folder / "opened" / archive.name
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(opened)
    return opened.parent


def deliver(folder):
    files = tuple(sorted(str(p.relative_to(folder)) for p in folder.rglob("*.csv")))
    return Delivery(folder, files, "northumbria", DAY, tuple(DECLARED.values()))


def test_the_golden_delivery_becomes_the_golden_tables(tmp_path):
    grid = {"easting": pl.Float64(), "northing": pl.Float64()}
    postcodes = pl.read_csv(GOLDEN / "postcode.csv", schema_overrides=grid)
    folder = send(tmp_path)
    # Files stand in a folder named for the zip.
    staged = stage_folder(SYSTEM, next(folder.iterdir()), DECLARED, DAY, postcodes)
    assert_golden(staged, GOLDEN / "expected")


def test_what_it_says_of_itself_is_read_from_its_control_file(tmp_path):
    delivery = deliver(send(tmp_path))
    assert SYSTEM.recognise(delivery.files)
    control = SYSTEM.control(delivery)
    assert (control.delivery_id, control.kind, control.environment) == (
        "NICHE-20251103", "delta", "live",
    )  # fmt: skip
    assert control.declared["Persons"] == 6
    assert set(control.declared) == {entity.name for entity in ENTITIES}


def test_whatever_does_not_say_that_it_is_live_is_test_data(tmp_path):
    folder = send(tmp_path, Control=lambda text: text.replace(",LIVE,", ",TRAINING,"))
    assert SYSTEM.control(deliver(folder)).environment == "test"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(",DELTA,", ",SOME,"),
        lambda text: text.replace("DELTA", "FULL", 1),
        lambda text: text.replace("Persons,6", "Persons,six"),
        lambda text: text.splitlines()[0] + "\n",
    ],
    ids=["unknown kind", "two kinds", "a count that is none", "no rows"],
)
def test_a_control_file_that_cannot_be_meant_is_refused(tmp_path, spoil):
    with pytest.raises(DeliveryError) as caught:
        SYSTEM.control(deliver(send(tmp_path, Control=spoil)))
    assert caught.value.rule == "control_unreadable"


def test_a_renamed_column_is_named_and_no_value_is_shown(tmp_path):
    folder = send(tmp_path, Persons=lambda text: text.replace("DateOfBirth", "DOB"))
    with pytest.raises(DeliveryError, match="DateOfBirth") as caught:
        SYSTEM.read(deliver(folder))
    assert caught.value.rule == "column_missing"
    assert "BRIEN" not in str(caught.value)


def test_another_systems_files_are_not_recognised():
    assert not SYSTEM.recognise(("ihub_dorset_20251103.json",))
    assert not SYSTEM.recognise(("2021-03-durham-street.csv",))


def test_every_record_that_is_read_is_sound_or_rejected(tmp_path):
    read = SYSTEM.read(deliver(send(tmp_path, Vehicles=lambda text: text + "1,2\n")))
    assert read["Vehicles"].frame.height == 1
    assert read["Vehicles"].rejects["rule"].to_list() == ["field_count"]
    assert all(records.rejects.columns == list(REJECTS) for records in read.values())


def _without(folder, *missing):
    """The golden delivery, opened, without some of its files."""
    given = deliver(folder)
    kept = tuple(file for file in given.files if Path(file).stem not in missing)
    return replace(given, files=kept)


@pytest.mark.parametrize("name", ["PersonAddresses", "Deletes", "Vehicles"])
def test_a_zip_without_a_file_that_its_control_lists_is_refused(tmp_path, name):
    opened = send(tmp_path)
    with pytest.raises(DeliveryError, match=rf"{name}\.csv") as caught:
        SYSTEM.control(_without(opened, name))
    assert caught.value.rule == "file_missing"


def test_a_delta_need_not_hold_a_file_that_its_control_does_not_list(tmp_path):
    opened = send(tmp_path, Control=_unlisted("Vehicles"))
    given = _without(opened, "Vehicles")
    assert "Vehicles" not in SYSTEM.control(given).declared
    assert "Vehicles" not in SYSTEM.read(given)


def test_a_full_extract_holds_every_file_of_its_form_listed_or_not(tmp_path):
    opened = send(
        tmp_path, Control=lambda text: _unlisted("Vehicles")(text).replace("DELTA", "FULL")
    )
    assert SYSTEM.control(deliver(opened)).kind == "full"
    with pytest.raises(DeliveryError, match=r"Vehicles\.csv") as caught:
        SYSTEM.control(_without(opened, "Vehicles"))
    assert caught.value.rule == "file_missing"


def _unlisted(name):
    return lambda text: "".join(
        line for line in text.splitlines(keepends=True) if f",{name}," not in line
    )


@pytest.mark.parametrize("name", ["niche.zip/Notes.csv", "persons.csv", "Persons.csv.bak"])
def test_a_file_that_is_none_of_its_entities_is_none_of_its_own(name):
    assert not SYSTEM.knows(name)
    assert SYSTEM.knows("niche.zip/Persons.csv")
    assert SYSTEM.knows("Control.csv")
