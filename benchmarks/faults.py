"""How sound rows are made to break a rule that the contract states of any table, and which rows
then must be named."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from benchmarks.sound_rows import record_id
from quality.rules.rule import Rule
from quality.run.failures import OWNER_QUARANTINED
from warehouse.contract import (
    DELIVERED,
    STAGING_COLUMNS,
    Column,
    Kind,
    Table,
    delivered_table,
)

Tables = dict[str, pl.DataFrame]
Row = tuple[str, int]
"""Table and ``source_row``."""

NOWHERE = "no/such/record"
NO_SUCH_CODE = "999/99"  # of the form that Home Office codes have


@dataclass(frozen=True)
class Planted:
    """Tables with a fault, and the rows that the rule must name, by table and ``source_row``.

    ``lost`` are rows kept out by other rules because of how the fault is made.
    """

    tables: Tables
    failing: frozenset[Row]
    lost: frozenset[Row] = frozenset()


Fault = Callable[[Rule, Tables, list[int], date], Planted]


def dependents(tables: Tables, lost: frozenset[Row], held: int) -> frozenset[Row]:
    """Those rows and every row that cannot do without one of them, however far: what belongs to
    it, or points at it by a reference that is not of severity info.

    Args:
        tables: what the night brings.
        lost: rows kept out.
        held: the store holds the records up to that number, which nothing then lacks.
    """
    found = lost
    while True:
        gone = {(table, row) for table, row in found if row > held}
        more = found | {
            (table.name, row)
            for table in DELIVERED
            for column, targets in pointers(table).items()
            for row in _pointing(tables[table.name], column, targets, gone)
        }
        if more == found:
            return found
        found = more


def pointers(table: Table) -> dict[str, tuple[str, ...]]:
    """The tables that a row of ``table`` cannot do without, by the column that points there."""
    names = {each.name for each in DELIVERED}
    found: dict[str, tuple[str, ...]] = {
        c.name: (c.references.table,)
        for c in table.columns
        if c.references and c.references.table in names and c.references.severity != "info"
    }
    found |= {
        c.name: table.column(c.references_by).allowed for c in table.columns if c.references_by
    }
    if table.owner:
        kind, _, selector = table.owner.partition(":")
        targets = table.column(selector).allowed if kind == "column" else (table.owner,)
        found["source_record_id"] = targets
    return found


def _pointing(
    frame: pl.DataFrame, column: str, targets: tuple[str, ...], gone: set[Row]
) -> list[int]:
    ids = [record_id(table, row) for table, row in gone if table in targets]
    rows: list[int] = frame.filter(pl.col(column).is_in(ids))["source_row"].to_list()
    return rows


def put(tables: Tables, table: str, rows: list[int], **values: Any) -> Tables:  # noqa: ANN401
    """The tables with ``values`` put into those rows; a value is a literal or an expression."""
    is_chosen = pl.col("source_row").is_in(rows)
    schema = tables[table].schema
    changed = tables[table].with_columns(
        pl.when(is_chosen)
        .then(value if isinstance(value, pl.Expr) else pl.lit(value, schema[name]))
        .otherwise(pl.col(name))
        .cast(schema[name])
        .alias(name)
        for name, value in values.items()
    )
    return tables | {table: changed}


def named(table: str, rows: list[int]) -> frozenset[Row]:
    """Those rows of the table."""
    return frozenset((table, row) for row in rows)


def _column(rule: Rule) -> Column:
    assert rule.column is not None
    known = {column.name: column for column in delivered_table(rule.table).columns}
    return known.get(rule.column) or _STAGING[rule.column]


def literal(value: object) -> Fault:
    """A fault that puts that value into the rule's own column."""
    return derived(lambda _rule, _day: value)


def derived(value: Callable[[Rule, date], Any]) -> Fault:
    """A fault that puts into the rule's own column what follows from the rule and the delivery's
    date."""

    def fault(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
        assert rule.column is not None
        changed = put(tables, rule.table, rows, **{rule.column: value(rule, delivered_on)})
        return Planted(changed, named(rule.table, rows))

    return fault


def _beyond(rule: Rule, delivered_on: date) -> Any:  # noqa: ANN401
    del delivered_on
    column = _column(rule)
    if column.kind == Kind.DATE:
        return date(1800, 1, 1)
    bound = column.maximum if column.maximum is not None else column.minimum
    assert not isinstance(bound, str | None)
    step = 1 if column.maximum is not None else -1
    return bound + step if column.kind != Kind.DOUBLE else float(bound) + step


def _impossible(rule: Rule, delivered_on: date) -> Any:  # noqa: ANN401
    del delivered_on
    possible = _column(rule).possible
    assert possible is not None
    return possible[1] + 1


def _later(rule: Rule, delivered_on: date) -> Any:  # noqa: ANN401
    late = delivered_on + timedelta(days=40)
    is_date = _column(rule).kind == Kind.DATE
    return late if is_date else datetime.combine(late, datetime.min.time())


def _repeated(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    """A second row of each key, which says something else, or deletes what the first one brings."""
    del delivered_on
    frame = tables[rule.table]
    free = [c.name for c in delivered_table(rule.table).content if _is_free(c)]
    other = {free[0]: "SOMETHING ELSE"} if free else {"operation": "delete"}
    copies = frame.filter(pl.col("source_row").is_in(rows)).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("source_row") + frame.height,
        *(pl.lit(value).alias(name) for name, value in other.items()),
    )
    changed = tables | {rule.table: pl.concat([frame, copies])}
    return Planted(changed, named(rule.table, [*rows, *copies["source_row"]]))


def _is_free(column: Column) -> bool:
    """True for text that no rule looks at."""
    is_bound = column.required or column.allowed or column.pattern or column.references
    return column.kind == Kind.TEXT and not is_bound


_STAGING = {column.name: column for column in STAGING_COLUMNS}


def _without_owner(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    """Records that are kept out for another reason, which take with them what points at them."""
    del delivered_on
    assert rule.column is not None
    # The sound rows point at offences and at vehicles.
    targets = pointers(delivered_table(rule.table))[rule.column]
    target = "offence_record" if "offence_record" in targets else targets[0]
    newest = rows[-1:]
    changed = put(tables, target, newest, batch_id=None)
    failing = _pointing(tables[rule.table], rule.column, targets, {(target, r) for r in newest})
    return Planted(changed, named(rule.table, failing), named(target, newest))


FAULTS_OF_ANY_TABLE: dict[str, Fault] = {
    "required": literal(None),
    "allowed_values": literal("ZZ"),
    "pattern": literal("?"),
    "range": derived(_beyond),
    "possible_range": derived(_impossible),
    "reference": derived(lambda rule, _day: NO_SUCH_CODE if _column(rule).pattern else NOWHERE),
    "duplicate_key": _repeated,
    "not_in_the_future": derived(_later),
    OWNER_QUARANTINED: _without_owner,
}
