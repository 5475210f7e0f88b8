"""What the working database carries of the store: values that rows of the night are compared with,
of the records that the night is about and no others."""

from collections.abc import Iterator

import duckdb

from quality.connection import is_in_store
from quality.rules.orders import carried_by_orders
from warehouse.contract import DELIVERED, Table


def list_repeated(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """``repeated_<table>``: hashes of the keys, with their source, of which rows of the night say
    different things, so that rules about such rows need not group them all. Every value of the
    night is read for it.

    Raises:
        duckdb.Error: a staged file cannot be read.
    """
    con.execute(
        f"CREATE OR REPLACE TABLE repeated_{table.name} AS "
        f"SELECT hash(source_no, record_key) AS key_hash FROM {table.name} "
        "GROUP BY ALL HAVING min(content_hash) <> max(content_hash)"
    )


def lasting_columns(table: Table) -> tuple[str, ...]:
    """Columns of which no version of a record should have another value."""
    return tuple(column.name for column in table.columns if column.is_lasting)


def list_unlike(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """``unlike_<table>`` of a table with lasting columns, for this connection: rows of the store of
    which the night says otherwise in such a column; and, ``is_lacking``, those that the night does
    not bring though a batch covers the table whole. Night and store are joined once for both."""
    lasting = lasting_columns(table)
    if not lasting:
        return
    assert table.owner is None, "the id is the key"
    con.execute(
        f"CREATE TEMP TABLE unlike_{table.name} (source_no INTEGER, record_key VARCHAR, "
        f"source_record_id VARCHAR, {_typed(table)}, is_lacking BOOLEAN)"
    )
    if not is_in_store(con, "core", table.name):
        return
    differs = " OR ".join(f"t.{name} <> h.{name}" for name in lasting)
    con.execute(
        f"INSERT INTO unlike_{table.name} SELECT h.* EXCLUDE (is_covered), t.source_no IS NULL "
        f"FROM ({_held_sql(table)}) AS h LEFT JOIN "
        f"(SELECT source_no, source_record_id, {', '.join(lasting)} FROM {table.name} "
        "WHERE operation = 'upsert') AS t ON t.source_no = h.source_no "
        "AND t.source_record_id = h.source_record_id "
        f"WHERE {differs} OR (t.source_no IS NULL AND h.is_covered)"
    )


def list_versions(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """``versions_<table>`` of a table with lasting columns: those rows of the night that say
    something else than another row of the night or, in such a column, than the store. After
    ``list_unlike``."""
    lasting = lasting_columns(table)
    if lasting:
        con.execute(
            f"CREATE TABLE versions_{table.name} AS SELECT batch_no, row_no, source_no, "
            f"record_key, {', '.join(lasting)} FROM {table.name} AS r SEMI JOIN "
            f"(SELECT key_hash FROM repeated_{table.name} UNION ALL "
            f"SELECT hash(source_no, record_key) FROM unlike_{table.name} WHERE NOT is_lacking"
            ") AS k ON k.key_hash = hash(r.source_no, r.record_key) WHERE operation = 'upsert'"
        )


def list_stored(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """``stored_<table>`` of a table that some rule compares with the store: ``source_no``,
    ``record_key``, ``source_record_id`` and the columns compared, of few enough records that a
    rule which looks them up costs next to nothing. After ``list_unlike``."""
    if not _compared(table):
        return
    con.execute(
        f"CREATE TABLE stored_{table.name} (source_no INTEGER, record_key VARCHAR, "
        f"source_record_id VARCHAR, {_typed(table)})"
    )
    if not is_in_store(con, "core", table.name):
        return
    wanted = [
        f"SELECT h.* EXCLUDE (is_covered) FROM held AS h SEMI JOIN {other} AS t "
        f"ON t.source_no = h.source_no AND t.{through} = h.source_record_id"
        for other, through in _led_to(table)
    ]
    if lasting_columns(table):
        unlike = f"FROM unlike_{table.name} WHERE NOT is_lacking"
        wanted.append(f"SELECT * EXCLUDE (is_lacking) {unlike}")
    held = f"WITH held AS ({_held_sql(table)})"
    con.execute(f"INSERT INTO stored_{table.name} {held} {' UNION '.join(wanted)}")


def _held_sql(table: Table) -> str:
    """The store's rows of the night's sources; ``is_covered``: a batch covers the table whole."""
    names = ", ".join(f"h.{name}" for name in _compared(table))
    return (
        f"SELECT b.source_no, h.record_key, h.source_record_id, {names}, b.is_covered "
        f"FROM store.core.{table.name} AS h JOIN "
        "(SELECT n.source_no, n.force, n.source_system, bool_or(w.batch_no IS NOT NULL) AS "
        "is_covered FROM night_batch AS n LEFT JOIN covered_whole AS w "
        f"ON w.batch_no = n.batch_no AND w.table_name = '{table.name}' GROUP BY ALL) AS b "
        "ON b.force = h.force AND b.source_system = h.source_system"
    )


def _typed(table: Table) -> str:
    return ", ".join(f"{name} {table.column(name).kind.value}" for name in _compared(table))


def _compared(table: Table) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*lasting_columns(table), *carried_by_orders(table, DELIVERED))))


def _led_to(table: Table) -> Iterator[tuple[str, str]]:
    """Tables of which an order leads to this one, and the column through which."""
    for other in DELIVERED:
        for order in other.orders:
            reference = other.column(order.through).references if order.through else None
            if order.through and reference and reference.table == table.name:
                yield other.name, order.through
