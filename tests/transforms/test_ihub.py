"""A small ihub-like document that a person can read, and the tables that it becomes."""

import json
from datetime import date
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from forces.declaration import load_declarations
from tests.transforms.round_trip import assert_golden, quarantine, stage_folder, table
from transforms.collect import collect
from transforms.mapping import Delivery
from transforms.planning import plan_night
from transforms.standardise import standardise
from transforms.systems.ihub import SYSTEM
from warehouse.batch import Batch
from warehouse.errors import DeliveryError
from warehouse.home import Home

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "ihub"
FILE = "ihub_dorset_20251103.json"
DECLARED = {"dorset": load_declarations()["dorset"]}
DAY = date(2025, 11, 3)


@pytest.fixture
def document():
    return json.loads((GOLDEN / "2025-11-03" / FILE).read_text(encoding="utf-8"))


def deliver(folder, document):
    (folder / FILE).write_text(json.dumps(document), encoding="utf-8")
    return Delivery(folder, (FILE,), "dorset", DAY, tuple(DECLARED.values()))


def test_the_golden_delivery_becomes_the_golden_tables():
    grid = {"easting": pl.Float64(), "northing": pl.Float64()}
    postcodes = pl.read_csv(GOLDEN / "postcode.csv", schema_overrides=grid)
    staged = stage_folder(SYSTEM, GOLDEN / "2025-11-03", DECLARED, DAY, postcodes)
    assert_golden(staged, GOLDEN / "expected")


def test_what_it_says_of_itself_is_read_from_meta(tmp_path, document):
    control = SYSTEM.control(deliver(tmp_path, document))
    assert (control.delivery_id, control.kind, control.environment) == (
        "IHUB-20251103", "delta", "live",
    )  # fmt: skip
    assert control.declared == {"resource": 22}


def test_whatever_does_not_say_that_it_is_live_is_test_data(tmp_path, document):
    del document["meta"]["environment"]
    assert SYSTEM.control(deliver(tmp_path, document)).environment == "test"


@pytest.mark.parametrize(
    "meta",
    [
        None,
        {"kind": "some", "counts": {}},
        {"kind": ["delta"], "counts": {}},
        {"kind": "delta"},
        {"kind": "delta", "counts": {"person": "5"}},
    ],
    ids=["none", "unknown kind", "a list for kind", "no counts", "a count that is text"],
)
def test_a_meta_that_cannot_be_meant_is_refused(tmp_path, document, meta):
    with pytest.raises(DeliveryError) as caught:
        SYSTEM.control(deliver(tmp_path, document | {"meta": meta}))
    assert caught.value.rule == "control_unreadable"


def test_a_document_without_included_brings_events_without_persons_and_places(tmp_path, document):
    document["meta"]["counts"] = {"all": len(document["data"])}
    del document["included"]
    deliver(tmp_path, document)
    staged = stage_folder(SYSTEM, tmp_path, DECLARED, DAY)
    offences = table(staged, "offence_record").filter(pl.col("operation") == "upsert")
    assert offences.height == 4
    assert set(offences["location_precision"]) == {"none"}
    assert table(staged, "event_role").height == 5


def test_a_document_that_was_cut_short_is_refused(tmp_path, document):
    delivery = deliver(tmp_path, document)
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[: whole.index(b'"included"') + 5])
    with pytest.raises(DeliveryError) as caught:
        SYSTEM.control(delivery)
    assert caught.value.rule == "truncated_json"


def test_a_resource_of_no_sound_form_costs_itself_alone(tmp_path, document):
    document["data"] += [7, "person", {"id": "1"}, {"type": "person", "attributes": {}}]
    document["meta"]["counts"]["strange"] = 4
    deliver(tmp_path, document)
    kept_out = quarantine(stage_folder(SYSTEM, tmp_path, DECLARED, DAY))
    assert kept_out.filter(pl.col("source_row").is_between(18, 21))["rule"].to_list() == [
        "source_record_id_missing", "malformed_json", "malformed_json", "resource_type_unknown",
    ]  # fmt: skip


def test_a_resource_that_gives_rows_of_several_entities_counts_as_one_record(tmp_path):
    copytree(GOLDEN / "2025-11-03", tmp_path / "deliveries" / "dorset" / "2025-11-03")
    home = Home.of(tmp_path / "home")
    plan_night(home, tmp_path / "deliveries", DAY, DECLARED)
    collect(home, DAY, "dorset")
    [batch_id] = standardise(home, DAY, "dorset", DECLARED)
    assert [file.records for file in Batch.read(home.staged(batch_id)).files] == [22]


def test_several_documents_in_one_delivery_are_refused(tmp_path, document):
    delivery = deliver(tmp_path, document)
    twice = Delivery(tmp_path, (FILE, FILE), "dorset", DAY, delivery.declarations)
    with pytest.raises(DeliveryError, match="one expected"):
        SYSTEM.control(twice)


def test_another_systems_files_are_not_recognised():
    assert not SYSTEM.recognise(("x.zip/Persons.csv", "x.zip/Control.csv"))
    assert not SYSTEM.recognise(())
    assert SYSTEM.recognise((FILE,))
