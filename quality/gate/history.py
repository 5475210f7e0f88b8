"""What a force's earlier deliveries of the same kind held, as the published store tells.

Everything is asked of the temporary table ``past``: for every batch of the night, the last loaded
batches of its force, system and kind, newest first.
"""

from collections.abc import Sequence
from datetime import date

import duckdb
import polars as pl

from quality.connection import is_in_store
from quality.source import Source

HISTORY_LENGTH = 10
"""Deliveries that a delivery is compared with, at most."""

HISTORY_NEEDED = 2
"""Deliveries that it takes to compare: the third is the first that is looked at."""

_PAST = "batch_no INTEGER, past_id VARCHAR, delivery_date DATE, is_first BOOLEAN, age BIGINT"


def list_past(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Make ``past``. ``is_first``: it is the first of its kind that was ever loaded, which may have
    brought all that a system held."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE past ({_PAST})")
    if sources and is_in_store(con, "quality", "batch"):
        listed = ", ".join(
            f"({s.number}, '{s.batch.batch_id}', '{s.batch.force}', '{s.batch.source_system}', "
            f"'{s.batch.kind}')"
            for s in sources
        )
        con.execute(
            "INSERT INTO past SELECT n.batch_no, b.batch_id, b.delivery_date, "
            "row_number() OVER oldest = 1, row_number() OVER newest AS age "
            f"FROM (VALUES {listed}) AS n (batch_no, batch_id, force, source_system, kind) "
            "JOIN store.quality.batch AS b ON b.force = n.force "
            "AND b.source_system = n.source_system AND b.kind = n.kind "
            "WHERE b.status = 'loaded' AND b.batch_id <> n.batch_id "
            "WINDOW oldest AS (PARTITION BY n.batch_no ORDER BY b.delivery_date, b.batch_id), "
            "newest AS (PARTITION BY n.batch_no ORDER BY b.delivery_date DESC, b.batch_id DESC) "
            f"QUALIFY age <= {HISTORY_LENGTH}"
        )


def past_dates(con: duckdb.DuckDBPyConnection) -> dict[int, list[date]]:
    """Dates of the earlier deliveries, newest first, by batch number."""
    dates: dict[int, list[date]] = {}
    for number, delivered in con.sql(
        "SELECT batch_no, delivery_date FROM past ORDER BY batch_no, age"
    ).fetchall():
        dates.setdefault(number, []).append(delivered)
    return dates


def past_volumes(con: duckdb.DuckDBPyConnection) -> dict[int, list[tuple[bool, dict[str, float]]]]:
    """By batch number, for each earlier delivery whether it is the first of its kind, and rows
    received a part by table."""
    if not is_in_store(con, "quality", "reconciliation"):
        return {}
    has_parts = is_in_store(con, "quality", "table_profile")
    parts = "coalesce(t.parts, 1)" if has_parts else "1"
    join = (
        "LEFT JOIN store.quality.table_profile AS t "
        "ON t.batch_id = r.batch_id AND t.table_name = r.table_name"
        if has_parts
        else ""
    )
    volumes: dict[int, dict[int, tuple[bool, dict[str, float]]]] = {}
    for number, age, is_first, table, rows in con.sql(
        f"SELECT p.batch_no, p.age, p.is_first, r.table_name, r.received / {parts} "
        "FROM past AS p LEFT JOIN store.quality.reconciliation AS r ON r.batch_id = p.past_id "
        f"{join} ORDER BY p.batch_no, p.age"
    ).fetchall():
        tables = volumes.setdefault(number, {}).setdefault(age, (is_first, {}))[1]
        if table is not None:
            tables[table] = rows
    return {number: list(by_age.values()) for number, by_age in volumes.items()}


def past_columns(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Rows of ``quality.column_profile`` of the earlier deliveries: ``batch_no``, ``table_name``,
    ``column_name``, ``rows`` (at least 1), ``nulls``, ``unseen``."""
    return _of_past(con, "column_profile", "batch_no, table_name, column_name, rows, nulls, unseen")


def past_codes(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Rows of ``quality.code_profile`` of the earlier deliveries: ``batch_no``, ``age``,
    ``table_name``, ``column_name``, ``code`` (empty: all that are not listed), ``rows``."""
    code = "coalesce(code, '') AS code"
    return _of_past(con, "code_profile", f"batch_no, age, table_name, column_name, {code}, rows")


def _of_past(con: duckdb.DuckDBPyConnection, table: str, columns: str) -> pl.DataFrame:
    """The columns of that profile; without a row where the store has no profiles."""
    having = f"store.quality.{table}"
    if not is_in_store(con, "quality", table):
        having = (
            "(SELECT '' AS batch_id, '' AS table_name, '' AS column_name, '' AS code, "
            "0::BIGINT AS rows, 0::BIGINT AS nulls, 0::BIGINT AS unseen WHERE false)"
        )
    return con.sql(
        f"SELECT {columns} FROM past JOIN {having} AS p ON p.batch_id = past_id WHERE rows > 0"
    ).pl()
