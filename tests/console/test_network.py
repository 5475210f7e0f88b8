"""``crimelink network``: who is associated with a person, and by which records."""

import csv
import io
import json
import re
import stat
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console.main import app
from tests.console.network_store import VALUES, make_store
from warehouse.errors import UsageError
from warehouse.home import Home
from warehouse.store import open_store

PAGE = Path(__file__).parents[2] / "docs" / "networks.md"
QUESTIONS = re.findall(r"```sql\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    made = Home.of(tmp_path_factory.mktemp("network"))
    make_store(made)
    return made


def network(home: Home, *words: str) -> str:
    done = CliRunner().invoke(app, ["--home", str(home.root), "network", *words])
    if done.exception:
        raise done.exception
    return done.stdout


def flat(text: str) -> str:
    return " ".join(text.split())


def test_each_associate_is_told_with_the_records_behind_the_tie(home):
    told = flat(network(home, "P-1"))
    assert "BO ELM, born 1990-02-03 (P-2): strength 1.50, suspected together (2 times)" in told
    assert "P-2: suspect in offence kent/niche/2" in told
    assert "address in common: ME1 1AA 9, from 2025-06-01; 2 persons" in told
    assert "P-4: person record kent/niche/r4" in told
    assert told.index("(P-2): strength") < told.index("(P-4): strength")


def test_a_suspect_who_is_a_victim_elsewhere_is_shown_as_both_and_nobody_as_an_offender(home):
    told = flat(network(home, "P-3"))
    assert "Recorded as: suspect in 1 offence; victim in 1 offence." in told
    assert "victim in offence" not in told  # O-2, whose victim P-3 is, ties P-3 to nobody.
    assert "O-2" not in told
    assert "offender" not in told.replace("A suspect is not an offender.", "")


def test_two_steps_reach_the_associates_of_associates(home):
    one = json.loads(network(home, "P-3", "--json"))
    two = json.loads(network(home, "P-3", "--json", "--steps", "2"))
    assert {each["person_id"]: each["steps"] for each in one["associates"]} == {
        "P-3": 0, "P-1": 1, "P-2": 1,
    }  # fmt: skip
    assert {each["person_id"]: each["steps"] for each in two["associates"]}["P-4"] == 2
    assert len(two["ties"]) == 4


def test_a_superseded_id_and_a_record_answer(home):
    assert "! The id P-0 is superseded" in network(home, "P-0")
    assert "Record kent/niche/r1 belongs to person P-1." in network(home, "kent/niche/r1")
    with pytest.raises(UsageError, match="no person ever had this id"):
        network(home, "P-99")


def test_without_values_no_name_date_of_birth_or_address_is_told(home, tmp_path):
    page = tmp_path / "page.html"
    network(home, "P-1", "--without-values", "--html", str(page))
    told = [network(home, "P-1", "--without-values", *more) for more in ((), ("--json",))]
    for text in (*told, page.read_text(encoding="utf-8")):
        assert not [value for value in VALUES if value in text]
        assert "P-4" in text


def test_the_page_needs_nothing_but_itself(home, tmp_path):
    page = tmp_path / "page.html"
    network(home, "P-1", "--html", str(page))
    text = page.read_text(encoding="utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "<script" not in text
    assert not re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(?!#)", text)
    svg = ET.fromstring(re.search(r"<svg viewBox.+?</svg>", text, re.DOTALL)[0])
    assert len(svg.findall(".//circle[@class='node']")) == 3
    assert len(svg.findall(".//circle[@class='node asked']")) == 1
    assert len(svg.findall(".//line[@class='tie']")) == 3
    assert len(svg.findall(".//line[@class='tie thing']")) == 1


def test_a_page_gives_way_to_one_of_the_same_command_alone(home, tmp_path):
    page = tmp_path / "around.html"
    assert network(home, "P-1", "--html", str(page)).strip() == f"written: {page}"
    assert "in place of the page that was there" in network(home, "P-2", "--html", str(page))
    page.write_text(page.read_text("utf-8").replace("crimelink network", "crimelink explain"))
    with pytest.raises(UsageError, match="is no page of crimelink network"):
        network(home, "P-1", "--html", str(page))


def test_other_programs_read_the_same_people_and_ties(home, tmp_path):
    names = {name: tmp_path / name for name in ("graphml", "nodes", "edges")}
    network(
        home, "P-1", *(word for name, path in names.items() for word in (f"--{name}", str(path)))
    )
    for name, path in names.items():
        with pytest.raises(UsageError, match=f"--{name} .*: the file is there already"):
            network(home, "P-1", f"--{name}", str(path))
    root = ET.parse(names["graphml"]).getroot()
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    people = {node.get("id") for node in root.findall(".//g:node", space)}
    nodes, edges = (list(csv.DictReader(io.StringIO(names[name].read_text("utf-8-sig"))))
                    for name in ("nodes", "edges"))  # fmt: skip
    assert people == {row["person_id"] for row in nodes} == {"P-1", "P-2", "P-3", "P-4"}
    ties = {(edge.get("source"), edge.get("target")) for edge in root.findall(".//g:edge", space)}
    assert ties == {(row["person_id_l"], row["person_id_r"]) for row in edges}
    strengths = {(row["person_id_l"], row["person_id_r"]): row["strength"] for row in edges}
    assert strengths["P-1", "P-2"] == "1.5"
    keys = {key.get("id") for key in root.findall("g:key", space)}
    assert {data.get("key") for data in root.findall(".//g:data", space)} <= keys


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_the_docs_is_answered(home, question):
    with open_store(home) as store:
        assert store.execute(question).fetchall()


def test_there_are_questions():
    assert len(QUESTIONS) == 7


def test_a_network_counts_its_offences_once_and_says_who_came_and_went(home):
    with open_store(home) as store:
        [row] = store.execute(
            "SELECT persons, central_people, forces, offences_12m, harm_days_12m, joined, left_it, "
            "strength FROM mart.network"
        ).fetchall()
    assert row == (3, "P-1,P-2", "essex,kent", 2, 200.0, 1, 1, 2.5)
