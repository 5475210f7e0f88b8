"""What a command that takes a decision says of persons that come apart."""

from datetime import UTC, date, datetime, timedelta

import pytest

from console.foreseen import MOST_TOLD, warn_of_moves
from linkage.explanation.entity import Entity
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import Judgement, judge
from linkage.judgements.moves import Foreseen, Parted
from linkage.persons import link
from linkage.record_key import RecordKey
from tests.linkage.small_model import FIRST, ask, small_model, store, use_model
from warehouse.home import Home
from warehouse.state import lock, writer

ANA = {"forename": "ANA", "surname": "ASH", "birth_date": date(1988, 2, 29), "phone": "1"}
BEA = {"forename": "BEA", "surname": "ELM", "birth_date": date(1960, 5, 5), "phone": "2"}


def decision(one: str, other: str, verdict: str) -> Judgement:
    pair = (RecordKey(force, "niche", number)
            for force, number in (name.split("/") for name in (one, other)))  # fmt: skip
    return judge(*pair, verdict, "ann", datetime(2026, 1, 12, tzinfo=UTC), "the files", "review")


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home.of(tmp_path / "home")
    use_model(home, small_model())
    store(home, FIRST, {"kent/1": ANA, "durham/1": ANA, "essex/1": BEA})
    append_judgements(home, [decision("kent/1", "essex/1", "not_same")])
    link(home, FIRST)
    return home


def warned(home: Home, *decisions: Judgement, entity: Entity = Entity.PERSON) -> list[str]:
    said: list[str] = []
    append_judgements(home, decisions)
    warn_of_moves(home, entity, decisions, said.append)
    return said


def test_a_same_that_takes_a_record_away_says_from_whom_why_and_what_to_do(home):
    [(person_id,)] = ask(home, "SELECT DISTINCT person_id FROM linkage.cluster "
                         "GROUP BY person_id HAVING count(*) = 2")  # fmt: skip
    parts, contradicts, taken_back = warned(home, decision("durham/1", "essex/1", "same"))
    pair = "durham/niche/1 and essex/niche/1"
    assert parts == (
        f"LOOK AGAIN: {pair} judged the same, {person_id} comes apart, for judged not the same: "
        "into [durham/niche/1] and [kent/niche/1]"
    )
    assert contradicts == (
        f"LOOK AGAIN: {pair} judged the same, one person holds {pair}, which contradict each "
        "other: births too far apart"
    )
    assert "`unsure` about the same pair takes it back" in taken_back


def test_a_state_that_cannot_be_read_leaves_what_is_written_down(home):
    with writer(home, "test") as con:
        con.execute("UPDATE ledger.schema_version SET fingerprint = 'old'")
    [line] = warned(home, decision("durham/1", "essex/1", "same"))
    assert line.startswith("It is written down. What else it moves could not be foreseen: ")
    assert "has schema old" in line


def test_a_not_same_that_joins_others_says_whom(home):
    near = {"forename": "ANA", "surname": "ELM", "phone": "3"}
    births = {"kent/5": date(1960, 5, 5), "kent/6": None, "kent/7": date(1990, 8, 9)}
    store(home, FIRST + timedelta(1),
          {name: near | {"birth_date": birth} for name, birth in births.items()})  # fmt: skip
    link(home, FIRST + timedelta(1))
    persons = dict(ask(home, "SELECT 'kent/niche/' || source_record_id, person_id "
                       "FROM linkage.cluster JOIN linkage.record_key USING (record) "
                       "WHERE source_record_id IN ('5', '6', '7')"))  # fmt: skip
    whole = persons["kent/niche/6"]
    [other] = [name for name, of in persons.items() if of == whole and name != "kent/niche/6"]
    [stranger] = [name for name, of in persons.items() if of != whole]
    joins, taken_back = warned(home, decision(other.replace("/niche", ""), "kent/6", "not_same"))
    held = sorted([(whole, "kent/niche/6"), (persons[stranger], stranger)])
    named = " and ".join(f"[{name}] of {who}" for who, name in held)
    assert joins.endswith(f"judged not the same, {named} become one person: nothing else keeps "
                          "them apart")  # fmt: skip
    assert "`unsure` about the same pair takes it back" in taken_back


def test_other_verdicts_and_offences_say_nothing(home):
    assert warned(home, decision("durham/1", "essex/1", "not_same")) == []
    assert warned(home, decision("durham/1", "essex/1", "unsure")) == []
    assert warned(home, decision("durham/1", "essex/1", "same"), entity=Entity.OFFENCE) == []


def test_a_busy_home_says_that_nothing_was_foreseen(home, monkeypatch):
    monkeypatch.setattr("console.foreseen.PATIENCE_SECONDS", 0.0)
    with lock(home, "a night"):
        [line] = warned(home, decision("durham/1", "essex/1", "same"))
    assert "could not be foreseen" in line


def test_of_many_the_first_are_told_and_the_others_counted(home, monkeypatch):
    two = RecordKey("kent", "niche", "1"), RecordKey("kent", "niche", "2")
    many = tuple(Parted((two,), f"P-{n}", ((two[0],), (two[1],)), ()) for n in range(25))
    monkeypatch.setattr("console.foreseen.foresee", lambda *_: Foreseen(many))
    said = warned(home, decision("durham/1", "essex/1", "same"))
    assert len(said) == MOST_TOLD + 2
    assert said[-2] == "LOOK AGAIN: 5 more of the kind"
