"""The page of a force's feedback: what came, what became of it, and what to mend."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from quality.feedback.remedies import owner_of, reason_of, remedy_of
from quality.gate.held import why_never
from quality.rules.rule import Rule
from warehouse.batch import Batch
from warehouse.markup import Child, Markup, join, table, tag
from warehouse.release import Release
from warehouse.wording import counted, was

_DONE = {
    "held": "holds the delivery",
    "overruled": "overruled by a named person",
    "quarantined": "kept out",
    "counted": "taken in, and counted",
    "mended": "mended here, and taken in",
}
_ORDER = ("held", "overruled", "quarantined", "counted", "mended")
_MARKING = "For the force's data quality lead. It holds no person's values."

Key = tuple[str, str | None, str]


def write_page(
    path: Path,
    batch: Batch,
    results: pl.DataFrame,
    counts: pl.DataFrame,
    rules: Sequence[Rule],
    releases: Sequence[Release] = (),
) -> None:
    """Write the page, one self-contained file.

    Args:
        path: where to.
        batch: the batch with its verdict.
        results: its rows of ``quality.check_result``.
        counts: by ``table_name``, the staged ``rows`` and how many of them are ``kept_out``.
        rules: the rules of the night.
        releases: those of the batch that the night takes in.
    """
    accepted = {
        name: rows - out
        for name, rows, out in counts.select("table_name", "rows", "kept_out").iter_rows()
    }
    style = Path(__file__).with_name("feedback.css").read_text(encoding="utf-8")
    title = f"{batch.force}: delivery of {batch.delivery_date}"
    page = tag(
        "html",
        tag("head", tag("meta", charset="utf-8"), tag("title", title),
            tag("meta", name_="viewport", content="width=device-width"),
            tag("style", Markup(style))),
        tag("body", tag("p", _MARKING, class_="marking"), tag(
            "main",
            tag("h1", title),
            _say_verdict(batch, accepted),
            [_say_release(release) for release in releases],
            _show_received(batch, accepted),
            _show_rules(results, {(r.table, r.column, r.name): r for r in rules}),
            _show_files(batch),
        )),
        lang="en-GB",
    )  # fmt: skip
    path.write_text(f"<!doctype html>\n{page}\n", encoding="utf-8")
    path.chmod(0o600)


def _say_verdict(batch: Batch, accepted: Mapping[str, int]) -> Markup:
    received = sum(batch.received.values())
    if batch.is_held:
        rule = batch.held_rule or ""
        return join([
            tag("p", "The delivery is held: nothing of it was taken in, and your last good data is "
                "served in its place.", class_="lead"),
            tag("p", f"{rule}: {batch.held_reason}", class_="notice"),
            tag("p", f"What to do: {remedy_of(rule)}. {_say_way_out(batch)}"),
        ])  # fmt: skip
    if batch.repeats is not None:
        return tag("p", f"The same as delivery {batch.repeats}: nothing new was taken in.",
                   class_="lead")  # fmt: skip
    out = received - sum(accepted.values())
    if out == 0:
        rows = f"All {received:,} rows were" if received > 1 else "The only row was"
        return tag("p", f"{rows} taken in." if received else "No row came.", class_="lead")
    taken = received - out
    how = f"{was(taken if received > 1 else 1)} taken in; {out:,} {was(out)} kept out."
    return join([
        tag("p", f"{taken:,} of {counted(received, 'row')} {how}", class_="lead"),
        tag("p", "What is kept out is not lost: it is kept as it came, and comes in by itself when "
            "a later delivery brings it mended. Until then your last good version of the same "
            "record is served, where there is one."),
    ])  # fmt: skip


def _say_way_out(batch: Batch) -> str:
    if why_never(batch.held_rule, batch.environment) is not None:
        return "Send a corrected delivery under a new date: this one can never be released."
    return (
        "Send a corrected delivery under a new date; or, where the delivery is right as it is, ask "
        "the national operator to release it, and say why."
    )


def _say_release(release: Release) -> Markup:
    """In whose name and why a held batch was looked at again, in that person's own words."""
    return tag(
        "p",
        f"The delivery was held by {release.held_rule} and released by {release.released_by} on "
        f"{release.released_at:%Y-%m-%d} (UTC): {release.reason}",
        class_="notice",
    )


def _show_received(batch: Batch, accepted: Mapping[str, int]) -> Child:
    if not batch.received:
        return None
    rows = [_received_row(batch, name, rows, accepted) for name, rows in batch.received.items()]
    return join([
        tag("h2", "What was received"),
        tag("div", table("Rows", ("Table", "received", "taken in", "kept out"), rows, numeric=3),
            class_="scroll"),
        tag("p", "Taken in: stored as new or changed, or the same as what is held already.",
            class_="quiet"),
    ])  # fmt: skip


def _received_row(
    batch: Batch, name: str, received: int, accepted: Mapping[str, int]
) -> tuple[str, ...]:
    is_taken = not batch.is_held and batch.repeats is None
    taken = accepted.get(name, 0) if is_taken else 0
    out = received - taken if batch.repeats is None else 0
    return name, f"{received:,}", f"{taken:,}", f"{out:,}"


def _show_rules(results: pl.DataFrame, rules: Mapping[Key, Rule]) -> Markup:
    rank = pl.col("action").replace_strict(dict(zip(_ORDER, range(5), strict=True)), default=5)
    broken = results.filter((pl.col("failed") > 0) & (pl.col("action") != "none")).sort(
        rank, pl.col("failed"), "table_name", "column_name", "rule",
        descending=[False, True, False, False, False],
    )  # fmt: skip
    if broken.is_empty():
        return join([tag("h2", "What to mend"), tag("p", "Nothing: no rule was broken.")])
    heads = ("Rule", "Table and column", "What is wrong", "What was done", "What to do",
             "Who answers for it", "Rows")  # fmt: skip
    return join([
        tag("h2", "What to mend"),
        tag("div", table("By rule", heads, _rule_rows(broken, rules), numeric=1), class_="scroll"),
        tag("p", "feedback.csv beside this page names each row: its file, its number in the file "
            "from 1, and the id that your own system gives the record. It has no rows of what was "
            "counted or mended while the delivery was read, nor of what was found of the delivery "
            "as a whole, but for a line that says why it is held.", class_="quiet"),
    ])  # fmt: skip


def _rule_rows(broken: pl.DataFrame, rules: Mapping[Key, Rule]) -> Iterator[tuple[Child, ...]]:
    for row in broken.iter_rows(named=True):
        name, column = row["rule"], row["column_name"]
        rule = rules.get((row["table_name"], column, name))
        yield (
            name,
            f"{row['table_name']}, {column}" if column else row["table_name"],
            rule.reason if rule else reason_of(name),
            _DONE.get(row["action"], row["action"]),
            rule.remedy if rule else remedy_of(name, row["table_name"], column),
            rule.owner if rule else owner_of(name),
            f"{row['failed']:,}",
        )


def _show_files(batch: Batch) -> Child:
    if not batch.files:
        return None
    rows = [
        (f.file, f.note or "", f"{f.bytes:,}", "" if f.records is None else f"{f.records:,}")
        for f in batch.files
    ]
    return join([
        tag("h2", "Files of the delivery"),
        tag("div", table("Files", ("File", "Note", "Bytes", "Records"), rows, numeric=2),
            class_="scroll"),
        tag("p", f"Delivery {batch.delivery_id}, batch {batch.batch_id}. Bytes that could not be "
            f"read: {batch.unreadable_bytes:,}.", class_="quiet"),
    ])  # fmt: skip
