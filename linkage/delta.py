"""What a night compares, of persons and of offences: the records that changed, and those that share
a block key with them.
"""

from dataclasses import dataclass

import duckdb

from linkage.blocks import capped_sql, crossed_sql, keys_sql
from linkage.held_keys import held_keys_sql, hold_all_keys, hold_changed_keys
from linkage.identity import Ledger
from linkage.model import Model
from linkage.workspace import few, in_small_shares


@dataclass(frozen=True)
class Changes:
    """How many records are new, changed, gone, and compared again though unchanged."""

    new: int
    changed: int
    gone: int
    rescored: int

    @property
    def any(self) -> bool:
        """True where a record is to be compared, or is gone."""
        return bool(self.new + self.changed + self.gone)


def find_delta(
    con: duckdb.DuckDBPyConnection, model: Model, ledger: Ledger, *, is_all: bool
) -> Changes:
    """Work out what is compared, in tables of the workspace.

    Reads ``fresh`` (current records that something touched: ``record``, ``is_new``, features,
    ``content_hash``) and, unless everything is compared, ``held`` (``record`` and ``content_hash``
    of what is linked of the touched). Leaves ``fresh`` with the new and the changed, and makes
    ``changed`` (``record`` of ``fresh``), ``gone``, ``moved`` (both), ``delta`` (records to be
    compared: those changed, and those of a block that became too large or no longer is),
    ``delta_key`` and ``other_key``.
    """
    _compare(con, ledger, is_all=is_all)
    con.execute("CREATE OR REPLACE TABLE delta AS FROM changed")
    with in_small_shares(con, is_small=not is_all):
        find_all_keys(con, model, "fresh")
    rescored = 0
    if not is_all:
        _find_others(con, ledger)
        rescored = _rescore(con, model, ledger)
    [(new, changed, gone)] = con.execute(
        "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new), "
        "(SELECT count(*) FROM gone) FROM fresh"
    ).fetchall()
    return Changes(new, changed, gone, rescored)


def find_all_keys(con: duckdb.DuckDBPyConnection, model: Model, records: str) -> None:
    """Make ``delta_key`` of the records of a table, and ``other_key`` without a row."""
    con.execute(f"CREATE OR REPLACE TABLE delta_key AS {keys_sql(model, records)}")
    con.execute("CREATE OR REPLACE TABLE other_key AS FROM delta_key LIMIT 0")


def _compare(con: duckdb.DuckDBPyConnection, ledger: Ledger, *, is_all: bool) -> None:
    """Make ``changed``, ``gone`` and ``moved``; ``fresh`` is left with the changed."""
    held = f"{ledger.at}.cluster" if is_all else "held"
    con.execute(
        f"CREATE OR REPLACE TABLE gone AS SELECT record FROM {held} ANTI JOIN fresh USING (record)"
    )
    if not is_all:
        con.execute(
            "DELETE FROM fresh USING held "
            "WHERE fresh.record = held.record AND fresh.content_hash = held.content_hash"
        )
    con.execute("CREATE OR REPLACE TABLE changed AS SELECT record FROM fresh")
    con.execute("CREATE OR REPLACE TABLE moved AS FROM changed UNION ALL FROM gone")


def _find_others(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Make ``lost_key`` (keys that records changed or gone bore, where that can matter) and
    ``other_key``.

    A key that only lost bearers matters where too many bore it to be compared: those are listed.
    """
    con.execute("CREATE OR REPLACE TABLE wanted_key AS SELECT DISTINCT key FROM delta_key")
    capped = f"{ledger.at}.capped_key"
    if con.execute(f"SELECT 1 FROM {capped} LIMIT 1").fetchall():
        lost = held_keys_sql(ledger, f"{capped} USING (key)", "moved USING (record)")
        con.execute(
            f"INSERT INTO wanted_key SELECT DISTINCT key FROM ({lost}) "
            "ANTI JOIN wanted_key USING (key)"
        )
    met = held_keys_sql(ledger, f"{few('wanted_key', 'key')} USING (key)")
    con.execute(f"CREATE OR REPLACE TABLE met_key AS {met}")
    con.execute("CREATE OR REPLACE TABLE lost_key AS FROM met_key SEMI JOIN moved USING (record)")
    con.execute(
        "CREATE OR REPLACE TABLE other_key AS FROM met_key "
        "ANTI JOIN (FROM delta UNION ALL FROM gone) AS d USING (record)"
    )


def _rescore(con: duckdb.DuckDBPyConnection, model: Model, ledger: Ledger) -> int:
    """Put into ``delta`` the records of keys that crossed the cap; how many they are."""
    con.execute(f"CREATE OR REPLACE TABLE crossed AS {crossed_sql(model)}")
    [(rescored,)] = con.execute("SELECT count(*) FROM crossed").fetchall()
    if rescored:
        con.execute("INSERT INTO delta FROM crossed")
        con.execute(f"INSERT INTO delta_key {held_keys_sql(ledger, 'crossed USING (record)')}")
        _find_others(con, ledger)
    return int(rescored)


def write_keys(con: duckdb.DuckDBPyConnection, ledger: Ledger, run: int, *, is_all: bool) -> None:
    """Write the changed records' block keys, and which are too large to be compared, within the
    caller's transaction of step ``run``."""
    capped = f"{ledger.at}.capped_key"
    if is_all:
        hold_all_keys(con, ledger, run)
        con.execute(f"CREATE OR REPLACE TABLE {capped} AS {capped_sql()}")
        return
    con.execute(f"DELETE FROM {capped} WHERE key IN (FROM wanted_key)")
    con.execute(f"INSERT INTO {capped} {capped_sql()}")
    hold_changed_keys(con, ledger, run)
