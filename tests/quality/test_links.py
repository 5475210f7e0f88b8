"""What a row points at: held after the night, whichever store readers have been given."""

import json
from datetime import date

import polars as pl

from warehouse.contract import TABLES
from warehouse.journal import journal_path
from warehouse.night import last_published

from .conftest import LAST_NIGHT, blank

EVERYTHING = {"person_record": None, "person_address": None, "offence_record": None,
              "event_role": None}  # fmt: skip
DANGLING = ("person_address", 1, "source_record_id", "reference")


def held(*ids, force="alpha"):
    return [{"force": force, "source_system": "niche", "source_record_id": i} for i in ids]


def person(source_record_id, **values):
    return {"source_record_id": source_record_id} | values


def note_of(night):
    """What the check wrote into the night's journal."""
    lines = journal_path(night.home, night.night).read_text().splitlines()
    return json.loads(lines[-1])


def test_after_a_rollback_the_night_is_compared_with_what_the_last_night_left(night):
    earlier = night.publish(date(2026, 2, 28), core_person_record=held("1"))
    last = night.publish(LAST_NIGHT, core_person_record=held("1", "2"))
    night.roll_back(earlier)
    batch = night.stage("alpha", {"person_address": [person("2")]})
    night.check()
    assert night.checked(batch).failures == []
    assert note_of(night)["compared_with"] == last.name
    assert "warning" not in note_of(night)


def test_where_the_last_nights_store_is_gone_the_current_one_serves_and_the_journal_says_so(night):
    earlier = night.publish(date(2026, 2, 28), core_person_record=held("1"))
    last = night.publish(LAST_NIGHT, core_person_record=held("1", "2"))
    night.roll_back(earlier)
    last.unlink()
    assert last_published(night.home) is None
    batch = night.stage("alpha", {"person_address": [person("2"), person("1")]})
    night.check()
    assert night.checked(batch).failures == [DANGLING]
    assert note_of(night)["compared_with"] == earlier.name
    assert "not there" in note_of(night)["warning"]


def test_the_first_night_is_compared_with_nothing(night):
    assert last_published(night.home) is None
    batch = night.stage("alpha", {"person_address": [person("1")]})
    night.check()
    assert night.checked(batch).failures == [DANGLING]
    assert note_of(night)["compared_with"] is None
    assert "warning" not in note_of(night)


def test_a_full_batch_that_lacks_a_person_cannot_bring_what_is_the_persons(night):
    """It closes the person, so its address and its part in an offence would hang in the air."""
    night.publish(core_person_record=held("1", "2") + held("1", "2", force="bravo"))
    role = {"event_type": "offence_record", "person_source_record_id": "2"}
    tables = {
        "person_record": [person("1")],
        "person_address": [person("2"), person("1")],
        "offence_record": [person("o")],
        "event_role": [person("o") | role],
    }
    full = night.stage("alpha", tables, kind="full", covers=EVERYTHING)
    delta = night.stage("bravo", tables)
    night.check()
    assert night.checked(full).failures == [
        ("event_role", 1, "person_source_record_id", "reference"), DANGLING,
    ]  # fmt: skip
    assert night.checked(delta).failures == []


def test_a_person_that_only_another_batch_brings_does_not_count_for_a_full_one(night):
    night.stage("alpha", {"person_record": [person("2")]}, name="1")
    tables = {"person_record": [person("1")], "person_address": [person("2"), person("1")]}
    full = night.stage("alpha", tables, name="2", kind="full", covers=EVERYTHING)
    night.check()
    assert night.checked(full).failures == [DANGLING]


def test_a_person_in_quarantine_keeps_the_version_held_and_what_points_at_it(night):
    """The load closes none of them: not one that breaks a rule, not one that standardise could not
    read, and nothing at all where bytes could not be read or a key could not be told."""
    forces = ("alpha", "bravo", "charlie", "delta")
    night.publish(core_person_record=[row for f in forces for row in held("1", "2", "3", force=f)])
    tables = {"person_record": [person("1"), person("3", sex="Q")],
              "person_address": [person("2"), person("3")]}  # fmt: skip
    full = {"kind": "full", "covers": EVERYTHING}
    batches = [
        night.stage("alpha", tables, quarantine=quarantined("2"), **full),
        night.stage("bravo", tables, quarantine=quarantined(None), **full),
        night.stage("charlie", tables, unreadable_bytes=7, **full),
        night.stage("delta", tables, quarantine=quarantined("9"), **full),
    ]
    night.check()
    kept = [night.checked(batch).accepted("person_address") for batch in batches]
    assert kept == [["2", "3"], ["2", "3"], ["2", "3"], ["3"]]


def quarantined(record_key):
    """A person record that standardise has put into quarantine."""
    row = {"batch_id": "b", "force": "f", "table_name": "person_record", "source_file": "f.csv",
           "source_row": 9, "record_key": record_key, "column_name": "birth_date",
           "rule": "unreadable_date", "reason": "birth_date is no date"}  # fmt: skip
    return pl.DataFrame([row], schema=TABLES["quality.quarantine"].polars_schema())


def test_a_person_that_the_batch_deletes_is_not_held_but_one_that_it_brings_again_is(night):
    night.publish(core_person_record=held("1", "2"))
    events = [
        blank("person_record", "1"),
        blank("person_record", "2") | {"sequence": 1},
        person("2", sequence=2),
        person("3", sequence=3),
        blank("person_record", "3") | {"sequence": 4},
    ]
    addresses = [person("1"), person("2"), person("3")]
    batch = night.stage("alpha", {"person_record": events, "person_address": addresses})
    night.check()
    assert night.checked(batch).failures == [
        DANGLING, ("person_address", 3, "source_record_id", "reference"),
    ]  # fmt: skip
    assert night.checked(batch).accepted("person_address") == ["2"]


def test_a_person_whose_row_has_no_id_or_no_known_operation_keeps_the_version_held(night):
    night.publish(core_person_record=held("1", "2"))
    broken = [
        {"source_record_id": None, "record_key": "1"},
        {"source_record_id": "2", "operation": "mend"},
    ]
    tables = {"person_record": broken, "person_address": [person("1"), person("2")]}
    batch = night.stage("alpha", tables, kind="full", covers=EVERYTHING)
    night.check()
    assert night.checked(batch).failures == [
        ("person_record", 1, "source_record_id", "required"),
        ("person_record", 2, "operation", "allowed_values"),
    ]
