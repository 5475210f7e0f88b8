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
from quality.feedback.remedies import UNLISTED
from quality.rules.reading_rules import READING_RULES
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


def list_remedies(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table ``remedy``: what to do about rules of reading."""
    listed = pl.DataFrame({"rule": [rule.name for rule in READING_RULES],
                           "remedy": [rule.remedy for rule in READING_RULES]})  # fmt: skip
    con.register("listed", listed)
    con.execute("CREATE TEMP TABLE remedy AS SELECT * FROM listed")
    con.unregister("listed")


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
        con: connection with the failures and ``remedy``.
        home: where to.
        source: the batch as it was staged.
        verdict: the same, held or not.
        results: its rows of ``quality.check_result``.
        counts: its rows of ``count_rows``.
        rules: the rules of the night.
        releases: those of the batch that the night takes in.
    """
    with atomic_folder(home.feedback(verdict.force, verdict.batch_id)) as folder:
        _write_csv(con, source, folder / "feedback.csv")
        write_page(folder / "feedback.html", verdict, results, counts, rules, releases)


def _write_csv(con: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    """Every row that breaks a rule, once for each, in order of place; streamed to the disk."""
    parts = [_failing_sql(source, table) for table in broken_tables(con, source.number)]
    if source.quarantine is not None and quarantine_columns(con, source.quarantine) is not None:
        parts.append(_staged_sql(source.quarantine))
    if not parts:
        nothing = ", ".join(f"NULL AS {_name(column)}" for column in COLUMNS)
        parts.append(f"SELECT {nothing} WHERE false")
    order = ", ".join(_name(c) for c in ("table", "file", "row", "column", "rule", "record_id"))
    con.execute(
        f"COPY (SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY {order}) "
        f"TO {quote(path)} (FORMAT csv, HEADER)"
    )
    path.chmod(0o600)


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
        f"coalesce(remedy.remedy, '{UNLISTED}') AS what_to_do "
        f"FROM read_parquet({quote(path)}) AS q LEFT JOIN remedy ON remedy.rule = q.rule"
    )


def _disarmed(text: str) -> str:
    """SQL of a text so that no spreadsheet takes it for a formula (OWASP, CSV injection)."""
    return (
        rf"CASE WHEN regexp_matches({text}, '^[=+\-@\t\r\n＝＋－＠]') "
        f"THEN chr(39) || {text} ELSE {text} END"
    )


def _name(column: str) -> str:
    return f'"{column}"'
