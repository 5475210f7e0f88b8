"""The state: every version, edge and ledger, with one writer at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from warehouse.errors import StoreError, UsageError
from warehouse.home import Home, exclusive
from warehouse.schema import comment_statements, create_statements, fingerprint, state_tables

# How long a writer waits for another to end: longer than any load of a night takes.
WAIT_SECONDS = 300.0


@contextmanager
def lock(home: Home, doing: str) -> Iterator[None]:
    """Keep every other process out of the state for the block.

    Raises:
        LockedError: another process still holds it after five minutes.
    """
    with exclusive(home.root / "state.lock", doing, wait_seconds=WAIT_SECONDS):
        yield


@contextmanager
def writer(home: Home, doing: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may write to the state, alone, its schema made or checked.

    Raises:
        LockedError: another process still holds the state after five minutes.
        StoreError: the state was made by a version of crimelink with another schema.
    """
    with lock(home, doing):
        is_new = not home.state.exists()
        con = duckdb.connect(str(home.state))
        try:
            # The WAL is folded in once, when the connection closes, not every 16 MB.
            con.execute("SET checkpoint_threshold = '4GB'")
            home.state.chmod(0o600)
            _ensure_schema(con, home, is_new)
            yield con
        finally:
            con.close()


@contextmanager
def reader(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the state while nobody writes to it.

    Raises:
        UsageError: there is no state yet.
    """
    if not home.state.exists():
        raise UsageError(f"there is no state at {home.state} yet: no night has been loaded")
    with lock(home, "reading the state"):
        con = duckdb.connect(str(home.state), read_only=True)
        try:
            yield con
        finally:
            con.close()


def _ensure_schema(con: duckdb.DuckDBPyConnection, home: Home, is_new: bool) -> None:
    tables = state_tables()
    wanted = fingerprint(tables)
    # A run killed while it made the schema leaves an empty file: the transaction came to nothing.
    if is_new or not con.execute(_HAS_VERSION).fetchall():
        con.execute("BEGIN")
        for statement in create_statements(tables):
            con.execute(statement)
        for table in tables:
            for statement in comment_statements(table):
                con.execute(statement)
        con.execute("CREATE TABLE ledger.schema_version (fingerprint VARCHAR NOT NULL)")
        con.execute("INSERT INTO ledger.schema_version VALUES (?)", [wanted])
        con.execute("COMMIT")
        return
    found = con.execute("SELECT fingerprint FROM ledger.schema_version").fetchall()
    if found != [(wanted,)]:
        raise StoreError(
            f"the state at {home.state} has schema {found[0][0]}, this version of crimelink needs "
            f"{wanted}. Run the version that made it, or load the kept deliveries into a new home."
        )


_HAS_VERSION = """
    SELECT 1 FROM duckdb_tables()
    WHERE schema_name = 'ledger' AND table_name = 'schema_version'
"""
