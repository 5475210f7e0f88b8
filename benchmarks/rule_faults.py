"""A fault for every rule, by the rule's name.

A rule without a fault is an error of whoever adds the rule: ``tests/benchmarks/test_faults.py``
says so.
"""

from datetime import date, datetime
from typing import Any

import polars as pl

from benchmarks.faults import (
    FAULTS_OF_ANY_TABLE,
    Fault,
    Planted,
    Tables,
    derived,
    literal,
    named,
    put,
)
from quality.rule import Rule
from warehouse.contract import Kind, delivered_table


def plant(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    """Break the rule in those rows (numbers from 1) of its table.

    Raises:
        KeyError: nobody has said how the rule is broken.
    """
    return FAULTS[rule.name](rule, tables, rows, delivered_on)


def columns(**values: Any) -> Fault:  # noqa: ANN401
    """A fault that puts values, or expressions, into columns of the rule's table."""

    def fault(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
        del delivered_on
        return Planted(put(tables, rule.table, rows, **values), named(rule.table, rows))

    return fault


def _kinds_differ(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    assert rule.column is not None
    return columns(**{f"{rule.column}_confirmed": 50})(rule, tables, rows, delivered_on)


def _long_ago(rule: Rule, _delivered_on: date) -> date | datetime:
    """Before whatever it follows, and neither a first of a month nor a midnight, which stand for
    more than themselves."""
    assert rule.column is not None
    is_date = delivered_table(rule.table).column(rule.column).kind is Kind.DATE
    return date(1990, 5, 5) if is_date else datetime(1990, 5, 5, 10, 15)  # noqa: DTZ001


def _other_version(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    """Another sex or birth than the store holds of the record; of a sex that is not known there is
    none. The last of the rows is not held yet."""
    del delivered_on
    held = tables[rule.table].filter(pl.col("source_row").is_in(rows[:-1]))
    if rule.column == "birth_date":
        changed = put(tables, rule.table, rows, birth_date=date(1985, 3, 4), birth_year=1985)
        return Planted(changed, named(rule.table, held["source_row"].to_list()))
    known = held.filter(pl.col("sex") != "U")["source_row"].to_list()
    other = pl.when(pl.col("sex") == "M").then(pl.lit("F")).otherwise(pl.lit("M"))
    return Planted(put(tables, rule.table, known, sex=other), named(rule.table, known))


_OF_THE_OTHER_SET = {"ethnicity_self_defined": "IC1", "ethnicity_observed": "W1"}

_LFR: dict[str, Fault] = {
    "alerts_exceed_faces": columns(faces_seen=1),
    "alerts_differ_from_kinds": _kinds_differ,
    "alerts_differ_from_total": columns(total_alerts=50),
    "arrests_exceed_true_alerts": columns(arrests=5),
    "outcomes_exceed_alerts": columns(no_action=50),
    "outcomes_without_alerts": columns(total_alerts=None),
}
_REFUSED: dict[str, Fault] = {
    "placeholder_name_not_entered": literal("NOT ENTERED"),
    "placeholder_name_unknown": literal("UNKNOWN"),
    "placeholder_name_mig_error": literal("MIG_ERROR_7"),
    "placeholder_name_no_show": literal("NO_SHOW_7"),
    "placeholder_name_duplicate": literal("DUPLICATE_7"),
    "placeholder_birth_date": columns(birth_date=date(1900, 1, 1), birth_year=1900),
    "placeholder_cro": columns(type="cro", value="000000/00Z", is_valid=False),
    "placeholder_postcode": literal("NF1 1NF"),
}
_PEOPLE: dict[str, Fault] = {
    "check_letter_pnc": columns(type="pnc", value="2002/0073319A", is_valid=False),
    "check_letter_cro": columns(type="cro", value="065656/91A", is_valid=False),
    "check_letter_asn": literal("2646AB0100000000001P"),
    "disagrees_with_check": literal(value=False),
    "ethnicity_o1_is_a4": literal("O1"),
    "ethnicity_of_the_other_set": derived(lambda rule, _day: _OF_THE_OTHER_SET[rule.column or ""]),
    "not_the_year_of": literal(1901),
    "contradicts_another_version": _other_version,
}
_TIMES_AND_PLACES: dict[str, Fault] = {
    "order_of_times": derived(_long_ago),
    "half_given": literal(None),
}

FAULTS: dict[str, Fault] = FAULTS_OF_ANY_TABLE | _REFUSED | _PEOPLE | _TIMES_AND_PLACES | _LFR
