"""Data Docs: what a night's checks found, as pages kept per night that need no network.

Great Expectations' own site builder is not used: its pages fetch their styles and scripts from
elsewhere, and know neither a rule's owner, basis and remedy nor what each batch did.
"""

import json
from datetime import date
from pathlib import Path

from quality.data_docs.facts import read_facts
from quality.data_docs.pages import summarise, write_contents, write_pages
from warehouse.home import Home, atomic_folder, write_text_atomic
from warehouse.journal import step
from warehouse.night import closed_nights, is_closed, rules_path

_SUMMARY = "summary.json"


def document(home: Home, night: date) -> None:
    """Write the night's pages, and those of closed nights that have none though they were checked.

    Publishing does not wait for it: a night whose pages could not be written is made good by the
    next. A night that stopped is told as far as it came.
    """
    if is_closed(home, night) and has_pages(home, night):
        return
    with step(home, night, "document") as note:
        missed = [
            n for n in closed_nights(home) if not has_pages(home, n) and _was_checked(home, n)
        ]
        for each in sorted({*missed, night}):
            _write_night(home, each)
        _write_contents(home)
        note["nights"] = len({*missed, night})


def docs_folder(home: Home) -> Path:
    """Where the pages of every night stand: ``index.html``, and a folder a night."""
    return home.root / "data_docs"


def has_pages(home: Home, night: date) -> bool:
    """True where the night's pages have been written."""
    return (docs_folder(home) / night.isoformat() / "index.html").exists()


def _was_checked(home: Home, night: date) -> bool:
    return rules_path(home, night).exists()


def _write_night(home: Home, night: date) -> None:
    facts = read_facts(home, night)
    with atomic_folder(docs_folder(home) / night.isoformat()) as folder:
        for name, text in write_pages(facts):
            (folder / name).write_text(text, encoding="utf-8")
        (folder / _SUMMARY).write_text(json.dumps(summarise(facts)), encoding="utf-8")


def _write_contents(home: Home) -> None:
    found = sorted(docs_folder(home).glob(f"[0-9]*/{_SUMMARY}"), reverse=True)
    summaries = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    write_text_atomic(docs_folder(home) / "index.html", write_contents(summaries))
