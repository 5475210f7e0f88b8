"""A fault for every rule, by the rule's name.

A rule without a fault is an error of whoever adds the rule: ``tests/benchmarks/test_faults.py``
says so.
"""

from datetime import date, datetime
from typing import Any

import polars as pl

from benchmarks import sound_geography as geography
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
from benchmarks.sound_rows import record_id
from quality.rules.rule import Rule
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


def _of_offence(**values: Any) -> Fault:  # noqa: ANN401
    """A fault in the offence that a row is about: record N is about offence N."""

    def fault(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
        del delivered_on
        changed = put(tables, "offence_record", rows, **values)
        return Planted(changed, named(rule.table, rows))

    return fault


def _closed_without(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    """No word of an outcome. The store holds one of each offence but the last of the rows."""
    del delivered_on
    changed = put(tables, "outcome", rows, offence_source_record_id=None)
    changed = put(changed, rule.table, rows, last_outcome_code=None, last_outcome_text=None)
    return Planted(changed, named(rule.table, rows[-1:]))


def _lesser_crimes(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    """Thefts from the victim of a burglary, in its minute and place. Odd records have victims."""
    del delivered_on
    changed = tables
    for row in rows:
        other = tables["offence_record"].row(row + 1, named=True)  # record row + 2
        same = ("occurred_from", "longitude", "latitude", "easting", "northing", "postcode")
        theft = {"offence_code": "049/10", "offence_group": "other-theft"}
        changed = put(changed, "offence_record", [row], **theft, **{n: other[n] for n in same})
        victim = record_id("person_record", row + 2)
        changed = put(changed, "event_role", [row], person_source_record_id=victim)
    return Planted(changed, named(rule.table, rows))


def _further_victims(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    """A robbery's next person, a suspect of the next offence, becomes its second victim."""
    del delivered_on
    changed = put(tables, "offence_record", rows, offence_code="034/01", offence_group="robbery")
    for row in rows:
        robbed = record_id("offence_record", row)
        changed = put(changed, rule.table, [row + 1], source_record_id=robbed, role="victim")
    return Planted(changed, named(rule.table, [row + 1 for row in rows]))


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

_COUNTING: dict[str, Fault] = {
    "outcome_allowed_for_offence": literal("7"),  # a cannabis warning, for burglary
    "outcome_of_recorded_crime": _of_offence(is_notifiable=False),
    "removed_crime_without_outcome": _of_offence(status="cancelled"),
    "transferred_to_named_force": columns(status="transferred", other_force_ref=None),
    "closed_with_outcome": _closed_without,
    "recorded_within_24_hours": columns(recorded_at=pl.col("reported_at") + pl.duration(hours=30)),
    "principal_crime": _lesser_crimes,
    "one_crime_per_victim": _further_victims,
}
_GEOGRAPHY: dict[str, Fault] = {
    "point_outside_force_area": columns(longitude=-1.0),
    "lsoa_unknown": literal("E01999999"),
    "lsoa_of_another_force": literal(geography.LSOA_OF_ANOTHER_FORCE),
    "point_outside_lsoa": literal(geography.LSOA_ELSEWHERE),
}

FAULTS: dict[str, Fault] = (
    FAULTS_OF_ANY_TABLE | _REFUSED | _PEOPLE | _TIMES_AND_PLACES | _COUNTING | _GEOGRAPHY | _LFR
)
