"""What people decide about offence records holds from the next night on, whatever the model."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linkage.judgements.journal import append_judgements, judgements_path, read_judgements
from linkage.judgements.judgement import judge
from linkage.model_file import approve_model, name_model, register_model, save_model
from linkage.offences.link import link_offences
from linkage.record_key import RecordKey
from linkage.workspace import workspace
from tests.linkage.explanation.offence_store import burglary, offence_model
from tests.linkage.objects.held import FIRST, ask, store
from warehouse.home import Home
from warehouse.state import writer

SECOND, THIRD = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
KENT, ESSEX, DURHAM = (
    RecordKey(force, "niche", record)
    for force, record in (("kent", "1"), ("essex", "2"), ("durham", "3"))
)
TOGETHER = {frozenset({"kent/1", "essex/2"}), frozenset({"durham/3"})}
APART = {frozenset({"kent/1"}), frozenset({"essex/2"}), frozenset({"durham/3"})}


def use_model(home: Home, model) -> None:
    save_model(home, model)
    with writer(home, "test") as con, workspace(con):
        register_model(con, model)


@pytest.fixture
def home(tmp_path) -> Home:
    """Essex quotes Kent's reference; Durham's burglary is another, months later."""
    home = Home.of(tmp_path / "home")
    use_model(home, offence_model())
    store(home, FIRST, {
        "offence_record/kent/1": burglary(),
        "offence_record/essex/2": burglary(
            crime_ref="42/000777/26", other_force_ref="10/000001/26", metres=40
        ),
        "offence_record/durham/3": burglary(crime_ref="11/000009/26", hours=-24 * 90),
    })  # fmt: skip
    link_offences(home, FIRST)
    assert partition(home) == TOGETHER
    return home


def decide(home: Home, one: RecordKey, other: RecordKey, verdict: str) -> None:
    at = datetime(2026, 1, 12, 9, tzinfo=UTC)
    made = judge(one, other, verdict, "ann", at, "both files read", "review")
    append_judgements(home, [made], entity="offence")


def partition(home: Home) -> set[frozenset[str]]:
    rows = ask(home, "SELECT string_agg(force || '/' || source_record_id, ',') "
               "FROM offence_linkage.cluster JOIN offence_linkage.record_key USING (record) "
               "GROUP BY offence_id")  # fmt: skip
    return {frozenset(names.split(",")) for (names,) in rows}


def another_model(home: Home) -> str:
    """A model that links nothing by itself but what quotes, approved for the nights to come."""
    model = name_model(replace(offence_model(), version="0.0.2", prior=1e-9))
    use_model(home, model)
    with writer(home, "test") as con:
        approve_model(con, home, model.model_id, "bob", "a test's")
    return model.model_id


def test_not_same_parts_two_linked_records_on_the_next_night(home):
    decide(home, KENT, ESSEX, "not_same")
    assert partition(home) == TOGETHER
    link_offences(home, SECOND)
    assert partition(home) == APART
    assert ask(home, "SELECT reason FROM offence_linkage.cut") == [("judged not the same",)]
    events = f"FROM link.offence_identity_event WHERE night = '{SECOND}' AND event = 'split'"
    assert ask(home, f"SELECT cause {events}") == [("judgement",)]


def test_same_joins_two_records_that_no_model_would_on_the_next_night(home):
    decide(home, KENT, DURHAM, "same")
    link_offences(home, SECOND)
    assert partition(home) == {frozenset({"kent/1", "essex/2", "durham/3"})}


@pytest.mark.parametrize(
    ("one", "verdict", "stands"),
    [(ESSEX, "not_same", APART),
     (DURHAM, "same", {frozenset({"kent/1", "essex/2", "durham/3"})})],
)  # fmt: skip
def test_a_decision_outlasts_the_model(home, one, verdict, stands):
    decide(home, KENT, one, verdict)
    link_offences(home, SECOND)
    model_id = another_model(home)
    link_offences(home, THIRD)
    assert ask(home, "SELECT model_id FROM offence_linkage.mark") == [(model_id,)]
    assert partition(home) == stands


def test_whoever_cannot_tell_changes_nothing(home):
    decide(home, KENT, ESSEX, "unsure")
    link_offences(home, SECOND)
    assert partition(home) == TOGETHER


def test_the_journal_of_offences_is_its_own(home):
    decide(home, KENT, ESSEX, "not_same")
    assert judgements_path(home, "offence").name == "offence_judgements.jsonl"
    assert not judgements_path(home).exists()
    link_offences(home, SECOND)
    with writer(home, "test") as con:
        assert [each.pair for each in read_judgements(con, "offence")] == [(ESSEX, KENT)]
        assert read_judgements(con) == []
