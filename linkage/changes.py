"""Which records changed since the last link step: what is compared anew.

A record is changed where its features are others than those it was linked with. Only records of
which a row was stored or ended since then are looked at, unless everything is.
"""

from dataclasses import dataclass
from datetime import date

import duckdb

from linkage.blocks import KEY_COLUMNS, capped_sql, crossed_sql, keys_sql
from linkage.features import FEATURES, finish_features, gather_features
from linkage.model import Model
from warehouse.schema import quote

_KEY = "force, source_system, source_record_id"
_TABLES = ("person_record", "person_name", "person_identifier", "person_address", "person_contact")
_FEATURES = ", ".join(FEATURES)
_KEPT = f"{_FEATURES}, content_hash"


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

    Makes ``fresh`` (``record``, ``is_new``, features, ``content_hash``: current records of which
    something may have changed), ``new_key`` (``record`` and key of the new), ``changed`` (records
    to be written anew), ``gone``, ``delta`` (records to be compared: those changed, and those of a
    block that became too large or no longer is), ``delta_key`` and ``other_key``.

    Args:
        con: a workspace.
        since: rows of later nights are looked at; None: every record is new to this model.
        model: whose blocks are looked at.
        places: path of the gazetteer's Parquet; None where there is none.
    """
    if places:
        con.execute(f"CREATE OR REPLACE VIEW place AS FROM read_parquet({quote(places)})")
    if since is not None:
        con.execute(_touched_sql(), {"since": since})
    gather_features(
        con,
        records=None if since is None else "touched",
        places="place" if places else None,
    )
    _number(con, is_all=since is None)
    finish_features(con, into="fresh", numbered="numbered")
    con.execute("DROP TABLE numbered")
    _compare(con, is_all=since is None)
    return _spread(con, model, is_all=since is None)


def _touched_sql() -> str:
    """Keys of records of which a row was stored or ended on a later night."""
    # A condition a column: the scan then reads the keys of those rows alone.
    rows = " UNION ALL ".join(
        f"SELECT {_KEY} FROM core.{table} WHERE {moved} > $since"
        for table in _TABLES
        for moved in ("valid_from", "valid_to")
    )
    return f"CREATE OR REPLACE TABLE touched AS SELECT DISTINCT {_KEY} FROM ({rows})"


def _number(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Make ``known`` (``record``, and ``h`` where it is current: what was linked before),
    ``new_key``, and ``numbered`` (``h``, ``record``, ``is_new``) of the records gathered.

    New records are numbered in the order of a hash of their key: sorting integers is cheap, and
    which of a night's new records counts as older is for nobody to say.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE known AS
        SELECT record, h FROM linkage.record_key
        {"" if is_all else f"SEMI JOIN touched USING ({_KEY})"}
        LEFT JOIN feature_record USING ({_KEY})
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE new_key AS
        SELECT h, row_number() OVER (ORDER BY h)
                      + (SELECT coalesce(max(record), 0) FROM linkage.record_key) AS record, {_KEY}
        FROM feature_record ANTI JOIN known USING (h)
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE numbered AS
        SELECT h, record, false AS is_new FROM known WHERE h IS NOT NULL
        UNION ALL SELECT h, record, true FROM new_key
        """
    )


def _compare(con: duckdb.DuckDBPyConnection, *, is_all: bool) -> None:
    """Make ``changed`` and ``gone``."""
    if is_all:
        con.execute("CREATE OR REPLACE TABLE changed AS SELECT record FROM fresh")
        con.execute(
            "CREATE OR REPLACE TABLE gone AS SELECT record FROM linkage.cluster "
            "ANTI JOIN fresh USING (record)"
        )
        return
    con.execute(
        "CREATE OR REPLACE TABLE held AS SELECT record, content_hash FROM linkage.record "
        "SEMI JOIN known USING (record)"
    )
    con.execute(
        "CREATE OR REPLACE TABLE changed AS SELECT record FROM fresh "
        "ANTI JOIN held USING (record, content_hash)"
    )
    con.execute(
        "CREATE OR REPLACE TABLE gone AS SELECT record FROM held ANTI JOIN fresh USING (record)"
    )


def _spread(con: duckdb.DuckDBPyConnection, model: Model, *, is_all: bool) -> Changes:
    """Make ``delta`` and the key tables."""
    con.execute("CREATE OR REPLACE TABLE delta AS FROM changed")
    only = "" if is_all else "SEMI JOIN changed USING (record)"
    con.execute(f"CREATE OR REPLACE VIEW fresh_changed AS FROM fresh {only}")
    con.execute(f"CREATE OR REPLACE TABLE delta_key AS {keys_sql(model, 'fresh_changed')}")
    if is_all:
        con.execute("CREATE OR REPLACE TABLE other_key AS FROM delta_key LIMIT 0")
    else:
        _find_others(con)
    rescored = 0 if is_all else _rescore(con, model)
    [(new, changed, gone)] = con.execute(
        "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new), "
        "(SELECT count(*) FROM gone) FROM fresh_changed"
    ).fetchall()
    return Changes(new, changed, gone, rescored)


def _find_others(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``lost_key`` (keys that records changed or gone bore, where that can matter) and
    ``other_key``.

    A key that only lost bearers matters where too many bore it to be compared: those are listed.
    """
    con.execute("CREATE OR REPLACE TABLE wanted_key AS SELECT DISTINCT key FROM delta_key")
    if con.execute("SELECT 1 FROM linkage.capped_key LIMIT 1").fetchall():
        con.execute(
            "INSERT INTO wanted_key SELECT DISTINCT key FROM linkage.block_key "
            "SEMI JOIN linkage.capped_key USING (key) "
            "SEMI JOIN (FROM changed UNION ALL FROM gone) AS d USING (record) "
            "ANTI JOIN wanted_key USING (key)"
        )
    con.execute(
        f"CREATE OR REPLACE TABLE met_key AS SELECT {KEY_COLUMNS} FROM linkage.block_key "
        "SEMI JOIN wanted_key USING (key)"
    )
    con.execute(
        "CREATE OR REPLACE TABLE lost_key AS FROM met_key "
        "SEMI JOIN (FROM changed UNION ALL FROM gone) AS d USING (record)"
    )
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
            f"INSERT INTO delta_key SELECT {KEY_COLUMNS} FROM linkage.block_key "
            "SEMI JOIN crossed USING (record)"
        )
        _find_others(con)
    return int(rescored)


def write_changes(
    con: duckdb.DuckDBPyConnection, night: date, model: Model, *, is_all: bool
) -> None:
    """Write the changed records' numbers, features and block keys, within the caller's
    transaction."""
    con.execute(
        f"INSERT INTO linkage.record_key SELECT record, {_KEY}, $night FROM new_key",
        {"night": night},
    )
    if is_all:
        con.execute(f"CREATE OR REPLACE TABLE linkage.record AS SELECT record, {_KEPT} FROM fresh")
        con.execute(
            f"CREATE OR REPLACE TABLE linkage.block_key AS SELECT {KEY_COLUMNS} FROM delta_key"
        )
        con.execute(f"CREATE OR REPLACE TABLE linkage.capped_key AS {capped_sql(model)}")
        return
    con.execute("DELETE FROM linkage.capped_key WHERE key IN (FROM wanted_key)")
    con.execute(f"INSERT INTO linkage.capped_key {capped_sql(model)}")
    for table in ("record", "block_key"):
        con.execute(
            f"DELETE FROM linkage.{table} WHERE record IN (FROM changed UNION ALL FROM gone)"
        )
    con.execute(
        f"INSERT INTO linkage.record SELECT record, {_KEPT} FROM fresh "
        "SEMI JOIN changed USING (record)"
    )
    con.execute(
        f"INSERT INTO linkage.block_key SELECT {KEY_COLUMNS} FROM delta_key "
        "SEMI JOIN changed USING (record)"
    )
