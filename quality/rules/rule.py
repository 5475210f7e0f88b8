"""One rule about a table: what it checks, whom it concerns, and how a failure is named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from warehouse.contract import Severity

Owner = Literal["force data quality lead", "force crime registrar", "national operator"]
"""Who answers for what a rule finds."""

CONTRACT = "contract"
"""Basis of a rule that a column or table of the contract states."""


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
    """One rule about a table's rows, or about batches as a whole.

    Attributes:
        table, column: what it is about; column None: a table, or all of a batch.
        name: as it stands in quarantine and check results.
        severity: critical holds the batch, warning quarantines the row, info counts it.
        reason: what is wrong with a row that fails, without its values.
        remedy: what the force is to do about it, in plain words.
        owner: who answers for it.
        basis: why the rule is: the contract, or the publication and section that states it.
        expectation: class of ``great_expectations.expectations`` that checks it; None for a rule
            that follows from the failures of others.
        arguments: the arguments of that class.
        condition: the rows it is for; None: every row.
        rows_query: for a rule stated as a query: SQL of ``batch_no`` and ``row_no`` of the rows
            that fail, over ``{batch}``.
        needs: reference data that the rule cannot be looked at without, as ``crimelink reference``
            names it; None where it needs none.
        reads: columns, as ``table.column``, that the rule looks at beside its own: only columns
            that some rule looks at are in the working database.
    """

    table: str
    column: str | None
    name: str
    severity: Severity
    reason: str
    remedy: str
    owner: Owner = "force data quality lead"
    basis: str = CONTRACT
    expectation: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)
    condition: Condition | None = None
    rows_query: str | None = None
    needs: str | None = None
    reads: tuple[str, ...] = ()
