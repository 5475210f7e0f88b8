"""Write ``checked/<batch_id>/``: the verdict, the accepted rows, quarantine, check results and
profiles."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from quality.connection import quote
from quality.gate.profile import Profiles
from quality.source import Source
from warehouse.batch import Batch
from warehouse.contract import DELIVERED, TABLES, Table
from warehouse.home import Home, atomic_folder

QUARANTINE = TABLES["quality.quarantine"]
RAW = "raw"
"""In quarantine.parquet only: the row as JSON. It stays in the home."""


def write_batch(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    source: Source,
    verdict: Batch,
    results: pl.DataFrame,
    kept_out: Mapping[str, int],
    profiles: Profiles,
) -> None:
    """Write one batch's folder, whole or not at all.

    Args:
        con: connection with the failures.
        home: where to.
        source: the batch as it was staged.
        verdict: the same, held or not.
        results: its rows of ``quality.check_result``.
        kept_out: rows kept out, by table.
        profiles: those of the night's batches.
    """
    with atomic_folder(home.checked(verdict.batch_id)) as folder:
        for table, staged in source.files.items():
            if not verdict.is_held:
                _write_accepted(con, source.number, table, staged, folder, kept_out.get(table, 0))
        _write_quarantine(con, source, home.staged(verdict.batch_id), folder)
        results.write_parquet(folder / "check_result.parquet")
        profiles.write(source, folder, is_held=verdict.is_held)
        verdict.write(folder)


def _write_accepted(
    con: duckdb.DuckDBPyConnection, number: int, table: str, staged: Path, folder: Path, out: int
) -> None:
    """The staged rows that are not kept out. A file whose every row is accepted is linked."""
    final = folder / staged.name
    if out == 0:
        _link(staged, final)
        return
    con.execute(
        f"COPY (SELECT s.* EXCLUDE (file_row_number) "
        f"FROM read_parquet({quote(staged)}, file_row_number = true) AS s "
        f"ANTI JOIN (SELECT row_no FROM kept_out WHERE table_name = '{table}' "
        f"AND batch_no = {number}) AS k ON k.row_no = s.file_row_number) "
        f"TO {quote(final)} (FORMAT parquet, COMPRESSION zstd)"
    )
    if pl.scan_parquet(final, glob=False).select(pl.len()).collect().item() == 0:
        final.unlink()


def _link(staged: Path, final: Path) -> None:
    try:
        os.link(staged, final)
    except OSError:  # a file system without hard links
        shutil.copyfile(staged, final)


def broken_rules_sql(number: int, table: str, severities: str) -> str:
    """SQL of ``row_no`` and ``rules``: the rules that a row of a batch's table breaks, in order.

    A row of the result is a handful of numbers, however wide the row that it stands for.

    Args:
        number: the batch.
        table: delivered table.
        severities: SQL that is true of the severities wanted.
    """
    return (
        "SELECT row_no, list_sort(list(DISTINCT rule_no)) AS rules "
        "FROM failure JOIN rule_list USING (rule_no) "
        f"WHERE batch_no = {number} AND table_name = '{table}' AND {severities} GROUP BY row_no"
    )


def broken_tables(con: duckdb.DuckDBPyConnection, number: int) -> list[str]:
    """Tables of which the batch has a row that breaks some rule, in order of the contract."""
    found = con.sql(
        "SELECT DISTINCT table_name FROM failure JOIN rule_list USING (rule_no) "
        f"WHERE batch_no = {number}"
    ).fetchall()
    return [table.name for table in DELIVERED if (table.name,) in found]


def _quarantined_sql(source: Source, table: Table) -> str:
    """Rows of a table that are kept out, once for each rule, in order of the staged file. The row
    is written as JSON once, however many rules it breaks; nothing is sorted or held."""
    content = ", ".join(f"{column.name} := s.{column.name}" for column in table.content)
    rules = broken_rules_sql(source.number, table.name, "severity <> 'info'")
    return (
        f"SELECT '{source.batch.batch_id}' AS batch_id, '{source.batch.force}' AS force, "
        f"'{table.name}' AS table_name, source_file, source_row, record_key, "
        f"r.column_name, r.rule, r.reason, {RAW} FROM ("
        # A row may fail for want of just these, which quarantine cannot do without.
        "SELECT coalesce(s.source_file, '') AS source_file, "
        "coalesce(s.source_row, f.row_no + 1) AS source_row, s.record_key, "
        f"to_json(struct_pack({content}))::VARCHAR AS {RAW}, unnest(f.rules) AS rule_no "
        f"FROM read_parquet({quote(source.files[table.name])}, file_row_number = true) AS s "
        f"JOIN ({rules}) AS f ON f.row_no = s.file_row_number) AS row_kept_out "
        "JOIN rule_list AS r USING (rule_no)"
    )


def _write_quarantine(
    con: duckdb.DuckDBPyConnection, source: Source, staged: Path, folder: Path
) -> None:
    names = ", ".join((*QUARANTINE.names, RAW))
    tables = set(broken_tables(con, source.number))
    parts = [
        f"SELECT {names} FROM ({_quarantined_sql(source, table)})"
        for table in DELIVERED
        if table.name in tables
    ]
    earlier = staged / "quarantine.parquet"
    has_raw = quarantine_columns(con, earlier)
    if has_raw is not None:
        raw = RAW if RAW in has_raw else f"NULL AS {RAW}"
        columns = ", ".join((*QUARANTINE.names, raw))
        parts.append(f"SELECT {columns} FROM read_parquet({quote(earlier)})")
    if not parts:
        typed = ", ".join(
            f"CAST(NULL AS {column.kind.value}) AS {column.name}" for column in QUARANTINE.columns
        )
        parts.append(f"SELECT {typed}, CAST(NULL AS VARCHAR) AS {RAW} WHERE false")
    con.execute(
        f"COPY ({' UNION ALL '.join(parts)}) "
        f"TO {quote(folder / 'quarantine.parquet')} (FORMAT parquet, COMPRESSION zstd)"
    )


def quarantine_columns(con: duckdb.DuckDBPyConnection, path: Path) -> list[str] | None:
    """Columns of a staged quarantine file; None where there is none or it cannot be read."""
    if not path.exists():
        return None
    try:
        query = f"SELECT name FROM parquet_schema({quote(path)})"
        return [name for (name,) in con.sql(query).fetchall()]
    except duckdb.Error:
        return None
