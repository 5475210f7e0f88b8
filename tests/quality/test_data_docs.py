"""Data Docs: pages a night, with no outside request and no person's value."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from quality.data_docs.build import docs_folder, document
from quality.data_docs.facts import read_facts
from tests.quality.conftest import LAST_NIGHT, NIGHT
from warehouse.batch import Finding
from warehouse.home import write_text_atomic
from warehouse.night import close_night
from warehouse.verify import answers_path

REFERRING = {"src", "href", "srcset", "action", "data", "poster", "xlink:href", "background"}


class References(HTMLParser):
    """Whatever a page refers to: attributes, and styles wherever they stand."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.styles: list[str] = []
        self.tags: set[str] = set()
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self._in_style = tag == "style"
        for name, value in attrs:
            if name in REFERRING:
                self.links.append(value or "")
            if name == "style":
                self.styles.append(value or "")

    def handle_data(self, data):
        if self._in_style:
            self.styles.append(data)


def outside(text: str) -> list[str]:
    """References of a page that leave the folder of the pages."""
    found = References(text)
    styled = [name for style in found.styles for name in re.findall(r"url\(|@import", style)]
    links = [link for link in found.links if re.match(r"\s*(\w+:|//)", link)]
    return styled + links + sorted(found.tags & {"script", "iframe", "link", "img", "object"})


@pytest.fixture
def pages(night) -> Path:
    """The pages of a checked night: a row without its code, a bad sex, and a batch held."""
    night.stage(
        "alpha",
        {
            "person_record": [{"source_record_id": "p1", "sex": "Q", "surname": "SECRETO"},
                              {"source_record_id": "p2", "sex": "M"}],
            "offence_record": [{"source_record_id": "o1"}],
        },
    )  # fmt: skip
    night.stage("beta", {"person_record": [{"source_record_id": "p3"}]},
                held_rule="truncated", held_reason="cut <short>")  # fmt: skip
    night.check()
    checks = [{"name": "balance", "says": "it adds up", "failed": 0},
              {"name": "keys", "says": "they are unique", "failed": 3}]  # fmt: skip
    write_text_atomic(answers_path(night.home, NIGHT),
                      json.dumps({"sha256": None, "checks": checks}))  # fmt: skip
    document(night.home, NIGHT)
    return docs_folder(night.home)


def test_nothing_is_fetched_from_outside(pages):
    written = sorted(pages.rglob("*.html"))
    assert len(written) > 4
    for page in written:
        text = page.read_text(encoding="utf-8")
        assert outside(text) == [], page
        assert "default-src 'none'" in text


def test_the_test_of_outside_references_would_find_one():
    page = '<a href="https://a.b">x</a><img src="//c.d"><style>a { b: url(x) }</style>'
    assert outside(page) == ["url(", "https://a.b", "//c.d", "img"]


def test_every_link_leads_to_a_page_and_every_page_is_reached(pages):
    reached = {pages / "index.html"}
    waiting = list(reached)
    while waiting:
        page = waiting.pop()
        for link in References(page.read_text(encoding="utf-8")).links:
            target = (page.parent / link).resolve()
            assert target.exists(), f"{page.name} leads to {link}"
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    assert reached == set(pages.rglob("*.html"))


def test_a_rule_stands_with_its_reason_owner_basis_and_counts_by_batch(pages):
    text = (pages / NIGHT.isoformat() / "person_record.html").read_text(encoding="utf-8")
    for said in ("sex is not one of M, F, U", "force data quality lead", "contract",
                 "ExpectColumnValuesToBeInSet", f"alpha-{NIGHT}-1", "quarantined"):  # fmt: skip
        assert said in text
    # What found something comes first.
    assert text.index("sex: allowed_values") < text.index("force: required")


def test_a_held_batch_and_a_failed_check_of_the_store_are_told(pages):
    index = (pages / NIGHT.isoformat() / "index.html").read_text(encoding="utf-8")
    assert "truncated: cut &lt;short&gt;" in index
    assert "1 of 2 checks failed" in index
    store = (pages / NIGHT.isoformat() / "store.html").read_text(encoding="utf-8")
    assert store.index("they are unique") < store.index("it adds up")
    assert "1 of 2 checks failed" in (pages / "index.html").read_text(encoding="utf-8")


def test_a_rule_of_reading_stands_where_it_was_met_and_else_with_those_of_reading(night):
    night.stage(
        "alpha",
        {"person_record": [{"source_record_id": "p1"}]},
        findings=(Finding("person_record", None, "repeated_row", 1, 1, "counted"),),
    )
    night.stage("beta", {}, held_rule="unknown_form", held_reason="none is known")
    night.check()
    document(night.home, NIGHT)
    folder = docs_folder(night.home) / NIGHT.isoformat()
    person, whole, reading = (
        (folder / f"{name}.html").read_text(encoding="utf-8")
        for name in ("person_record", "batch", "delivery")
    )
    assert "a row equals an earlier one of its file" in person
    assert "docs/run-lfr.md, The traps, by name" in person
    assert "the files have the form of no record system" in whole
    assert "truncated_zip" in reading
    assert "repeated_row<" not in reading
    assert "unknown_form<" not in reading
    assert "Found outside" not in person + whole + reading
    facts = read_facts(night.home, NIGHT).rules
    # Its severity is that of what was done there: elsewhere such a row is kept out.
    [(severity,)] = facts.filter(rule="repeated_row").select("severity").rows()
    assert severity == "info"


def test_no_value_of_a_person_is_written(pages):
    assert all("SECRETO" not in path.read_text(encoding="utf-8") for path in pages.rglob("*.*"))


def test_pages_are_for_their_owner_only(pages):
    assert {path.stat().st_mode & 0o077 for path in [pages, *pages.rglob("*")]} == {0}


def test_a_night_that_closed_without_pages_is_made_good_by_the_next(night):
    night.night = LAST_NIGHT
    night.stage("alpha", {"person_record": [{"source_record_id": "p1"}]})
    night.check()
    close_night(night.home, LAST_NIGHT, Path("x"))
    night.night = NIGHT
    document(night.home, NIGHT)
    folder = docs_folder(night.home)
    assert (folder / LAST_NIGHT.isoformat() / "person_record.html").exists()
    contents = (folder / "index.html").read_text(encoding="utf-8")
    assert contents.index(NIGHT.isoformat()) < contents.index(LAST_NIGHT.isoformat())


def test_the_pages_of_a_closed_night_are_left_as_they_are(night):
    document(night.home, NIGHT)
    close_night(night.home, NIGHT, Path("x"))
    index = docs_folder(night.home) / NIGHT.isoformat() / "index.html"
    before = index.stat().st_mtime_ns
    document(night.home, NIGHT)
    assert index.stat().st_mtime_ns == before


def test_a_night_that_was_not_checked_to_its_end_says_so(night):
    night.stage("alpha", {"person_record": [{"source_record_id": "p1"}]})
    document(night.home, NIGHT)
    index = docs_folder(night.home) / NIGHT.isoformat() / "index.html"
    assert "1 batch of the night was not checked" in index.read_text(encoding="utf-8")
    assert "not checked" in index.read_text(encoding="utf-8")
