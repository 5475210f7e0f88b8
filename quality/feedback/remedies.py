"""What a rule says, by its name alone: those of reading a delivery and those about batches. What
they find stands under the table and column that were meant, while the rule itself has none."""

from quality.gate.batch_rules import batch_rules
from quality.rules.column_rules import say_values
from quality.rules.reading_rules import CODE_RULES, READING_RULES
from quality.rules.rule import Owner, Rule
from warehouse.contract import DELIVERED

UNLISTED = "correct it at the source and deliver it again, or ask the national operator"
_STATED = {rule.name: rule for rule in (*READING_RULES, *batch_rules())}


def stated(name: str) -> Rule | None:
    """The rule of that name; None where only a suite has one."""
    return _STATED.get(name)


def reason_of(rule: str) -> str:
    """What is wrong, in plain words."""
    found = stated(rule)
    return found.reason if found else rule.replace("_", " ")


def remedy_of(rule: str, table: str | None = None, column: str | None = None) -> str:
    """What the force is to do, in plain words; where it is told for which column, with the codes
    that the contract allows there: they are nobody's values."""
    found = stated(rule)
    if found is None:
        return UNLISTED
    allowed = _allowed(table, column) if rule in CODE_RULES else ()
    if not allowed:
        return found.remedy
    return (
        f"use a code that stands for {say_values(allowed)} (in the standard form, these "
        "themselves), or have this one mapped"
    )


def _allowed(table: str | None, column: str | None) -> tuple[str, ...]:
    known = next((known for known in DELIVERED if known.name == table), None)
    return known.column(column).allowed if known and column and column in known else ()


def owner_of(rule: str) -> Owner:
    """Who answers for what the rule finds."""
    found = stated(rule)
    return found.owner if found else "force data quality lead"
