"""The contract as DDL: tables and comments of the state and of the published store."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from warehouse.contract import (
    CONTROL,
    DELIVERED,
    GOVERNANCE,
    LINK,
    LINK_KEPT,
    LINK_STATE,
    MART,
    REFERENCE,
    STORE_CONTROL,
    VERSION_COLUMNS,
    Column,
    Kind,
    Reference,
    Table,
)
from warehouse.contract.control import QUARANTINE
from warehouse.contract.person import HASHED
from warehouse.contract.quarantine import FATE_COLUMNS
from warehouse.contract.record_hash import RECORD_HASH

SCHEMAS = ("core", "link", "mart", "quality", "governance", "reference")

# The state keeps every version of a delivered row, and what it takes to judge a late delivery.
STATE_COLUMNS = (
    *VERSION_COLUMNS,
    Column("valid_to", Kind.DATE, "Night whose run ended this version; null while current."),
    Column("scope", Kind.TEXT, "Part of the source that the row belongs to, as last delivered."),
    Column(
        "delivery_sequence",
        Kind.TEXT,
        "Sequence of the latest delivery that brought this content.",
        required=True,
    ),
    Column("closed_sequence", Kind.TEXT, "Sequence of the delivery that ended this version."),
)

LEDGER = (
    Table(
        "ledger",
        "delivery",
        "One row a loaded batch: its place in the order of deliveries.",
        (
            Column("batch_id", Kind.TEXT, "Batch.", required=True),
            Column("force", Kind.TEXT, "Force.", required=True),
            Column("source_system", Kind.TEXT, "Record system.", required=True),
            Column("delivery_sequence", Kind.TEXT, "Sequence of the delivery.", required=True),
        ),
        key=("batch_id",),
    ),
    Table(
        "ledger",
        "coverage",
        "One row a statement that a part of the source was brought whole, or that a record not "
        "held was deleted: a delivery that comes later but is older must not undo it.",
        (
            Column("batch_id", Kind.TEXT, "Batch.", required=True),
            Column("force", Kind.TEXT, "Force.", required=True),
            Column("source_system", Kind.TEXT, "Record system.", required=True),
            Column("table_name", Kind.TEXT, "Table.", required=True),
            Column("scope", Kind.TEXT, "Part; null for the whole table, or for one record."),
            Column("record_key", Kind.TEXT, "Key of a deleted record that was not held."),
            Column("delivery_sequence", Kind.TEXT, "Sequence of the delivery.", required=True),
        ),
    ),
)

_PERSON_ID = Column(
    "person_id",
    Kind.TEXT,
    "Person that the record is resolved to: core.person; never null.",
    references=Reference("person", "person_id"),
)
# Delivered tables that carry the id their records are resolved to. Whether it is there is for the
# checks of the finished store to say (warehouse/verify.py).
RESOLVED_IDS: dict[str, Column] = {
    "person_record": _PERSON_ID,
    "event_role": replace(
        _PERSON_ID,
        description="Person that the person record is resolved to: core.person; null where the "
        "record is no longer held.",
    ),
    "offence_record": Column(
        "offence_id",
        Kind.TEXT,
        "Offence that the record is resolved to: core.offence; never null.",
        references=Reference("offence", "offence_id"),
    ),
}


def state_tables() -> tuple[Table, ...]:
    """Tables of the state: versions of delivered rows, links, control and the load's ledger."""
    delivered = (replace(t, columns=(*t.columns, *_state_columns(t))) for t in DELIVERED)
    return (*delivered, *LINK_KEPT, *LINK_STATE, *CONTROL, *GOVERNANCE, *LEDGER)


def _state_columns(table: Table) -> tuple[Column, ...]:
    return (*STATE_COLUMNS, RECORD_HASH) if table in HASHED else STATE_COLUMNS


def store_tables() -> tuple[Table, ...]:
    """Tables of the published store but the marts of one SELECT: delivered rows with the ids
    resolved, rows that were kept out with what became of them."""
    return (
        *(_resolved(t) for t in DELIVERED),
        *LINK,
        *(_with_fate(t) for t in CONTROL),
        *STORE_CONTROL,
        *GOVERNANCE,
        *REFERENCE,
        *MART,
    )


def _with_fate(table: Table) -> Table:
    if table != QUARANTINE:
        return table
    return replace(table, columns=(*table.columns, *FATE_COLUMNS))


def _resolved(table: Table) -> Table:
    resolved = RESOLVED_IDS.get(table.name)
    ids = (resolved,) if resolved else ()
    return replace(table, columns=(*table.columns, *ids, *VERSION_COLUMNS))


def create_statements(tables: Iterable[Table]) -> Iterator[str]:
    """``CREATE SCHEMA`` and ``CREATE TABLE`` statements. Required columns are ``NOT NULL``."""
    tables = tuple(tables)
    for schema in sorted({table.schema for table in tables}):
        yield f"CREATE SCHEMA IF NOT EXISTS {schema}"
    for table in tables:
        columns = ", ".join(_definition(column) for column in table.columns)
        yield f"CREATE TABLE {table.qualified} ({columns})"


def comment_statements(table: Table) -> Iterator[str]:
    """``COMMENT ON`` statements for the table and each of its columns."""
    yield f"COMMENT ON TABLE {table.qualified} IS {quote(table.description)}"
    for column in table.columns:
        comment = quote(column_comment(column))
        yield f'COMMENT ON COLUMN {table.qualified}."{column.name}" IS {comment}'


def column_comment(column: Column) -> str:
    """The column's description and who may see it."""
    return f"{column.description} Sensitivity: {column.sensitivity}."


def quote(text: str) -> str:
    """``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def fingerprint(tables: Iterable[Table]) -> str:
    """12 hex digits that change when a table, a column or a type does, not when a text does."""
    statements = "\n".join(create_statements(tables))
    return hashlib.sha256(statements.encode()).hexdigest()[:12]


def _definition(column: Column) -> str:
    required = " NOT NULL" if column.required and column.severity != "info" else ""
    return f'"{column.name}" {column.kind.value}{required}'
