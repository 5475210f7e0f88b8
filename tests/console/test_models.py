"""Models from the command line: listed, approved, and what the status says of them."""

import json
from pathlib import Path

import pytest

from console.model_training import tell_approval, tell_models
from console.status import tell_status
from linkage.model import Model
from tests.console.published import run
from tests.linkage.small_model import FIRST, ask, small_model, store, use_model
from warehouse.errors import StoreError, UsageError
from warehouse.home import Home
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
    assert key == "* in use"
    assert first.startswith(f"* {small_model().model_id}")
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


def test_an_approval_says_loudly_that_a_model_is_typed(home, other):
    said: list[str] = []
    tell_approval(home, other.model_id, GROUNDS, "ann", said.append)
    assert "TYPED, NOT TRAINED" in said[-1]


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
    tell_approval(published, model.model_id, GROUNDS, "ann", lambda _: None)
    said = status(published)
    assert f"model  {small_model().model_id} (typed, provisional" in said
    assert f"next   {model.model_id} (typed, approved by ann), from the next night on" in said


def test_the_status_names_the_models_of_offences_and_series(published):
    with writer(published, "test") as con:
        con.execute(
            "INSERT INTO governance.model_register BY NAME SELECT * REPLACE ('offence-1' AS "
            "model_id, 'offence' AS entity) FROM governance.model_register LIMIT 1"
        )
    assert "       offence: offence-1 (typed, provisional" in status(published)
    told = json.loads(status(published, as_json=True))
    assert (told["offence_model"], told["series_model"]) == ("offence-1", None)


def test_the_status_waits_for_no_night_and_says_what_it_does_not_know(published):
    with lock(published, "linking night 2026-01-13"):
        said = status(published)
    assert "provisional: nobody has approved it" in said
    assert "whether a model was approved since is not known" in said
    published.state.write_bytes(b"no database")
    assert "cannot be read" in status(published)
