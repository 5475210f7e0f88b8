"""The night's working database: what the rules look at, of every batch at once.

``nights/<night>/check/work.duckdb`` holds, for every delivered table, one row a staged row with the
columns that some rule looks at; ``held_<table>``, the ids that the published store holds of the
night's forces; ``known_<table>``, the ids that the night brings or the store holds;
``kept_back_<table>``, the ids that standardise has quarantined; ``ended_<table>``, the ids that a
batch deletes, or covers and lacks; ``repeated_<table>`` and ``stored_<table>``, by which versions
of one record are compared (quality/run/stored.py); what official geography says of the night's
places (quality/rules/places.py); and the offences that outcomes and victims of the night are about
(quality/rules/known_offences.py). A row is known by ``batch_no`` and ``row_no``, its position in
its staged file. The database is made anew by every run and removed when the night has been checked.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from quality.connection import open_workspace, quote
from quality.rules.checked_columns import checked_columns
from quality.rules.known_offences import list_offences
from quality.rules.links import links_of
from quality.rules.places import list_places
from quality.run.known import list_known
from quality.run.stored import list_repeated, list_stored
from quality.source import Source
from warehouse.contract import DELIVERED, STAGING_COLUMNS, Table
from warehouse.home import Home

# What every working table begins with. source_no stands for force and source system.
POSITION = (
    "batch_no INTEGER, row_no BIGINT, source_no INTEGER, profile VARCHAR, "
    "operation VARCHAR, sequence BIGINT, content_hash UBIGINT"
)


def build_workspace(
    home: Home, database: Path, store: Path, sources: Sequence[Source]
) -> dict[str, str]:
    """Make the working database anew.

    Returns:
        Batches whose staged files cannot be loaded, with the reason. None of their rows is in.
    """
    for leftover in (database, database.with_name(f"{database.name}.wal")):
        leftover.unlink(missing_ok=True)
    with open_workspace(database, store, read_only=False) as con:
        # It is read a few times and thrown away: compressing it costs more than it saves, and in
        # no order, as rows are known by their numbers.
        con.execute("SET force_compression = 'uncompressed'")
        con.execute("SET preserve_insertion_order = false")
        _list_batches(con, sources)
        _list_covered(con, sources)
        _list_kept_back(con, sources)
        broken: dict[str, str] = {}
        for table in DELIVERED:
            con.execute(f"CREATE TABLE {table.name} ({POSITION}, {_columns_sql(table)})")
            broken |= _load(con, table, [s for s in sources if s.batch.batch_id not in broken])
        _forget(con, [s.number for s in sources if s.batch.batch_id in broken])
        for table in DELIVERED:
            list_known(con, table, is_target=table.name in _TARGETS)
            list_repeated(con, table)
            list_stored(con, table)
        list_places(con, home, [s for s in sources if s.batch.batch_id not in broken])
        list_offences(con)
        return broken


def _list_batches(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    listed = pl.DataFrame(
        [(s.number, s.batch.force, s.batch.source_system, s.profile, s.batch.kind,
          s.batch.delivery_date) for s in sources],
        schema={"batch_no": pl.Int32, "force": pl.String, "source_system": pl.String,
                "profile": pl.String, "kind": pl.String, "delivery_date": pl.Date},
        orient="row",
    )  # fmt: skip
    con.register("listed", listed)
    con.execute(
        "CREATE TABLE night_batch AS SELECT *, "
        "(dense_rank() OVER (ORDER BY force, source_system))::INTEGER AS source_no FROM listed"
    )
    con.unregister("listed")


def _list_covered(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Tables of which the load will end what a batch lacks: none where bytes were unreadable."""
    listed = pl.DataFrame(
        [(s.number, table) for s in sources if not s.batch.unreadable_bytes
         for table, scopes in s.batch.covers.items() if scopes is None],
        schema={"batch_no": pl.Int32, "table_name": pl.String},
        orient="row",
    )  # fmt: skip
    con.register("listed", listed)
    con.execute("CREATE TABLE covered_whole AS SELECT * FROM listed")
    con.unregister("listed")


def _list_kept_back(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Keys of the rows that standardise has quarantined; null where one could not be told."""
    con.execute("CREATE TABLE kept_back (batch_no INTEGER, table_name VARCHAR, record_key VARCHAR)")
    having = [(quote(s.quarantine), s.number) for s in sources if s.quarantine]
    if having:
        files = ", ".join(file for file, _ in having)
        numbers = ", ".join(f"({file}, {number})" for file, number in having)
        con.execute(
            "INSERT INTO kept_back SELECT DISTINCT f.batch_no, q.table_name, q.record_key "
            f"FROM read_parquet([{files}], filename = 'staged_file', union_by_name = true) AS q "
            f"JOIN (VALUES {numbers}) AS f (path, batch_no) ON f.path = q.staged_file"
        )


_TARGETS = {target for table in DELIVERED for link in links_of(table) for target in link.targets}


def _columns_sql(table: Table) -> str:
    return ", ".join(f"{column.name} {column.kind.value}" for column in checked_columns(table))


def _load(
    con: duckdb.DuckDBPyConnection, table: Table, sources: Sequence[Source]
) -> dict[str, str]:
    """Load a table of every source; where that fails, of each alone, to tell which is broken."""
    having = [source for source in sources if table.name in source.files]
    broken = _find_wrong_shapes(con, table, having)
    sound = [source for source in having if source.batch.batch_id not in broken]
    if not sound:
        return broken
    try:
        con.execute(_load_sql(table, sound))
    except duckdb.Error:
        for source in sound:
            try:
                con.execute(_load_sql(table, [source]))
            except duckdb.Error as error:
                broken[source.batch.batch_id] = _unreadable(table, error)
    return broken


def _load_sql(table: Table, sources: Sequence[Source]) -> str:
    files = ", ".join(quote(source.files[table.name]) for source in sources)
    numbers = ", ".join(f"({quote(s.files[table.name])}, {s.number})" for s in sources)
    content = ", ".join(f"s.{column.name}" for column in table.content)
    checked = ", ".join(f"s.{column.name}" for column in checked_columns(table))
    return (
        f"INSERT INTO {table.name} "
        "SELECT b.batch_no, s.file_row_number, b.source_no, b.profile, s.operation, s.sequence, "
        f"hash(s.operation, {content}), {checked} "
        f"FROM read_parquet([{files}], filename = 'staged_file', file_row_number = true) AS s "
        f"JOIN (VALUES {numbers}) AS f (path, batch_no) ON f.path = s.staged_file "
        "JOIN night_batch AS b ON b.batch_no = f.batch_no"
    )


def _find_wrong_shapes(
    con: duckdb.DuckDBPyConnection, table: Table, sources: Sequence[Source]
) -> dict[str, str]:
    """Batches whose file of the table cannot be opened or has not the contract's columns."""
    expected = {c.name: c.kind.value for c in (*table.columns, *STAGING_COLUMNS)}
    try:
        shapes = _read_shapes(con, [source.files[table.name] for source in sources])
    except duckdb.Error as error:
        if len(sources) == 1:
            return {sources[0].batch.batch_id: _unreadable(table, error)}
        alone = (_find_wrong_shapes(con, table, [source]) for source in sources)
        return {batch_id: reason for found in alone for batch_id, reason in found.items()}
    wrong = {}
    for source in sources:
        shape = shapes[str(source.files[table.name])]
        names = [name for name, kind in expected.items() if shape.get(name) != kind]
        if names:
            reason = f"{table.name}: columns missing or of another type: {', '.join(names)}"
            wrong[source.batch.batch_id] = reason
    return wrong


def _read_shapes(
    con: duckdb.DuckDBPyConnection, files: Sequence[Path]
) -> dict[str, dict[str, str]]:
    """Column names and types by file."""
    if not files:
        return {}
    listed = ", ".join(quote(file) for file in files)
    query = f"SELECT file_name, name, duckdb_type FROM parquet_schema([{listed}])"
    shapes: dict[str, dict[str, str]] = {}
    for file, name, kind in con.sql(query).fetchall():
        shapes.setdefault(file, {})[name] = kind
    return shapes


def _unreadable(table: Table, error: Exception) -> str:
    # The error's own text may quote a value.
    return f"{table.name}: the staged file cannot be read ({type(error).__name__})"


def _forget(con: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> None:
    """Take out every row of those batches."""
    for table in DELIVERED if numbers else ():
        con.execute(f"DELETE FROM {table.name} WHERE list_contains($numbers, batch_no)",
                    {"numbers": list(numbers)})  # fmt: skip
