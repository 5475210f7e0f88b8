"""The rules of a night as a table: what each says, who answers for it, and what is to be done."""

from collections.abc import Sequence
from datetime import date
from functools import cache

import polars as pl

from quality.rules.rule import Rule
from quality.rules.suites import rules_of
from quality.run.failures import owner_rules
from warehouse.contract import DELIVERED, TABLES
from warehouse.home import Home
from warehouse.night import rules_path

RULE = TABLES["quality.rule"]


@cache
def night_rules() -> tuple[Rule, ...]:
    """Every rule about rows, always in the same order: of each table those of its suite, then
    those that follow from the quarantine of other rows."""
    return tuple(rule for table in DELIVERED for rule in (*rules_of(table), *owner_rules(table)))


def list_rules(rules: Sequence[Rule]) -> pl.DataFrame:
    """The rules as rows of ``quality.rule``, in order of its key."""
    rows = [
        (r.table, r.column, r.name, r.severity, r.owner, r.reason, r.remedy, r.basis, r.expectation,
         r.needs)
        for r in rules
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=RULE.polars_schema(), orient="row").sort(list(RULE.key))


def write_rules(home: Home, night: date, rules: Sequence[Rule]) -> None:
    """Hand the night's rules over to its load."""
    path = rules_path(home, night)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    building = path.with_name(f".{path.name}.building")
    list_rules(rules).write_parquet(building)
    building.replace(path)
