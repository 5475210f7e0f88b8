"""Pairs of offence records that wait, and what is decided about them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from console.link_judge import tell_judgement
from console.link_review import Wanted, review_pairs, tell_queue
from console.main import app
from linkage.explanation.entity import Entity
from linkage.judgements.journal import judgements_path, read_journal
from linkage.record_key import RecordKey
from tests.console.small_store import NIGHT, edge, pair, publish
from warehouse.errors import UsageError
from warehouse.home import Home

A, B, C, D = (
    RecordKey(force, "niche", record)
    for force, record in (("durham", "1"), ("kent", "2"), ("essex", "3"), ("kent", "4"))
)
NOW = datetime(2026, 1, 12, 9, tzinfo=UTC)


def said_of(left: str, right: str, verdict: str) -> dict[str, Any]:
    return pair(left, right) | {
        "judgement_id": f"J-{left}{right}", "verdict": verdict, "judged_by": "bob",
        "judged_at": NOW.replace(tzinfo=None), "reason": "no file", "source": "review",
    }  # fmt: skip


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home.of(tmp_path / "home")
    offences = [(A, "O-1"), (B, "O-2"), (C, "O-3"), (D, "O-4")]
    force = {"name": "x", "pnc_codes": "", "source_system": "niche", "deliverer": "x",
             "profile": "england"}  # fmt: skip
    held = {"offence_group": "burglary", "is_notifiable": True, "is_time_ambiguous": False,
            "occurred_precision": "day", "location_precision": "none"}  # fmt: skip
    publish(
        home,
        core__offence_record=[
            held | key._asdict() | {"offence_id": of, "crime_ref": f"10/{of}"}
            for key, of in offences
        ],
        core__event_role=[
            A._asdict() | {"event_type": "offence_record", "person_source_record_id": "p1",
                           "role": "victim", "person_id": "P-1"},
        ],
        link__offence_membership=[key._asdict() | {"offence_id": of} for key, of in offences],
        reference__force=[force | {"force": name} for name in ("durham", "essex", "kent")],
        governance__night=[
            {"night": NIGHT, "crimelink_version": "0", "published_at": NOW.replace(tzinfo=None)}
        ],
        link__offence_edge=[
            edge("durham/1", "kent/2", place=12.0, time=9.0),
            edge("durham/1", "essex/3", place=12.0, time=14.0),
            edge("essex/3", "kent/4", place=12.0, time=11.0),
            edge("durham/1", "kent/4", place=12.0, time=15.0),
            edge("essex/3", "kent/2", place=20.0, time=20.0),
        ],
        link__offence_judgement=[
            said_of("durham/1", "kent/4", "not_same"), said_of("essex/3", "kent/4", "unsure"),
        ],
    )  # fmt: skip
    return home


OFFENCES = Wanted(entity=Entity.OFFENCE)


def listed(home: Home, **wanted: Any) -> list[dict[str, Any]]:
    said: list[str] = []
    tell_queue(home, Wanted(entity=Entity.OFFENCE, **wanted), True, said.append, print)
    found: list[dict[str, Any]] = json.loads(said[0])
    return found


def test_what_the_model_leaves_to_people_waits_the_heaviest_first(home):
    waiting = listed(home)
    assert [(each["pair"], each["match_weight"], each["why"]) for each in waiting] == [
        ([str(A), str(C)], 6.0, "weight"),
        ([str(C), str(D)], 3.0, "unsure"),
        ([str(A), str(B)], 1.0, "weight"),
    ]
    assert (waiting[0]["offence_l"], waiting[0]["offence_r"]) == ("O-1", "O-3")
    assert waiting[0]["says"] == "6.00 bits, 10.00 are needed"


def test_the_queue_may_be_narrowed(home):
    assert [each["match_weight"] for each in listed(home, of="O-2")] == [1.0]
    assert [each["match_weight"] for each in listed(home, of=str(B))] == [1.0]
    assert [each["match_weight"] for each in listed(home, force="kent")] == [3.0, 1.0]
    assert [each["match_weight"] for each in listed(home, limit=1)] == [6.0]
    with pytest.raises(UsageError, match="no offence ever had this id"):
        listed(home, of="O-none")


def test_both_records_are_shown_with_who_was_what_and_the_decision_is_written_down(home):
    said: list[str] = []
    answers = iter(["n", "another door", "q"])
    review_pairs(home, OFFENCES, "ann", lambda _: next(answers), said.append)
    lines = [line.split() for line in "\n".join(said).splitlines()]
    assert ["offence", "O-1", "O-3"] in lines
    assert ["people", "victim", "P-1"] in lines
    assert ["Where", "it", "happened", "same", "+12.00"] in lines
    [made] = read_journal(home, entity="offence").judgements
    assert (made.pair, made.verdict, made.judged_by, made.reason) == (
        (A, C), "not_same", "ann", "another door"
    )  # fmt: skip
    assert not judgements_path(home).exists()
    assert [each["match_weight"] for each in listed(home)] == [3.0, 1.0]


def test_a_pair_that_is_named_is_judged_and_persons_records_are_none_of_them(home):
    told: list[str] = []
    names = (str(A), str(B))
    tell_judgement(home, *names, "same", "one event", "ann", told.append, Entity.OFFENCE)
    [made] = read_journal(home, entity="offence").judgements
    assert (made.pair, made.verdict) == ((A, B), "same")
    assert ["offence", "O-1", "O-2"] in [line.split() for line in told[0].splitlines()]
    with pytest.raises(UsageError, match="no such person record"):
        tell_judgement(home, *names, "same", "one event", "ann", told.append)
    with pytest.raises(UsageError, match="no such offence record"):
        tell_judgement(home, str(A), "kent/niche/none", "same", "one event", "ann", told.append,
                       Entity.OFFENCE)  # fmt: skip


def test_a_new_contradiction_is_said_at_once(home):
    told: list[str] = []
    tell_judgement(home, str(A), str(D), "same", "one event", "ann", told.append, Entity.OFFENCE)
    assert any(line.startswith("CONTRADICTION") for line in told)


def test_the_command_lists_offences_and_refuses_what_is_of_persons_alone(home, tmp_path):
    run = CliRunner().invoke
    words = ["--home", str(home.root), "link", "review", "--offences"]
    assert "3 pairs wait" in run(app, [*words, "--list"]).output
    for more in (["--person", "P-1"], ["--export", str(tmp_path / "out.csv")]):
        assert isinstance(run(app, [*words, *more]).exception, SystemExit | UsageError)
    assert not (tmp_path / "out.csv").exists()


def test_the_command_explains_an_offence_as_json_and_as_a_page(home, tmp_path):
    page = tmp_path / "offence.html"
    base = ["--home", str(home.root), "explain"]
    told = CliRunner().invoke(app, [*base, "O-1", "--json", "--html", str(page)])
    assert told.exit_code == 0
    facts = json.loads(told.stdout.split("\n", 1)[1])
    [offence] = facts["offences"]
    assert offence["offence_id"] == "O-1"
    assert [(r["role"], r["person_id"]) for r in offence["records"][0]["roles"]] == [
        ("victim", "P-1")
    ]
    assert page.stat().st_mode & 0o777 == 0o600
    assert "P-1" in page.read_text(encoding="utf-8")
    pair = CliRunner().invoke(app, [*base, "--offences", str(A), str(C)])
    assert "It is for a person to decide" in pair.stdout


def test_a_torn_line_of_the_journal_of_offences_is_told(home):
    path = judgements_path(home, "offence")
    path.parent.mkdir()
    path.write_text("torn")
    warned: list[str] = []
    tell_queue(home, OFFENCES, True, lambda _: None, warned.append)
    assert "offence_judgements.jsonl: line 1 " in warned[0]
