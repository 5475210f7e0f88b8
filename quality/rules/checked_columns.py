"""Which columns of a table some rule looks at: those that the working database holds."""

from functools import cache

from quality.rules.links import links_of
from quality.rules.orders import AMBIGUOUS, carried_by_orders
from quality.rules.suites import rules_of
from warehouse.contract import DELIVERED, Column, Table


def checked_columns(table: Table) -> tuple[Column, ...]:
    """Columns that some rule looks at. The rest, free text among it, is not copied."""
    named = {
        *(link.column for link in links_of(table)),
        *_of_orders(table),
        *(name for names in table.together for name in names),
        *(name for column in table.columns for name in _beside(column)),
        *_read_by_queries(table.name),
    }
    return tuple(c for c in table.columns if c.name in named or _has_rule(c))


@cache
def _read_by_queries(table: str) -> frozenset[str]:
    """Columns of the table that rules stated as a query, of whatever table, say they read."""
    reads = (place.split(".") for t in DELIVERED for rule in rules_of(t) for place in rule.reads)
    return frozenset(column for owner, column in reads if owner == table)


def _of_orders(table: Table) -> tuple[str, ...]:
    own = [name for order in table.orders if not order.through for name in order.earlier]
    own += [order.later for order in table.orders]
    if own and AMBIGUOUS in table:
        own.append(AMBIGUOUS)
    return (*own, *carried_by_orders(table, DELIVERED))


def _beside(column: Column) -> tuple[str, ...]:
    """Other columns of the row that the column's rules look at."""
    check = column.check_letter
    names = (column.year_of, check and check.selector, check and check.flag)
    return tuple(name for name in names if name)


def _has_rule(column: Column) -> bool:
    return bool(column.required or column.allowed or column.pattern or column.references
                or column.minimum is not None or column.maximum is not None
                or column.not_after_delivery or column.refused or column.check_letter
                or column.year_of or column.is_lasting)  # fmt: skip
