"""What a rule says, by its name alone: those of reading a delivery and those about batches. What
they find stands under the table and column that were meant, while the rule itself has none."""

from quality.gate.batch_rules import batch_rules
from quality.rules.reading_rules import READING_RULES
from quality.rules.rule import Owner, Rule

UNLISTED = "correct it at the source and deliver it again, or ask the national operator"
_STATED = {rule.name: rule for rule in (*READING_RULES, *batch_rules())}


def stated(name: str) -> Rule | None:
    """The rule of that name; None where only a suite has one."""
    return _STATED.get(name)


def reason_of(rule: str) -> str:
    """What is wrong, in plain words."""
    found = stated(rule)
    return found.reason if found else rule.replace("_", " ")


def remedy_of(rule: str) -> str:
    """What the force is to do, in plain words."""
    found = stated(rule)
    return found.remedy if found else UNLISTED


def owner_of(rule: str) -> Owner:
    """Who answers for what the rule finds."""
    found = stated(rule)
    return found.owner if found else "force data quality lead"
