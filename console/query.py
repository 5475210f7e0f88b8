"""``crimelink sql``: one query of the published store."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from console.interrupt import heard_signal, interruptible
from console.query_error import QueryError, make_error
from warehouse.home import Home
from warehouse.store import open_store
from warehouse.wording import counted

Row = tuple[Any, ...]
Tell = Callable[[str], None]

TABLE_WIDTH = 200
WIDEST = 1_000_000
# A line feed or an escape in a value would pass for another line, or for none.
_CONTROL = {code: repr(chr(code))[1:-1] for code in (*range(32), 127)}
ROWS_AT_A_TIME = 10_000


def tell_query(home: Home, query: str, form: str, limit: int, tell: Tell) -> None:
    """Run one query on the published store and show its rows as a table, CSV or a JSON array.

    Rows are fetched as they are shown, so that a large answer needs no memory.

    Args:
        home: the home.
        query: one statement.
        form: ``table``, ``csv`` or ``json`` (one object a line).
        limit: rows shown as a table; CSV and JSON are always whole.
        tell: where the lines go.

    Raises:
        QueryError: the query is wrong, is not one query, or would change something; or ``form``
            is not known.
    """
    shown: dict[str, Callable[[duckdb.DuckDBPyConnection, Tell], None]] = {
        "table": lambda answer, tell: _as_table(answer, limit, tell),
        "csv": _as_csv,
        "json": _as_json,
    }
    if form not in shown:
        raise QueryError(f"--format {form}: one of {', '.join(shown)}")
    with open_store(home) as connection, interruptible(connection) as signalled:
        try:
            statements = connection.extract_statements(query)
            if len(statements) != 1:
                raise QueryError(f"one query at a time, please: {len(statements)} given")
            shown[form](connection.execute(statements[0]), tell)
        except (duckdb.Error, RuntimeError) as error:
            met: Exception = error
            if isinstance(error, duckdb.InterruptException) and not signalled.is_set():
                met = _met(connection, query) or error
            if heard_signal(met) or (
                isinstance(met, duckdb.InterruptException) and signalled.is_set()
            ):
                # Else closing waits for what a thread still does of the query.
                connection.interrupt()
                raise KeyboardInterrupt from None
            # DuckDB raises RuntimeError where its memory is used up while rows are fetched.
            raise make_error(connection, query, met) from None


def _met(connection: duckdb.DuckDBPyConnection, query: str) -> Exception | None:
    """What a query fails over that ended as if it were interrupted, by running it again."""
    try:
        for _ in _rows(connection.execute(query)):
            pass
    except (duckdb.Error, RuntimeError) as error:
        return error
    return None


def _names(answer: duckdb.DuckDBPyConnection) -> list[str]:
    """Column names of the answer; a second one of a name is told apart by a number."""
    names: list[str] = []
    for column in answer.description or []:
        repeats = sum(name == column[0] or name.startswith(f"{column[0]}:") for name in names)
        names.append(f"{column[0]}:{repeats}" if repeats else column[0])
    return names


def _rows(answer: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    while rows := _fetch(answer, ROWS_AT_A_TIME):
        yield from rows


def _fetch(answer: duckdb.DuckDBPyConnection, count: int) -> list[Row]:
    """The next rows.

    Raises:
        QueryError: Python has nothing to hold a value in, such as an interval of too many months.
    """
    try:
        return answer.fetchmany(count)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # Whatever it says may quote the value.
        raise QueryError(
            f"the query failed: a value of the answer cannot be shown as what it is "
            f"({type(error).__name__}); CAST(… AS VARCHAR) shows it as text"
        ) from None


def _as_table(answer: duckdb.DuckDBPyConnection, limit: int, tell: Tell) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in _names(answer):
        table.add_column(name, overflow="fold")  # A word too long goes on in the next line.
    rows = _fetch(answer, limit + 1)
    shown = [tuple("" if value is None else str(value) for value in row) for row in rows[:limit]]
    for row in shown:
        table.add_row(*row)
    text = io.StringIO()
    console = Console(file=text, width=TABLE_WIDTH, markup=False, emoji=False)
    free = console.options.update(width=WIDEST)
    if Measurement.get(console, free, table).minimum > TABLE_WIDTH:
        text.writelines(_one_below_another(_names(answer), shown))
    else:
        console.print(table)
    more = f"the first {limit:,} rows (--limit)" if len(rows) > limit else counted(len(rows), "row")
    tell(text.getvalue() + more)


def _one_below_another(names: list[str], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """A line a value: what is too wide for a table would lose letters in it."""
    if not rows:
        yield f"columns: {', '.join(names)}\n\n"
    width = max(map(len, names))
    for number, row in enumerate(rows, 1):
        yield f"row {number}\n"
        for name, value in zip(names, row, strict=True):
            yield f"  {name:{width}}  {value.translate(_CONTROL)}\n"
        yield "\n"


def _as_csv(answer: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    tell(_csv_line(_names(answer)))
    for row in _rows(answer):
        tell(_csv_line(row))


def _csv_line(values: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(values)
    return text.getvalue()


def _as_json(answer: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    names = _names(answer)
    before = "["
    for row in _rows(answer):
        record = {name: _plain(value) for name, value in zip(names, row, strict=True)}
        tell(f"{before}{json.dumps(record, ensure_ascii=False, allow_nan=False)}")
        before = ","
    tell("]" if before == "," else "[]")


def _plain(value: object) -> object:
    """The value as JSON has it: what JSON lacks becomes text, and no number becomes null."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
