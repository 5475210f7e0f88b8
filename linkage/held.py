"""The features that the state holds of current records, in two tables.

Lists are null of most records, and reading a list of a few records among millions costs several
times what reading a number does. So ``linkage.record`` holds ``record``, ``record_hash``, the
features that are scalars and ``content_hash``, a row a record; and ``linkage.record_list`` holds
``record`` and the features that are lists, of records that have any.
"""

from collections.abc import Iterable

import duckdb

from linkage.features import FEATURES
from linkage.workspace import few

LISTS = tuple(name for name, kind in FEATURES.items() if kind.endswith("[]"))
_OWN = tuple(name for name in FEATURES if name not in LISTS)

_RECORD = f"SELECT record, record_hash, {', '.join(_OWN)}, content_hash FROM fresh"
_LIST = (
    f"SELECT record, {', '.join(LISTS)} FROM fresh "
    f"WHERE {' OR '.join(f'{name} IS NOT NULL' for name in LISTS)}"
)


def held_sql(records: str, columns: Iterable[str] = FEATURES) -> str:
    """SELECT of ``record`` and the columns of the held records that table ``records`` names."""
    # Of records named once each an inner join is the cheaper one.
    of = f"JOIN {few(records)} USING (record)"
    return (
        f"SELECT record, {', '.join(columns)} FROM (FROM linkage.record {of}) "
        f"LEFT JOIN (FROM linkage.record_list {of}) USING (record)"
    )


def hold_all(con: duckdb.DuckDBPyConnection) -> None:
    """Hold the features of ``fresh`` and nothing else, within the caller's transaction."""
    con.execute(f"CREATE OR REPLACE TABLE linkage.record AS {_RECORD}")
    con.execute(f"CREATE OR REPLACE TABLE linkage.record_list AS {_LIST}")


def hold_changed(con: duckdb.DuckDBPyConnection) -> None:
    """Put the features of ``fresh`` in the place of those of ``moved`` (``record``), within the
    caller's transaction."""
    for table, made in (("linkage.record", _RECORD), ("linkage.record_list", _LIST)):
        delete_records(con, table, "moved")
        con.execute(f"INSERT INTO {table} {made}")


def delete_records(con: duckdb.DuckDBPyConnection, table: str, records: str) -> None:
    """Delete the rows of ``table`` whose ``record`` table ``records`` names, each once."""
    # USING is an inner join, which DuckDB answers twice as fast as IN where there are few records.
    con.execute(f"DELETE FROM {table} USING {few(records)} AS d WHERE {table}.record = d.record")
