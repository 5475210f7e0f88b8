"""The rows of a night: of every delivered table a view over its staged files.

A view has, for every staged row, its position, what is needed to compare it with others, and the
columns that some rule looks at. Large staged files are read where they lie; small ones are copied.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from quality.connection import quote, quote_text
from quality.rules.checked_columns import checked_columns
from quality.run.stored import list_repeated
from quality.source import Source
from warehouse.contract import DELIVERED, STAGING_COLUMNS, Table

# What every view begins with. source_no stands for force and source system.
POSITION = (
    "batch_no INTEGER, row_no BIGINT, source_no INTEGER, profile VARCHAR, "
    "operation VARCHAR, sequence BIGINT, content_hash UBIGINT"
)

COPIED_BYTES = 500_000
"""Size up to which a staged file is copied. Opening a file costs every query as much as reading
some ten thousand rows, so that small ones are faster copied; a large one is read where it lies,
which costs a tenth of copying it, and every rule after that reads but its own columns."""


def load_all(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], numbers: Mapping[int, int]
) -> dict[str, str]:
    """Load every table of every source but those that are found broken; which those are."""
    broken: dict[str, str] = {}
    while True:
        found: dict[str, str] = {}
        for table in DELIVERED:
            sound = [s for s in sources if s.batch.batch_id not in broken | found]
            having = [source for source in sound if table.name in source.files]
            found |= _load(con, table, having, numbers)
        if not found:
            return broken
        # Tables before the one that was found broken hold rows of its batch: all begin again.
        broken |= found


def _load(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    sources: Sequence[Source],
    numbers: Mapping[int, int],
) -> dict[str, str]:
    """Load a table of every source; where that fails, of each alone, to tell which is broken."""
    broken = _find_wrong_shapes(con, table, sources)
    sound = [source for source in sources if source.batch.batch_id not in broken]
    try:
        _make(con, table, sound, numbers)
    except duckdb.Error:
        for source in sound:
            try:
                _make(con, table, [source], numbers)
            except duckdb.Error as error:
                broken[source.batch.batch_id] = _unreadable(table, error)
        if not broken:
            raise
    return broken


def _make(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    sources: Sequence[Source],
    numbers: Mapping[int, int],
) -> None:
    """Make the view of a table's rows, and read every value of them once.

    Raises:
        duckdb.Error: a file cannot be read.
    """
    is_small = {s.number: s.files[table.name].stat().st_size < COPIED_BYTES for s in sources}
    copied = [_rows_sql(table, s, numbers[s.number]) for s in sources if is_small[s.number]]
    viewed = [_rows_sql(table, s, numbers[s.number]) for s in sources if not is_small[s.number]]
    con.execute(f"CREATE OR REPLACE TABLE copied_{table.name} ({POSITION}, {_columns_sql(table)})")
    if copied:
        con.execute(f"INSERT INTO copied_{table.name} {' UNION ALL '.join(copied)}")
    parts = viewed if viewed and not copied else [f"SELECT * FROM copied_{table.name}", *viewed]
    con.execute(f"CREATE OR REPLACE VIEW {table.name} AS {' UNION ALL '.join(parts)}")
    list_repeated(con, table)  # it reads what a source system fills
    rest = ", ".join(c.name for c in checked_columns(table) if c not in table.content)
    con.execute(f"SELECT bit_xor(hash(sequence, {rest})) FROM {table.name}").fetchall()


def _rows_sql(table: Table, source: Source, source_no: int) -> str:
    content = ", ".join(column.name for column in table.content)
    checked = ", ".join(column.name for column in checked_columns(table))
    return (
        f"SELECT {source.number}::INTEGER AS batch_no, file_row_number AS row_no, "
        f"{source_no}::INTEGER AS source_no, {quote_text(source.profile)} AS profile, operation, "
        f"sequence, hash(operation, {content}) AS content_hash, {checked} "
        f"FROM read_parquet({quote(source.files[table.name])}, file_row_number = true)"
    )


def _columns_sql(table: Table) -> str:
    return ", ".join(f"{column.name} {column.kind.value}" for column in checked_columns(table))


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
