"""Which offence records changed since they were linked last: what is compared anew.

As of persons (``linkage/changes.py``): a record is changed where its features are others than those
it was linked with, and those hold the persons and objects in it as they are resolved today. So a
merge of two persons has the offences that they are named in compared again.
"""

from datetime import date

import duckdb

from linkage.blocks import KEY_COLUMNS, capped_sql, crossed_sql, find_large, keys_sql
from linkage.changes import Changes
from linkage.model import Model
from linkage.offences.features import FEATURES, KEY, select_features

_KEY = ", ".join(KEY)
_FEATURES = ", ".join(FEATURES)
_AT = "offence_linkage"


def read_changes(con: duckdb.DuckDBPyConnection, since: date | None, model: Model) -> Changes:
    """Work out what the night compares, in tables of the workspace: ``fresh`` (``record``,
    ``is_new``, features, ``content_hash``: current records that are new or changed), ``new_key``,
    ``changed``, ``gone``, ``moved`` (both), ``delta`` (changed, and those of a block that became
    too large or no longer is), ``delta_key``, ``other_key`` and ``large_key``.

    Args:
        con: a workspace that holds persons and objects as the night left them.
        since: what changed after this night is looked at; None: every record is new to the model.
        model: whose blocks are looked at.
    """
    select_features(con, since, into="gathered")
    _number(con)
    _compare(con, is_all=since is None)
    con.execute("CREATE OR REPLACE TABLE delta AS FROM changed")
    rescored = 0
    if since is None:
        key_all(con, model, "fresh")
    else:
        con.execute(f"CREATE OR REPLACE TABLE delta_key AS {keys_sql(model, 'fresh')}")
        _find_others(con)
        rescored = _rescore(con, model)
        find_large(con, model.most_records)
    [(new, changed, gone)] = con.execute(
        "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new), "
        "(SELECT count(*) FROM gone) FROM fresh"
    ).fetchall()
    return Changes(new, changed, gone, rescored)


def key_all(con: duckdb.DuckDBPyConnection, model: Model, records: str) -> None:
    """Make ``delta_key``, ``other_key`` (empty) and ``large_key`` of every record of a table."""
    con.execute(f"CREATE OR REPLACE TABLE delta_key AS {keys_sql(model, records)}")
    con.execute("CREATE OR REPLACE TABLE other_key AS FROM delta_key LIMIT 0")
    find_large(con, model.most_records)


def _number(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``new_key`` and ``fresh``. New records are numbered in the order of when they were
    recorded first, as far as one night tells: by key."""
    con.execute(
        "CREATE OR REPLACE TABLE known AS "
        f"SELECT record, {_KEY} FROM {_AT}.record_key SEMI JOIN gathered USING ({_KEY})"
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE new_key AS
        SELECT row_number() OVER (ORDER BY {_KEY})
               + (SELECT coalesce(max(record), 0) FROM {_AT}.record_key) AS record, {_KEY}
        FROM gathered ANTI JOIN known USING ({_KEY})
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE fresh AS
        SELECT record, is_new, {_FEATURES}, content_hash
        FROM gathered JOIN (
            SELECT record, {_KEY}, false AS is_new FROM known
            UNION ALL SELECT record, {_KEY}, true FROM new_key
        ) USING ({_KEY})
        """
    )
    con.execute("DROP TABLE gathered")


def _compare(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Make ``changed``, ``gone`` and ``moved``; ``fresh`` is left with the changed."""
    if is_all:
        con.execute(
            "CREATE OR REPLACE TABLE gone AS "
            f"SELECT record FROM {_AT}.cluster ANTI JOIN fresh USING (record)"
        )
    else:
        con.execute(
            f"""
            CREATE OR REPLACE TABLE held AS
            SELECT record, content_hash FROM {_AT}.record SEMI JOIN (
                SELECT record FROM {_AT}.record_key SEMI JOIN touched USING ({_KEY})
            ) USING (record)
            """
        )
        con.execute(
            "CREATE OR REPLACE TABLE gone AS SELECT record FROM held ANTI JOIN fresh USING (record)"
        )
        con.execute(
            "DELETE FROM fresh USING held "
            "WHERE fresh.record = held.record AND fresh.content_hash = held.content_hash"
        )
    con.execute("CREATE OR REPLACE TABLE changed AS SELECT record FROM fresh")
    con.execute("CREATE OR REPLACE TABLE moved AS FROM changed UNION ALL FROM gone")


def _find_others(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``lost_key`` and ``other_key``, as ``linkage.changes`` does of persons."""
    con.execute("CREATE OR REPLACE TABLE wanted_key AS SELECT DISTINCT key FROM delta_key")
    con.execute(
        f"INSERT INTO wanted_key SELECT DISTINCT key FROM {_AT}.block_key "
        f"SEMI JOIN {_AT}.capped_key USING (key) SEMI JOIN moved USING (record) "
        "ANTI JOIN wanted_key USING (key)"
    )
    con.execute(
        f"CREATE OR REPLACE TABLE met_key AS SELECT {KEY_COLUMNS} FROM {_AT}.block_key "
        "SEMI JOIN wanted_key USING (key)"
    )
    con.execute("CREATE OR REPLACE TABLE lost_key AS FROM met_key SEMI JOIN moved USING (record)")
    con.execute(
        "CREATE OR REPLACE TABLE other_key AS FROM met_key "
        "ANTI JOIN (FROM delta UNION ALL FROM gone) AS d USING (record)"
    )


def _rescore(con: duckdb.DuckDBPyConnection, model: Model) -> int:
    """Put into ``delta`` the records of keys that crossed the cap; how many they are."""
    con.execute(f"CREATE OR REPLACE TABLE crossed AS {crossed_sql(model)}")
    [(rescored,)] = con.execute("SELECT count(*) FROM crossed").fetchall()
    if rescored:
        con.execute("INSERT INTO delta FROM crossed")
        con.execute(
            f"INSERT INTO delta_key SELECT {KEY_COLUMNS} FROM {_AT}.block_key "
            "SEMI JOIN crossed USING (record)"
        )
        _find_others(con)
    return int(rescored)


def write_changes(con: duckdb.DuckDBPyConnection, night: date, *, is_all: bool) -> None:
    """Write the changed records' numbers, features and block keys, within the caller's
    transaction."""
    con.execute(
        f"INSERT INTO {_AT}.record_key SELECT record, {_KEY}, $night FROM new_key",
        {"night": night},
    )
    held = f"SELECT record, {_FEATURES}, content_hash FROM fresh"
    keys = f"SELECT {KEY_COLUMNS} FROM delta_key"
    if is_all:
        con.execute(f"CREATE OR REPLACE TABLE {_AT}.record AS {held}")
        con.execute(f"CREATE OR REPLACE TABLE {_AT}.block_key AS {keys}")
        con.execute(f"CREATE OR REPLACE TABLE {_AT}.capped_key AS {capped_sql()}")
        return
    con.execute(f"DELETE FROM {_AT}.capped_key WHERE key IN (FROM wanted_key)")
    con.execute(f"INSERT INTO {_AT}.capped_key {capped_sql()}")
    for table in ("record", "block_key"):
        con.execute(
            f"DELETE FROM {_AT}.{table} USING moved WHERE {_AT}.{table}.record = moved.record"
        )
    con.execute(f"INSERT INTO {_AT}.record {held}")
    con.execute(f"INSERT INTO {_AT}.block_key {keys} SEMI JOIN changed USING (record)")
