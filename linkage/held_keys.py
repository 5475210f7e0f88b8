"""The block keys that the state holds of current records.

To delete the keys of a night's records among those of millions costs more than to find who else
bears them. So what a record bore before stays where it is, and ``outdated`` says that it
counts no more: ``record``, and the ``run`` before which its keys were written. The weekly
comparison clears away what has gathered.
"""

import duckdb

from linkage.blocks import KEY_COLUMNS
from linkage.identity import Ledger


def held_keys_sql(ledger: Ledger, *semi_joins: str) -> str:
    """SELECT of ``KEY_COLUMNS``: the keys of current records of which every join keeps a row."""
    # Of the few that are wanted it is looked up whether they count.
    joins = " ".join(f"SEMI JOIN {join}" for join in semi_joins)
    return (
        f"SELECT {KEY_COLUMNS} FROM (FROM {ledger.at}.block_key {joins}) AS k "
        f"ANTI JOIN {ledger.at}.outdated AS o ON k.record = o.record AND k.run < o.run"
    )


def hold_all_keys(con: duckdb.DuckDBPyConnection, ledger: Ledger, run: int) -> None:
    """Hold the keys of ``delta_key`` and nothing else, within the caller's transaction."""
    con.execute(
        f"CREATE OR REPLACE TABLE {ledger.at}.block_key AS "
        f"SELECT {KEY_COLUMNS}, {run} AS run FROM delta_key"
    )
    con.execute(f"CREATE OR REPLACE TABLE {ledger.at}.outdated (record BIGINT, run INTEGER)")


def hold_changed_keys(con: duckdb.DuckDBPyConnection, ledger: Ledger, run: int) -> None:
    """Put the keys of ``delta_key`` that records of ``changed`` bear in the place of those of
    ``moved``, within the caller's transaction of step ``run``."""
    con.execute(f"INSERT INTO {ledger.at}.outdated SELECT record, {run} FROM moved")
    con.execute(
        f"INSERT INTO {ledger.at}.block_key SELECT {KEY_COLUMNS}, {run} FROM delta_key "
        "SEMI JOIN changed USING (record)"
    )


def clear_outdated(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Delete the keys that count no more, within the caller's transaction."""
    con.execute(
        f"DELETE FROM {ledger.at}.block_key USING ("
        f"SELECT record, max(run) AS run FROM {ledger.at}.outdated GROUP BY record) AS o "
        "WHERE block_key.record = o.record AND block_key.run < o.run"
    )
    con.execute(f"DELETE FROM {ledger.at}.outdated")
