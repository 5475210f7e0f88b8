"""Write ``checked/<batch_id>/``: the verdict, the accepted rows, quarantine, check results and
profiles."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from quality.connection import quote
from quality.profile import Profiles
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
        con: connection with the failures and ``quarantined``.
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
    if pl.scan_parquet(final).select(pl.len()).collect().item() == 0:
        final.unlink()


def _link(staged: Path, final: Path) -> None:
    try:
        os.link(staged, final)
    except OSError:  # a file system without hard links
        shutil.copyfile(staged, final)


def collect_quarantined(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Make ``quarantined``: a row for each rule that a row breaks and is kept out by, with the row
    itself as JSON."""
    columns = ", ".join(f"{column.name} {column.kind.value}" for column in QUARANTINE.columns)
    con.execute(f"CREATE TEMP TABLE quarantined (batch_no INTEGER, {columns}, {RAW} VARCHAR)")
    con.execute(
        "CREATE TEMP TABLE failing AS SELECT f.*, r.table_name, r.column_name, r.rule, r.reason "
        "FROM failure AS f JOIN rule_list AS r USING (rule_no) WHERE r.severity <> 'info'"
    )
    failing = con.sql("SELECT DISTINCT table_name, batch_no FROM failing").fetchall()
    for table in DELIVERED:
        numbers = {number for name, number in failing if name == table.name}
        having = [source for source in sources if source.number in numbers]
        if having:
            con.execute(_quarantined_sql(table, having))


def _quarantined_sql(table: Table, sources: Sequence[Source]) -> str:
    files = ", ".join(quote(source.files[table.name]) for source in sources)
    batches = ", ".join(
        f"({quote(s.files[table.name])}, {s.number}, '{s.batch.batch_id}', '{s.batch.force}')"
        for s in sources
    )
    content = ", ".join(f"{column.name} := s.{column.name}" for column in table.content)
    return (
        "INSERT INTO quarantined SELECT b.batch_no, b.batch_id, b.force, f.table_name, "
        # A row may fail for want of just these, which quarantine cannot do without.
        "coalesce(s.source_file, ''), coalesce(s.source_row, f.row_no + 1), s.record_key, "
        f"f.column_name, f.rule, f.reason, to_json(struct_pack({content})) "
        f"FROM read_parquet([{files}], filename = 'staged_file', file_row_number = true) AS s "
        f"JOIN (VALUES {batches}) AS b (path, batch_no, batch_id, force) ON b.path = s.staged_file "
        "JOIN failing AS f ON f.batch_no = b.batch_no AND f.row_no = s.file_row_number "
        f"AND f.table_name = '{table.name}'"
    )


def _write_quarantine(
    con: duckdb.DuckDBPyConnection, source: Source, staged: Path, folder: Path
) -> None:
    names = ", ".join(QUARANTINE.names)
    found = f"SELECT {names}, {RAW} FROM quarantined WHERE batch_no = {source.number}"
    earlier = staged / "quarantine.parquet"
    has_raw = quarantine_columns(con, earlier)
    if has_raw is not None:
        raw = RAW if RAW in has_raw else "NULL"
        found += f" UNION ALL SELECT {names}, {raw} FROM read_parquet({quote(earlier)})"
    con.execute(
        f"COPY ({found} ORDER BY {', '.join(QUARANTINE.key)}) "
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
