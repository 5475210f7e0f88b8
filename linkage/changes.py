"""Which records changed since the last link step: what is compared anew.

A record is changed where its features are others than those it was linked with. Only records of
which a row was stored or ended since then are looked at, unless everything is.
"""

from dataclasses import dataclass
from datetime import date

import duckdb

from linkage.blocks import capped_sql, crossed_sql, keys_sql
from linkage.features import finish_features, gather_features
from linkage.held import hold_all, hold_changed
from linkage.held_keys import held_keys_sql, hold_all_keys, hold_changed_keys
from linkage.model import Model
from warehouse.schema import quote

_KEY = "force, source_system, source_record_id"
_TABLES = ("person_record", "person_name", "person_identifier", "person_address", "person_contact")


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


def read_changes(
    con: duckdb.DuckDBPyConnection, since: date | None, model: Model, places: str | None
) -> Changes:
    """Work out what the night's link step compares, in tables of the workspace.

    Makes ``fresh`` (``record``, ``record_hash``, ``is_new``, features, ``content_hash``: current
    records that are new or changed), ``new_key`` (``record`` and key of the new), ``changed``
    (``record`` of ``fresh``), ``gone``, ``moved`` (both), ``delta`` (records to be compared: those
    changed, and those of a block that became too large or no longer is), ``delta_key`` and
    ``other_key``.

    Args:
        con: a workspace.
        since: rows of later nights are looked at; None: every record is new to this model.
        model: whose blocks are looked at.
        places: path of the gazetteer's Parquet; None where there is none.
    """
    if places:
        con.execute(f"CREATE OR REPLACE VIEW place AS FROM read_parquet({quote(places)})")
    is_all = since is None
    if since is not None:
        con.execute(_touched_sql(), {"since": since})
        con.execute(_HELD)
    is_hashed = gather_features(
        con, records=None if is_all else "touched", places="place" if places else None
    )
    _number(con, is_all=is_all, is_hashed=is_hashed)
    finish_features(con, into="fresh", numbered="numbered")
    con.execute("DROP TABLE numbered")
    _compare(con, is_all=is_all)
    return _spread(con, model, is_all=is_all)


def _touched_sql() -> str:
    """Records of which a row was stored or ended on a later night."""
    # A condition a column: the scan then reads the hashes of those rows alone.
    rows = " UNION ALL ".join(
        f"SELECT record_hash FROM core.{table} WHERE {moved} > $since"
        for table in _TABLES
        for moved in ("valid_from", "valid_to")
    )
    return f"CREATE OR REPLACE TABLE touched AS SELECT DISTINCT record_hash FROM ({rows})"


# What is linked of them.
_HELD = """
CREATE OR REPLACE TABLE held AS
SELECT record, record_hash, content_hash FROM linkage.record SEMI JOIN touched USING (record_hash)
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
    back = "linkage.record_key SEMI JOIN not_held USING (record_hash)"
    if con.execute(f"SELECT 1 FROM {back} LIMIT 1").fetchall():
        con.execute(
            "INSERT INTO known "
            f"SELECT h, record FROM linkage.record_key JOIN not_held USING (record_hash, {_KEY})"
        )


def _compare(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Make ``changed`` and ``gone``; ``fresh`` is left with the changed."""
    if is_all:
        con.execute("CREATE OR REPLACE TABLE changed AS SELECT record FROM fresh")
        con.execute(
            "CREATE OR REPLACE TABLE gone AS SELECT record FROM linkage.cluster "
            "ANTI JOIN fresh USING (record)"
        )
        return
    con.execute(
        "CREATE OR REPLACE TABLE gone AS SELECT record FROM held ANTI JOIN fresh USING (record)"
    )
    con.execute(
        "DELETE FROM fresh USING held "
        "WHERE fresh.record = held.record AND fresh.content_hash = held.content_hash"
    )
    con.execute("CREATE OR REPLACE TABLE changed AS SELECT record FROM fresh")
    con.execute("CREATE OR REPLACE TABLE moved AS FROM changed UNION ALL FROM gone")


def _spread(con: duckdb.DuckDBPyConnection, model: Model, *, is_all: bool) -> Changes:
    """Make ``delta`` and the key tables."""
    con.execute("CREATE OR REPLACE TABLE delta AS FROM changed")
    con.execute(f"CREATE OR REPLACE TABLE delta_key AS {keys_sql(model, 'fresh')}")
    if is_all:
        con.execute("CREATE OR REPLACE TABLE other_key AS FROM delta_key LIMIT 0")
    else:
        _find_others(con)
    rescored = 0 if is_all else _rescore(con, model)
    [(new, changed, gone)] = con.execute(
        "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new), "
        "(SELECT count(*) FROM gone) FROM fresh"
    ).fetchall()
    return Changes(new, changed, gone, rescored)


def _find_others(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``lost_key`` (keys that records changed or gone bore, where that can matter) and
    ``other_key``.

    A key that only lost bearers matters where too many bore it to be compared: those are listed.
    """
    con.execute("CREATE OR REPLACE TABLE wanted_key AS SELECT DISTINCT key FROM delta_key")
    if con.execute("SELECT 1 FROM linkage.capped_key LIMIT 1").fetchall():
        lost = held_keys_sql("linkage.capped_key USING (key)", "moved USING (record)")
        con.execute(
            f"INSERT INTO wanted_key SELECT DISTINCT key FROM ({lost}) "
            "ANTI JOIN wanted_key USING (key)"
        )
    met = held_keys_sql("wanted_key USING (key)")
    con.execute(f"CREATE OR REPLACE TABLE met_key AS {met}")
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
        con.execute(f"INSERT INTO delta_key {held_keys_sql('crossed USING (record)')}")
        _find_others(con)
    return int(rescored)


def write_changes(con: duckdb.DuckDBPyConnection, night: date, run: int, *, is_all: bool) -> None:
    """Write the changed records' numbers, features and block keys, within the caller's
    transaction of step ``run``."""
    con.execute(
        f"INSERT INTO linkage.record_key SELECT record, {_KEY}, record_hash, $night FROM new_key",
        {"night": night},
    )
    if is_all:
        hold_all(con)
        hold_all_keys(con, run)
        con.execute(f"CREATE OR REPLACE TABLE linkage.capped_key AS {capped_sql()}")
        return
    con.execute("DELETE FROM linkage.capped_key WHERE key IN (FROM wanted_key)")
    con.execute(f"INSERT INTO linkage.capped_key {capped_sql()}")
    hold_changed(con)
    hold_changed_keys(con, run)
