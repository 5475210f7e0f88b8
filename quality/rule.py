"""One rule about a table: what it checks, whom it concerns, and how a failure is named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse.contract import Severity


@dataclass(frozen=True)
class Condition:
    """The rows that a rule is for: those whose ``column`` of the working table is ``value``."""

    column: str
    value: str

    @property
    def sql(self) -> str:
        """The condition as SQL."""
        return f"{self.column} = '{self.value}'"


UPSERTS = Condition("operation", "upsert")


@dataclass(frozen=True)
class Rule:
    """One rule about a table.

    Attributes:
        table, column: what it is about.
        name: as it stands in quarantine and check results.
        severity: critical holds the batch, warning quarantines the row, info counts it.
        reason: what is wrong with a row that fails, without its values.
        expectation: class of ``great_expectations.expectations`` that checks it; None for a rule
            that follows from the failures of others.
        arguments: the arguments of that class.
        condition: the rows it is for; None: every row.
        rows_query: for a rule stated as a query: SQL of ``batch_no`` and ``row_no`` of the rows
            that fail, over ``{batch}``.
    """

    table: str
    column: str
    name: str
    severity: Severity
    reason: str
    expectation: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)
    condition: Condition | None = None
    rows_query: str | None = None
