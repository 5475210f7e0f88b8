"""The page and the lines of an explanation, and the law on a whole nation."""

import json
import math
import re
import stat
import subprocess
from html.parser import HTMLParser
from itertools import combinations

import numpy as np
import pytest

from console.explain_layout import lay_out
from console.explain_page import make_page
from console.explain_summary import (
    label_identity,
    label_pair,
    summarise_identity,
    summarise_pair,
)
from console.explain_text import tell_lines
from linkage.explanation.edges import pairs_of
from linkage.explanation.explain import model_of
from linkage.explanation.identity import find_ties
from linkage.explanation.ledger import members
from linkage.explanation.paths import branches, find_path, strongest_ties
from linkage.explanation.source import Source
from linkage.model_file import load_model
from tests.console.conftest import Nation, crimelink
from tests.linkage.explanation.explained_store import BORN, FIRST, ExplainedStore, date
from warehouse.home import Home
from warehouse.markup import join, table, tag
from warehouse.store import open_store

ANA = {"forename": "ANA", "surname": "ELM", "birth_date": BORN, "phone": "+447700900001"}
VALUES = ("ANA", "ELM", "OAK", "1988-02-29", "+4477", "told me")


@pytest.fixture
def store():
    made = ExplainedStore()
    moved = ANA | {"phone": "+447700900002"}
    people = {"durham/1": ANA, "kent/a/7": moved, "kent/8": moved | {"surname": "OAK<&\x1b[2J"}}
    made.put_people({"P-1": people, "P-2": {"essex/9": ANA | {"forename": "BEA"}}})
    made.cut("durham/1", "essex/9", "possible twins")
    made.judge("durham/1", "kent/a/7", "same", reason="ANA told me")
    made.happen(FIRST, "P-1", "created")
    return made


class Page(HTMLParser):
    """Whether every element ends, and what is named and linked."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, name, attributes):
        self.seen.append(name)
        for key, value in attributes:
            self.attributes.setdefault(key, []).append(value or "")
        if name not in ("meta", "br"):
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        self.seen.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name


QUESTIONS = [("P-1",), ("kent/niche/8",), ("durham/niche/1", "kent/niche/8"),
             ("durham/niche/1", "essex/niche/9")]  # fmt: skip


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_the_page_asks_nothing_of_the_world_and_runs_nothing(store, words):
    html = make_page(store.explain(*words))
    page = Page(html)
    assert page.open == []
    assert not re.search(r"https?:|//[a-z]|url\((?!#)|@import|data:", html)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base"} & set(page.seen)
    assert not {"src", "href", "srcset", "action"} & page.attributes.keys()
    assert not any(key.startswith("on") for key in page.attributes)


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_every_chart_has_a_name_and_words_for_those_who_do_not_see_it(store, words):
    html = make_page(store.explain(*words))
    charts = re.findall(r"<svg(?! class=\"patterns\").*?</svg>", html, re.DOTALL)
    assert charts
    for chart in charts:
        assert 'role="img"' in chart
        assert "<title>" in chart
        assert "<desc>" in chart
    assert html.count("<caption>") == html.count("<table>")


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_without_values_page_lines_and_json_hold_none(store, words):
    found = store.explain(*words, has_values=False)
    for said in (make_page(found), "\n".join(tell_lines(found))):
        assert not [value for value in VALUES if value in said]
        assert "same" in said
    assert any(value in make_page(store.explain(*words)) for value in VALUES)


def test_values_cannot_speak_html_nor_move_the_cursor(store):
    found = store.explain("P-1")
    assert "OAK&lt;&amp;" in make_page(found)
    lines = list(tell_lines(found))
    assert not [line for line in lines if "\x1b" in line]
    assert any("OAK<&" in line for line in lines)


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_lines_fit_into_a_hundred_columns(store, words):
    assert max(map(len, tell_lines(store.explain(*words)))) <= 100


def test_the_lines_say_what_ties_what_speaks_against_and_who_decided(store):
    said = "\n".join(tell_lines(store.explain("P-1")))
    for words in ("OFFICIAL-SENSITIVE", "provisional", "3 records of 2 forces", "1/1024 bit",
                  "RECORDS TIED THROUGH OTHERS", "WHAT SPEAKS AGAINST", "NEAR, AND NOT JOINED",
                  "cut: possible twins", "judged the same by ONE (link review)",
                  "P-1 created"):  # fmt: skip
        assert words in said


def test_the_lines_say_who_approved_the_model_when_and_on_what_grounds(store):
    store.con.execute(
        "UPDATE governance.model_register SET status = 'approved', approved_by = "
        "'ada', approved_at = '2026-01-13 08:30', approval_reason = 'a trial'"
    )
    said = " ".join(line.strip() for line in tell_lines(store.explain("P-1")))
    assert "approved by ada, 2026-01-13 08:30 UTC: a trial" in said


def direct(store: ExplainedStore) -> str:
    """What is said in short of records that weigh too little by themselves."""
    [person] = store.explain("P-3").identities
    said = summarise_identity(person, label_identity(person))
    [line] = [line for line in said if line.startswith("Compared directly")]
    assert line.replace("'", "&#x27;") in make_page(store.explain("P-3"))
    return line.partition("would not be joined: ")[2]


def near(store: ExplainedStore, words: str = "P-1") -> str:
    """What is said of the pairs that came near and were not joined."""
    lines = " ".join(line.strip() for line in tell_lines(store.explain(words)))
    return lines.partition("NEAR, AND NOT JOINED")[2].partition(" (X1 is ")[0]


def test_a_pair_that_people_decided_is_for_nobody_to_decide_any_more():
    made = ExplainedStore()
    weighed = ANA | {"phone": "+447700900009", "forename": "BEA"}
    made.put_people({"P-1": {"kent/1": ANA}, "P-2": {"essex/2": weighed}})
    assert "for a person to decide, not joined" in near(made)
    made.judge("kent/1", "essex/2", "unsure")
    assert near(made).endswith("for a person to decide, not joined; looked at, and could not be "
                               "told")  # fmt: skip
    made.judge("kent/1", "essex/2", "not_same")
    assert near(made).endswith(": judged not the same")
    html = make_page(made.explain("P-1"))
    assert "for a person to decide" not in html
    assert "for a person to decide" not in "\n".join(
        tell_lines(made.explain("kent/niche/1", "essex/niche/2"))
    )


def test_a_link_cut_because_it_was_judged_not_the_same_says_so_once(store):
    store.cut("durham/1", "essex/9", "judged not the same")
    store.judge("durham/1", "essex/9", "not_same")
    assert near(store).count("judged not the same") == 1
    store.cut("durham/1", "essex/9", "two PNC IDs")
    assert "cut: two PNC IDs; judged not the same" in near(store)


def test_a_pair_in_review_that_is_joined_through_others_is_not_said_to_be_apart():
    made = ExplainedStore()
    weighed = ANA | {"phone": "+447700900009", "forename": "BEA"}
    made.put_people({"P-1": {"kent/1": ANA, "kent/2": weighed, "kent/3": ANA}})
    made.judge("kent/2", "kent/3", "same")
    html = make_page(made.explain("P-1"))
    assert "too little by itself, joined through others" in html
    assert "for a person to decide, not joined" not in html


def test_what_two_records_tied_through_others_weigh_stands_beside_what_they_needed(store):
    said = " ".join(line.strip() for line in tell_lines(store.explain("P-1")))
    ways = said.partition("RECORDS TIED THROUGH OTHERS")[2].partition("WHAT SPEAKS AGAINST")[0]
    assert re.search(r"; directly [+-]\d+\.\d\d, joined from \+\d+\.\d\d", ways)


def test_two_records_that_agree_directly_are_told_as_the_two():
    made = ExplainedStore()
    made.put_people({"P-3": {"kent/1": ANA, "kent/2": ANA}})
    says = "\n".join(tell_lines(made.explain("P-3")))
    assert "- Compared directly, the two weigh enough to be joined by themselves." in says


def test_records_that_a_judgement_joins_are_not_said_to_be_tied_through_others():
    made = ExplainedStore()
    olga = {"forename": "OLGA", "surname": "FIR", "birth_date": date(1950, 1, 1)}
    made.put_people({"P-3": {"kent/1": ANA, "kent/2": olga}})
    made.judge("kent/1", "kent/2", "same")
    assert direct(made) == "people's judgement joins it."
    made.put_people({"P-3": {"kent/3": ANA}})
    made.keep("kent/1", "kent/3")
    assert direct(made) == "people's judgement joins 1, 1 is tied through others only."
    made.judge("kent/2", "kent/3", "same")
    assert direct(made) == "people's judgement joins them."


def test_what_ties_two_records_is_told_as_a_link_or_as_a_judgement():
    def tied(*words: str) -> str:
        pair = made.explain(*words).pair
        assert pair is not None
        [line] = [line for line in summarise_pair(pair, label_pair(pair)) if " tied " in line]
        return line

    made = ExplainedStore()
    olga = {"forename": "OLGA", "surname": "FIR", "birth_date": date(1950, 1, 1)}
    made.put_people({"P-3": {"kent/1": ANA, "kent/2": ANA, "kent/3": olga}})
    made.judge("kent/2", "kent/3", "same")
    link, judged = tied("kent/niche/1", "kent/niche/2"), tied("kent/niche/2", "kent/niche/3")
    assert re.fullmatch(r"They are tied directly, by a link that weighs \+[0-9.]+\.", link)
    said = "They are tied directly, by people's judgement that the two are the same"
    assert judged == f"{said}."
    made.keep("kent/2", "kent/3")
    judged = tied("kent/niche/2", "kent/niche/3")
    assert re.fullmatch(rf"{said} \(they weigh -[0-9.]+\)\.", judged)
    far = tied("kent/niche/1", "kent/niche/3")
    way = "They are tied through 1 other record; the weakest tie on the way is R1–R2, a link that"
    assert far.startswith(way)


def test_the_page_is_the_same_each_time(store):
    assert make_page(store.explain("P-1")) == make_page(store.explain("P-1"))


def test_the_whole_numbers_of_a_sum_add_up_before_everybodys_eyes(store):
    html = make_page(store.explain("P-1"))
    sums = re.findall(r"<caption>The same sum.*?</table>", html, re.DOTALL)
    assert sums
    for each in sums:
        last = [re.findall(r"<td[^>]*>(.*?)</td>", row)[-1]
                for row in re.findall(r"<tr>.*?</tr>", each)[1:]]  # fmt: skip
        *parts, total = (int(re.sub(r"<[^>]+>|,", "", cell)) for cell in last)
        assert sum(parts) == total


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 30, 60])
@pytest.mark.parametrize("shape", ["chain", "star", "all", "apart"])
def test_records_of_a_picture_stand_apart_and_always_in_the_same_places(count, shape):
    links = {
        "chain": [(n, n + 1) for n in range(count - 1)],
        "star": [(0, n) for n in range(1, count)],
        "all": list(combinations(range(count), 2)),
        "apart": [],
    }[shape]
    places = lay_out(count, links)
    assert np.array_equal(places, lay_out(count, links))
    assert places.min() >= -1e-9
    assert places.max() <= 1 + 1e-9
    nearest = min((math.dist(*two) for two in combinations(places, 2)), default=1.0)
    assert nearest > 0.05


def test_a_person_too_large_for_a_picture_is_told_in_tables(store, monkeypatch):
    monkeypatch.setattr("console.explain_graph.MOST_NODES", 2)
    html = make_page(store.explain("P-1"))
    assert "too many for a picture" in html
    assert "The pairs that the store keeps" in html


def test_markup_escapes_what_is_not_markup():
    assert tag("td", "<b>", tag("br"), None, class_="a&b") == (
        '<td class="a&amp;b">&lt;b&gt;<br></td>'
    )
    assert join(["a", ["<", tag("i", "x")]]) == "a&lt;<i>x</i>"
    assert '<td class="number">1</td>' in table("c", ["a", "b"], [["x", "1"]], numeric=1)


def ask(nation: Nation, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = crimelink("--home", str(nation.home), "explain", *words)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_every_link_of_a_run_sums_exactly_and_every_two_records_of_a_person_have_a_path(nation):
    with open_store(Home.of(nation.home)) as con:
        edges = con.execute("SELECT weights, match_weight FROM link.person_edge").fetchall()
        assert len(edges) > 100
        assert all(sum(json.loads(text).values()) == total for text, total in edges)
        source = Source(con, None, ())
        persons = con.execute(
            "SELECT person_id, record_count, weakest_link_weight FROM core.person "
            "WHERE record_count > 1 ORDER BY 1"
        ).fetchall()
        assert len(persons) > 50
        for person_id, records, weakest in persons:
            keys = members(con, person_id)
            pairs = {pair.key: pair for pair in pairs_of(con, person_id)}
            ties = strongest_ties(find_ties(source, keys, pairs))
            assert len(keys) == records
            for two in combinations(keys, 2):
                assert find_path(branches(ties), *two) is not None
            assert ties[-1].match_weight == weakest


def test_records_compared_for_an_explanation_weigh_what_the_night_found(nation):
    home = Home.of(nation.home)
    with open_store(home) as con:
        model_id = model_of(con)
        assert model_id is not None
        source = Source(con, load_model(home, model_id), ())
        persons = con.execute(
            "SELECT person_id FROM core.person WHERE record_count > 1 ORDER BY 1"
        ).fetchall()
        kept = {pair.key: pair for row in persons for pair in pairs_of(con, row[0])}
        anew = source.compare(kept)
    assert len(anew) > 100
    for key, pair in kept.items():
        again = anew[key]
        assert (pair.weights, pair.link_at, pair.band) == (again.weights, again.link_at, again.band)


def test_the_command_explains_a_person_as_text_json_and_page(nation, tmp_path):
    [person] = json.loads(crimelink(
        "--home", str(nation.home), "sql", "SELECT person_id, weakest_link_weight FROM core.person "
        "ORDER BY record_count DESC, person_id LIMIT 1", "--format", "json"
    ).stdout)  # fmt: skip
    text = ask(nation, person["person_id"]).stdout
    assert "WHY, TIE BY TIE" in text
    facts = json.loads(ask(nation, person["person_id"], "--json").stdout)
    [told] = facts["persons"]
    assert told["tree"][-1]["match_weight"] == person["weakest_link_weight"]
    page = tmp_path / "why.html"
    assert str(page) in ask(nation, person["person_id"], "--html", str(page)).stdout
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert person["person_id"] in page.read_text(encoding="utf-8")
    one, other = told["records"][0]["key"], told["records"][-1]["key"]
    assert "are held to be one person" in ask(nation, one, other).stdout


def test_an_unknown_id_ends_in_a_message_that_says_what_to_try(nation):
    said = ask(nation, "P-nobody", code=2).stderr
    assert "P-nobody" in said
    assert "crimelink sql" in said
