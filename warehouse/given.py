"""Values and frames given to DuckDB in ways that its Python client reads without pandas.

The first value that is bound to a statement, and the first eager frame that is registered, have it
import pandas and all of Arrow: 0.6 CPU seconds in every process, a quarter of what a night's link
step takes at a million records. So the steps of a night write values into their statements, as
literals, and lend frames as lazy ones.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime

import duckdb
import polars as pl

from warehouse.schema import quote

Value = str | bool | int | date | None
_NAME = re.compile(r"\$([a-z_]+)")


def with_values(statement: str, values: Mapping[str, Value]) -> str:
    """The statement with each ``$name`` replaced by its value, as an SQL literal.

    Args:
        statement: SQL written by us: a ``$name`` stands nowhere in it but for a value.
        values: by name; those that the statement does not name are left aside.

    Raises:
        KeyError: the statement names a value that is not given.
    """
    return _NAME.sub(lambda found: literal(values[found[1]]), statement)


def literal(value: Value) -> str:
    """The value as an SQL literal of its own type; times are UTC and do not say so."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        utc = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return f"TIMESTAMP '{utc.isoformat(' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return quote(value)


def row_of(*values: Value) -> str:
    """The values as a row of SQL literals, in brackets."""
    return f"({', '.join(literal(value) for value in values)})"


@contextmanager
def lent(con: duckdb.DuckDBPyConnection, **frames: pl.DataFrame) -> Iterator[None]:
    """The frames as views of their names, for the block."""
    for name, frame in frames.items():
        con.register(name, frame.lazy())
    try:
        yield
    finally:
        for name in frames:
            con.unregister(name)
