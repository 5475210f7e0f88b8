"""What the working database carries of the store: values that rows of the night are compared with,
of the records that the night is about and no others."""

import duckdb

from quality.connection import is_in_store
from quality.rules.orders import carried_by_orders
from warehouse.contract import DELIVERED, Table


def list_repeated(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """``repeated_<table>``: hashes of keys of which rows of the night say different things, so that
    rules about such rows need not group them all. Every value of the night is read for it.

    Raises:
        duckdb.Error: a staged file cannot be read.
    """
    con.execute(
        f"CREATE OR REPLACE TABLE repeated_{table.name} AS "
        f"SELECT source_no, hash(record_key) AS key_hash FROM {table.name} "
        "GROUP BY ALL HAVING min(content_hash) <> max(content_hash)"
    )


def list_stored(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """``stored_<table>`` of a table that some rule compares with the store: ``source_no``,
    ``record_key``, ``source_record_id`` and the columns compared, of few enough records that a
    rule which looks them up costs next to nothing."""
    compared = _compared(table)
    if not compared:
        return
    typed = ", ".join(f"{name} {table.column(name).kind.value}" for name in compared)
    con.execute(
        f"CREATE TABLE stored_{table.name} (source_no INTEGER, record_key VARCHAR, "
        f"source_record_id VARCHAR, {typed})"
    )
    if not is_in_store(con, "core", table.name):
        return
    names = ", ".join(f"h.{name}" for name in compared)
    held = (
        f"SELECT b.source_no, h.record_key, h.source_record_id, {names} "
        f"FROM store.core.{table.name} AS h JOIN "
        "(SELECT DISTINCT source_no, force, source_system FROM night_batch) AS b "
        "ON b.force = h.force AND b.source_system = h.source_system"
    )
    wanted = " UNION ".join(f"SELECT h.* FROM held AS h {join}" for join in _joins(table))
    con.execute(f"INSERT INTO stored_{table.name} WITH held AS ({held}) {wanted}")


def _compared(table: Table) -> tuple[str, ...]:
    lasting = [column.name for column in table.columns if column.is_lasting]
    return tuple(dict.fromkeys((*lasting, *carried_by_orders(table, DELIVERED))))


def _joins(table: Table) -> list[str]:
    """SQL joins, one of which keeps a row ``h`` of the store where the night is about it: some
    row of the night says otherwise in a lasting column, or an order leads to it."""
    joins = []
    lasting = [column.name for column in table.columns if column.is_lasting]
    if lasting:
        differs = " OR ".join(f"t.{name} <> h.{name}" for name in lasting)
        joins.append(
            # An inner join: DuckDB compares each row with each where a semi join has an OR.
            f"JOIN {table.name} AS t ON t.source_no = h.source_no "
            f"AND t.record_key = h.record_key WHERE {differs}"
        )
    for other in DELIVERED:
        for order in other.orders:
            reference = other.column(order.through).references if order.through else None
            if reference and reference.table == table.name:
                joins.append(
                    f"SEMI JOIN {other.name} AS t ON t.source_no = h.source_no "
                    f"AND t.{order.through} = h.source_record_id"
                )
    return joins
