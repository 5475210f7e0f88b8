"""The state: every version, edge and ledger, with one writer at a time."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from warehouse.connect import connect_file
from warehouse.errors import DamageError, UsageError
from warehouse.home import Home, exclusive
from warehouse.night import closed_nights
from warehouse.schema import comment_statements, create_statements, fingerprint, state_tables

# How long one who opens the state waits for another to end: longer than any load of a night takes.
WAIT_SECONDS = 300.0
# How long somebody waits who decides something: what a night holds up, that night takes in itself.
PATIENCE_SECONDS = 3.0


@contextmanager
def lock(home: Home, doing: str, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Keep every other process out of the state for the block.

    Raises:
        LockedError: another process still holds it after ``wait_seconds``.
    """
    with exclusive(home.root / "state.lock", doing, wait_seconds=wait_seconds):
        yield


@contextmanager
def writer(
    home: Home, doing: str, wait_seconds: float = WAIT_SECONDS, *, is_made: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may write to the state, alone, its schema made or checked.

    Args:
        home: the home.
        doing: what is done, for whoever finds the state held.
        wait_seconds: how long to wait for another process that holds it.
        is_made: True for what makes no sense before a night has been loaded: a home that somebody
            mistyped is not made then.

    Raises:
        UsageError: ``is_made``, and there is no state.
        LockedError: another process still holds the state after ``wait_seconds``, or has it open.
        DamageError: the state is lost or damaged, or was made by a version of crimelink with
            another schema.
    """
    if is_made:
        _refuse_absent(home)
    with lock(home, doing, wait_seconds):
        _forget_spilled(home)
        is_new = _is_new(home)
        if is_new:
            home.state.unlink(missing_ok=True)  # A run was killed before its first byte.
        con = _connect(home, read_only=False)
        try:
            # The WAL is folded in once, when the connection closes, not every 16 MB.
            con.execute("SET checkpoint_threshold = '4GB'")
            home.state.chmod(0o600)
            _ensure_schema(con, home, is_new)
            yield con
        finally:
            con.close()


def _forget_spilled(home: Home) -> None:
    """Remove what DuckDB laid aside of a step that was killed: it holds people's values, and is of
    use to nobody."""
    spilled = home.state.with_name(f"{home.state.name}.tmp")
    if spilled.exists():
        shutil.rmtree(spilled)


def leave_wal(con: duckdb.DuckDBPyConnection) -> None:
    """Leave what was written in the WAL when the connection closes.

    It is as safe there, and the next writer folds it in: one checkpoint a night, not one a step.
    """
    con.execute("PRAGMA disable_checkpoint_on_shutdown")


@contextmanager
def reader(home: Home, wait_seconds: float = WAIT_SECONDS) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the state while nobody writes to it.

    Raises:
        UsageError: there is no state yet.
        DamageError: the state is lost or damaged.
        LockedError: another process still holds the state after ``wait_seconds``, or has it open.
    """
    _refuse_absent(home)
    with lock(home, "reading the state", wait_seconds):
        con = _connect(home, read_only=True)
        try:
            yield con
        finally:
            con.close()


# What a state that is gone or damaged leaves to be done.
_ADVICE = (
    "Nothing was written. Restore it from backup; or start a new home and run every night again "
    "from the deliveries that are kept under landing/."
)


def _connect(home: Home, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    return connect_file(
        home.state, what="the state", advice=_ADVICE, read_only=read_only, newest_format=True
    )


def _is_new(home: Home) -> bool:
    """True where the state is still to be made. Of a home with closed nights it never is: an empty
    one in its place would publish a nation without its records."""
    if home.state.exists() and home.state.stat().st_size:
        return False
    _refuse_lost(home, "is empty" if home.state.exists() else "is gone")
    return True


def _refuse_absent(home: Home) -> None:
    if _is_new(home):
        raise UsageError(f"there is no state at {home.state} yet: no night has been loaded")


def _refuse_lost(home: Home, how: str) -> None:
    nights = closed_nights(home)
    if nights:
        raise DamageError(
            f"the state at {home.state} {how}, though night {nights[-1]} and those before it are "
            f"closed. {_ADVICE}"
        )


def _ensure_schema(con: duckdb.DuckDBPyConnection, home: Home, is_new: bool) -> None:
    tables = state_tables()
    wanted = fingerprint(tables)
    # A run killed while it made the schema leaves an empty file: the transaction came to nothing.
    if is_new or not con.execute(_HAS_VERSION).fetchall():
        _refuse_lost(home, "has no tables")
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
        raise DamageError(
            f"the state at {home.state} has schema {found[0][0]}, this version of crimelink needs "
            f"{wanted}. Run the version that made it, or load the kept deliveries into a new home."
        )


_HAS_VERSION = """
    SELECT 1 FROM duckdb_tables()
    WHERE schema_name = 'ledger' AND table_name = 'schema_version'
"""
