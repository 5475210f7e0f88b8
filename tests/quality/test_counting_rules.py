"""The Home Office Counting Rules: which rows each finds, and which it leaves alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from quality.check import check
from quality.rules.counting_rules import counting_rules
from quality.rules.suites import rules_of
from quality.run.failures import record_failures
from warehouse.contract import DELIVERED, delivered_table
from warehouse.outcome_limits import refused_outcomes

from .conftest import blank, fill

RULES = {rule.name for table in DELIVERED for rule in counting_rules(table)}
AT = datetime.fromisoformat("2026-02-20 22:15")
HERE = {"postcode": "NE1 4ST", "longitude": -1.6, "latitude": 54.97}


def crime(source_record_id: str, **values: Any) -> dict[str, Any]:
    """A recorded crime of known minute and place."""
    usual = {
        "source_record_id": source_record_id, "offence_code": "105/01", "is_notifiable": True,
        "offence_group": "violence-and-sexual-offences", "occurred_from": AT,
        "occurred_precision": "minute", "location_precision": "exact",
    }  # fmt: skip
    return usual | HERE | values


def role(offence: str, person: str, role: str = "victim", event_type: str = "offence_record"):
    return {
        "source_record_id": offence, "record_key": f"{offence}#{person}#{role}", "role": role,
        "event_type": event_type, "person_source_record_id": person,
    }  # fmt: skip


def outcome(source_record_id: str, offence: str | None, code: str | None) -> dict[str, Any]:
    return {
        "source_record_id": source_record_id, "offence_source_record_id": offence,
        "outcome_code": code,
    }  # fmt: skip


def people(*ids: str) -> list[dict[str, Any]]:
    return [{"source_record_id": i} for i in ids]


def held(table: str, *rows: dict[str, Any], force: str = "alpha") -> list[dict[str, Any]]:
    """The rows as the store holds them."""
    names = set(delivered_table(table).names)
    same = {"force": force, "source_system": "niche", "batch_id": "b", "source_row": 1}
    filled = (fill(table, same | row) for row in rows)
    return [{name: v for name, v in row.items() if name in names} for row in filled]


@pytest.fixture
def found(night, monkeypatch):
    """Check one batch; the rows that break a counting rule, as (table, rule, source row). Nothing
    may be kept out because of it."""
    seen: list[tuple[str, str, int]] = []

    def listen(con, rules, broken):
        record_failures(con, rules, broken)
        # A staged file numbers its rows from 0, a delivery from 1.
        query = "SELECT table_name, rule, row_no + 1 FROM failure JOIN rule_list USING (rule_no)"
        seen.extend(row for row in con.sql(query).fetchall() if row[1] in RULES)

    def run(**tables: list[dict[str, Any]]):
        monkeypatch.setattr("quality.check.record_failures", listen)
        batch = night.stage("alpha", tables)
        check(night.home, night.night, night.declarations)
        checked = night.checked(batch)
        assert checked.quarantine.is_empty()
        assert not checked.batch.is_held
        counted = checked.results.filter(checked.results["rule"].is_in(RULES))
        assert counted["failed"].sum() == len(seen)
        return sorted(seen)

    return run


# Outcome allowed for the offence


@pytest.mark.parametrize(
    ("code", "group", "outcome_code", "is_wrong"),
    [
        ("092/61", "drugs", "7", False),  # possession of cannabis
        ("092/50", "drugs", "7", True),  # possession of cocaine
        (None, "drugs", "7", False),  # only the group is known
        (None, "burglary", "7", True),
        (None, "unmapped", "7", False),
        ("046/00", "shoplifting", "6", False),
        ("034/01", "robbery", "6", True),
        (None, "violence-and-sexual-offences", "6", False),
        ("105/01", "violence-and-sexual-offences", "6", True),
        ("053/40", "other-crime", "19", False),
        ("053/43", "other-crime", "19", True),  # articles for use in fraud
        ("019/08", "violence-and-sexual-offences", "3", True),  # rape
        ("019/08", "violence-and-sexual-offences", "3A", True),
        ("019/08", "violence-and-sexual-offences", "1", False),
        ("019/08", "violence-and-sexual-offences", None, False),
        (None, "violence-and-sexual-offences", "3", False),
        ("008/06", "violence-and-sexual-offences", "3", False),
    ],
)
def test_an_outcome_is_allowed_for_its_offence(found, code, group, outcome_code, is_wrong):
    offence = crime("1", offence_code=code, offence_group=group, last_outcome_code=outcome_code)
    bare = crime("2", offence_code=code, offence_group=group)
    assert found(
        offence_record=[offence, bare], outcome=[outcome("1-1", "2", outcome_code)]
    ) == [
        (table, "outcome_allowed_for_offence", 1)
        for table in ("offence_record", "outcome")
        if is_wrong
    ]  # fmt: skip


def test_an_outcome_is_judged_by_the_offence_that_the_store_holds(night, found):
    night.publish(
        core_offence_record=[
            *held("offence_record", crime("1"), crime("2", status="cancelled")),
            *held("offence_record", crime("3", is_notifiable=False), crime("4"), crime("5")),
            *held("offence_record", crime("6"), force="beta"),
        ]
    )
    gone = blank("offence_record", "5")
    now = crime("4", offence_code="092/61", offence_group="drugs")
    given = [outcome(f"{i}-1", i, "7") for i in ("1", "2", "3", "4", "5", "6")]
    assert found(offence_record=[now, gone], outcome=[*given, outcome("x", None, "7")]) == [
        ("outcome", "outcome_allowed_for_offence", 1),
        ("outcome", "outcome_allowed_for_offence", 2),
        ("outcome", "outcome_allowed_for_offence", 3),
        ("outcome", "outcome_of_recorded_crime", 3),
        ("outcome", "removed_crime_without_outcome", 2),
    ]


def test_of_an_offence_that_comes_twice_the_last_counts(found):
    cannabis = crime("1", offence_code="092/61", offence_group="drugs")
    changes = [cannabis | {"sequence": 2}, crime("1", sequence=1)]
    assert found(offence_record=changes, outcome=[outcome("1-1", "1", "7")]) == []


def test_every_limited_outcome_and_offence_is_of_the_reference():
    refused = refused_outcomes()
    assert set(refused["outcome_code"]) == {"3", "3A", "6", "7", "19"}
    assert not refused.is_duplicated().any()
    assert "unmapped" not in refused["offence"]


# Cancelled, transferred, closed, and what is no crime


def test_removed_crimes_have_no_outcome_and_transferred_ones_name_the_other_force(found):
    rows = [
        crime("1", status="cancelled"),
        crime("2", status="cancelled", last_outcome_code="18"),
        crime("3", status="transferred", other_force_ref="99/0001/26"),
        crime("4", status="transferred", other_force_ref="99/0002/26", last_outcome_code="20"),
        crime("5", status="transferred"),
        crime("6", status="open", last_outcome_code="16"),
        crime("7", status=None),
        crime("8", status="transferred", other_force_ref="N/A"),
        crime("9", status="transferred", other_force_ref="99/000009/26", crime_ref="99-000009-26"),
        crime("10", status="transferred", other_force_ref="99/000009/26", crime_ref="99/000010/26"),
    ]
    given = [outcome("a", "1", "18"), outcome("b", "6", "16"), outcome("c", "3", None)]
    assert found(offence_record=rows, outcome=given) == [
        ("offence_record", "removed_crime_without_outcome", 2),
        ("offence_record", "removed_crime_without_outcome", 4),
        ("offence_record", "transferred_to_named_force", 5),
        ("offence_record", "transferred_to_named_force", 8),
        ("offence_record", "transferred_to_named_force", 9),
        ("outcome", "removed_crime_without_outcome", 1),
        ("outcome", "removed_crime_without_outcome", 3),
    ]


def test_what_is_not_a_recorded_crime_has_no_outcome(found):
    rows = [
        crime("1", is_notifiable=False, last_outcome_code="18"),
        crime("2", is_notifiable=False),
    ]
    given = [outcome("a", "2", "18"), outcome("b", "nowhere", "18")]
    assert found(offence_record=rows, outcome=given) == [
        ("offence_record", "outcome_of_recorded_crime", 1),
        ("outcome", "outcome_of_recorded_crime", 1),
    ]


def test_a_closed_crime_has_an_outcome_on_itself_beside_it_or_in_the_store(night, found):
    night.publish(
        core_outcome=[
            *held("outcome", outcome("5-1", "5", "18")),
            *held("outcome", outcome("1-1", "1", "18"), force="beta"),
        ]
    )
    rows = [
        crime("1", status="closed"),
        crime("2", status="closed", last_outcome_code="18"),
        crime("3", status="closed", last_outcome_text="as the force says"),
        crime("4", status="closed"),
        crime("5", status="closed"),
        crime("6", status="open"),
        crime("7", status="closed", is_notifiable=False),
    ]
    assert found(offence_record=rows, outcome=[outcome("4-1", "4", "18")]) == [
        ("offence_record", "closed_with_outcome", 1)
    ]


# Recorded within 24 hours


@pytest.mark.parametrize(
    ("reported", "recorded", "is_notifiable", "is_late"),
    [
        (AT, AT + timedelta(hours=24), True, False),
        (AT, AT + timedelta(hours=24, minutes=1), True, True),
        (AT, AT + timedelta(days=3), False, False),
        (None, AT, True, False),
        (AT, None, True, False),
    ],
)
def test_a_crime_is_recorded_within_24_hours(found, reported, recorded, is_notifiable, is_late):
    row = crime("1", reported_at=reported, recorded_at=recorded, is_notifiable=is_notifiable)
    late = [("offence_record", "recorded_within_24_hours", 1)]
    assert found(offence_record=[row]) == (late if is_late else [])


# One crime per victim


def test_each_further_victim_of_a_victim_based_crime_is_counted(night, found):
    night.publish(
        core_offence_record=held(
            "offence_record",
            crime("7", occurred_from=AT + timedelta(days=1)),
            crime("8", status="cancelled"),
        ),
        core_person_record=held("person_record", *people("a", "b", "c")),
    )
    rows = [
        crime("1"),
        crime("2"),
        crime("3", offence_group="criminal-damage-and-arson", offence_code="149/00"),
        crime("4", is_notifiable=False),
        crime("5", status="transferred", other_force_ref="99/0001/26"),
        crime("6", offence_group="robbery", offence_code=None, occurred_precision="unknown"),
    ]
    other_minutes = [row | {"occurred_from": AT + timedelta(hours=n)} for n, row in enumerate(rows)]
    roles = [
        role("1", "a"), role("1", "b"), role("1", "c"), role("1", "b") | {"record_key": "again"},
        role("2", "a"), role("2", "b", "witness"),
        *(role(offence, person) for offence in ("3", "4", "5") for person in ("a", "b")),
        role("6", "b"), role("6", "a"),
        role("7", "a"), role("7", "b"), role("8", "a"), role("8", "b"),
    ]  # fmt: skip
    assert found(offence_record=other_minutes, event_role=roles) == [
        ("event_role", "one_crime_per_victim", 2),
        ("event_role", "one_crime_per_victim", 3),
        ("event_role", "one_crime_per_victim", 13),
        ("event_role", "one_crime_per_victim", 16),
    ]


# Principal crime

LESSER = ("offence_record", "principal_crime")
DAMAGE = {"offence_group": "criminal-damage-and-arson", "offence_code": "149/00"}
ROBBERY = {"offence_group": "robbery", "offence_code": "034/01"}


@pytest.mark.parametrize(
    ("second", "lesser"),
    [
        (DAMAGE, [2]),
        (ROBBERY, [1]),
        ({}, [2]),  # the same crime twice: the first by id stays
        (DAMAGE | {"postcode": None}, [2]),
        (DAMAGE | {"longitude": None, "latitude": None}, [2]),
        (DAMAGE | {"postcode": "NE1 4SU", "longitude": -1.61}, []),
        (DAMAGE | {"postcode": None, "longitude": None, "latitude": None}, []),
        (DAMAGE | {"occurred_from": AT + timedelta(minutes=1)}, []),
        (DAMAGE | {"occurred_from": None}, []),
        (DAMAGE | {"occurred_precision": "day"}, []),
        (DAMAGE | {"status": "cancelled"}, []),
        (DAMAGE | {"is_notifiable": False}, []),
        ({"offence_group": "unmapped", "offence_code": None}, [2]),  # no harm is known of it
    ],
)
def test_of_one_incident_all_but_the_principal_crime_are_counted(found, second, lesser):
    rows = [crime("1"), crime("2", **second)]
    roles = [role("1", "a"), role("2", "a")]
    assert found(person_record=people("a"), offence_record=rows, event_role=roles) == [
        (*LESSER, row) for row in lesser
    ]


def test_crimes_of_different_victims_are_different_incidents(found):
    rows = [crime("1"), crime("2", **DAMAGE), crime("3", **DAMAGE)]
    roles = [role("1", "a"), role("2", "b"), role("3", "a", "suspect")]
    assert found(person_record=people("a", "b"), offence_record=rows, event_role=roles) == []


def test_of_three_crimes_of_one_incident_two_are_counted(found):
    rows = [crime("1", **DAMAGE), crime("2", **ROBBERY), crime("3")]
    roles = [role(offence, "a") for offence in ("1", "2", "3")]
    assert found(person_record=people("a"), offence_record=rows, event_role=roles) == [
        (*LESSER, 1), (*LESSER, 3),
    ]  # fmt: skip


def test_a_crime_of_an_incident_that_the_store_holds_already_is_counted(night, found):
    earlier = [crime("1", **DAMAGE), crime("4"), crime("5"), crime("6")]
    night.publish(
        core_offence_record=[
            *held("offence_record", *earlier),
            *held("offence_record", crime("9", occurred_from=AT + timedelta(days=1)), force="beta"),
        ],
        core_event_role=[
            *held("event_role", role("1", "a"), role("4", "b"), role("5", "c"), role("6", "d")),
            *held("event_role", role("9", "e"), force="beta"),
        ],
        core_person_record=held("person_record", *people("a", "b", "c", "d", "e")),
    )
    # 11: as 1, and more harm; 12: as 4, which is gone; 13: as 5, which is another's now;
    # 14: as 9, of another force; 6 itself comes again.
    rows = [
        crime("11"), crime("12"), crime("13"), crime("14", occurred_from=AT + timedelta(days=1)),
        crime("6"), blank("offence_record", "4"),
    ]  # fmt: skip
    roles = [role("11", "a"), role("12", "b"), role("13", "c"), role("14", "e"), role("6", "d"),
             role("5", "e", "witness")]  # fmt: skip
    assert found(offence_record=rows, event_role=roles) == [(*LESSER, 1)]


# The rules themselves


def test_every_counting_rule_only_counts_and_names_itself_its_source_and_its_owner():
    for table in DELIVERED:
        for rule in counting_rules(table):
            assert rule in rules_of(table)
            assert rule.severity == "info"
            assert rule.owner == "force crime registrar"
            assert rule.reason.startswith("Home Office Counting Rules, ")
            assert rule.basis.startswith("Home Office Counting Rules, General Rules, Section ")
            assert rule.column
    assert len(RULES) == 8


def test_what_a_query_says_it_reads_stands_in_the_contract():
    for table in DELIVERED:
        for rule in counting_rules(table):
            for place in rule.reads:
                owner, column = place.split(".")
                assert column in delivered_table(owner), place


def test_forces_outside_england_and_wales_are_not_bound(night):
    batch = night.stage(
        "alpha", {"offence_record": [crime("1", status="transferred")]}, profile="XX"
    )
    night.check()
    result = night.checked(batch).result(
        "offence_record", "other_force_ref", "transferred_to_named_force"
    )
    assert result["failed"] == 0
