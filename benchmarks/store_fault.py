"""What a fault in a finished store is, and how its rows are chosen."""

from dataclasses import dataclass

from warehouse.contract import Kind
from warehouse.schema import store_tables

NOWHERE = "no/such/record"
# A value of each kind, as SQL.
LITERALS = {
    Kind.TEXT: "'x'", Kind.INTEGER: "1", Kind.BIGINT: "1", Kind.DOUBLE: "1", Kind.BOOLEAN: "true",
    Kind.DATE: "DATE '2026-03-02'", Kind.TIMESTAMP: "TIMESTAMP '2026-03-02 10:00:00'",
}  # fmt: skip
TABLES = {table.qualified: table for table in store_tables()}


@dataclass(frozen=True)
class StoreFault:
    """A fault in a finished store.

    Attributes:
        says: what is done to the store.
        rows: rows that the check must find.
        statements: SQL that does it.
    """

    says: str
    rows: int
    statements: tuple[str, ...]


def fault(says: str, rows: int, *statements: str) -> StoreFault:
    """A fault, its statements one after another."""
    return StoreFault(says, rows, statements)


def first(table: str, rows: int, where: str = "true") -> str:
    """The condition of the table's first rows, by its key, of those that are so."""
    key = ", ".join(TABLES[table].key)
    return f"rowid IN (SELECT rowid FROM {table} WHERE {where} ORDER BY {key} LIMIT {rows})"
