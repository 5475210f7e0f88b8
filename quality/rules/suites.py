"""The suite of every delivered table, made from the contract.

To add an expectation, write a function that makes its rules for a table and list it in ``MAKERS``.
"""

from collections.abc import Callable, Iterator

from quality.rules.agreements import contradictions, together, years
from quality.rules.check_letters import check_letters, validity_flags
from quality.rules.column_rules import (
    allowed_values,
    patterns,
    ranges,
    reference_values,
    refusals,
    required,
)
from quality.rules.counting_rules import counting_rules
from quality.rules.lfr_rules import lfr_rules
from quality.rules.orders import orders
from quality.rules.place_rules import place_rules
from quality.rules.row_queries import duplicate_key, links, not_in_the_future
from quality.rules.rule import Rule
from warehouse.contract import Table


def rules_of(table: Table) -> tuple[Rule, ...]:
    """Every rule that the contract states about a delivered table, in a fixed order."""
    return tuple(rule for make in MAKERS for rule in make(table))


MAKERS: tuple[Callable[[Table], Iterator[Rule]], ...] = (
    required,
    allowed_values,
    patterns,
    ranges,
    reference_values,
    refusals,
    check_letters,
    validity_flags,
    duplicate_key,
    not_in_the_future,
    orders,
    years,
    together,
    contradictions,
    links,
    place_rules,
    lfr_rules,
    counting_rules,
)
