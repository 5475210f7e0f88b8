from datetime import date

import polars as pl
import pytest

from benchmarks.faults import dependents, put
from benchmarks.rule_faults import FAULTS, plant
from benchmarks.sound_rows import sound_tables
from quality.catalogue import night_rules

ROWS = 12


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return sound_tables("alpha", "b", ROWS)


def test_somebody_has_said_how_every_rule_is_broken():
    assert {rule.name for rule in night_rules()} - set(FAULTS) == set()


@pytest.mark.parametrize(
    "rule", night_rules(), ids=lambda rule: f"{rule.table}.{rule.column}.{rule.name}"
)
def test_a_fault_changes_what_it_says_it_breaks(tables, rule):
    planted = plant(rule, tables, [5, 6, ROWS - 2], date(2026, 3, 4))
    assert planted.failing
    changed = {name for name in tables if not planted.tables[name].equals(tables[name])}
    assert changed


def test_what_belongs_to_a_lost_record_is_lost_with_it_unless_the_store_holds_the_record(tables):
    lost = frozenset({("person_record", 3), ("person_record", ROWS)})
    found = dependents(tables, lost, held=5)
    assert found >= {("person_name", ROWS), ("event_role", ROWS)}
    assert found & {("person_name", 3), ("event_role", 3), ("offence_record", ROWS)} == set()


def test_put_changes_the_rows_named_and_no_others(tables):
    changed = put(tables, "person_record", [2], sex="ZZ")["person_record"]
    other = changed.filter(pl.col("source_row") != 2)
    assert changed.filter(pl.col("sex") == "ZZ")["source_row"].to_list() == [2]
    assert other.equals(tables["person_record"].filter(pl.col("source_row") != 2))
