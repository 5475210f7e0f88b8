"""A fault for every rule, by the rule's name.

A rule without a fault is an error of whoever adds the rule: ``tests/benchmarks/test_faults.py``
says so.
"""

from datetime import date
from typing import Any

from benchmarks.faults import FAULTS_OF_ANY_TABLE, Fault, Planted, Tables, named, put
from quality.rule import Rule


def plant(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    """Break the rule in those rows (numbers from 1) of its table.

    Raises:
        KeyError: nobody has said how the rule is broken.
    """
    return FAULTS[rule.name](rule, tables, rows, delivered_on)


def columns(**values: Any) -> Fault:  # noqa: ANN401
    """A fault that puts values, or expressions, into columns of the rule's table."""

    def fault(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
        del delivered_on
        return Planted(put(tables, rule.table, rows, **values), named(rule.table, rows))

    return fault


def _kinds_differ(rule: Rule, tables: Tables, rows: list[int], delivered_on: date) -> Planted:
    assert rule.column is not None
    return columns(**{f"{rule.column}_confirmed": 50})(rule, tables, rows, delivered_on)


_LFR: dict[str, Fault] = {
    "alerts_exceed_faces": columns(faces_seen=1),
    "alerts_differ_from_kinds": _kinds_differ,
    "alerts_differ_from_total": columns(total_alerts=50),
    "arrests_exceed_true_alerts": columns(arrests=5),
    "outcomes_exceed_alerts": columns(no_action=50),
    "outcomes_without_alerts": columns(total_alerts=None),
}

FAULTS: dict[str, Fault] = FAULTS_OF_ANY_TABLE | _LFR
