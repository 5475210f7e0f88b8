"""What was judged the same and does not hold is never silent: it waits, and is explained."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from console.explain import tell_explanation
from console.take_in import link_all
from forces.declaration import load_declarations
from linkage.explanation.explain import explain
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.record_key import RecordKey
from tests.checked_store import check_store
from tests.console.published import published, run
from tests.linkage.small_model import FIRST, ask, partition, small_model, store, use_model
from warehouse.build import build
from warehouse.errors import UsageError
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.state import writer

SECOND, THIRD, FOURTH = (FIRST + timedelta(days) for days in (1, 2, 3))
HUGO = {"forename": "HUGO", "surname": "ASH", "birth_date": date(1980, 1, 1), "phone": "1"}
WILL = {"forename": "WILL", "surname": "ELM", "birth_date": date(1980, 5, 1), "phone": "2"}
OLGA = {"forename": "OLGA", "surname": "OAK", "birth_date": date(2001, 12, 31), "phone": "3"}
A4, B4 = RecordKey("durham", "niche", "A4"), RecordKey("kent", "niche", "B4")
QUEUE = "SELECT force_l, force_r, why, says FROM link.review_item"


@pytest.fixture
def home(tmp_path) -> Home:
    """Two records that no night compares, and that somebody judged the same."""
    home = Home.of(tmp_path / "home")
    use_model(home, small_model())
    store(home, FIRST, {"durham/A4": HUGO, "kent/B4": WILL})
    run(home, FIRST)
    decide(home, "same")
    run(home, SECOND)
    assert len(partition(home)) == 1
    return home


def decide(home: Home, verdict: str, minute: int = 0, by: str = "ann") -> None:
    at = datetime(2026, 1, 12, 9, minute, tzinfo=UTC)
    append_judgements(home, [judge(A4, B4, verdict, by, at, "one photograph", "review")])


def explained(home: Home, *words: str) -> list[str]:
    """Notices, and why two records are not one person."""
    with duckdb.connect(str(home.current.resolve())) as con:
        found = explain(con, "store", small_model(), words)
    return [*found.notices, *(found.pair.why_not if found.pair else ())]


def test_a_decision_that_stands_is_asked_once_whatever_the_two_weigh(home):
    assert published(home, "FROM link.review_item") == []
    # Whoever moves house and changes telephones stays who they are.
    with writer(home, "test") as con:
        con.execute("UPDATE core.person_contact SET value = '4', valid_from = ?", [THIRD])
    run(home, THIRD)
    assert published(home, "FROM link.review_item") == []


def test_a_record_that_became_somebody_else_has_the_decision_asked_again(home):
    store(home, THIRD, {"kent/B4": OLGA})
    run(home, THIRD)
    assert len(partition(home)) == 1  # What people decided stands until people decide otherwise.
    says = "judged the same before a record changed; the two now have too little in common"
    assert published(home, QUEUE) == [("durham", "kent", "judged", says)]
    [person] = {person for (person,) in published(home, "SELECT person_id FROM core.person")}
    for words in ([person], [str(A4), str(B4)], [str(B4)]):
        assert [line for line in explained(home, *words) if says in line]
    decide(home, "same", minute=1, by="bob")
    run(home, FOURTH)
    assert published(home, QUEUE) == []


def test_a_number_that_is_gone_has_the_decision_asked_again(home):
    store(home, THIRD, {"kent/B4": WILL | {"pnc": ["1999/0000001A"]}})
    run(home, THIRD)
    decide(home, "same", minute=1)
    run(home, FOURTH)
    assert published(home, QUEUE) == []
    with writer(home, "test") as con:
        fifth = FOURTH + timedelta(1)
        con.execute("UPDATE core.person_identifier SET valid_to = ?", [fifth])
    run(home, fifth)
    assert [why for _, _, why, _ in published(home, QUEUE)] == ["judged"]


def test_a_record_that_changed_and_still_agrees_waits_for_nobody(home):
    store(home, THIRD, {"kent/B4": HUGO | {"forename": "H"}})
    run(home, THIRD)
    assert published(home, QUEUE) == []


def told(home: Home, *words: str, html: Path | None = None, as_json: bool = False) -> str:
    """What the command says, without values."""
    said: list[str] = []
    tell_explanation(home, words, as_json=as_json, html=html, has_values=False, tell=said.append,
                     warn=said.append)  # fmt: skip
    return "\n".join(said)


def test_a_decision_that_waits_for_the_night_is_told_wherever_its_records_are(home, tmp_path):
    store(home, THIRD, {"essex/C4": OLGA})
    run(home, THIRD)
    [(person,), (other,)] = published(home, "SELECT person_id FROM core.person ORDER BY "
                                            "record_count DESC")  # fmt: skip
    assert "Decided since" not in told(home, person)
    decide(home, "not_same", minute=1)
    says = (
        f"Decided since this store was published: {A4} and {B4} not the same; it counts in the "
        "store from the next night."
    )
    assert f"! {says}" in " ".join(told(home, person).split())
    for words in ([person], [str(B4)], [str(B4), str(A4)], [str(A4), "essex/niche/C4"]):
        assert says in json.loads(told(home, *words, as_json=True))["notices"]
    written = f"written: {tmp_path / 'why.html'}"
    assert told(home, person, html=tmp_path / "why.html") == written
    again = told(home, person, html=tmp_path / "why.html")
    assert again == f"{written}, in place of the page that was there"
    page = (tmp_path / "why.html").read_text(encoding="utf-8")
    assert f'<p class="notice">{says}</p>' in page
    assert "one photograph" not in page
    assert "Decided since" not in told(home, other)
    run(home, FOURTH)
    assert "Decided since" not in told(home, str(A4))


def test_a_page_is_written_over_no_other_file(home, tmp_path):
    other = tmp_path / "minutes.html"
    other.write_text("<!DOCTYPE html><title>Minutes</title>")
    with pytest.raises(UsageError, match="is no page of crimelink explain; name another or move"):
        told(home, str(A4), html=other)
    assert "Minutes" in other.read_text()


def test_a_pair_judged_the_same_and_kept_apart_waits_and_is_explained(home):
    store(home, THIRD, {"kent/X": OLGA})
    run(home, THIRD)
    at, other = datetime(2026, 1, 12, 10, tzinfo=UTC), RecordKey("kent", "niche", "X")
    append_judgements(home, [judge(A4, other, "same", "ann", at, "one photograph", "review")])
    link_all(home, FOURTH)
    # As if a guard had stood above people.
    with writer(home, "test") as con:
        [(left, right)] = con.execute(
            "SELECT record_l, record_r FROM linkage.tie WHERE is_same AND "
            "(SELECT record FROM linkage.record_key WHERE source_record_id = 'X') "
            "IN (record_l, record_r)"
        ).fetchall()
        con.execute("INSERT INTO linkage.cut VALUES (?, ?, 0, 'two PNC IDs')", [left, right])
        con.execute(
            "UPDATE linkage.cluster SET person_id = 'P-apart' WHERE record = "
            "(SELECT record FROM linkage.record_key WHERE source_record_id = 'X')"
        )
        con.execute(
            "UPDATE linkage.membership SET person_id = 'P-apart' WHERE valid_to IS NULL AND record "
            "= (SELECT record FROM linkage.record_key WHERE source_record_id = 'X')"
        )
    build(home, FOURTH, load_declarations(None))
    check_store(home, FOURTH)
    publish(home, FOURTH)
    says = "judged the same, but kept apart: two PNC IDs"
    assert published(home, QUEUE) == [("durham", "kent", "judged", says)]
    told = explained(home, str(A4), "kent/niche/X")
    assert "People judged the two the same, and yet they are two persons: two PNC IDs." in told
    assert [line for line in explained(home, "P-apart") if says in line]
    assert ask(home, "SELECT count(*) FROM linkage.cut") == [(1,)]
