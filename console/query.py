"""``crimelink sql``: one query of the published store."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from warehouse.errors import UsageError
from warehouse.home import Home
from warehouse.store import open_store

Rows = list[tuple[Any, ...]]


def tell_query(home: Home, query: str, form: str, limit: int, tell: Callable[[str], None]) -> None:
    """Run one query on the published store and show its rows as a table, CSV or JSON.

    Args:
        limit: rows shown as a table; CSV and JSON are always whole.

    Raises:
        UsageError: the query is wrong or would change something, or ``form`` is not known.
    """
    shown = {"table": lambda c, r: _as_table(c, r, limit), "csv": _as_csv, "json": _as_json}
    if form not in shown:
        raise UsageError(f"--format {form}: one of {', '.join(shown)}")
    with open_store(home) as connection:
        try:
            result = connection.execute(query)
            columns = [column[0] for column in result.description or []]
            rows = result.fetchall()
        except duckdb.Error as error:
            raise UsageError(f"the query failed: {error}") from None
    tell(shown[form](columns, rows))


def _as_table(columns: list[str], rows: Rows, limit: int) -> str:
    table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows[:limit]:
        table.add_row(*("" if value is None else str(value) for value in row))
    text = io.StringIO()
    console = Console(file=text, width=None if text.isatty() else 200, markup=False)
    console.print(table)
    more = f"{len(rows):,} rows" + (f", {limit:,} shown" if len(rows) > limit else "")
    return text.getvalue() + more


def _as_csv(columns: list[str], rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")


def _as_json(columns: list[str], rows: Rows) -> str:
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    return json.dumps(records, default=str, ensure_ascii=False, indent=1)
