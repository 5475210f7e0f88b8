"""Feedback to a force about one batch: what to mend, row by row, and a page in plain words.

Neither file holds a person's values: a row is named by its place and by the id that the force's own
system gives the record.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from quality.connection import quote
from quality.feedback.page import write_page
from quality.feedback.remedies import remedy_of
from quality.gate.checks import WHOLE_BATCH
from quality.rules.rule import Rule
from quality.run.output import broken_rules_sql, broken_tables, quarantine_columns
from quality.source import Source
from warehouse.batch import Batch
from warehouse.home import Home, atomic_folder
from warehouse.release import Release

COLUMNS = (
    "rule", "severity", "table", "file", "row", "record_id", "column", "what_is_wrong",
    "what_to_do",
)  # fmt: skip
_SCHEMA: dict[str, pl.DataType] = {
    name: pl.Int64() if name == "row" else pl.String() for name in COLUMNS
}


def write_feedback(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    source: Source,
    verdict: Batch,
    results: pl.DataFrame,
    counts: pl.DataFrame,
    rules: Sequence[Rule],
    releases: Sequence[Release] = (),
) -> None:
    """Write ``feedback/<force>/<batch_id>/``, whole or not at all.

    Args:
        con: connection with the failures.
        home: where to.
        source: the batch as it was staged.
        verdict: the same, held or not.
        results: its rows of ``quality.check_result``.
        counts: its rows of ``count_rows``.
        rules: the rules of the night.
        releases: those of the batch that the night takes in.
    """
    with atomic_folder(home.feedback(verdict.force, verdict.batch_id)) as folder:
        why_held = _why_held(verdict, results, rules)
        _write_csv(con, source, why_held, folder / "feedback.csv")
        write_page(folder / "feedback.html", verdict, results, counts, rules, releases)


def _why_held(verdict: Batch, results: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """A line of the CSV for the delivery, where it is held and no row would tell why: one that
    could not be read has no rows at all. With the file, where the reason begins with its name."""
    rule, reason = verdict.held_rule, verdict.held_reason or ""
    is_of_rows = any(one.name == rule and one.expectation for one in rules)
    if rule is None or is_of_rows:
        return pl.DataFrame(schema=_SCHEMA)
    held = results.filter((pl.col("rule") == rule) & (pl.col("action") == "held"))
    table = held["table_name"].to_list()[:1] or [WHOLE_BATCH]
    named = [file.file for file in verdict.files if _is_named(file.file, reason)]
    line = (rule, "critical", table[0], max(named, key=len, default=None), None, None, None, reason,
            remedy_of(rule))  # fmt: skip
    return pl.DataFrame([line], schema=_SCHEMA, orient="row")


def _is_named(file: str, reason: str) -> bool:
    """True where the reason begins with the file, which it names as it is once unpacked: a gzipped
    one without its ending, a zip as the folder of its members."""
    plain = file[:-3] if file.lower().endswith(".gz") else file
    return reason.startswith((f"{file}:", f"{file}/", f"{plain}:"))


def _write_csv(
    con: duckdb.DuckDBPyConnection, source: Source, why_held: pl.DataFrame, path: Path
) -> None:
    """Why the delivery is held, then every row that breaks a rule, once for each, in order of
    place; streamed to the disk."""
    parts = [_failing_sql(source, table) for table in broken_tables(con, source.number)]
    if source.quarantine is not None and quarantine_columns(con, source.quarantine) is not None:
        _list_remedies(con, source.quarantine)
        parts.append(_staged_sql(source.quarantine))
    con.register("why_held", why_held)
    parts.append(_held_sql())
    order = ", ".join(_name(c) for c in ("table", "file", "row", "column", "rule", "record_id"))
    con.execute(
        f'COPY (SELECT * FROM ({" UNION ALL ".join(parts)}) ORDER BY "row" IS NOT NULL, {order}) '
        f"TO {quote(path)} (FORMAT csv, HEADER)"
    )
    con.unregister("why_held")
    path.chmod(0o600)


def _list_remedies(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The temporary table ``remedy``: what to do about what standardise kept out, by rule, table
    and column."""
    met = con.sql(
        f"SELECT DISTINCT rule, table_name, column_name FROM read_parquet({quote(path)})"
    ).fetchall()
    listed = pl.DataFrame(
        [(*one, remedy_of(*one)) for one in met],
        schema=dict.fromkeys(("rule", "table_name", "column_name", "remedy"), pl.String),
        orient="row",
    )
    con.register("listed", listed)
    con.execute("CREATE OR REPLACE TEMP TABLE remedy AS SELECT * FROM listed")
    con.unregister("listed")


def _failing_sql(source: Source, table: str) -> str:
    rules = broken_rules_sql(source.number, table, "true")
    return (
        f"SELECT r.rule, r.severity, '{table}' AS \"table\", {_disarmed('source_file')} AS file, "
        f'source_row AS "row", {_disarmed("source_record_id")} AS record_id, '
        'r.column_name AS "column", r.reason AS what_is_wrong, r.remedy AS what_to_do FROM ('
        "SELECT s.source_file, coalesce(s.source_row, f.row_no + 1) AS source_row, "
        "s.source_record_id, unnest(f.rules) AS rule_no "
        f"FROM read_parquet({quote(source.files[table])}, file_row_number = true) AS s "
        f"JOIN ({rules}) AS f ON f.row_no = s.file_row_number) AS failing "
        "JOIN rule_list AS r USING (rule_no)"
    )


def _staged_sql(path: Path) -> str:
    """What standardise kept out. Of rows of an owner the key is the owner's id and a hash."""
    record = r"regexp_replace(q.record_key, '#[0-9a-f]{16}(#[0-9]+)?$', '')"
    return (
        f"SELECT q.rule, 'warning' AS severity, q.table_name AS \"table\", "
        f'{_disarmed("q.source_file")} AS file, q.source_row AS "row", '
        f'{_disarmed(record)} AS record_id, q.column_name AS "column", '
        "q.reason AS what_is_wrong, "
        "remedy.remedy AS what_to_do "
        f"FROM read_parquet({quote(path)}) AS q LEFT JOIN remedy ON remedy.rule = q.rule "
        "AND remedy.table_name = q.table_name "
        "AND remedy.column_name IS NOT DISTINCT FROM q.column_name"
    )


def _held_sql() -> str:
    """The line about the delivery; file and reason bear names that the deliverer chose."""
    shown = {name: _disarmed(name) for name in ("file", "what_is_wrong")}
    columns = ", ".join(f"{shown.get(c, _name(c))} AS {_name(c)}" for c in COLUMNS)
    return f"SELECT {columns} FROM why_held"


def _disarmed(text: str) -> str:
    """SQL of a text so that no spreadsheet takes it for a formula (OWASP, CSV injection), and no
    terminal for an order: control characters are told as �."""
    shown = rf"regexp_replace({text}, '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', '�', 'g')"
    return (
        rf"CASE WHEN regexp_matches({text}, '^[=+\-@\t\r\n＝＋－＠]') "
        f"THEN chr(39) || {shown} ELSE {shown} END"
    )


def _name(column: str) -> str:
    return f'"{column}"'
