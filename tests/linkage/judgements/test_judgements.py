import hashlib
import json
import os
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.judgements.journal import (
    append_judgements,
    judgements_path,
    read_journal,
    read_judgements,
    take_in,
    tell_damage,
)
from linkage.judgements.judgement import Judgement, judge, read_line, write_line
from linkage.record_key import RecordKey
from warehouse.contract.judgement import JUDGEMENT
from warehouse.decisions import DecisionError
from warehouse.errors import DiskError
from warehouse.home import Home
from warehouse.schema import create_statements

NOON = datetime(2026, 1, 12, 12, tzinfo=UTC)
NIGHT = date(2026, 1, 13)
A, B, C = (RecordKey("durham", "niche", name) for name in "ABC")


def said(one: RecordKey = A, other: RecordKey = B, verdict: str = "same", **more) -> Judgement:
    values = {"by": "ann", "at": NOON, "reason": "same tattoo", "source": "review"} | more
    return judge(one, other, verdict, **values)


@pytest.fixture
def home(tmp_path) -> Home:
    return Home.of(tmp_path / "home")


@pytest.fixture
def state() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for statement in create_statements([JUDGEMENT]):
        con.execute(statement)
    return con


def test_a_pair_is_the_same_whichever_record_is_named_first():
    assert said(A, B) == said(B, A)
    assert said(B, A).pair == (A, B)


def test_the_id_tells_two_decisions_apart_and_is_the_same_for_one():
    later = NOON + timedelta(microseconds=1)
    one_differs = [said(), said(by="bob"), said(verdict="unsure"), said(reason="same scar"),
                   said(other=C), said(at=later), said(source="csv")]  # fmt: skip
    assert len({each.judgement_id for each in one_differs}) == len(one_differs)
    assert said().judgement_id == said(reason="  same tattoo ").judgement_id


@pytest.mark.parametrize(
    ("wrong", "column", "rule"),
    [
        ({"other": A}, "source_record_id_r", "one_record_twice"),
        ({"verdict": "maybe"}, "verdict", "unknown_verdict"),
        ({"reason": " x "}, "reason", "too_short"),
        ({"reason": "x" * 251}, "reason", "too_long"),
        ({"reason": "two\nlines"}, "reason", "not_one_line"),
        ({"reason": "seen \u202egnp.exe"}, "reason", "not_one_line"),
        ({"reason": "seen \u2066files"}, "reason", "not_one_line"),
        ({"by": "an\u200bn"}, "judged_by", "not_one_line"),
        ({"by": ""}, "judged_by", "too_short"),
    ],
)
def test_a_decision_that_lacks_something_is_refused_by_column_and_rule(wrong, column, rule):
    with pytest.raises(DecisionError) as refused:
        said(**wrong)
    assert (refused.value.column, refused.value.rule) == (column, rule)


text = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zl", "Zp")), min_size=1
)
keys = st.builds(RecordKey, text, text, text)


@given(keys, keys, text, text.map(lambda reason: f"abc{reason}"[:250]), st.datetimes())
def test_a_decision_reads_as_it_was_written(one, other, by, reason, at):
    by = by.strip()[:100].strip() or "ann"
    if one != other:
        judgement = judge(one, other, "unsure", by, at.replace(tzinfo=UTC), reason, "csv")
        assert read_line(write_line(judgement)) == judgement


def test_nothing_has_been_decided_in_a_new_home(home):
    assert read_journal(home) == ([], [])


def test_the_journal_keeps_every_decision_in_order_and_for_its_owner_only(home):
    append_judgements(home, [said(), said(other=C)])
    append_judgements(home, [said(verdict="not_same", by="bob")])
    held = read_journal(home).judgements
    assert [(each.pair[1], each.judged_by) for each in held] == [(B, "ann"), (C, "ann"), (B, "bob")]
    path = judgements_path(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_parallel_writers_lose_nothing(home):
    def write(by: str) -> None:
        for number in range(50):
            append_judgements(home, [said(by=by, at=NOON + timedelta(seconds=number))])

    writers = [Thread(target=write, args=[name]) for name in ("ann", "bob", "cem", "dee")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    journal = read_journal(home)
    assert (len(journal.judgements), journal.damaged) == (200, [])


THREE = [said(), said(other=C, by="bob"), said(B, C, "not_same", by="cem", reason="twins, Łódź")]


@settings(max_examples=50)
@given(st.data())
def test_a_writer_killed_at_any_byte_loses_no_whole_line_and_hurts_no_later_one(data):
    with TemporaryDirectory() as folder:
        home = Home.of(folder)
        append_judgements(home, THREE[:1])
        before = judgements_path(home).stat().st_size
        append_judgements(home, THREE[1:])
        whole = judgements_path(home).read_bytes()
        cut = data.draw(st.integers(before, len(whole)))
        os.truncate(judgements_path(home), cut)
        # A line that lacks only its end is whole.
        lines = sum(write_line(each)[:-1] in whole[:cut] for each in THREE)
        journal = read_journal(home)
        assert journal.judgements == THREE[:lines]
        is_torn = whole[:cut].rsplit(b"\n", 1)[-1] not in (b"", write_line(THREE[lines - 1])[:-1])
        assert len(journal.damaged) == is_torn
        append_judgements(home, [said(verdict="unsure", by="dee")])
        again = read_journal(home)
        assert again.judgements == [*THREE[:lines], said(verdict="unsure", by="dee")]
        assert again.damaged == journal.damaged


def test_a_line_that_was_changed_by_hand_does_not_count_and_is_told(home):
    append_judgements(home, THREE)
    path = judgements_path(home)
    lines = path.read_bytes().split(b"\n")
    values = json.loads(lines[2])
    lines[2] = json.dumps(values | {"verdict": "not_same"}).encode()
    lines += [b"[]", b"\xff", b'{"judgement_id": "J-1"}']
    path.write_bytes(b"\n".join(lines))
    journal = read_journal(home)
    assert journal.judgements == [THREE[0], THREE[2]]
    assert len(journal.damaged) == 4
    assert "line 3, " in tell_damage(home, journal.damaged)
    assert tell_damage(home, []) == ""


def forged(**other: str) -> bytes:
    """A line that bears the right id of what it holds."""
    values = json.loads(write_line(said())) | other
    content = [value for name, value in values.items() if name != "judgement_id"]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return json.dumps(values | {"judgement_id": f"J-{digest[:16]}"}).encode()


@pytest.mark.parametrize(
    "other",
    [
        {"verdict": "banana"},
        {"source": "the night"},
        {"judged_at": "yesterday"},
        {"judged_at": "2026-01-12T12:00:00.000000"},
        {"reason": "x"},
        {"reason": "seen \u202egnp.exe"},
        {"judged_by": ""},
        {"source_record_id_l": "B"},
        {"source_record_id_l": "C"},
        {"reason": None},
        {"reason": ["same tattoo"]},
    ],
)
def test_a_line_with_a_right_id_and_a_content_that_cannot_be_does_not_count(home, other):
    assert read_line(forged()) == said()
    assert read_line(forged(**other)) is None
    append_judgements(home, [said()])
    with judgements_path(home).open("ab") as journal:
        journal.write(forged(**other))
    assert read_journal(home) == ([said()], [3])


def test_a_disk_that_fills_says_what_counts(home, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, text: write(handle, text[:-10]))
    with pytest.raises(DiskError, match="the disk is full"):
        append_judgements(home, THREE)
    monkeypatch.undo()
    assert read_journal(home).judgements == THREE[:2]


def test_the_state_takes_in_what_it_lacks_once(home, state):
    append_judgements(home, THREE[:2])
    assert take_in(state, home, NIGHT) == [A, B, C]
    assert take_in(state, home, NIGHT) == []
    append_judgements(home, [THREE[2], THREE[2], THREE[0]])
    assert take_in(state, home, NIGHT + timedelta(days=1)) == [B, C]
    held = sorted(THREE, key=lambda each: (each.judged_at, each.judgement_id))
    assert read_judgements(state) == held
    nights = state.execute("SELECT night, count(*) FROM link.judgement GROUP BY ALL ORDER BY ALL")
    assert nights.fetchall() == [(NIGHT, 2), (NIGHT + timedelta(days=1), 1)]


def test_what_is_taken_in_goes_with_the_callers_transaction(home, state):
    append_judgements(home, THREE)
    state.execute("BEGIN")
    take_in(state, home, NIGHT)
    state.execute("ROLLBACK")
    assert read_judgements(state) == []
    assert take_in(state, home, NIGHT) == [A, B, C]


def test_a_state_older_than_the_journal_takes_everything_in_again(home, state):
    append_judgements(home, THREE)
    take_in(state, home, NIGHT)
    Path(judgements_path(home)).unlink()
    assert take_in(state, home, NIGHT) == []
    assert len(read_judgements(state)) == 3
