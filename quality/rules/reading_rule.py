"""How a rule of reading is stated: one about a delivery's bytes, its records or their values, which
are looked at before any suite is run.

It has no table of its own, since it may break in any: it stands under ``DELIVERY``, and what it
finds under the table that was meant, with the same name.
"""

from quality.rules.rule import CONTRACT, Owner, Rule

DELIVERY = "delivery"
"""Stands as the table of rules of reading."""

# Bases that several of them stand on.
FORM = "the record system's form, transforms/systems"
DECLARED = "the force's declaration, forces/<force>.toml"


def holds(
    name: str,
    reason: str,
    remedy: str,
    basis: str = CONTRACT,
    owner: Owner = "force data quality lead",
) -> Rule:
    """A rule that holds the batch of a delivery that breaks it."""
    return Rule(DELIVERY, None, name, "critical", reason, remedy, owner, basis)


def keeps_out(name: str, reason: str, remedy: str, basis: str = CONTRACT) -> Rule:
    """A rule that puts the record that breaks it into quarantine."""
    return Rule(DELIVERY, None, name, "warning", reason, remedy, basis=basis)


def counts(name: str, reason: str, remedy: str, basis: str = CONTRACT) -> Rule:
    """A rule that keeps the row: it is counted, and where the reason says so, a value of it is
    mended or made null."""
    return Rule(DELIVERY, None, name, "info", reason, remedy, basis=basis)
