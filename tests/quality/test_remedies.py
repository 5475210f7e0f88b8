"""Every rule that a delivery can break outside the suites is stated, with words for what to do."""

from collections import Counter

import pytest

from quality.feedback.remedies import UNLISTED, owner_of, reason_of, remedy_of
from quality.gate.batch_rules import batch_rules
from quality.rules.reading_rule import DELIVERY
from quality.rules.reading_rules import CODE_RULES, READING_RULES
from tests.quality.raised_rules import raised_rules

NAMES = [rule.name for rule in READING_RULES]


@pytest.fixture(scope="module")
def raised() -> dict[str, str]:
    return raised_rules()


def test_each_rule_that_is_raised_is_stated_and_each_that_is_stated_is_raised(raised):
    assert len(raised) > 150
    assert sorted(raised.keys() - set(NAMES)) == []
    assert sorted(set(NAMES) - raised.keys()) == []


def test_each_has_the_severity_of_the_strongest_thing_that_is_done(raised):
    wrong = {
        rule.name: (rule.severity, raised.get(rule.name))
        for rule in READING_RULES
        if rule.severity != raised.get(rule.name)
    }
    assert wrong == {}


def test_rules_of_every_way_of_raising_them_are_found(raised):
    known = {
        "unknown_form": "critical",  # raised
        "control_missing": "critical",  # handed on to what raises it
        "contract_broken": "critical",  # by the load
        "unknown_file": "critical",  # raised by some forms, counted by others
        "malformed_json": "critical",  # of a document; of a record, in SQL, it keeps that out
        "too_deep": "warning",  # of a reader
        "grade_unknown": "warning",  # made from the name of a column
        "number_out_of_range": "warning",  # of a type
        "repeated_row": "warning",  # kept out of one source, counted in another
        "place_at_zero": "info",
        "placeholder_name_unknown": "info",
    }
    assert {rule: raised.get(rule) for rule in known} == known
    assert "reference_row" not in raised


def test_a_rule_of_reading_stands_once_and_has_no_table_of_its_own():
    assert {(rule.table, rule.column) for rule in READING_RULES} == {(DELIVERY, None)}
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []
    assert set(NAMES) & {rule.name for rule in batch_rules()} == set()


@pytest.mark.parametrize("rule", READING_RULES, ids=NAMES)
def test_reason_remedy_and_basis_are_plain_and_short(rule):
    for said in (rule.reason, rule.remedy):
        assert 10 < len(said) < 200
        assert not said.endswith(".")
        assert "  " not in said
    assert rule.basis


def test_a_code_that_is_unknown_is_told_the_codes_there_are(raised):
    assert "M, F, U" in remedy_of("sex_unknown", "person_record", "sex")
    assert "phone, email" in remedy_of("type_unknown", "person_contact", "type")
    many = remedy_of("ethnicity_unknown", "person_record", "ethnicity_self_defined")
    assert "one of the 19 values that docs/standard-delivery.md lists" in many
    listed = {name for name in NAMES if "docs/standard-delivery.md" in remedy_of(name)}
    assert listed == CODE_RULES
    # No other rule of a column that has codes is answered by them.
    assert remedy_of("known_bad_value", "person_record", "sex") == remedy_of("known_bad_value")


@pytest.mark.parametrize("rule", ["not_a_date", "birth_date_not_a_date", "not_a_time"])
def test_a_date_that_is_none_is_told_the_form_of_one(rule):
    assert "2024-05-03" in remedy_of(rule)


def test_what_a_rule_says_is_found_by_its_name():
    assert remedy_of("no_such_rule") == UNLISTED
    assert reason_of("no_such_rule") == "no such rule"
    assert owner_of("no_such_rule") == owner_of("sex_unknown") == "force data quality lead"
    assert owner_of("kept_bytes_changed") == owner_of("check_failed") == "national operator"
    assert remedy_of("volume") != UNLISTED
    assert remedy_of("sequence_not_a_number") == "number the change events"
