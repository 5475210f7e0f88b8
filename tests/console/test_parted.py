"""What a command that takes a decision says of persons that come apart."""

from datetime import UTC, date, datetime

import pytest

from console.link_judge import MOST_TOLD, warn_of_parted
from linkage.explanation.entity import Entity
from linkage.judgements import foresee
from linkage.judgements.foresee import Parted
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import Judgement, judge
from linkage.judgements.review import Decided
from linkage.persons import link
from linkage.record_key import RecordKey
from tests.linkage.small_model import FIRST, ask, small_model, store, use_model
from warehouse.home import Home
from warehouse.state import lock

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
    warn_of_parted(home, Decided({}, frozenset(), (), entity), decisions, said.append)
    return said


def test_a_same_that_takes_a_record_away_says_from_whom_why_and_what_to_do(home):
    [(person_id,)] = ask(home, "SELECT DISTINCT person_id FROM linkage.cluster "
                         "GROUP BY person_id HAVING count(*) = 2")  # fmt: skip
    [line] = warned(home, decision("durham/1", "essex/1", "same"))
    assert f"LOOK AGAIN: {person_id} will come apart (judged not the same)" in line
    assert "durham/niche/1 / kent/niche/1" in line
    assert f"crimelink explain {person_id}" in line
    assert "unsure" in line


def test_other_verdicts_and_offences_say_nothing(home):
    assert warned(home, decision("durham/1", "essex/1", "not_same")) == []
    assert warned(home, decision("durham/1", "essex/1", "unsure")) == []
    assert warned(home, decision("durham/1", "essex/1", "same"), entity=Entity.OFFENCE) == []


def test_a_busy_home_says_that_nothing_was_foreseen(home, monkeypatch):
    monkeypatch.setattr("console.link_judge.PATIENCE_SECONDS", 0.0)
    with lock(home, "a night"):
        [line] = warned(home, decision("durham/1", "essex/1", "same"))
    assert "could not be foreseen" in line


def test_of_many_persons_the_first_are_told_and_the_others_counted(home, monkeypatch):
    many = [Parted(f"P-{n}", ((RecordKey("kent", "niche", str(n)),),), ()) for n in range(25)]
    monkeypatch.setattr(foresee, "foresee_parted", lambda *_: many)
    said = warned(home, decision("durham/1", "essex/1", "same"))
    assert (len(said), said[-1]) == (MOST_TOLD + 1, "5 more persons will come apart")
