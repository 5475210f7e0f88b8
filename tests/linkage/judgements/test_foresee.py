"""What a decision parts besides, foreseen before a night does it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linkage.judgements.foresee import Parted, foresee_parted
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.persons import link
from linkage.record_key import Pair, RecordKey
from tests.linkage.small_model import FIRST, ask, partition, small_model, store, use_model
from warehouse.errors import LockedError
from warehouse.home import Home
from warehouse.state import lock

SECOND, THIRD = FIRST + timedelta(1), FIRST + timedelta(2)
ANA = {"forename": "ANA", "surname": "ASH", "birth_date": date(1988, 2, 29), "phone": "1"}
BEA = {"forename": "BEA", "surname": "ELM", "birth_date": date(1960, 5, 5), "phone": "2"}
CLO = {"forename": "CLO", "surname": "YEW", "birth_date": date(1971, 1, 7), "phone": "3"}


def record(name: str) -> RecordKey:
    force, number = name.split("/")
    return RecordKey(force, "niche", number)


def decide(home: Home, one: str, other: str, verdict: str) -> Pair:
    pair = record(one), record(other)
    at = datetime(2026, 1, 12, 12, tzinfo=UTC)
    append_judgements(home, [judge(*pair, verdict, "ann", at, "the files", "review")])
    return pair


@pytest.fixture
def home(tmp_path) -> Home:
    """Ana's two records are one person; one of them, and Bea's, people judged apart."""
    home = Home.of(tmp_path / "home")
    use_model(home, small_model())
    store(home, FIRST, {"kent/1": ANA, "durham/1": ANA, "essex/1": BEA, "kent/3": CLO})
    decide(home, "kent/1", "essex/1", "not_same")
    link(home, FIRST)
    return home


def state_of(home: Home) -> list[list[tuple]]:
    tables = ("linkage.cluster", "linkage.tie", "link.judgement", "linkage.cut", "linkage.edge")
    return [sorted(ask(home, f"FROM {table}")) for table in tables]


def test_a_same_that_takes_a_record_away_is_foreseen_as_the_next_night_does_it(home):
    before, [(person_id,)] = state_of(home), ask(
        home, "SELECT person_id FROM linkage.cluster JOIN linkage.record_key USING (record) "
        "WHERE force = 'kent' AND source_record_id = '1'"
    )  # fmt: skip
    pair = decide(home, "durham/1", "essex/1", "same")
    alone = (record("durham/1"),), (record("kent/1"),)
    assert foresee_parted(home, [pair], 0) == [Parted(person_id, alone, ("judged not the same",))]
    assert state_of(home) == before
    link(home, SECOND)
    assert partition(home) == {
        frozenset({"durham/1", "essex/1"}), frozenset({"kent/1"}), frozenset({"kent/3"})
    }  # fmt: skip


def test_a_same_that_takes_nothing_away_foresees_nothing(home):
    pair = decide(home, "kent/1", "kent/3", "same")
    assert foresee_parted(home, [pair], 0) == []


def test_what_another_decision_parts_is_not_told_of_this_one(home):
    decide(home, "durham/1", "essex/1", "same")
    other = decide(home, "kent/3", "kent/3x", "same")
    assert foresee_parted(home, [other], 0) == []


def test_a_home_that_was_never_linked_foresees_nothing(tmp_path):
    home = Home.of(tmp_path / "empty")
    store(home, FIRST, {"kent/1": ANA})
    assert foresee_parted(home, [(record("kent/1"), record("kent/2"))], 0) == []


def test_a_home_without_a_state_gets_none(tmp_path):
    home = Home.of(tmp_path / "none")
    assert foresee_parted(home, [(record("kent/1"), record("kent/2"))], 0) == []
    assert not home.state.exists()


def test_a_busy_home_is_told(home):
    with lock(home, "a night"), pytest.raises(LockedError):
        foresee_parted(home, [decide(home, "durham/1", "essex/1", "same")], 0)
