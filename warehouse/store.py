"""Open the published store, and compare two of them."""

from pathlib import Path
from typing import NoReturn

import duckdb

from warehouse.connect import connect_file
from warehouse.errors import DamageError, UsageError
from warehouse.home import Home
from warehouse.night import last_published
from warehouse.schema import SCHEMAS, quote, store_tables

# What a reader's query may take of the machine; beyond it DuckDB spills to disk or refuses.
MEMORY_LIMIT = "2GB"

_ADVICE = "Go back to a version that is whole with `crimelink rollback`, or run the next night."


def open_store(home: Home) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the current store that can reach no file or network but it.

    It is opened by its real path: a reader that holds it keeps its version when another is
    published, and never mixes the two.

    Raises:
        UsageError: nothing has been published yet.
        DamageError: the file is gone or damaged.
        LockedError: another process has it open for writing.
    """
    return _open(home, None)


def open_newest(home: Home) -> duckdb.DuckDBPyConnection:
    """The same to the store of the last closed night, whatever readers were rolled back to: the
    state, and with it the next night, goes on from there.

    Raises:
        UsageError: nothing has been published yet.
        DamageError: the file is gone or damaged.
        LockedError: another process has it open for writing.
    """
    return _open(home, last_published(home))


def _open(home: Home, chosen: Path | None) -> duckdb.DuckDBPyConnection:
    if chosen is None:
        chosen = _current(home)
    con = connect_file(chosen, what="the store", advice=_ADVICE, read_only=True)
    con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def _current(home: Home) -> Path:
    if home.current.is_symlink() and not home.current.exists():
        raise DamageError(f"{home.current} points to a file that is gone. {_ADVICE}")
    if not home.current.exists():
        refuse_unpublished(home)
    return home.current.resolve()


def refuse_unpublished(home: Home) -> NoReturn:
    """Say that nothing has been published.

    Raises:
        UsageError: always.
    """
    raise UsageError(f"there is no store at {home.current} yet. Publish one with `crimelink run`.")


def compare_stores(a: Path, b: Path) -> list[str]:
    """Where two store files differ, table by table; empty where they say the same.

    Columns that depend on when or where a run happened are left out.
    """
    runtime = {
        (table.qualified, column.name)
        for table in store_tables()
        for column in table.columns
        if column.runtime
    }
    con = duckdb.connect()
    try:
        con.execute(f"ATTACH {quote(str(a))} AS a (READ_ONLY)")
        con.execute(f"ATTACH {quote(str(b))} AS b (READ_ONLY)")
        tables_a, tables_b = _columns(con, "a"), _columns(con, "b")
        differences = [f"{t}: only in the first" for t in sorted(tables_a.keys() - tables_b.keys())]
        differences += [
            f"{t}: only in the second" for t in sorted(tables_b.keys() - tables_a.keys())
        ]
        for table in sorted(tables_a.keys() & tables_b.keys()):
            if tables_a[table] != tables_b[table]:
                differences.append(f"{table}: the columns differ")
                continue
            names = [name for name, _ in tables_a[table] if (table, name) not in runtime]
            differences += _row_differences(con, table, names)
    finally:
        con.close()
    return differences


def _columns(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, list[tuple[str, str]]]:
    rows = con.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = $name AND list_contains($schemas, schema_name) "
        "ORDER BY schema_name, table_name, column_index",
        {"name": name, "schemas": list(SCHEMAS)},
    ).fetchall()
    tables: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, []).append((column, kind))
    return tables


def _row_differences(con: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> list[str]:
    columns = ", ".join(f'"{name}"' for name in names)
    only = [
        con.execute(
            f"SELECT count(*) FROM (SELECT {columns} FROM {one}.{table} "
            f"EXCEPT ALL SELECT {columns} FROM {other}.{table})"
        ).fetchall()[0][0]
        for one, other in (("a", "b"), ("b", "a"))
    ]
    if only == [0, 0]:
        return []
    return [f"{table}: {only[0]} rows only in the first, {only[1]} only in the second"]
