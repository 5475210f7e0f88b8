"""Which columns of a table some rule looks at: those that the working database holds."""

from functools import cache

from quality.rules.suites import rules_of
from warehouse.contract import DELIVERED, Column, Table


def checked_columns(table: Table) -> tuple[Column, ...]:
    """Columns that some rule looks at. The rest, free text among it, is not copied."""
    return tuple(c for c in table.columns if f"{table.name}.{c.name}" in _read())


@cache
def _read() -> frozenset[str]:
    """What the rules of every table look at, as ``table.column``."""
    rules = [rule for table in DELIVERED for rule in rules_of(table)]
    own = (f"{rule.table}.{rule.column}" for rule in rules if rule.column)
    return frozenset((*own, *(place for rule in rules for place in rule.reads)))
