"""How far linking objects has come in a state, and with what code."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import duckdb

from warehouse import object_keys
from warehouse.given import row_of


def read_since(con: duckdb.DuckDBPyConnection, night: date) -> date | None:
    """The night after which rows count as changed; None where all are to be looked at: nothing was
    linked yet, or by other code. A night that is linked again looks at its own rows again."""
    rows = con.execute("SELECT night, signature FROM linkage.object_mark").fetchall()
    if not rows or rows[0][1] != _sign():
        return None
    last: date = rows[0][0]
    return min(last, night - timedelta(days=1))


def write_mark(con: duckdb.DuckDBPyConnection, night: date) -> None:
    """Replace the mark, within the caller's transaction."""
    con.execute("DELETE FROM linkage.object_mark")
    con.execute(f"INSERT INTO linkage.object_mark VALUES {row_of(night, _sign())}")


def _sign() -> str:
    """Hash of what decides keys, candidates and flags."""
    files = (*sorted(Path(__file__).parent.glob("*.py")), Path(object_keys.__file__))
    made = hashlib.sha256(duckdb.__version__.encode())
    for path in files:
        made.update(path.read_bytes())
    return made.hexdigest()
