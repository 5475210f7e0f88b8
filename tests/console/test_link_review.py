import csv
import io
import json
import os
import pty
import signal
import stat
import sys
import time
from datetime import UTC, date, datetime

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from console.link_judge import tell_judgement
from console.link_review import QUESTION, Wanted, review_pairs, tell_queue
from console.main import app
from console.review_csv import export_queue, import_verdicts
from console.review_pair import show_pair
from console.status import tell_status
from linkage.judgements.csv_rows import disarm, rearm
from linkage.judgements.journal import append_judgements, judgements_path, read_journal
from linkage.judgements.judgement import judge
from linkage.judgements.moves import Foreseen, Parted
from linkage.record_key import RecordKey
from tests.console.small_store import NIGHT, TABLES, edge, insert, pair, publish
from warehouse.errors import StoreError, UsageError
from warehouse.home import Home
from warehouse.review_queue import TOO_LITTLE
from warehouse.store import open_store

ADA, ANA, BEN, BO = (
    RecordKey(force, "niche", record)
    for force, record in (("durham", "1"), ("kent", "0012"), ("durham", "=2+5"), ("kent", "B/7"))
)
NOW = datetime.now(UTC)


@pytest.fixture
def home(tmp_path) -> Home:
    """Four records, and two pairs that wait: Ada with Ana first, Ben with Bo second."""
    home = Home.of(tmp_path / "home")
    ada, ben = pair("durham/1", "kent/0012"), pair("durham/=2+5", "kent/B/7")
    members = [(ADA, "P-1"), (ANA, "P-2"), (BEN, "P-3"), (BO, "P-2")]
    held = [key._asdict() | {"person_id": person} for key, person in members]
    past = BEN._asdict() | {"person_id": "P-0", "valid_from": date(2026, 1, 1), "valid_to": NIGHT}
    force = {"name": "x", "pnc_codes": "", "source_system": "niche", "deliverer": "x",
             "profile": "england"}  # fmt: skip
    waits = {"person_id_l": "P-1", "person_id_r": "P-2", "why": "weight", "says": "almost"}
    publish(
        home,
        core__person_record=[
            {"force": "durham", "source_record_id": "1", "forename": "ADA", "surname": "KEANE"},
            {"force": "kent", "source_record_id": "0012", "forename": "ANA", "surname": "KEANE"},
            {"force": "durham", "source_record_id": "=2+5", "forename": "BEN"},
            {"force": "kent", "source_record_id": "B/7", "forename": "=HYPERLINK(1)"},
        ],
        link__person_membership=[*held, past],
        reference__force=[force | {"force": name} for name in ("durham", "essex", "kent")],
        governance__night=[
            {"night": NIGHT, "crimelink_version": "0", "published_at": NOW.replace(tzinfo=None)}
        ],
        link__person_edge=[edge("durham/1", "kent/0012", forename=7.0, surname=20.5)],
        link__review_item=[
            ada | waits | {"priority": 90.0, "match_weight": 7.5},
            ben | waits | {"priority": 10.0, "person_id_l": "P-3", "why": "unsure"},
        ],
    )
    return home


def reviewed(home: Home, *answers: str, wanted: Wanted = Wanted(), user: str = "ann") -> str:  # noqa: B008
    """What a review says whose questions are answered in order, until nobody answers."""
    said: list[str] = []
    left = list(answers)

    def ask(question: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    review_pairs(home, wanted, user, ask, said.append)
    return "\n".join(said)


def decided(home: Home) -> list[tuple[RecordKey, RecordKey, str, str, str, str]]:
    return [(*j.pair, j.verdict, j.judged_by, j.reason, j.source)
            for j in read_journal(home).judgements]  # fmt: skip


def test_both_records_are_shown_with_what_agrees_and_how_much(home):
    said = reviewed(home)
    assert "1 of 2: almost" in said
    lines = [line.split() for line in said.splitlines()]
    assert ["forename", "ADA", "ANA"] in lines
    assert ["Forename", "same", "+7.00"] in lines
    assert ["together", "joined", "from", "+10.00", "+7.50"] in lines
    assert "0 decided by ann, 2 pairs still wait. What" in said


def test_a_correction_that_is_not_made_is_told_as_explain_tells_it(tmp_path):
    home = Home.of(tmp_path / "home")
    scored = edge("durham/1", "kent/1", forename=27.5, namesake=0.0)
    levels = json.dumps({"forename": "same", "namesake": "different"})
    publish(
        home,
        core__person_record=[
            {"force": force, "source_record_id": "1"} for force in ("durham", "kent")
        ],
        link__person_edge=[scored | {"levels": levels}],
    )
    with open_store(home) as store:
        shown = show_pair(store, (ADA, RecordKey("kent", "niche", "1")), ())
    assert "Correction for namesakes not called for 0" in " ".join(shown.split())


def test_what_is_decided_is_written_down_at_once(home):
    said = reviewed(home, "n", "other eyes", "k")
    assert decided(home) == [(ADA, ANA, "not_same", "ann", "other eyes", "review")]
    assert "1 decided by ann, 1 pair still waits." in said


def test_an_answer_that_is_none_is_asked_for_again(home):
    said = reviewed(home, "perhaps", "same", "x", "s", "one tattoo", "unsure", "no photograph")
    assert [(each[2], each[4]) for each in decided(home)] == [
        ("same", "one tattoo"), ("unsure", "no photograph"),
    ]  # fmt: skip
    assert "3 to 250 characters" in said


def test_an_answer_that_is_unknown_is_told_and_a_reason_is_asked_for_until_it_is_one(home):
    asked: list[str] = []
    answers = iter(["perhaps", "s", "ok", "", "n", "no", "two tattoos", "q"])

    def ask(question: str) -> str:
        asked.append(question.split(" (")[0])
        return next(answers)

    said: list[str] = []
    review_pairs(home, Wanted(), "ann", ask, said.append)
    assert asked == [
        QUESTION, QUESTION, "why the same", "why the same",
        QUESTION, "why not the same", "why not the same", QUESTION,
    ]  # fmt: skip
    assert "one of s, n, u, k and q, please" in said
    assert [(each[2], each[4]) for each in decided(home)] == [("not_same", "two tattoos")]


def test_what_was_decided_before_ctrl_c_is_written_down_and_told(home):
    answers = iter(["s", "one tattoo"])

    def ask(question: str) -> str:
        try:
            return next(answers)
        except StopIteration:
            raise KeyboardInterrupt from None

    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        review_pairs(home, Wanted(), "ann", ask, said.append)
    assert [each[4] for each in decided(home)] == ["one tattoo"]
    assert "1 decided by ann, 1 pair still waits." in "\n".join(said)


def test_ctrl_c_ends_a_question_at_once_though_polars_listens():
    asking = "import polars; from console.link_decide import _ask; _ask('same')"
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", asking])
    said = b""
    while b"same: " not in said:
        said += os.read(terminal, 1024)
    time.sleep(0.2)
    os.write(terminal, b"\x03")
    ends = time.monotonic() + 20
    ended, status = 0, 0
    while not ended and time.monotonic() < ends:
        ended, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.05)
    if not ended:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os.close(terminal)
    assert ended == child
    assert os.waitstatus_to_exitcode(status) == -signal.SIGINT


def test_a_pair_decided_since_the_store_was_published_does_not_wait(home):
    reviewed(home, "s", "one tattoo", "q")
    assert "1 of 1" in reviewed(home, user="bob")


def test_the_queue_may_be_narrowed_to_a_person_or_a_force_or_a_number(home):
    def listed(**wanted) -> list[dict[str, object]]:
        said: list[str] = []
        tell_queue(home, Wanted(**wanted), True, said.append, print)
        return json.loads(said[0])

    assert [each["pair"] for each in listed()] == [[str(ADA), str(ANA)], [str(BEN), str(BO)]]
    assert [each["priority"] for each in listed(limit=1)] == [90.0]
    assert [each["why"] for each in listed(of="P-3")] == ["unsure"]
    assert [each["why"] for each in listed(of=str(BEN))] == ["unsure"]
    assert len(listed(force="kent")) == len(listed(force="Kent")) == 2
    assert listed(force="essex") == []


def test_who_is_superseded_is_answered_by_who_holds_the_records_today(home):
    said: list[str] = []
    warned: list[str] = []
    tell_queue(home, Wanted("P-0"), False, said.append, warned.append)
    assert said[-1] == "1 pair waits"
    assert warned == [
        "The id P-0 is superseded: the records that it held last belong to P-3 today."
    ]


@pytest.mark.parametrize("how", ["--list", "--json", "--export", "one at a time"])
@pytest.mark.parametrize(("option", "says"), [("--person", "no person ever had this id"),
                                              ("--force", "no such force")])  # fmt: skip
def test_a_person_or_force_that_never_was_is_no_empty_queue(home, how, option, says):
    words = {"--export": [how, str(home.root / "q.csv")], "one at a time": []}.get(how, [how])
    with pytest.raises(UsageError, match=f"nobody: {says}"):
        CliRunner().invoke(
            app,
            ["--home", str(home.root), "link", "review", option, "nobody", *words, "--user", "ann"],
            catch_exceptions=False,
        )
    assert not (home.root / "q.csv").exists()


def test_the_queue_is_listed_in_lines(home):
    said: list[str] = []
    tell_queue(home, Wanted(), False, said.append, print)
    assert said[0].split() == ["+7.50", "weight", str(ADA), str(ANA), "almost"]
    assert said[-1] == "2 pairs wait"


def test_a_decision_about_a_pair_that_was_named_is_not_said_to_be_of_the_queue(home):
    tell_judgement(home, str(ADA), str(ANA), "same", "one tattoo", "bob", print)
    assert decided(home) == [(ADA, ANA, "same", "bob", "one tattoo", "judge")]


def test_who_differs_from_others_is_told_so(home):
    tell_judgement(home, str(ADA), str(ANA), "same", "one tattoo", "bob", print)
    said: list[str] = []
    tell_judgement(home, str(ANA), str(ADA), "Not the same", "other eyes", "ann", said.append)
    assert "bob said the same, ann not the same" in said[-1]


def test_who_names_a_pair_sees_what_the_records_hold_and_what_others_said(home):
    said: list[str] = []
    tell_judgement(home, str(ADA), str(ANA), "same", "one tattoo", "bob", print)
    tell_judgement(home, str(ANA), str(ADA), "unsure", "no photograph", "ann", said.append)
    shown, written, *_ = said
    rows = [line.split() for line in shown.splitlines()]
    assert [str(ADA), str(ANA)] in rows
    assert ["person", "P-1", "P-2"] in rows
    assert ["forename", "ADA", "ANA"] in rows
    assert "bob: durham/niche/1 and kent/niche/0012 are the same. one tattoo" in shown
    assert written.startswith("written down as")


def test_an_id_is_shown_whole_and_as_it_is(home):
    name = "123e4567-e89b-42d3-a456-426614174000:x:"
    pair = (RecordKey("durham", "connect", name), RecordKey("metropolitan", "connect", name))
    with open_store(home) as store:
        shown = show_pair(store, pair, ())
    # Folded where it is too long, never cut.
    assert ":x:" in shown
    assert "…" not in shown
    assert ["person", "none", "today", "none", "today"] in [
        line.split() for line in shown.splitlines()
    ]


def test_a_pair_that_cannot_be_shown_is_judged_all_the_same(home, monkeypatch):
    def damaged(*_):
        raise StoreError("the weights do not sum")

    monkeypatch.setattr("console.link_judge.show_pair", damaged)
    said: list[str] = []
    tell_judgement(home, str(ADA), str(ANA), "same", "one tattoo", "ann", said.append)
    assert said[0] == "The two cannot be shown: the weights do not sum"
    assert [each[2] for each in decided(home)] == ["same"]


def test_what_was_said_about_a_pair_is_shown_again(home, tmp_path):
    other = Home.of(tmp_path / "other")
    first = judge(ADA, ANA, "same", "bob", NOW, "one tattoo", "review")
    known = pair("durham/1", "kent/0012") | {
        "judgement_id": first.judgement_id, "verdict": "same", "judged_by": "bob",
        "judged_at": NOW.replace(tzinfo=None), "reason": "one tattoo", "source": "review",
        "night": NIGHT,
    }  # fmt: skip
    item = pair("durham/1", "kent/0012") | {
        "person_id_l": "P-1", "person_id_r": "P-2", "why": "conflict", "says": "differ",
        "priority": 1.0,
    }  # fmt: skip
    publish(other, link__judgement=[known], link__review_item=[item])
    assert f"bob: {ADA} and {ANA} are the same. one tattoo" in reviewed(other)


@pytest.mark.parametrize(
    ("one", "other", "verdict", "reason", "says"),
    [
        ("durham/1", "kent/niche/0012", "same", "one tattoo", "force/source_system"),
        (str(ADA), "kent/niche/12", "same", "one tattoo", "holds no such person record"),
        (str(ADA), str(ADA), "same", "one tattoo", "two records"),
        (str(ADA), str(ANA), "maybe", "one tattoo", "same, not_same, unsure"),
        (str(ADA), str(ANA), "same", "", "3 to 250"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(home, one, other, verdict, reason, says):
    with pytest.raises(UsageError, match=says):
        tell_judgement(home, one, other, verdict, reason, "ann", print)
    assert not judgements_path(home).exists()


def gone_from(home: Home) -> RecordKey:
    """A record that was linked once and is held no longer."""
    ed = RecordKey("kent", "niche", "9")
    row = ed._asdict() | {"person_id": "P-9", "valid_from": NIGHT, "valid_to": NIGHT}
    with duckdb.connect(str(home.current.resolve())) as con:
        insert(con, TABLES["link.person_membership"], [row])
    return ed


def test_a_decision_about_a_record_that_is_gone_can_be_taken_back(home):
    ed = gone_from(home)
    said: list[str] = []
    tell_judgement(home, str(ADA), str(ed), "same", "one tattoo", "ann", said.append)
    assert said[2].startswith(f"{ed} is no longer held")
    tell_judgement(home, str(ADA), str(ed), "unsure", "no photograph", "ann", print)
    row = pair("durham/1", "kent/9") | {"verdict": "not same", "reason": "other eyes"}
    assert imported(home, [row])[0]
    assert [each[2] for each in decided(home)] == ["same", "unsure", "not_same"]


def test_what_was_decided_about_a_record_of_which_nothing_else_is_known_can_be_taken_back(home):
    lost = RecordKey("kent", "niche", "lost")
    append_judgements(home, [judge(ADA, lost, "same", "ann", NOW, "one tattoo", "review")])
    tell_judgement(home, str(ADA), str(lost), "unsure", "no photograph", "ann", print)
    assert [each[2] for each in decided(home)] == ["same", "unsure"]


def test_the_status_counts_contradictions_and_damaged_lines(tmp_path):
    home = Home.of(tmp_path / "home")
    publish(
        home,
        governance__night=[
            {"night": NIGHT, "crimelink_version": "0", "published_at": NOW.replace(tzinfo=None)}
        ],
        link__judgement_conflict=[
            pair("durham/1", "kent/2")
            | {"conflict_id": "C-1", "kind": "pair", "judgement_ids": "J-1,J-2", "says": "differ"}
        ],
    )
    judgements_path(home).parent.mkdir()
    judgements_path(home).write_text("torn")
    said: list[str] = []
    tell_status(home, False, False, said.append)
    assert "judged 1 contradiction waits for people: crimelink link review" in said
    assert any("line 1 cannot be read and does not count" in line for line in said)


def test_the_status_counts_decisions_that_wait_for_the_next_night(home):
    def status(*, as_json: bool = False) -> str:
        said: list[str] = []
        tell_status(home, False, as_json, said.append)
        return "\n".join(said)

    assert "next night" not in status()
    tell_judgement(home, str(ADA), str(ANA), "same", "one tattoo", "ann", print)
    assert "judged 1 judgement of persons waits for the next night's store\n" in status()
    undone = [judge(one, BO, "not_same", "ann", NOW, "two men", "unmerge") for one in (ADA, ANA)]
    append_judgements(home, undone)
    offences = [judge(ADA, BEN, "same", "bob", NOW, "one burglary", "review")]
    append_judgements(home, offences, "offence")
    said = status()
    assert "judged 1 judgement and 1 unmerge of persons wait for the next night's store\n" in said
    assert "judged 1 judgement of offences waits for the next night's store\n" in said
    told = json.loads(status(as_json=True))
    assert (told["waiting_judgements"], told["waiting_unmerges"]) == (1, 1)
    assert told["waiting_offence_judgements"] == 1


def test_damaged_lines_of_the_journal_are_told(home):
    tell_judgement(home, str(ADA), str(ANA), "same", "one tattoo", "ann", print)
    with judgements_path(home).open("a") as journal:
        journal.write('{"judgement_id": "J-')
    assert "cannot be read and does not count" in reviewed(home)
    for words in (["link", "review", "--list"], ["link", "review", "--json"], ["explain", str(ADA)],
                  ["explain", str(ADA), "--json"],
                  ["link", "review", "--export", str(home.root / "q.csv")]):  # fmt: skip
        done = CliRunner().invoke(app, ["--home", str(home.root), *words])
        assert "cannot be read and does not count" in done.stderr, words
        assert "cannot be read" not in done.stdout


# The CSV round trip.


def exported(home: Home, name: str = "queue.csv") -> tuple[list[dict[str, str]], str]:
    path = home.root / name
    export_queue(home, path, Wanted(), print, print)
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text))), text


def imported(home: Home, rows: list[dict[str, str]], delimiter: str = ",") -> tuple[bool, str]:
    path = home.root / "filled.csv"
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    said: list[str] = []
    is_whole = import_verdicts(home, path, "ann", said.append)
    return is_whole, "\n".join(said)


def test_a_file_goes_out_is_filled_in_and_comes_back_once(home):
    rows, _ = exported(home)
    assert (rows[0]["forename_l"], rows[0]["forename_r"]) == ("ADA", "ANA")
    rows[0] |= {"verdict": "not same", "reason": "other eyes"}
    rows[1] |= {"verdict": "Same", "reason": "one tattoo", "judged_by": "bob"}
    is_whole, said = imported(home, rows)
    assert is_whole
    assert "2 decisions taken in, 0 known already, 0 rows without a decision" in said
    assert decided(home) == [
        (ADA, ANA, "not_same", "ann", "other eyes", "csv"),
        (BEN, BO, "same", "bob", "one tattoo", "csv"),
    ]
    is_whole, said = imported(home, rows, delimiter=";")
    assert is_whole
    assert "0 decisions taken in, 2 known already" in said
    assert len(decided(home)) == 2


def test_the_file_is_for_its_owner_only_and_never_overwritten(home):
    exported(home)
    path = home.root / "queue.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="there already"):
        export_queue(home, path, Wanted(), print, print)


def test_an_empty_queue_goes_out_as_a_header_alone(tmp_path):
    empty = Home.of(tmp_path / "empty")
    publish(empty)
    rows, text = exported(empty)
    assert (rows, len(text.splitlines())) == ([], 1)


def test_no_cell_that_goes_out_is_a_formula(home):
    rows, text = exported(home)
    assert rows[1]["source_record_id_l"] == "'=2+5"
    assert rows[1]["forename_r"] == "'=HYPERLINK(1)"
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


@given(st.text(st.sampled_from("'=+-@\tA1")))
def test_what_goes_out_unarmed_comes_in_as_it_was(text):
    assert rearm(disarm(text)) == text
    assert not disarm(text).startswith(("=", "+", "-", "@", "\t"))


def test_an_id_that_a_spreadsheet_spoilt_is_known_by_the_name_of_the_pair(home):
    rows, _ = exported(home)
    rows[0] |= {"verdict": "same", "reason": "one tattoo", "source_record_id_r": "12"}
    assert imported(home, rows)[0]
    assert decided(home)[0][:2] == (ADA, ANA)


def test_a_row_whose_name_and_ids_are_of_two_pairs_is_left_out(home):
    rows, _ = exported(home)
    names = [row["pair"] for row in rows]
    for row, name in zip(rows, reversed(names), strict=True):
        row |= {"verdict": "same", "reason": "one tattoo", "pair": name}
    is_whole, said = imported(home, rows)
    assert not is_whole
    for number in (1, 2):
        assert f"filled.csv row {number}, column pair, two_pairs: pair and the ids" in said
    assert decided(home) == []


def test_a_row_with_one_id_of_another_pair_is_left_out(home):
    rows, _ = exported(home)
    rows[0] |= {"verdict": "same", "reason": "one tattoo", "source_record_id_r": "B/7"}
    assert "column pair, two_pairs" in imported(home, rows)[1]


def test_a_file_with_two_columns_of_a_name_is_refused(home):
    path = home.root / "filled.csv"
    path.write_text("verdict,pair,reason,verdict,,\nsame,pair-1,one tattoo,not same,,\n")
    with pytest.raises(UsageError, match="more than one column verdict"):
        import_verdicts(home, path, "ann", print)


def test_a_file_by_hand_needs_no_more_than_the_records(home):
    row = pair("kent/0012", "durham/1") | {"verdict": "same", "reason": "one tattoo"}
    assert imported(home, [row])[0]
    assert decided(home)[0][:2] == (ADA, ANA)


def test_every_bad_row_is_told_and_the_rest_taken_in(home):
    def row(one: str, other: str, verdict: str, reason: str, name: str = "") -> dict[str, str]:
        return pair(one, other) | {"verdict": verdict, "reason": reason, "pair": name}

    good = ("durham/1", "kent/0012")
    is_whole, said = imported(home, [
        row(*good, "maybe", "one tattoo"),
        row(*good, "same", "x"),
        row(*good, "", "a reason alone"),
        row("durham/1", "kent/404", "same", "one tattoo"),
        row("durham/1", "durham/1", "same", "one tattoo"),
        row(*good, "same", "one tattoo", name="pair-of another"),
        row("durham/1", "durham/=2+5", "same", "one tattoo"),
        row("durham/1", "durham/=2+5", "not same", "other eyes"),
        row("durham/=2+5", "kent/B/7", "same", "one tattoo"),
        row(*good, "", ""),
    ])  # fmt: skip
    assert not is_whole
    assert [line.split(": ")[0] for line in said.splitlines()[:-1]] == [
        "filled.csv row 1, column verdict, unknown_verdict",
        "filled.csv row 2, column reason, too_short",
        "filled.csv row 3, column verdict, unknown_verdict",
        "filled.csv row 4, column source_record_id_r, unknown_record",
        "filled.csv row 5, column source_record_id_r, one_record_twice",
        "filled.csv row 6, column pair, unknown_pair",
        "filled.csv row 7, column verdict, pair_twice",
        "filled.csv row 8, column verdict, pair_twice",
    ]
    assert "1 decision taken in, 0 known already, 1 row without a decision, 8 rows left" in said
    assert [each[:2] for each in decided(home)] == [(BEN, BO)]


def test_a_row_of_other_length_is_told_and_the_rest_taken_in(home):
    path = home.root / "filled.csv"
    header = ",".join([*pair("a/1", "b/1"), "verdict", "reason"])
    path.write_text(f"{header}\ndurham,niche,1\n\ndurham,niche,1,kent,niche,0012,same,one tattoo\n")
    said: list[str] = []
    assert not import_verdicts(home, path, "ann", said.append)
    place, _, says = said[0].partition(": ")
    assert place == "filled.csv row 1, column source_record_id_l, cells"
    assert says == "3 cells where the header has 8"
    assert len(decided(home)) == 1


def test_a_file_from_before_somebody_thought_again_changes_nothing(home):
    rows, _ = exported(home)
    rows[0] |= {"verdict": "same", "reason": "one tattoo"}
    imported(home, rows)
    again = judge(ADA, ANA, "not_same", "ann", datetime.now(UTC), "other eyes", "review")
    append_judgements(home, [again])
    is_whole, said = imported(home, rows)
    assert not is_whole
    assert "row 1, column reason, decided_otherwise" in said
    assert len(decided(home)) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no column reason and no column verdict"),
        (b"verdict,reason\n", "neither the column pair"),
        (b'pair\tverdict\treason\n"x"\t"same"\t', "separated by tabs; save it with commas or semi"),
        (b"pair,verdict,reason\n\xff\xfe", "not UTF-8"),
        (b'pair,verdict,reason\n"x', "no CSV"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(home, content, says):
    path = home.root / "filled.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        import_verdicts(home, path, "ann", print)


# The commands themselves.


def command(home: Home, *words: str, answers: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--home", str(home.root), "link", *words], input=answers)
    return done.exit_code, done.output


def test_a_session_on_the_terminal_ends_where_the_answers_do(home):
    code, said = command(home, "review", "--user", "ann", answers="n\nother eyes\n")
    assert (code, "1 decided by ann, 1 pair still waits." in said) == (0, True)
    assert decided(home) == [(ADA, ANA, "not_same", "ann", "other eyes", "review")]


def test_rows_left_out_end_in_exit_code_six(home):
    rows, _ = exported(home)
    rows[0] |= {"verdict": "maybe"}
    imported(home, rows)
    path = str(home.root / "filled.csv")
    code, said = command(home, "review", "--import", path, "--user", "ann")
    assert (code, "row 1, column verdict" in said) == (6, True)


def test_a_pair_is_judged_and_the_queue_listed_by_command(home):
    words = ("judge", str(ADA), str(ANA), "same", "--reason", "one tattoo", "--user", "ann")
    assert command(home, *words)[0] == 0
    code, said = command(home, "review", "--list")
    assert (code, said.splitlines()[-1]) == (0, "1 pair waits")
    with pytest.raises(UsageError, match="one of --list"):
        CliRunner().invoke(
            app, ["--home", str(home.root), "link", "review", "--list", "--export", "q.csv"],
            catch_exceptions=False,
        )  # fmt: skip


def test_every_command_that_takes_a_same_says_what_else_it_does(home, monkeypatch, tmp_path):
    asked = []

    def foreseen(_: Home, decisions, __: float) -> Foreseen:
        asked.append([(*each.pair, each.verdict) for each in decisions])
        return Foreseen((Parted((decisions[0].pair,), "P-7", ((ADA,), (BO,)), ("two PNC IDs",)),))

    monkeypatch.setattr("console.foreseen.foresee", foreseen)
    words = ("judge", str(ADA), str(ANA), "same", "--reason", "one tattoo", "--user", "ann")
    assert "LOOK AGAIN" in command(home, *words)[1]
    assert "P-7 comes apart, for two PNC IDs" in reviewed(home, "s", "one tattoo", user="bob")
    path = tmp_path / "verdicts.csv"
    columns = ",".join(f"{part}_{side}" for side in "lr" for part in ADA._fields)
    path.write_text(f"{columns},verdict,reason\n{','.join((*ADA, *ANA))},same,one tattoo\n")
    said: list[str] = []
    assert import_verdicts(home, path, "cy", said.append)
    assert any("LOOK AGAIN" in line for line in said)
    assert [each[-1][-1] for each in asked] == ["same"] * 3


def test_a_decision_that_takes_an_earlier_one_back_says_so(home):
    words = ("judge", str(ADA), str(ANA))
    assert "takes back" not in command(home, *words, "same", "--reason", "tattoo", "--user", "a")[1]
    said = command(home, *words, "unsure", "--reason", "perhaps", "--user", "a")[1]
    assert "It takes back what you said of the two before: same." in said
    assert "takes back" not in command(home, *words, "same", "--reason", "tattoo", "--user", "b")[1]


def test_the_queue_tells_what_waits_for_the_night_and_contradicts(home):
    def warned() -> list[str]:
        said: list[str] = []
        tell_queue(home, Wanted(), False, lambda _: None, said.append)
        return said

    assert warned() == []
    reviewed(home, "s", "one tattoo", "q")
    [waits] = warned()
    assert waits.startswith("1 pair decided since the store was published")
    tell_judgement(home, str(ADA), str(ANA), "not same", "two tattoos", "bob", lambda _: None)
    _, contradicts = warned()
    assert contradicts.startswith(f"CONTRADICTION about {ADA} and {ANA}: ")


def test_a_queue_that_was_cut_short_says_so(home):
    def told(limit: int | None) -> str:
        said: list[str] = []
        tell_queue(home, Wanted(limit=limit), False, said.append, print)
        return said[-1]

    assert (told(None), told(3), told(1)) == (
        "2 pairs wait", "2 pairs wait", "2 pairs wait; the first is shown (--limit)"
    )  # fmt: skip
    said = reviewed(home, "n", "other eyes", wanted=Wanted(limit=1))
    assert "1 decided by ann, 1 pair still waits, 1 of them beyond --limit. What" in said


def test_a_weight_that_is_all_but_enough_does_not_look_like_enough():
    weights = [(13.9990234375, 14.0), (15.951171875, 16.0), (6.0, 16.1), (-0.0009765625, 0.0)]
    says = duckdb.sql(
        f"SELECT {TOO_LITTLE} FROM (VALUES {', '.join(map(str, weights))}) "
        "AS pair (match_weight, link_at)"
    ).fetchall()
    assert [each for (each,) in says] == [
        "13.99 bits, 14.00 are needed", "15.95 bits, 16.00 are needed",
        "6.00 bits, 16.10 are needed", "-0.01 bits, 0.00 are needed",
    ]  # fmt: skip
