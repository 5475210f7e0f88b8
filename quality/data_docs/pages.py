"""The pages of a night's Data Docs. They fetch nothing: no script, no image, no font, one style in
each page, and a policy that has the browser refuse anything else."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from quality.data_docs.facts import NightFacts
from quality.gate.checks import WHOLE_BATCH
from quality.rules.reading_rule import DELIVERY
from warehouse.markup import Child, Markup, join, table, tag

STYLE = (Path(__file__).parent / "data_docs.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STORE_PAGE = "store.html"
_TITLES = {WHOLE_BATCH: "whole deliveries", DELIVERY: "reading a delivery"}
_OF_READING = (
    "Rules of reading a delivery, of putting its records into types and of loading it. One that "
    "was looked at in the night stands with the table that was meant, or with whole deliveries; "
    "here stand the others."
)


def write_pages(facts: NightFacts) -> Iterator[tuple[str, str]]:
    """File name and text of every page of a night: index, a page a table, the store's."""
    yield "index.html", _index(facts)
    for name in table_names(facts):
        yield f"{name}.html", _table_page(facts, name)
    yield STORE_PAGE, _store_page(facts)


def table_names(facts: NightFacts) -> list[str]:
    """Tables that have a page, in the order of the contract."""
    return facts.rules.get_column("table_name").unique(maintain_order=True).to_list()


def write_contents(nights: Iterable[dict[str, Any]]) -> str:
    """The page that leads to every night, newest first: ``night``, ``batches``, ``held``,
    ``failed_rules`` and ``store`` of each."""
    rows = [
        (
            _link(f"{n['night']}/index.html", str(n["night"])),
            f"{n['batches']:,}",
            _count(n["held"]),
            f"{n['failed_rules']:,}",
            n["store"],
        )
        for n in nights
    ]
    heads = ("Night", "Batches", "Held", "Rules that found something", "Finished store")
    return _page(
        "Checks, night by night",
        tag("h1", "Checks, night by night"),
        tag("p", "What each night's checks found. No person's values stand on these pages."),
        tag("div", table("Nights", heads, rows), class_="scroll"),
    )


def summarise(facts: NightFacts) -> dict[str, Any]:
    """What the page of all nights tells of one."""
    return {
        "night": facts.night.isoformat(),
        "batches": len(facts.batches),
        "held": sum(batch.is_held for batch in facts.batches),
        "failed_rules": facts.rules.filter(pl.col("failed") > 0).height,
        "store": _store_verdict(facts),
    }


def _store_verdict(facts: NightFacts) -> str:
    if facts.store is None:
        return "not checked"
    failed = sum(check["failed"] > 0 for check in facts.store)
    asked = len(facts.store)
    return f"{failed} of {asked} checks failed" if failed else f"all {asked} checks passed"


def _index(facts: NightFacts) -> str:
    held = sum(batch.is_held for batch in facts.batches)
    broken = facts.rules.filter(pl.col("failed") > 0).height
    lead = (
        f"{len(facts.batches):,} batches were checked and {held:,} are held. {broken:,} of "
        f"{facts.rules.height:,} rules found something. The finished store: "
        f"{_store_verdict(facts)}."
    )
    were = "batch of the night was" if facts.unchecked == 1 else "batches of the night were"
    missing = f"{facts.unchecked:,} {were} not checked: the check has not ended."
    return _page(
        f"Checks of {facts.night}",
        tag("nav", _link("../index.html", "All nights")),
        tag("h1", f"Checks of the night of {facts.night}"),
        tag("p", lead, class_="lead"),
        tag("p", missing, class_="bad") if facts.unchecked else None,
        tag(
            "p",
            "Critical holds the batch, warning keeps the row out, info counts it. The same stands "
            "in quality.rule and quality.check_result of the store, for SQL.",
            class_="quiet",
        ),
        tag("h2", "Suites"),
        tag("div", _suites_table(facts), class_="scroll"),
        tag("h2", "Batches"),
        tag("div", _batches_table(facts), class_="scroll"),
    )


def _suites_table(facts: NightFacts) -> Markup:
    rows: list[Sequence[Child]] = []
    for name in table_names(facts):
        own = facts.rules.filter(pl.col("table_name") == name)
        rows.append(
            (
                _link(f"{name}.html", _title(name)),
                f"{own.height:,}",
                f"{own.filter(pl.col('failed') > 0).height:,}",
                f"{own['checked'].sum():,}",
                _count(int(own["failed"].sum())),
            )
        )
    asked = facts.store or ()
    failed = [check for check in asked if check["failed"]]
    rows.append(
        (
            _link(STORE_PAGE, "the finished store"),
            f"{len(asked):,}",
            _count(len(failed)),
            "",
            _count(sum(check["failed"] for check in failed)),
        )
    )
    heads = ("Suite", "Rules", "Found something", "Looks at a row", "Failed")
    return table("A suite a table, and one for the store", heads, rows, numeric=4)


def _batches_table(facts: NightFacts) -> Markup:
    failed = dict(
        facts.failures.group_by("batch_id").agg(pl.struct("table_name", "rule").n_unique()).rows()
    )
    rows = [
        (
            tag("span", batch.batch_id, class_="id"),
            batch.force,
            batch.kind,
            f"{sum(batch.received.values()):,}",
            f"{failed.get(batch.batch_id, 0):,}",
            [tag("span", "held", class_="bad"), f" by {batch.held_rule}: {batch.held_reason}"]
            if batch.is_held
            else tag("span", "passed", class_="good"),
        )
        for batch in facts.batches
    ]
    heads = ("Batch", "Force", "Kind", "Rows received", "Rules that found something", "Verdict")
    return table("What was checked", heads, rows)


def _table_page(facts: NightFacts, name: str) -> str:
    own = facts.rules.filter(pl.col("table_name") == name)
    failures = facts.failures.filter(pl.col("table_name") == name)
    rows = [_rule_row(rule, failures) for rule in own.iter_rows(named=True)]
    heads = ("Rule", "Severity", "What is wrong, and what to do", "Who answers, and why it is",
             "Checked", "Failed")  # fmt: skip
    return _page(
        f"{_title(name)}: checks of {facts.night}",
        tag("nav", _link("index.html", f"The night of {facts.night}")),
        tag("h1", _title(name)),
        tag("p", _OF_READING, class_="quiet") if name == DELIVERY else None,
        tag("div", table("Rules, those that found something first", heads, rows, numeric=2),
            class_="scroll"),
    )  # fmt: skip


def _title(name: str) -> str:
    return _TITLES.get(name, name)


def _rule_row(rule: dict[str, Any], failures: pl.DataFrame) -> Sequence[Child]:
    own = failures.filter(
        (pl.col("rule") == rule["rule"]) & pl.col("column_name").eq_missing(rule["column_name"])
    )
    title = f"{rule['column_name']}: {rule['rule']}" if rule["column_name"] else rule["rule"]
    if rule["owner"] is None:
        says: Child = "Found outside the rules that the night had."
        owner: Child = None
    else:
        says = [rule["reason"], tag("br"), tag("span", rule["remedy"], class_="quiet")]
        owner = [rule["owner"], tag("br"), tag("span", _why(rule), class_="quiet")]
    not_run = tag("span", f"not run: needs {rule['needs']}", class_="quiet")
    return (
        tag("span", title, class_="id"),
        rule["severity"],
        [says, _batches_of(own)],
        owner,
        not_run if rule["was_not_run"] and not rule["checked"] else f"{rule['checked']:,}",
        _count(rule["failed"]),
    )


def _why(rule: dict[str, Any]) -> str:
    basis = str(rule["basis"])
    return f"{basis}; {rule['expectation']}" if rule["expectation"] else basis


def _batches_of(failures: pl.DataFrame) -> Markup | None:
    if failures.is_empty():
        return None
    rows = [
        (tag("span", row["batch_id"], class_="id"), row["action"], f"{row['checked']:,}",
         f"{row['failed']:,}")
        for row in failures.iter_rows(named=True)
    ]  # fmt: skip
    heads = ("Batch", "Done", "Checked", "Failed")
    count = f"{failures.height:,} batches" if failures.height > 1 else "1 batch"
    return tag("details", tag("summary", count), table("By batch", heads, rows, numeric=2))


def _store_page(facts: NightFacts) -> str:
    checks = sorted(facts.store or (), key=lambda check: not check["failed"])
    rows = [
        (tag("span", check["name"], class_="id"), check["says"], _count(check["failed"]))
        for check in checks
    ]
    return _page(
        f"The finished store: checks of {facts.night}",
        tag("nav", _link("index.html", f"The night of {facts.night}")),
        tag("h1", "The finished store"),
        tag("p", f"{_store_verdict(facts).capitalize()}.", class_="lead"),
        tag(
            "p",
            "Every check is critical and belongs to the national operator: a store for which one "
            "finds a row is not published.",
        ),
        tag("div", table("Checks", ("Check", "What must hold", "Rows"), rows, numeric=1),
            class_="scroll"),
    )  # fmt: skip


def _count(number: int) -> Child:
    return tag("span", f"{number:,}", class_="bad") if number else "0"


def _link(to: str, text: str) -> Markup:
    return tag("a", text, href=to)


def _page(title: str, *content: Child) -> str:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(STYLE)),
    )
    body = tag("body", tag("main", join(content)))
    return f"<!doctype html>\n{tag('html', head, body, lang='en-GB')}\n"
