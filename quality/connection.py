"""A connection to the night's working database, with the published store beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

MEMORY_LIMIT = "600MB"


@contextmanager
def open_workspace(
    database: Path, store: Path, *, read_only: bool = True
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default database is the working one, with the published store attached
    as ``store`` where there is one. Temporary tables stay in memory or spill beside it."""
    con = duckdb.connect(config={"memory_limit": MEMORY_LIMIT})
    try:
        con.execute(f"SET temp_directory = {quote(database.parent / 'spill')}")
        mode = " (READ_ONLY)" if read_only else ""
        con.execute(f"ATTACH {quote(database)} AS work{mode}")
        if store.exists():
            con.execute(f"ATTACH {quote(store.resolve())} AS store (READ_ONLY)")
        con.execute("USE work")
        yield con
    finally:
        con.close()


def is_in_store(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    """True where a published store is attached and has the table: one published by an older
    contract may lack it."""
    query = (
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'store' "
        "AND schema_name = $schema AND table_name = $name"
    )
    return bool(con.execute(query, {"schema": schema, "name": table}).fetchall())


def quote(path: Path) -> str:
    """A path as a SQL literal."""
    return quote_text(str(path))


def quote_text(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"
