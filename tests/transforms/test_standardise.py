"""Standardise: every record is staged or quarantined, and a bad delivery is held, not an error."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from forces.declaration import Declaration
from tests.transforms.toy_system import (
    ENTITIES,
    MAPPINGS,
    NIGHT,
    SHARED_TOY,
    TOY,
    declare,
    deliver,
    plan,
    staged_table,
)
from transforms import stage as stage_module
from transforms import standardise as standardise_module
from transforms.apply_mapping import apply_mapping
from transforms.collect import collect
from transforms.mapping import Parsed, System, TableMapping
from transforms.standardise import standardise
from warehouse.batch import Batch
from warehouse.contract import STAGING_COLUMNS, TABLES, delivered_table
from warehouse.errors import DeclarationError, StoreError
from warehouse.home import Home
from warehouse.night import close_night, read_handover, staged_batches, unfinished_deliverers

PEOPLE = """
    id,surname,born,op,title
    1,Smith,01/02/1990,U,
    2,O’Neill,31/02/1990,U,MS
    3,MIG_ERROR_17,01/01/1900,U,
    4,Jones,,D,
    5,Brown,03/04/1985,U,TEST
    6,UNREADABLE,,,
    ,Grey,05/06/1970,U,
"""


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch) -> dict[str, System]:
    """The record systems that standardise may load."""
    known = {"toy": TOY, "shared_toy": SHARED_TOY}
    monkeypatch.setattr(standardise_module, "load_system", known.__getitem__)
    return known


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.of(tmp_path / "home")


def run(home: Home, folder: Path, *declared: Declaration) -> list[Batch]:
    """Plan, collect and standardise one delivery."""
    plan(home, folder)
    deliverer = folder.parent.name
    collect(home, NIGHT, deliverer)
    ids = standardise(home, NIGHT, deliverer, {d.force: d for d in declared})
    return [Batch.read(home.staged(batch_id)) for batch_id in ids]


def findings(batch: Batch) -> dict[tuple[str, str], tuple[int, int, str]]:
    return {(f.table, f.rule): (f.checked, f.failed, f.action) for f in batch.findings}


def quarantine(home: Home, batch: Batch) -> pl.DataFrame:
    return pl.read_parquet(home.staged(batch.batch_id) / "quarantine.parquet")


def test_every_record_is_staged_or_quarantined(systems, home, tmp_path):
    [batch] = run(home, deliver(tmp_path, "aford", {"person.csv": PEOPLE}), declare("aford"))
    rows = staged_table(home, batch, "person_record")
    kept_out = quarantine(home, batch)
    assert not batch.is_held
    assert batch.received == {"person_record": 7}
    assert rows["source_record_id"].to_list() == ["1", "3", "4"]
    assert sorted(zip(kept_out["source_row"], kept_out["rule"], strict=True)) == [
        (2, "birth_date_not_a_date"),
        (5, "test_person"),
        (6, "unreadable"),
        (7, "source_record_id_missing"),
    ]


def test_staged_rows_have_the_contracts_columns_and_types(systems, home, tmp_path):
    [batch] = run(home, deliver(tmp_path, "aford", {"person.csv": PEOPLE}), declare("aford"))
    rows = staged_table(home, batch, "person_record")
    wanted = delivered_table("person_record").polars_schema(STAGING_COLUMNS)
    assert dict(rows.schema) == wanted
    assert rows.select("force", "source_system", "batch_id", "source_file").unique().rows() == [
        ("aford", "toy", batch.batch_id, "person.csv")
    ]
    assert rows["operation"].to_list() == ["upsert", "upsert", "delete"]


def test_quarantine_keeps_the_source_record_and_names_no_value(systems, home, tmp_path):
    [batch] = run(home, deliver(tmp_path, "aford", {"person.csv": PEOPLE}), declare("aford"))
    row = quarantine(home, batch).filter(pl.col("rule") == "birth_date_not_a_date").to_dicts()[0]
    assert row["record_key"] == "2"
    assert row["column_name"] == "birth_date"
    assert "31/02/1990" in row["raw"]
    assert "31/02/1990" not in row["reason"]
    assert quarantine(home, batch).columns == [*TABLES["quality.quarantine"].names, "raw"]


def test_traps_are_counted_mended_or_quarantined_by_name(systems, home, tmp_path):
    [batch] = run(home, deliver(tmp_path, "aford", {"person.csv": PEOPLE}), declare("aford"))
    found = findings(batch)
    assert found["person_record", "placeholder_birth_date"] == (6, 1, "mended")
    assert found["person_record", "placeholder_name_mig_error"] == (6, 1, "mended")
    assert found["person_record", "has_title"] == (6, 2, "counted")
    assert found["person_record", "test_person"] == (6, 1, "quarantined")
    # Of the four births given, one is a placeholder; the three others are checked, one fails.
    assert found["person_record", "birth_date_not_a_date"] == (4, 1, "quarantined")
    mended = staged_table(home, batch, "person_record").filter(pl.col("source_record_id") == "3")
    assert mended.select("surname", "birth_date").row(0) == (None, None)


def test_known_bad_values_become_null_and_are_counted(systems, home, tmp_path):
    bad = {"person_record.surname": ("SMITH", "JO*"), "person_record.birth_date": ("1990-02-01",)}
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE})
    [batch] = run(home, folder, declare("aford", known_bad=bad))
    rows = staged_table(home, batch, "person_record")
    assert rows.select("surname", "birth_date").rows() == [(None, None)] * 3
    failed = {f.column: f.failed for f in batch.findings if f.rule == "known_bad_value"}
    assert failed == {"surname": 2, "birth_date": 1}


def test_rows_of_an_owner_are_keyed_by_content_and_scoped_by_owner(systems, home, tmp_path):
    addresses = """
        id,postcode
        1,ne1 1aa
        1,NE1 1AA
        1,NE2 2BB
        9,NF1 1NF
    """
    files = {"person.csv": PEOPLE, "address.csv": addresses}
    [batch] = run(home, deliver(tmp_path, "aford", files), declare("aford"))
    rows = staged_table(home, batch, "person_address")
    keys = rows["record_key"].to_list()
    assert keys[1] == f"{keys[0]}#2"
    assert len(set(keys)) == 4
    assert all(len(key.split("#")[1]) == 16 for key in keys)
    assert rows["scope"].to_list() == ["person_record:1"] * 3 + ["person_record:9"]
    # A delta covers the owners it brings, by their own record or by a row of theirs.
    assert batch.covers == {"person_address": [f"person_record:{n}" for n in (1, 3, 4, 9)]}


def test_a_full_delivery_covers_the_tables_it_has_files_of(systems, home, tmp_path):
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE}, kind="full")
    [batch] = run(home, folder, declare("aford", kind="full"))
    assert batch.covers == {"person_record": None}


def test_a_part_covers_its_parts_even_where_all_of_a_part_is_quarantined(systems, home, tmp_path):
    events = """
        id,kind,longitude,latitude,part
        1,crime,-1.61,54.97,2026-01
        2,crime,west,54.97,2026-02
        3,call,,,2026-01
    """
    folder = deliver(tmp_path, "aford", {"event.csv": events}, kind="part")
    [batch] = run(home, folder, declare("aford", kind="part"))
    assert batch.covers == {"offence_record": ["2026-01", "2026-02"], "incident": ["2026-01"]}
    assert quarantine(home, batch)["rule"].to_list() == ["not_a_number"]


def test_records_that_no_table_takes_are_quarantined(systems, home, tmp_path):
    events = """
        id,kind,longitude,latitude
        1,crime,-1.61,54.97
        2,gossip,,
        3,,,
    """
    [batch] = run(home, deliver(tmp_path, "aford", {"event.csv": events}), declare("aford"))
    assert batch.received == {"incident": 0, "offence_record": 3}
    assert quarantine(home, batch)["rule"].to_list() == ["record_not_mapped"] * 2


def test_places_are_located_and_impossible_ones_counted(systems, home, tmp_path):
    events = """
        id,kind,longitude,latitude
        1,crime,-1.61,54.97
        2,crime,0,0
        3,crime,100,54.97
    """
    [batch] = run(home, deliver(tmp_path, "aford", {"event.csv": events}), declare("aford"))
    rows = staged_table(home, batch, "offence_record")
    assert rows["location_precision"].to_list() == ["exact", "none", "none"]
    assert rows["bng_250m"].to_list() == ["E425000N563750", None, None]
    found = findings(batch)
    assert found["offence_record", "place_at_zero"] == (3, 1, "mended")
    assert found["offence_record", "place_off_the_grid"] == (3, 1, "mended")


@pytest.mark.parametrize(
    ("control", "rule"),
    [
        ({"declared": {"person": 8}}, "declared_count_differs"),
        ({"declared": {"address": 1}}, "declared_count_differs"),
        ({"environment": "test"}, "test_environment"),
        ({"declared": {"person": 7}}, None),
    ],
)
def test_what_a_delivery_says_of_itself_can_hold_it(systems, home, tmp_path, control, rule):
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE}, **control)
    [batch] = run(home, folder, declare("aford"))
    assert batch.held_rule == rule
    assert batch.received == {"person_record": 7}


def test_a_full_delivery_without_records_is_held(systems, home, tmp_path):
    folder = deliver(tmp_path, "aford", {"person.csv": "id,surname,born"}, kind="full")
    [batch] = run(home, folder, declare("aford"))
    assert batch.held_rule == "no_records"


def test_an_unreadable_delivery_is_held_with_its_bytes_counted_once(systems, home, tmp_path):
    folder = deliver(tmp_path, "region", {"person.csv": "id,BROKEN\n1,2"})
    declared = (declare("aford", "region"), declare("beeford", "region"))
    first, second = run(home, folder, *declared)
    assert {first.held_rule, second.held_rule} == {"column_missing"}
    assert first.unreadable_bytes == first.bytes > 0
    assert second.unreadable_bytes == 0
    assert quarantine(home, first).height == 0


def test_a_form_that_no_declared_system_has_is_held(systems, home, tmp_path):
    folder = deliver(tmp_path, "aford", {"letter.txt": "Dear all"})
    (folder / "control.json").unlink()
    [batch] = run(home, folder, declare("aford"))
    assert batch.held_rule == "unknown_form"


def test_a_shared_file_is_split_and_strays_go_to_the_first_force(systems, home, tmp_path):
    people = """
        id,surname,born,force
        1,Smith,,beeford
        1,Jones,,aford
        2,Brown,,elsewhere
        3,Grey,,
        4,UNREADABLE,,aford
        5,Green,,beeford
    """
    folder = deliver(tmp_path, "region", {"person.csv": people})
    declared = (declare("aford", "region"), declare("beeford", "region"))
    first, second = run(home, folder, *declared)
    assert (first.force, first.received) == ("aford", {"person_record": 4})
    assert (second.force, second.received) == ("beeford", {"person_record": 2})
    assert staged_table(home, first, "person_record")["surname"].to_list() == ["JONES"]
    assert staged_table(home, second, "person_record")["force"].unique().to_list() == ["beeford"]
    assert sorted(quarantine(home, first)["rule"]) == ["force_unknown"] * 2 + ["unreadable"]
    assert {file.file: file.records for file in first.files}["person.csv"] == 6


def test_a_force_that_a_shared_full_delivery_leaves_out_is_held(systems, home, tmp_path):
    people = "id,surname,born,force\n1,Smith,,aford"
    folder = deliver(tmp_path, "region", {"person.csv": people}, kind="full")
    first, second = run(home, folder, declare("aford", "region"), declare("beeford", "region"))
    assert first.held_rule is None
    assert second.held_rule == "no_records"


def test_an_address_that_a_later_event_leaves_out_is_ended(systems, home, tmp_path):
    people = "id,surname,born,sequence\n1,Smith,,10\n1,Smith,,20\n2,Jones,,10"
    addresses = """
        id,postcode,sequence
        1,NE1 1AA,10
        1,NE2 2BB,10
        1,NE1 1AA,20
        2,NE3 3CC,10
    """
    files = {"person.csv": people, "address.csv": addresses}
    [batch] = run(home, deliver(tmp_path, "aford", files), declare("aford"))
    rows = staged_table(home, batch, "person_address")
    assert rows.select("postcode", "sequence", "operation").rows() == [
        ("NE1 1AA", 10, "upsert"),
        ("NE2 2BB", 10, "delete"),
        ("NE1 1AA", 20, "upsert"),
        ("NE3 3CC", 10, "upsert"),
    ]
    # The address that stays is one row in two versions, not two rows.
    assert rows["record_key"][0] == rows["record_key"][2]


def test_a_delivery_that_repeats_another_is_a_batch_that_changes_nothing(systems, home, tmp_path):
    later = deliver(tmp_path, "aford", {"person.csv": PEOPLE}, delivery_id="X1", kind="full")
    first = later.with_name("2026-01-04")
    first.mkdir()
    for file in later.iterdir():
        (first / file.name).write_bytes(file.read_bytes())
    plan(home, later, first)
    collect(home, NIGHT, "aford")
    ids = standardise(home, NIGHT, "aford", {"aford": declare("aford")})
    original, again = (Batch.read(home.staged(batch_id)) for batch_id in ids)
    assert original.repeats is None
    assert again.repeats == original.delivery_id
    assert not again.is_held
    assert again.received == original.received == {"person_record": 7}
    assert again.covers == {}
    assert {path.name for path in home.staged(again.batch_id).iterdir()} == {
        "batch.json", "quarantine.parquet",
    }  # fmt: skip
    assert quarantine(home, again).is_empty()
    # It brings nothing new, so nothing is fresher for it.
    assert again.delivery_date == original.delivery_date == date(2026, 1, 4)
    assert {file.note for file in again.files} == {
        f"repeats delivery {original.delivery_id}: not loaded twice"
    }


def test_a_file_that_is_none_of_the_systems_is_counted_and_noted(systems, home, tmp_path):
    known = {"person.csv", "control.json"}
    systems["toy"] = replace(TOY, is_own_file=known.__contains__)
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE, "notes.txt": "more"})
    [batch] = run(home, folder, declare("aford"))
    assert findings(batch)["batch", "unknown_file"] == (3, 1, "counted")
    assert {f.file: f.note for f in batch.files} == {
        "control.json": None, "notes.txt": "no file of toy: not read", "person.csv": None,
    }  # fmt: skip


def test_running_again_changes_nothing_and_a_killed_run_goes_on(systems, home, tmp_path):
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE})
    [batch] = run(home, folder, declare("aford"))
    staged = home.staged(batch.batch_id)
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in staged.iterdir()}
    (home.night(NIGHT) / "standardise" / "aford.json").unlink()
    [again] = run(home, folder, declare("aford"))
    assert again == batch
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in staged.iterdir()} == before


def test_staged_batches_that_were_deleted_are_made_again_while_the_night_is_open(
    systems, home, tmp_path
):
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE})
    [batch] = run(home, folder, declare("aford"))
    staged = home.staged(batch.batch_id)
    before = {path.name: path.read_bytes() for path in staged.iterdir()}
    shutil.rmtree(staged)
    assert staged_batches(home, NIGHT) == []
    assert unfinished_deliverers(home, NIGHT) == ["aford"]
    assert run(home, folder, declare("aford")) == [batch]
    assert {path.name: path.read_bytes() for path in staged.iterdir()} == before
    shutil.rmtree(staged)
    close_night(home, NIGHT, Path("x"))
    assert read_handover(home, NIGHT, "standardise", "aford") == [batch.batch_id]


def test_building_twice_gives_the_same_bytes(systems, tmp_path):
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE})
    found = []
    for name in ("one", "two"):
        home = Home.of(tmp_path / name)
        [batch] = run(home, folder, declare("aford"))
        staged = home.staged(batch.batch_id)
        found.append({p.name: p.read_bytes() for p in staged.iterdir()})
    assert found[0] == found[1]


def with_mapping(columns: dict[str, pl.Expr | Parsed]) -> System:
    mapping = TableMapping("person_record", "person", {"source_record_id": pl.col("id"), **columns})
    return replace(TOY, mappings=(mapping,))


def test_a_mapping_of_the_wrong_type_is_the_declarations_fault(systems, home, tmp_path):
    systems["toy"] = with_mapping({"birth_date": pl.col("born")})
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE})
    with pytest.raises(DeclarationError, match="birth_date is mapped to String"):
        run(home, folder, declare("aford"))


def test_a_number_too_large_for_its_column_is_quarantined(systems, home, tmp_path):
    year = pl.when(pl.col("id") == "1").then(pl.lit(10**12)).otherwise(pl.lit(1990))
    systems["toy"] = with_mapping({"birth_year": year})
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE})
    [batch] = run(home, folder, declare("aford"))
    broken = quarantine(home, batch).filter(pl.col("rule") == "number_out_of_range")
    assert broken["source_row"].to_list() == [1]


def test_mappings_may_depend_on_the_force(systems, home, tmp_path):
    def mappings(declaration: Declaration) -> tuple[TableMapping, ...]:
        value = {"source_record_id": pl.col("id"), "surname": pl.lit(declaration.name)}
        return (TableMapping("person_record", "person", value),)

    systems["toy"] = replace(TOY, mappings=mappings)
    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE})
    [batch] = run(home, folder, declare("aford"))
    assert staged_table(home, batch, "person_record")["surname"].unique().to_list() == ["Aford"]


def test_a_mapping_for_a_force_is_checked_against_the_contract():
    system = replace(TOY, mappings=lambda declaration: (TableMapping("person", "person", {}),))
    with pytest.raises(DeclarationError, match="no such table"):
        system.mappings_for(declare("aford"))


def test_a_source_column_may_not_take_a_name_that_every_entity_has():
    entities = (replace(ENTITIES[0], optional=("delivery_date",)), *ENTITIES[1:])
    with pytest.raises(DeclarationError, match="delivery_date"):
        replace(TOY, entities=entities, mappings=MAPPINGS)


def test_a_record_lost_between_reading_and_staging_is_an_error(
    systems, home, tmp_path, monkeypatch
):
    def lossy(*args, **kwargs):
        applied = apply_mapping(*args, **kwargs)
        return replace(applied, rows=applied.rows.head(1))

    folder = deliver(tmp_path, "aford", {"person.csv": PEOPLE})
    monkeypatch.setattr(stage_module, "apply_mapping", lossy)
    with pytest.raises(StoreError, match="records read"):
        run(home, folder, declare("aford"))
