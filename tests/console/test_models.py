"""Models from the command line: listed, approved, and what the status says of them."""

import json
import os
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from console.main import app
from console.model_approval import say_use, tell_approval, tell_models
from console.model_training import say_left_out, tell_relink, tell_training
from console.status import tell_status
from linkage import approvals
from linkage.approvals import approvals_of, write_approval
from linkage.model import Model
from linkage.model_file import model_in_use
from tests.console import published as publishing
from tests.console import small_nation, small_store
from tests.console.published import run
from tests.console.small_nation import declare, deliver
from tests.linkage.series import small_series
from tests.linkage.small_model import FIRST, ask, small_model, store, use_model
from warehouse.errors import StoreError, UsageError
from warehouse.home import Home
from warehouse.journal import step
from warehouse.state import lock, writer

GROUNDS = "reliability test of 3 March"


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home.of(tmp_path / "home")
    use_model(home, small_model())
    return home


@pytest.fixture
def other(home) -> Model:
    model = small_model(link=7.0)
    use_model(home, model)
    return model


@pytest.fixture
def published(home) -> Home:
    """With a store of one night."""
    store(home, FIRST, {"kent/1": {"forename": "ANA", "surname": "ASH"}})
    run(home, FIRST)
    return home


def files(home: Home, model: Model) -> Path:
    return home.root / "models" / model.model_id


def models(home: Home) -> list[str]:
    said: list[str] = []
    tell_models(home, said.append)
    return said


def approve(home: Home, model_id: str, by: str, reason: str = GROUNDS) -> str:
    said: list[str] = []
    tell_approval(home, model_id, reason, by, said.append)
    return "\n".join(said)


def in_use(home: Home, entity: str = "person") -> str | None:
    with writer(home, "test") as con:
        return model_in_use(con, entity)


GIVEN = "SELECT approval_id, model_id, approved_by, reason FROM governance.model_approval"
SHOWN = "SELECT approved_by, approval_reason FROM governance.model_register WHERE status = '{}'"


def status(home: Home, *, as_json: bool = False) -> str:
    said: list[str] = []
    tell_status(home, False, as_json, said.append)
    return "\n".join(said)


@pytest.mark.parametrize("name", ["scoring.sql", "surname.parquet"])
def test_a_model_that_cannot_be_loaded_is_not_approved(home, other, name):
    (files(home, other) / name).unlink()
    with pytest.raises(StoreError, match=other.model_id):
        tell_approval(home, other.model_id, GROUNDS, "ann", print)
    assert ask(home, "SELECT DISTINCT status FROM governance.model_register") == [("provisional",)]


def test_the_list_names_the_model_that_cannot_be_loaded(home, other):
    assert not any("DAMAGED" in line for line in models(home))
    sql = files(home, other) / "scoring.sql"
    sql.write_text(sql.read_text().replace("records_to_score", "others_to_score"))
    first, second, damage, key = models(home)
    assert key == "* the next night uses it   + the last night used it"
    assert first.startswith(f"*  {small_model().model_id}")
    assert other.model_id in second
    assert "DAMAGED" in damage
    assert "not those that were made" in damage


def test_the_list_marks_the_model_in_use_of_whatever_is_linked(home, other):
    with writer(home, "test") as con:
        for entity in ("offence", "series"):
            con.execute(
                f"INSERT INTO governance.model_register BY NAME SELECT * REPLACE ('{entity}-1' AS "
                f"model_id, '{entity}' AS entity) FROM governance.model_register LIMIT 1"
            )
    marked = [line.split()[1] for line in models(home) if line.startswith("* ") and "-" in line]
    assert marked == [small_model().model_id, "offence-1", "series-1"]


@pytest.mark.parametrize("reason", ["ok", "two\nlines", "bell \a rings", "x" * 251])
def test_the_grounds_of_an_approval_are_one_line_as_those_of_any_decision(home, other, reason):
    with pytest.raises(UsageError, match="reason"):
        tell_approval(home, other.model_id, reason, "ann", print)
    assert ask(home, "SELECT DISTINCT status FROM governance.model_register") == [("provisional",)]


@pytest.mark.parametrize("of", [[], ["--series"]])
def test_a_report_is_never_written_over_a_file(tmp_path, of):
    report = tmp_path / "report.json"
    report.write_text("of the model before")
    words = ["--home", str(tmp_path / "home"), "link", "train", *of, "--report", str(report)]
    refused = CliRunner().invoke(app, words).exception
    assert isinstance(refused, UsageError)
    assert f"--report {report}: the file is there already" in str(refused)
    assert report.read_text() == "of the model before"
    assert not (tmp_path / "home").exists()


def test_what_a_model_is_trained_without_is_said(tmp_path):
    """Of two forces that deliver one is held, unread or for its rows."""
    delivered, config = tmp_path / "deliveries", declare(tmp_path / "forces", "ayr", "fife")
    deliver(delivered, "ayr", small_nation.FIRST)
    broken = deliver(delivered, "fife", small_nation.FIRST) / "person_record.csv"
    rows = broken.read_text()
    for text, says in (
        ("one,two\n1,2\n", "how many records is not known. header_missing: person_record.csv: "),
        (re.sub("^P.*?,", ",", rows, flags=re.M), "40 person records. too_many_failures: "),
    ):
        broken.write_text(text)
        said: list[str] = []
        tell_training(Home.of(tmp_path / "home"), delivered, config, None, said.append, print)
        assert said[0].startswith(f"held    fife {small_nation.FIRST}, not trained on: {says}")
        assert said[1].startswith("model ")
        assert "on 40 records" in said[1]


def test_an_approval_says_loudly_that_a_model_is_typed(home, other):
    said: list[str] = []
    tell_approval(home, other.model_id, GROUNDS, "ann", said.append)
    assert "TYPED, NOT TRAINED" in said[-1]


def test_an_approval_takes_the_place_of_none_that_was_given_before(home, other):
    approve(home, other.model_id, "ann")
    before = ask(home, "SELECT * FROM governance.model_approval")
    approve(home, other.model_id, "bob", "the board of 9 June")
    assert ask(home, f"{GIVEN} ORDER BY approval_id") == [
        (1, other.model_id, "ann", GROUNDS),
        (2, other.model_id, "bob", "the board of 9 June"),
    ]
    assert ask(home, "SELECT * FROM governance.model_approval WHERE approval_id = 1") == before
    assert ask(home, SHOWN.format("approved")) == [("bob", "the board of 9 June")]


def test_every_approval_is_published(published):
    approve(published, small_model().model_id, "ann")
    approve(published, small_model().model_id, "bob", "the board of 9 June")
    run(published, date(2026, 1, 13))
    told = publishing.published(published, f"{GIVEN} ORDER BY approval_id")
    assert [by for _, _, by, _ in told] == ["ann", "bob"]
    shown = publishing.published(published, SHOWN.format("approved"))
    assert shown == [("bob", "the board of 9 June")]


def test_approving_the_model_in_use_is_kept_and_links_nothing_anew(published):
    model_id = small_model().model_id
    said = approve(published, model_id, "ann")
    assert said.splitlines()[0] == (
        f"{model_id} is approved by ann. It is the model in use already: nothing is linked anew "
        "for it"
    )
    assert "approved before" not in said
    said = approve(published, model_id, "bob", "the board of 9 June")
    assert "in use already: nothing is linked anew" in said
    assert "next night" not in said
    assert "  approved before by ann, 20" in said
    assert f" UTC: {GROUNDS}" in said
    assert len(ask(published, GIVEN)) == 2
    run(published, date(2026, 1, 13))
    assert ask(published, "SELECT rescored_records FROM link.linkage_night ORDER BY run DESC "
               "LIMIT 1") == [(0,)]  # fmt: skip


def test_a_model_approved_again_before_any_night_used_it_is_used_all_the_same(published, other):
    assert "the next night links everything with it" in approve(published, other.model_id, "ann")
    said = approve(published, other.model_id, "bob")
    assert "in use already, from the next night on: that links everything with it" in said
    assert "  approved before by ann, " in said


def test_an_older_model_that_is_approved_again_is_the_one_in_use(published, other):
    first = small_model().model_id
    for model_id in (first, other.model_id):
        approve(published, model_id, "ann")
        assert in_use(published) == model_id
    run(published, date(2026, 1, 13))
    said = approve(published, first, "bob", "the newer one erred")
    assert in_use(published) == first
    assert "the next night links everything with it" in said
    assert "in use already" not in said
    assert f"  approved before by ann, {datetime.now(UTC):%Y-%m-%d} " in said


def test_a_clock_that_was_set_back_does_not_decide_which_model_is_in_use(home, other, monkeypatch):
    approve(home, other.model_id, "ann")

    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2020, 1, 1, tzinfo=tz)

    monkeypatch.setattr(approvals, "datetime", Earlier)
    approve(home, small_model().model_id, "ann")
    assert in_use(home) == small_model().model_id


def test_the_approval_of_a_model_of_series_is_kept_as_any_other(home):
    model = small_series.small_model()
    small_series.use_model(home, model)
    said = approve(home, model.model_id, "ann")
    assert "in use already, from the next night on: that finds all series leads with it" in said
    with writer(home, "test") as con:
        con.execute("INSERT INTO linkage.series_mark VALUES (?, '')", [model.model_id])
    said = approve(home, model.model_id, "bob")
    assert "in use already: nothing is linked anew" in said
    assert "approved before by ann, " in said
    assert [by for _, _, by, _ in ask(home, f"{GIVEN} ORDER BY approval_id")] == ["ann", "bob"]


def test_the_list_tells_how_often_a_model_was_approved(home, other):
    approve(home, other.model_id, "ann")
    assert "approved by ann, not used yet" in models(home)[1]
    approve(home, other.model_id, "bob")
    assert "approved by bob (2 approvals), not used yet" in models(home)[1]


def test_the_list_tells_the_next_night_s_model_from_the_last_night_s(published):
    def marks() -> dict[str, str]:
        return {line[3:].split()[0]: line[:2] for line in models(published)[:-1]}

    first, second = small_model().model_id, small_model(link=7.0).model_id
    assert marks() == {first: "*+"}
    use_model(published, small_model(link=7.0))
    approve(published, second, "ann")
    assert marks() == {first: " +", second: "* "}


def test_training_says_what_is_true_of_a_model_that_is_there_already(home, other):
    one, two = small_model().model_id, other.model_id

    def said(model_id: str, trial: str | None = "try it", used: tuple[str, ...] = ()) -> str:
        with writer(home, "test") as con:
            given = approvals_of(con, model_id)
            return "\n".join(say_use(model_id, model_in_use(con), used, given, trial))

    provisional = "; provisional until somebody approves it:"
    assert said(one).startswith(f"in use from the next night{provisional}")
    again = said(one, used=(one,))
    assert again.startswith(f"in use already: the last night used it, too{provisional}")
    assert f"approve {one}" in said(one)
    assert said(two).startswith(f"not in use: {one} is\n")
    assert "try it" in said(two)
    assert "try it" not in said(two, None)
    approve(home, one, "ann")
    assert said(one).startswith("it is the model in use, approved by ann, ")
    assert "approve " not in said(one)
    approve(home, two, "bob")
    assert said(one).startswith(
        f"not in use: {two} is, approved since; this one was approved by ann"
    )
    assert f"approve {one}" in said(one)


def test_training_says_what_it_left_out_a_line_a_reason():
    why = "no pair of records shows it"
    parts = [{"what": "level or threshold", "name": f"level {n}", "why": why}
             for n in range(20)]  # fmt: skip
    parts.append({"what": "block", "name": "papers", "why": "hardly any record holds papers"})
    head, *lines = "\n".join(say_left_out(parts)).splitlines()
    assert head == "without 21 parts that a model may have:"
    assert lines[0].startswith("  no pair of records shows it: level or threshold level 0; level")
    assert lines[-1] == "  hardly any record holds papers: block papers"
    assert max(map(len, lines)) <= 100
    assert len([line for line in lines if not line.startswith("    ")]) == 2
    assert list(say_left_out([])) == []


def test_the_status_says_that_a_relink_was_asked_for(published):
    assert "link relink" not in status(published)
    tell_relink(published, lambda _: None)
    said = "next   everything is linked anew: crimelink link relink asked for it"
    assert said in status(published)
    assert json.loads(status(published, as_json=True))["relink_asked"]
    run(published, FIRST + timedelta(1))
    assert not json.loads(status(published, as_json=True))["relink_asked"]


def test_an_approval_is_written_whole_or_not_at_all(home, other):
    class Killed:
        """A connection that ends before the register shows the approval."""

        def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
            self.con = con

        def execute(self, query: str, *values: object) -> duckdb.DuckDBPyConnection:
            if query.startswith("UPDATE"):
                raise KeyboardInterrupt
            return self.con.execute(query, *values)

    with writer(home, "test") as con, pytest.raises(KeyboardInterrupt):
        write_approval(Killed(con), other.model_id, "ann", GROUNDS)
    assert ask(home, GIVEN) == []
    assert ask(home, SHOWN.format("approved")) == []


def test_the_status_knows_an_approval_before_the_next_night(published):
    assert "provisional: nobody has approved it" in status(published)
    tell_approval(published, small_model().model_id, GROUNDS, "ann", lambda _: None)
    assert f"model  {small_model().model_id} (typed, approved by ann)" in status(published)
    told = json.loads(status(published, as_json=True))
    assert told["person_model_status"] == "approved"
    assert told["next_person_model"] == small_model().model_id


def test_the_status_names_another_model_that_the_next_night_uses(published):
    model = small_model(link=7.0)
    use_model(published, model)
    assert "next " not in status(published)
    assert "its numbers are typed, not the records' own: crimelink link train" in status(published)
    tell_approval(published, model.model_id, GROUNDS, "ann", lambda _: None)
    said = status(published)
    assert f"model  {small_model().model_id} (typed, provisional" in said
    assert (
        f"next   {model.model_id} (typed, approved by ann), from the next night on, which links "
        "everything anew" in said
    )


def test_the_status_names_the_models_of_offences_and_series(published):
    with writer(published, "test") as con:
        con.execute(
            "INSERT INTO governance.model_register BY NAME SELECT * REPLACE ('offence-1' AS "
            "model_id, 'offence' AS entity) FROM governance.model_register LIMIT 1"
        )
    assert "       offence: offence-1 (typed, provisional" in status(published)
    told = json.loads(status(published, as_json=True))
    assert (told["offence_model"], told["series_model"]) == ("offence-1", None)


def test_the_status_names_models_whose_files_are_not_those_that_were_made(published):
    first, model = small_model(), small_model(link=7.0)
    use_model(published, model)
    assert json.loads(status(published, as_json=True))["damaged_models"] == []
    shutil.rmtree(files(published, first))
    said = status(published)
    assert (
        f"DAMAGED: the model {first.model_id} cannot be read from {files(published, first)}" in said
    )
    assert said.count("restore the folder from backup. Until then no night runs") == 1
    with lock(published, "linking night 2026-01-13"):
        assert "Until then no night runs" in status(published)
    tell_approval(published, model.model_id, GROUNDS, "ann", lambda _: None)
    (files(published, model) / "scoring.sql").write_text("SELECT 1")
    said = status(published)
    assert f"{files(published, model)} are not those that were made: restore" in said
    assert said.count("Until then no night runs") == 1
    assert said.count("Until then explanations of this store compare nothing anew") == 1
    told = json.loads(status(published, as_json=True))
    assert told["damaged_models"] == [model.model_id, first.model_id]


@pytest.mark.parametrize("model_id", [None, "person-9"])
def test_the_status_is_not_sound_where_a_model_is_gone(tmp_path, model_id):
    home = Home.of(tmp_path / "home")
    night = {"night": FIRST, "crimelink_version": "0", "published_at": datetime(2026, 1, 12)}  # noqa: DTZ001
    small_store.publish(home, governance__night=[night | {"person_model_id": model_id}])
    assert tell_status(home, False, False, lambda _: None) is (model_id is None)


@pytest.mark.parametrize(
    ("status", "reason", "is_sound"),
    [("never", "nothing has been loaded yet", True), ("never", "held: too small", False),
     ("stale", None, False)],
)  # fmt: skip
def test_the_status_is_sound_where_a_force_has_never_delivered(tmp_path, status, reason, is_sound):
    home = Home.of(tmp_path / "home")
    night = {"night": FIRST, "crimelink_version": "0", "published_at": datetime(2026, 1, 12)}  # noqa: DTZ001
    forces = [{"force": "kent", "status": "fresh", "expected_every_days": 1},
              {"force": "essex", "status": status, "expected_every_days": 1,
               "reason": reason}]  # fmt: skip
    small_store.publish(home, governance__night=[night], quality__force_status=forces)
    assert tell_status(home, False, False, lambda _: None) is is_sound


def test_the_status_waits_for_no_night_and_says_what_it_does_not_know(published):
    with lock(published, "linking night 2026-01-13"):
        said = status(published)
        assert json.loads(status(published, as_json=True))["relink_asked"] is None
    assert "provisional: nobody has approved it" in said
    assert (
        "state  which models are in use, and whether everything is to be linked anew, is not "
        f"known: process {os.getpid()} (linking night 2026-01-13) holds the state. Nothing is "
        "wrong: ask again when it has ended"
    ) in said
    published.state.write_bytes(b"no database")
    assert "cannot be read" in status(published)


def test_status_names_a_night_that_was_begun_and_never_published(published):
    assert json.loads(status(published, as_json=True))["unfinished_nights"] == []
    night = date(2026, 7, 9)
    with pytest.raises(StoreError, match="stopped"), step(published, night, "link"):
        raise StoreError("stopped")
    assert json.loads(status(published, as_json=True))["unfinished_nights"] == ["2026-07-09"]
    assert "BEGUN  1 night was begun and not published: 2026-07-09. Unless" in status(published)
