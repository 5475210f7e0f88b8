"""The suite of every delivered table, made from the contract.

To add an expectation, write a function that makes its rules for a table and list it in ``MAKERS``.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from quality.counting_rules import counting_rules
from quality.links import is_typed_reference
from quality.row_queries import duplicate_key, links, not_in_the_future
from quality.rule import UPSERTS, Condition, Rule
from warehouse.contract import (
    IDENTITY_COLUMNS,
    PROVENANCE_COLUMNS,
    STAGING_COLUMNS,
    Column,
    Kind,
    Table,
)
from warehouse.reference import read_reference

# Of a set longer than this, a reason gives the size only.
ALLOWED_VALUES_SHOWN = 12

# A delete names a record and nothing else, so only these columns are required of it.
REQUIRED_OF_EVERY_ROW = {
    column.name for column in (*IDENTITY_COLUMNS, *PROVENANCE_COLUMNS, *STAGING_COLUMNS)
}


def rules_of(table: Table) -> tuple[Rule, ...]:
    """Every rule that the contract states about a delivered table, in a fixed order."""
    return tuple(rule for make in MAKERS for rule in make(table))


def _required(table: Table) -> Iterator[Rule]:
    for column in (*table.columns, *STAGING_COLUMNS):
        if column.required:
            yield Rule(
                table.name,
                column.name,
                "required",
                column.severity,
                f"{column.name} is missing",
                f"fill in {column.name} and deliver the record again",
                expectation="ExpectColumnValuesToNotBeNull",
                arguments={"column": column.name},
                condition=None if column.name in REQUIRED_OF_EVERY_ROW else UPSERTS,
            )


def _allowed_values(table: Table) -> Iterator[Rule]:
    for column in (*table.columns, *STAGING_COLUMNS):
        if column.allowed:
            yield Rule(
                table.name,
                column.name,
                "allowed_values",
                column.severity,
                f"{column.name} is not {_say(column.allowed)}",
                f"put one of the allowed values into {column.name}, or have the code mapped",
                expectation="ExpectColumnValuesToBeInSet",
                arguments={"column": column.name, "value_set": list(column.allowed)},
            )


def _say(values: tuple[str, ...]) -> str:
    if len(values) > ALLOWED_VALUES_SHOWN:
        return f"one of the {len(values)} values that the contract allows"
    return "one of " + ", ".join(values)


def _pattern(table: Table) -> Iterator[Rule]:
    for column in table.columns:
        if column.pattern:
            yield Rule(
                table.name,
                column.name,
                "pattern",
                column.severity,
                f"{column.name} does not have the form {column.pattern}",
                f"correct {column.name}, or leave it empty where it is not known",
                expectation="ExpectColumnValuesToMatchRegex",
                arguments={"column": column.name, "regex": column.pattern},
                condition=_forces_of(column),
            )


def _range(table: Table) -> Iterator[Rule]:
    for column in table.columns:
        if column.minimum is not None or column.maximum is not None:
            yield Rule(
                table.name,
                column.name,
                "range",
                column.severity,
                f"{column.name} is {_bounds_broken(column)}",
                f"correct {column.name}, or leave it empty where it is not known",
                expectation="ExpectColumnValuesToBeBetween",
                arguments={
                    "column": column.name,
                    "min_value": _bound(column.kind, column.minimum),
                    "max_value": _bound(column.kind, column.maximum),
                },
                condition=_forces_of(column),
            )


def _forces_of(column: Column) -> Condition | None:
    return Condition("profile", column.profile) if column.profile else None


def _bounds_broken(column: Column) -> str:
    if column.maximum is None:
        return f"below {column.minimum}"
    if column.minimum is None:
        return f"above {column.maximum}"
    return f"outside {column.minimum} to {column.maximum}"


def _bound(kind: Kind, value: float | str | None) -> float | date | None:
    if isinstance(value, str):
        return (
            datetime.fromisoformat(value) if kind is Kind.TIMESTAMP else date.fromisoformat(value)
        )
    return value


def _reference_values(table: Table) -> Iterator[Rule]:
    for column in table.columns:
        target = column.references
        if target and is_typed_reference(target.table):
            values = read_reference(target.table).get_column(target.column)
            yield Rule(
                table.name,
                column.name,
                "reference",
                target.severity,
                f"{column.name} is not in reference.{target.table}",
                f"put a value of reference.{target.table} into {column.name}, or have the code "
                "mapped",
                expectation="ExpectColumnValuesToBeInSet",
                arguments={"column": column.name, "value_set": values.to_list()},
            )


MAKERS: tuple[Callable[[Table], Iterator[Rule]], ...] = (
    _required,
    _allowed_values,
    _pattern,
    _range,
    _reference_values,
    duplicate_key,
    not_in_the_future,
    links,
    counting_rules,
)
