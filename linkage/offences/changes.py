"""Which offence records changed since they were linked last: what is compared anew.

As of persons (``linkage/changes.py``): a record is changed where its features are others than those
it was linked with, and those hold the persons and objects in it as they are resolved today. So a
merge of two persons has the offences that they are named in compared again.
"""

from datetime import date

import duckdb

from linkage.delta import Changes, find_delta, write_keys
from linkage.held import delete_records
from linkage.identity import OFFENCES
from linkage.model import Model
from linkage.offences.features import FEATURES, KEY, select_features
from warehouse.given import literal

_KEY = ", ".join(KEY)
_FEATURES = ", ".join(FEATURES)
_AT = OFFENCES.at


def read_changes(con: duckdb.DuckDBPyConnection, since: date | None, model: Model) -> Changes:
    """Work out what the night compares, in tables of the workspace: ``new_key`` (``record`` and key
    of the new) and those of ``linkage.delta.find_delta``.

    Args:
        con: a workspace that holds persons and objects as the night left them.
        since: what changed after this night is looked at; None: every record is new to the model.
        model: whose blocks are looked at.
    """
    select_features(con, since, into="gathered")
    _number(con)
    if since is not None:
        con.execute(_HELD)
    return find_delta(con, model, OFFENCES, is_all=since is None)


# What is linked of what was touched.
_HELD = f"""
CREATE OR REPLACE TABLE held AS
SELECT record, content_hash FROM {_AT}.record SEMI JOIN (
    SELECT record FROM {_AT}.record_key SEMI JOIN touched USING ({_KEY})
) USING (record)
"""


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


def write_changes(con: duckdb.DuckDBPyConnection, night: date, run: int, *, is_all: bool) -> None:
    """Write the changed records' numbers, features and block keys, within the caller's
    transaction of step ``run``."""
    con.execute(
        f"INSERT INTO {_AT}.record_key SELECT record, {_KEY}, {literal(night)} FROM new_key"
    )
    held = f"SELECT record, {_FEATURES}, content_hash FROM fresh"
    if is_all:
        con.execute(f"CREATE OR REPLACE TABLE {_AT}.record AS {held}")
    else:
        delete_records(con, f"{_AT}.record", "moved")
        con.execute(f"INSERT INTO {_AT}.record {held}")
    write_keys(con, OFFENCES, run, is_all=is_all)
