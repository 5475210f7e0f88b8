"""Open a DuckDB file that may be damaged, or open elsewhere, and say so in words; transactions."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from warehouse.errors import DamageError, LockedError

_HOLDER = re.compile(r"Conflicting lock is held in (.+? \(PID \d+\))")


def connect_file(
    path: Path, *, what: str, advice: str, read_only: bool, newest_format: bool = False
) -> duckdb.DuckDBPyConnection:
    """A connection to the DuckDB file at ``path``.

    Args:
        path: the file.
        what: what the file is, as ``the state``.
        advice: what to do where it cannot be read.
        read_only: True where nothing may be written.
        newest_format: True where a new file may be one that older versions of DuckDB cannot read:
            it is smaller, and quicker to read and write.

    Raises:
        LockedError: another process has the file open so that this one cannot.
        DamageError: the file is not whole, or not a DuckDB file.
    """
    config: dict[str, str | bool | int | float | list[str]] = {}
    if newest_format:
        config["storage_compatibility_version"] = "latest"
    try:
        return duckdb.connect(str(path), read_only=read_only, config=config)
    except duckdb.IOException as error:
        if "Could not set lock on file" in str(error):
            holder = _HOLDER.search(str(error))
            who = holder[1] if holder else "another process"
            raise LockedError(
                f"cannot open {what} at {path}: {who} has it open. Wait for it to end, or end it, "
                "then try again.",
                who,
            ) from error
        first = str(error).splitlines()[0]
        raise DamageError(f"{what} at {path} cannot be read ({first}). {advice}") from error


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A transaction for the block: committed where it ends well, rolled back where it does not."""
    con.execute("BEGIN")
    try:
        yield
        con.execute("COMMIT")
    except BaseException:
        # A COMMIT that failed has rolled back itself.
        with suppress(duckdb.TransactionException):
            con.execute("ROLLBACK")
        raise
