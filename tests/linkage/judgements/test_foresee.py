"""What a decision parts besides, foreseen before a night does it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linkage.judgements.foresee import foresee
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import Judgement, judge
from linkage.judgements.moves import Contradicted, Foreseen, Joined, Parted
from linkage.persons import link
from linkage.record_key import RecordKey
from tests.linkage.small_model import FIRST, ask, partition, small_model, store, use_model
from warehouse.errors import LockedError
from warehouse.home import Home
from warehouse.state import lock

SECOND, THIRD = FIRST + timedelta(1), FIRST + timedelta(2)
ANA = {"forename": "ANA", "surname": "ASH", "birth_date": date(1988, 2, 29), "phone": "1"}
BEA = {"forename": "BEA", "surname": "ELM", "birth_date": date(1960, 5, 5), "phone": "2"}
CLO = {"forename": "CLO", "surname": "YEW", "birth_date": date(1971, 1, 7), "phone": "3"}
CLEO = {"forename": "CLEO", "surname": "OAK", "birth_date": date(1972, 1, 7), "phone": "4"}


def record(name: str) -> RecordKey:
    force, number = name.split("/")
    return RecordKey(force, "niche", number)


def decide(home: Home, one: str, other: str, verdict: str, by: str = "ann") -> Judgement:
    at = datetime(2026, 1, 12, 12, tzinfo=UTC)
    decision = judge(record(one), record(other), verdict, by, at, "the files", "review")
    append_judgements(home, [decision])
    return decision


@pytest.fixture
def home(tmp_path) -> Home:
    """Ana's two records are one person; one of them, and Bea's, people judged apart."""
    home = Home.of(tmp_path / "home")
    use_model(home, small_model())
    people = {"kent/1": ANA, "durham/1": ANA, "essex/1": BEA, "kent/3": CLO, "kent/4": CLEO}
    store(home, FIRST, people)
    decide(home, "kent/1", "essex/1", "not_same")
    link(home, FIRST)
    return home


def state_of(home: Home) -> list[list[tuple]]:
    tables = ("linkage.cluster", "linkage.tie", "link.judgement", "linkage.cut", "linkage.edge")
    return [sorted(ask(home, f"FROM {table}")) for table in tables]


def person_of(home: Home, name: str) -> str:
    force, number = name.split("/")
    [(person_id,)] = ask(
        home, "SELECT person_id FROM linkage.cluster JOIN linkage.record_key USING (record) "
        f"WHERE force = '{force}' AND source_record_id = '{number}'"
    )  # fmt: skip
    return person_id


def test_a_same_that_takes_a_record_away_is_foreseen_as_the_next_night_does_it(home):
    before, person_id = state_of(home), person_of(home, "kent/1")
    decision = decide(home, "durham/1", "essex/1", "same")
    alone = (record("durham/1"),), (record("kent/1"),)
    [parted] = foresee(home, [decision], 0).parted
    assert parted == Parted((decision.pair,), person_id, alone, ("judged not the same",))
    assert state_of(home) == before
    link(home, SECOND)
    assert partition(home) == {
        frozenset({"durham/1", "essex/1"}), frozenset({"kent/1"}), frozenset({"kent/3"}),
        frozenset({"kent/4"}),
    }  # fmt: skip


def test_a_same_of_two_that_contradict_each_other_is_foreseen(home):
    """Two records alone too, which the guards leave to the model."""
    decision = decide(home, "kent/3", "essex/1", "same")
    births = Contradicted(
        (decision.pair,), (record("essex/1"), record("kent/3")), "births too far apart"
    )
    assert foresee(home, [decision], 0) == Foreseen((), (births,))
    link(home, SECOND)
    assert frozenset({"kent/3", "essex/1"}) in partition(home)


def near(home: Home) -> tuple[str, str]:
    """Of three records one lacks a birth date, and births too far apart keep the others from being
    one with it together: the one that is, and the one that is not."""
    ann = {"forename": "ANN", "surname": "ELM", "phone": "9"}
    births = {"kent/7": date(1960, 5, 5), "kent/8": None, "kent/9": date(1990, 8, 9)}
    store(home, SECOND, {name: ann | {"birth_date": birth} for name, birth in births.items()})
    link(home, SECOND)
    one, other = "kent/7", "kent/9"
    return (one, other) if person_of(home, one) == person_of(home, "kent/8") else (other, one)


def test_a_not_same_that_joins_a_stranger_is_foreseen_as_the_next_night_does_it(home):
    one, stranger = near(home)
    persons = [person_of(home, name) for name in ("kent/8", stranger)]
    before = state_of(home)
    apart = judge(record(one), record("kent/8"), "not_same", "ann",
                  datetime(2026, 1, 13, tzinfo=UTC), "the files", "unmerge")  # fmt: skip
    joined = Joined((apart.pair,), tuple(sorted(
        (who, (record(name),)) for who, name in zip(persons, ("kent/8", stranger), strict=True)
    )))  # fmt: skip
    assert foresee(home, [apart], 0, only=()) == Foreseen(joined=(joined,))
    assert state_of(home) == before
    append_judgements(home, [apart])
    assert foresee(home, [apart], 0) == Foreseen(joined=(joined,))
    link(home, THIRD)
    assert {frozenset({"kent/8", stranger}), frozenset({one})} < partition(home)


def test_a_not_same_that_only_parts_what_it_names_foresees_nothing(home):
    assert foresee(home, [decide(home, "kent/1", "durham/1", "not_same")], 0) == Foreseen()
    one, stranger = near(home)
    decide(home, "kent/8", stranger, "not_same", "bob")
    assert foresee(home, [decide(home, "kent/8", one, "not_same")], 0) == Foreseen()


def test_a_same_that_takes_nothing_away_foresees_nothing(home):
    assert foresee(home, [decide(home, "kent/3", "kent/4", "same")], 0) == Foreseen()


def test_what_another_decision_that_waits_parts_is_not_told_of_this_one(home):
    decide(home, "durham/1", "essex/1", "same", "bob")
    other = decide(home, "kent/3", "kent/4", "same")
    assert foresee(home, [other], 0) == Foreseen()


def test_what_an_unmerge_parts_is_not_told_of_a_same_in_the_person(home):
    decide(home, "kent/1", "durham/1", "not_same", "bob")
    other = decide(home, "kent/1", "kent/3", "same")
    assert foresee(home, [other], 0).parted == ()


def test_to_foresee_leaves_what_a_night_wrote_to_the_night_after(home):
    """A reviewer waits for the answer: to take the log into the state is the night's work."""
    store(home, SECOND, {"kent/5": ANA})
    link(home, SECOND)
    log = home.state.with_name(f"{home.state.name}.wal")
    before = log.read_bytes()
    foresee(home, [decide(home, "kent/3", "kent/4", "same")], 0)
    assert log.read_bytes() == before


def test_a_home_that_was_never_linked_foresees_nothing(home, tmp_path):
    decision = decide(home, "kent/1", "kent/3", "same")
    empty = Home.of(tmp_path / "empty")
    store(empty, FIRST, {"kent/1": ANA})
    assert foresee(empty, [decision], 0) == Foreseen()


def test_a_home_without_a_state_gets_none(home, tmp_path):
    none = Home.of(tmp_path / "none")
    assert foresee(none, [decide(home, "kent/1", "kent/3", "same")], 0) == Foreseen()
    assert not none.state.exists()


def test_a_busy_home_is_told(home):
    decision = decide(home, "durham/1", "essex/1", "same")
    with lock(home, "a night"), pytest.raises(LockedError):
        foresee(home, [decision], 0)
