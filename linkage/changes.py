"""Which records changed since the last link step: what is compared anew.

A record is changed where its features are others than those it was linked with. Only records of
which a row was stored or ended since then are looked at, unless everything is.
"""

from datetime import date

import duckdb

from linkage.delta import Changes, find_delta, write_keys
from linkage.features import finish_features, gather_features
from linkage.held import hold_all, hold_changed
from linkage.identity import PERSONS
from linkage.model import Model
from linkage.workspace import few, in_small_shares
from warehouse.given import literal, with_values
from warehouse.schema import quote

_KEY = "force, source_system, source_record_id"
_TABLES = ("person_record", "person_name", "person_identifier", "person_address", "person_contact")


def find_touched(con: duckdb.DuckDBPyConnection, since: date) -> int:
    """Make ``touched`` (``record_hash``): the records of which a row was stored or ended on a later
    night than ``since``; how many they are."""
    con.execute(with_values(_touched_sql(), {"since": since}))
    [(records,)] = con.execute("SELECT count(*) FROM touched").fetchall()
    return int(records)


def read_changes(
    con: duckdb.DuckDBPyConnection, model: Model, places: str | None, *, is_all: bool
) -> Changes:
    """Work out what the night's link step compares, in tables of the workspace: ``new_key``
    (``record`` and key of the new), ``fresh``, which has ``record_hash`` besides, and the others
    of ``linkage.delta.find_delta``.

    Args:
        con: a workspace.
        model: whose blocks are looked at.
        is_all: every record is new to this model; False: those of ``touched`` are looked at.
        places: path of the gazetteer's Parquet; None where there is none.
    """
    if places:
        con.execute(f"CREATE OR REPLACE VIEW place AS FROM read_parquet({quote(places)})")
    if not is_all:
        con.execute(_HELD)
    is_hashed = gather_features(
        con, records=None if is_all else "touched", places="place" if places else None
    )
    _number(con, is_all=is_all, is_hashed=is_hashed)
    with in_small_shares(con, is_small=not is_all):
        finish_features(con, into="fresh", numbered="numbered")
    con.execute("DROP TABLE numbered")
    return find_delta(con, model, PERSONS, is_all=is_all)


def _touched_sql() -> str:
    # A condition a column: the scan then reads the hashes of those rows alone.
    rows = " UNION ALL ".join(
        f"SELECT record_hash FROM core.{table} WHERE {moved} > $since"
        for table in _TABLES
        for moved in ("valid_from", "valid_to")
    )
    return f"CREATE OR REPLACE TABLE touched AS SELECT DISTINCT record_hash FROM ({rows})"


# What is linked of them.
_HELD = f"""
CREATE OR REPLACE TABLE held AS
SELECT record, record_hash, content_hash
FROM linkage.record SEMI JOIN {few("touched", "record_hash")} USING (record_hash)
"""


def _number(con: duckdb.DuckDBPyConnection, *, is_all: bool, is_hashed: bool) -> None:
    """Make ``known`` (``h`` and ``record`` of the records gathered that were ever linked),
    ``new_key``, and ``numbered`` (``h``, ``record``, ``record_hash``, ``is_new``) of all gathered.

    New records are numbered in the order of a hash of their key: sorting integers is cheap, and
    which of a night's new records counts as older is for nobody to say.
    """
    if is_all or not is_hashed or con.execute(_HAS_TWINS).fetchall():
        con.execute(
            "CREATE OR REPLACE TABLE known AS "
            f"SELECT h, record FROM linkage.record_key JOIN feature_record USING ({_KEY})"
        )
    else:
        _recognise(con)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE new_key AS
        SELECT h, row_number() OVER (ORDER BY h)
                      + (SELECT coalesce(max(record), 0) FROM linkage.record_key) AS record,
               record_hash, {_KEY}
        FROM feature_record ANTI JOIN known USING (h)
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE numbered AS
        SELECT h, record, record_hash, false AS is_new FROM known JOIN feature_record USING (h)
        UNION ALL SELECT h, record, record_hash, true FROM new_key
        """
    )


# Two records of one hash are told apart by their keys alone.
_HAS_TWINS = "SELECT 1 FROM held GROUP BY record_hash HAVING count(*) > 1 LIMIT 1"


def _recognise(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``known`` by the records' hash, which is read at a third of what their keys cost.

    Of a record that comes back the key is compared too. What goes unseen: that a record goes and
    another of the same hash comes in one night. The weekly comparison goes by the keys.
    """
    con.execute(
        "CREATE OR REPLACE TABLE known AS "
        "SELECT h, record FROM feature_record JOIN held ON held.record_hash = h"
    )
    con.execute("CREATE OR REPLACE TABLE not_held AS FROM feature_record ANTI JOIN known USING (h)")
    back = f"linkage.record_key SEMI JOIN {few('not_held', 'record_hash')} USING (record_hash)"
    if con.execute(f"SELECT 1 FROM {back} LIMIT 1").fetchall():
        con.execute(
            "INSERT INTO known "
            f"SELECT h, record FROM linkage.record_key JOIN not_held USING (record_hash, {_KEY})"
        )


def write_changes(con: duckdb.DuckDBPyConnection, night: date, run: int, *, is_all: bool) -> None:
    """Write the changed records' numbers, features and block keys, within the caller's
    transaction of step ``run``."""
    con.execute(
        "INSERT INTO linkage.record_key "
        f"SELECT record, {_KEY}, record_hash, {literal(night)} FROM new_key"
    )
    if is_all:
        hold_all(con)
    else:
        hold_changed(con)
    write_keys(con, PERSONS, run, is_all=is_all)
