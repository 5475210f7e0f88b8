from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from benchmarks.delivered_files import around, as_delivered, in_files, is_in_files, write_delivery
from benchmarks.faults import Tables, put
from benchmarks.file_outcome import FileOutcome, Finding, Taken
from benchmarks.rule_faults import plant
from benchmarks.sound_rows import sound_tables
from benchmarks.staged_nights import declare
from quality.catalogue import night_rules
from quality.rules.rule import Rule
from transforms.collect import collect
from transforms.planning import plan_night
from transforms.standardise import standardise
from transforms.systems.standard_files import delivered_columns
from warehouse.contract import delivered_table
from warehouse.home import Home

NIGHT = date(2026, 3, 4)
ROWS = 12
# Written in one form when they are read, whatever form they come in.
IN_ONE_FORM = {"number", "serial_number", "vrm"}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return sound_tables("alpha", "b", ROWS)


def rule_of(name: str, table: str, column: str | None) -> Rule:
    [rule] = [r for r in night_rules() if (r.name, r.table, r.column) == (name, table, column)]
    return rule


def is_breakable(tables: Tables, rule: Rule) -> bool:
    return is_in_files(rule, tables, in_files(plant(rule, tables, [5, 6, ROWS - 2], NIGHT)))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_files_bring_the_rows_that_they_were_made_from(tmp_path, tables, form):
    home, forces = Home.of(tmp_path / "home"), {"alpha": declare("alpha")}
    write_delivery(tmp_path / "deliveries" / "alpha" / NIGHT.isoformat(), tables, form)
    assert plan_night(home, tmp_path / "deliveries", NIGHT, forces) == ["alpha"]
    collect(home, NIGHT, "alpha")
    [batch_id] = standardise(home, NIGHT, "alpha", forces)
    for name, wanted in as_delivered(tables).items():
        staged = pl.read_parquet(home.staged(batch_id) / f"{name}.parquet")
        assert staged["source_row"].to_list() == [*range(1, ROWS + 1)]
        changed = {n for n in wanted.columns if not staged[n].equals(wanted[n])}
        assert changed <= IN_ONE_FORM, name


def test_a_rule_is_of_no_file_where_no_file_has_its_column(tables):
    for rule in night_rules():
        table = delivered_table(rule.table)
        if not is_breakable(tables, rule):
            is_key = table.owner is not None and rule.column == "record_key"
            assert is_key or rule.column not in delivered_columns(table)
    assert is_breakable(tables, rule_of("duplicate_key", "person_record", "record_key"))
    assert not is_breakable(tables, rule_of("duplicate_key", "person_name", "record_key"))
    assert not is_breakable(tables, rule_of("required", "person_record", "batch_id"))


def test_a_fault_that_does_not_stand_in_files_though_its_column_does_is_an_error(tables):
    rule = rule_of("allowed_values", "person_record", "sex")
    nothing = replace(plant(rule, tables, [5], NIGHT), tables=tables)
    with pytest.raises(ValueError, match=r"person_record\.sex: allowed_values is broken in no"):
        is_in_files(rule, tables, nothing)


def test_a_delivery_has_what_cannot_do_without_a_broken_row_and_what_that_points_at(tables):
    broken = put(tables, "vehicle_record", [3], colour=None)
    assert around(tables, broken, "vehicle_record") == {
        "vehicle_record", "event_object", "offence_record",
    }  # fmt: skip
    assert around(tables, tables, "incident") == {"incident"}


def test_a_fault_is_named_by_its_rule_or_else_by_a_rule_of_reading():
    rule = rule_of("allowed_values", "person_record", "sex")
    itself = Finding("person_record", "sex", "allowed_values", 6, "quarantined")
    before = Finding("person_record", "sex", "sex_unknown", 6, "quarantined")
    of_others = Finding("person_name", "surname", "required", 6, "quarantined")
    taken = Taken((of_others, before, itself), frozenset(), is_held=False)
    assert taken.named(rule, 6) == (itself,)
    assert replace(taken, findings=(of_others, before)).named(rule, 6) == (before,)
    assert replace(taken, findings=(of_others, before)).named(rule, 5) == ()


def test_a_fault_in_files_is_right_where_it_is_found_and_its_rows_alone_are_kept_out():
    rule = rule_of("allowed_values", "person_record", "sex")
    found = FileOutcome(rule, ("sex_unknown",), 6, 6, 8, 8, 0, is_held=False)
    assert found.is_right
    assert not replace(found, named=0, caught_by=()).is_right
    assert not replace(found, kept_out=7).is_right
    assert not replace(found, wrongly=1).is_right
    assert not replace(found, is_held=True).is_right
    assert FileOutcome.of_none(rule).is_right
    left_out = rule_of("required", "offence_record", "is_notifiable")
    unnamed = replace(found, rule=left_out, caught_by=(), named=0, wanted=0, kept_out=0)
    assert unnamed.is_right
    assert not replace(unnamed, wrongly=1).is_right
    assert not replace(unnamed, rule=rule).is_right
