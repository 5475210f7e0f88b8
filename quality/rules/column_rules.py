"""Rules about the values of one column, each made from what the contract states of it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from quality.rules.links import is_typed_reference
from quality.rules.rule import CONTRACT, UPSERTS, Condition, Owner, Rule
from warehouse.contract import (
    IDENTITY_COLUMNS,
    PROVENANCE_COLUMNS,
    REQUIRED_DERIVED,
    STAGING_COLUMNS,
    Column,
    Kind,
    Refusal,
    Table,
)
from warehouse.reference import read_reference

# Of a set longer than this, a reason gives the size only.
VALUES_SHOWN = 12

# What crimelink itself fills in of every row: a force that is asked for it can do nothing.
_MADE_HERE = REQUIRED_DERIVED | {
    column.name
    for column in (*IDENTITY_COLUMNS, *PROVENANCE_COLUMNS, *STAGING_COLUMNS)
    if column.name != "source_record_id"
}
_OPERATOR_LOOKS = "nothing for the force: the national operator looks at why crimelink made it so"

# A delete names a record and nothing else, so only these columns are required of it.
REQUIRED_OF_EVERY_ROW = {
    column.name for column in (*IDENTITY_COLUMNS, *PROVENANCE_COLUMNS, *STAGING_COLUMNS)
}


def required(table: Table) -> Iterator[Rule]:
    """Values that must be given. A delete needs those of its ids and place only."""
    for column in (*table.columns, *STAGING_COLUMNS):
        if column.required:
            yield Rule(
                table.name,
                column.name,
                "required",
                column.severity,
                f"{column.name} is missing",
                *_asks(column, f"fill in {column.name} and deliver the record again"),
                expectation="ExpectColumnValuesToNotBeNull",
                arguments={"column": column.name},
                condition=None if column.name in REQUIRED_OF_EVERY_ROW else UPSERTS,
            )


def _asks(column: Column, remedy: str) -> tuple[str, Owner]:
    """What is to be done and who answers for it: the force, unless crimelink makes the column."""
    if column.name in _MADE_HERE:
        return _OPERATOR_LOOKS, "national operator"
    return remedy, "force data quality lead"


def allowed_values(table: Table) -> Iterator[Rule]:
    """Values that are none of those allowed."""
    for column in (*table.columns, *STAGING_COLUMNS):
        if column.allowed:
            yield Rule(
                table.name,
                column.name,
                "allowed_values",
                column.severity,
                f"{column.name} is not {say_values(column.allowed)}",
                *_asks(
                    column,
                    f"put one of the allowed values into {column.name}, or have the code mapped",
                ),
                expectation="ExpectColumnValuesToBeInSet",
                arguments={"column": column.name, "value_set": list(column.allowed)},
            )


def say_values(values: tuple[str, ...]) -> str:
    """The allowed values where they are few, else where they stand."""
    if len(values) > VALUES_SHOWN:
        return f"one of the {len(values)} values that docs/standard-delivery.md lists"
    return "one of " + ", ".join(values)


def patterns(table: Table) -> Iterator[Rule]:
    """Values that have not the form of the column."""
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
                condition=_forces_of(column.profile),
            )


def ranges(table: Table) -> Iterator[Rule]:
    """Numbers and dates outside their bounds."""
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
                condition=_forces_of(column.profile),
            )
        if column.possible is not None:
            least, most = column.possible
            yield Rule(
                table.name,
                column.name,
                "possible_range",
                column.severity,
                f"{column.name} is outside {least} to {most}",
                f"correct {column.name}, or leave it empty where it is not known",
                expectation="ExpectColumnValuesToBeBetween",
                arguments={"column": column.name, "min_value": least, "max_value": most},
            )


def _forces_of(profile: str | None) -> Condition | None:
    return Condition("profile", profile) if profile else None


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


def reference_values(table: Table) -> Iterator[Rule]:
    """Values that the typed reference table has not."""
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


def refusals(table: Table) -> Iterator[Rule]:
    """Values refused by name: placeholders, and codes that belong elsewhere."""
    for column in table.columns:
        for refusal in column.refused:
            yield Rule(
                table.name,
                column.name,
                refusal.rule,
                column.severity,
                f"{column.name} {refusal.reason}",
                refusal.remedy,
                basis=refusal.basis or CONTRACT,
                condition=_forces_of(refusal.profile),
                **_refusing(column, refusal),
            )


def _refusing(column: Column, refusal: Refusal) -> dict[str, Any]:
    if refusal.pattern:
        assert not refusal.values, f"{refusal.rule}: a pattern stands in place of values"
        return {
            "expectation": "ExpectColumnValuesToNotMatchRegex",
            "arguments": {"column": column.name, "regex": refusal.pattern},
        }
    is_text = column.kind is Kind.TEXT
    values = [text if is_text else _bound(column.kind, text) for text in refusal.values]
    return {
        "expectation": "ExpectColumnValuesToNotBeInSet",
        "arguments": {"column": column.name, "value_set": values},
    }
