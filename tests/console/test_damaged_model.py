"""A model whose files are not those that were made: what is explained, and what is refused."""

import json
from datetime import date
from pathlib import Path

import pytest

from console.explain import tell_explanation
from console.nights import _failure
from console.take_in import link_all
from forces.run import Run
from tests.console.published import run
from tests.linkage.small_model import FIRST, small_model, store, use_model
from warehouse.errors import DamageError
from warehouse.home import Home
from warehouse.journal import journal_path

ANA = {"forename": "ANA", "surname": "ELM", "birth_date": date(1988, 2, 29), "phone": "1"}
MODEL = small_model()


@pytest.fixture
def home(tmp_path) -> Home:
    """With a store of one night, and the model's report a byte longer since."""
    home = Home.of(tmp_path / "home")
    use_model(home, MODEL)
    store(home, FIRST, {"kent/1": ANA, "durham/1": ANA, "essex/1": {"surname": "OAK"}})
    run(home, FIRST)
    with (home.root / "models" / MODEL.model_id / "report.json").open("a") as report:
        report.write(" ")
    return home


def explained(home: Home, *words: str, html: Path | None = None) -> dict:
    said: list[str] = []
    tell_explanation(home, words, as_json=True, html=html, has_values=False, tell=said.append,
                     warn=said.append)  # fmt: skip
    return json.loads(said[-1])


def test_what_the_store_keeps_is_explained_with_a_notice(home, tmp_path):
    page = tmp_path / "why.html"
    told = explained(home, "kent/niche/1", html=page)
    [notice] = [each for each in told["notices"] if "not those that were made" in each]
    assert f"restore the folder models/{MODEL.model_id} from backup" in notice
    assert "Records were not compared directly" in notice
    assert notice in page.read_text(encoding="utf-8")
    [person] = told["persons"]
    assert (len(person["records"]), person["is_compared"]) == (2, False)
    apart = explained(home, "kent/niche/1", "essex/niche/1")["pair"]
    assert "are not at hand" in apart["why_not"][0]


def test_a_file_of_the_model_that_is_gone_is_told_as_one_that_was_changed(home):
    (home.root / "models" / MODEL.model_id / "scoring.sql").unlink()
    told = explained(home, "kent/niche/1")
    assert any("or cannot be read: restore" in notice for notice in told["notices"])


def test_a_night_refuses_it_and_the_operator_is_to_act(home):
    with pytest.raises(DamageError, match="restore the folder from backup") as refused:
        link_all(home, date(2026, 1, 13))
    assert refused.value.who_acts == "the operator"
    assert refused.value.exit_code == 4
    night = Run(str(home.root), "2026-01-13", "", "")
    told = _failure(night, journal_path(home, date(2026, 1, 13)), 0, home.root / "airflow.log")
    assert "restore the folder from backup. The published store is as it was" in str(told)
    assert (told.who_acts, told.exit_code) == ("the operator", 4)
