"""What an ihub-like document says is what the contract's tables say, and nothing is lost."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from forces.declaration import load_declarations
from forces.simulator.renderers.ihub import FAULTS, RENDERER, write
from tests.transforms.clean_extract import DAY, make_extract
from tests.transforms.round_trip import assert_same, findings, quarantine, stage_folder, table
from transforms.systems.ihub import DELETED, SYSTEM

DECLARED = {"dorset": load_declarations()["dorset"]}
PLACES = ("easting", "northing", "longitude", "latitude", "h3_r8", "h3_r9", "bng_250m")
# What an ihub-like document does not carry, and why.
NOT_CARRIED = {
    # The code as received is a constrained value.
    "offence_record": ("offence_code_raw",),
    # An outcome has no place of its own there.
    "outcome": ("location_text", "postcode", "location_precision", *PLACES),
}


def stage(folder):
    return stage_folder(SYSTEM, folder, DECLARED, DAY)


@settings(max_examples=3, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 2**32 - 1))
def test_a_clean_extract_comes_back_as_it_was_sent(seed):
    extract, _ = make_extract(RENDERER, DECLARED, seed)
    with TemporaryDirectory() as folder:
        assert sum(write(Path(folder), extract).values()) == 0
        staged = stage(Path(folder))
    assert quarantine(staged).is_empty()
    assert findings(staged).is_empty()
    for name, sent in extract.tables.items():
        assert_same(staged, sent, name, NOT_CARRIED.get(name, ()))


def test_every_kind_of_record_that_has_an_id_can_be_deleted(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 3)
    kept = ("force", "source_record_id", "operation")
    gone = {
        name: extract.tables[name].with_columns(
            pl.lit("delete").alias("operation"),
            pl.exclude(*kept).map_batches(lambda s: s.clear(len(s))),
        )
        for name in DELETED.values()
    }
    write(tmp_path, replace(extract, tables=gone))
    staged = stage(tmp_path)
    assert quarantine(staged).is_empty()
    for name, sent in gone.items():
        assert_same(staged, sent.select(kept), name)


def test_the_two_passes_of_the_repeated_hour_stay_apart_as_their_times_have_zones(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 1, people=2)
    instants = pl.Series(["2025-10-26T00:30:00", "2025-10-26T01:30:00"]).str.to_datetime(
        time_unit="us"
    )
    offences = extract.tables["offence_record"].with_columns(
        instants.alias("occurred_from"), occurred_precision=pl.lit("minute")
    )
    write(tmp_path, replace(extract, tables={"offence_record": offences}))
    came = table(stage(tmp_path), "offence_record")
    assert set(came["occurred_from"]) == set(instants)
    assert not came["is_time_ambiguous"].any()


def test_every_letter_of_every_script_comes_back(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 2, people=3)
    names = ["ŁUKASIK", "李", "O\\NEIL"]
    persons = extract.tables["person_record"].with_columns(pl.Series("surname", names))
    write(tmp_path, replace(extract, tables={"person_record": persons}))
    assert set(table(stage(tmp_path), "person_record")["surname"]) == set(names)


def test_each_resource_stands_once_and_each_named_person_is_included(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 4, people=12)
    write(tmp_path, extract)
    (path,) = tmp_path.iterdir()
    document = json.loads(path.read_text(encoding="utf-8"))
    resources = document["data"] + document["included"]
    assert len({(r["type"], r["id"]) for r in resources}) == len(resources)
    assert sum(document["meta"]["counts"].values()) == len(resources)
    included = {r["id"] for r in document["included"] if r["type"] == "person"}
    assert included == set(extract.tables["event_role"]["person_source_record_id"])


def test_each_fault_is_planted_and_counted_at_a_rate_of_one(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 5, people=30)
    for fault in FAULTS:
        folder = tmp_path / fault.name
        folder.mkdir(exist_ok=True)
        assert write(folder, replace(extract, rates={fault.name: 1.0}))[fault.name] > 0


def test_dirt_of_form_is_mended(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 6, people=30)
    mended = ("lower_case", "trailing_blank", "curly_apostrophe", "postcode_spacing")
    assert write(tmp_path, replace(extract, rates=dict.fromkeys(mended, 1.0)))["lower_case"] > 0
    staged = stage(tmp_path)
    assert quarantine(staged).is_empty()
    for name, sent in extract.tables.items():
        assert_same(staged, sent, name, NOT_CARRIED.get(name, ()))


def test_faults_of_fact_are_counted_by_name_as_often_as_they_were_planted(tmp_path):
    rules = {
        "placeholder_name": "placeholder_name_not_entered",
        "placeholder_birth": "placeholder_birth_date",
        "unknown_offence_code": "offence_code_unmapped",
        "location_not_included": "location_not_included",
    }
    extract, _ = make_extract(RENDERER, DECLARED, 7, people=40)
    planted = write(tmp_path, replace(extract, rates=dict.fromkeys(rules, 0.5)))
    staged = stage(tmp_path)
    assert quarantine(staged).is_empty()
    met = findings(staged).group_by("rule").agg(pl.col("failed").cast(pl.Int64).sum())
    counted = dict(met.iter_rows())
    for fault, rule in rules.items():
        assert counted[rule] == planted[fault] > 0, fault


def test_a_person_left_out_of_included_is_not_delivered_and_their_roles_are_counted(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 9, people=40)
    planted = write(tmp_path, replace(extract, kind="full", rates={"person_not_included": 0.3}))
    staged = stage(tmp_path)
    persons = table(staged, "person_record")
    roles = table(staged, "event_role")
    assert persons.height == 40 - planted["person_not_included"] < 40
    assert roles.height == 40
    missing = ~roles["person_source_record_id"].is_in(persons["source_record_id"].implode())
    found = findings(staged).filter(pl.col("rule") == "person_not_included")
    assert found["failed"].cast(pl.Int64).sum() == missing.sum() > 0


def test_a_document_of_changes_may_name_persons_sent_before(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 9)
    tables = {n: rows for n, rows in extract.tables.items() if not n.startswith("person_")}
    write(tmp_path, replace(extract, kind="delta", tables=tables))
    staged = stage(tmp_path)
    assert table(staged, "event_role").height == extract.tables["event_role"].height
    assert findings(staged).is_empty()
