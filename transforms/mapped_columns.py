"""The columns of a mapping: expressions of the contract's types, and flags for the rules broken."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from transforms.mapping import Parsed, TableMapping
from warehouse.contract import IDENTITY_COLUMNS, Column, Kind, Table
from warehouse.errors import DeclarationError

_WIDENED = (Kind.INTEGER, Kind.BIGINT, Kind.DOUBLE)


@dataclass(frozen=True)
class Rule:
    """A rule that a row of the mapping can break, and the flag column that says so."""

    flag: str
    column: str | None
    rule: str
    reason: str
    action: Literal["counted", "mended", "quarantined"]
    checked: str | None = None


def table_columns(table: Table) -> list[str]:
    """The columns that a mapping fills: the record's id and the table's own."""
    filled_later = {column.name for column in IDENTITY_COLUMNS} - {"source_record_id"}
    return [column.name for column in table.content if column.name not in filled_later]


def map_columns(
    mapping: TableMapping, table: Table, types: pl.Schema
) -> tuple[list[pl.Expr], list[Rule]]:
    """One expression a column of the table and a flag a rule, and the rules."""
    expressions: list[pl.Expr] = []
    rules = [
        Rule("broke_id", "source_record_id", "source_record_id_missing",
             "the record has no id", "quarantined")
    ]  # fmt: skip
    for name in table_columns(table):
        given = mapping.columns.get(name)
        column = table.column(name)
        parsed = _as_parsed(given, column, mapping, types)
        if not isinstance(parsed, Parsed):
            expressions.append(parsed.alias(name))
            continue
        rule = Rule(f"broke_{name}", name, parsed.rule, f"{name} cannot be read from what came",
                    "quarantined", f"given_{name}")  # fmt: skip
        is_given = (parsed.raw.cast(pl.String).str.strip_chars() != "").fill_null(value=False)
        expressions += [
            parsed.value.cast(column.kind.polars).alias(name),
            is_given.alias(f"given_{name}"),
            (is_given & parsed.value.is_null()).alias(rule.flag),
        ]
        rules.append(rule)
    for number, trap in enumerate(mapping.traps):
        reason = f"known trap of the source: {trap.rule.replace('_', ' ')}"
        rules.append(Rule(f"trap_{number}", trap.column, trap.rule, reason, trap.action))
        expressions.append(trap.when.fill_null(value=False).alias(f"trap_{number}"))
    expressions += _staging(mapping)
    # An id that is null or blank is no id: it cannot be a key.
    identity = next(e for e in expressions if e.meta.output_name() == "source_record_id")
    expressions.append((identity.str.strip_chars() == "").fill_null(value=True).alias("broke_id"))
    return expressions, rules


def mapped_types(mapping: TableMapping, records: pl.LazyFrame) -> pl.Schema:
    """Type of each column as the mapping's expressions have it."""
    values = (
        (column.value if isinstance(column, Parsed) else column).alias(name)
        for name, column in mapping.columns.items()
    )
    return records.select(values).collect_schema()


def _as_parsed(
    given: pl.Expr | Parsed | None, column: Column, mapping: TableMapping, types: pl.Schema
) -> pl.Expr | Parsed:
    """The column as an expression of its exact type, or ``Parsed`` where values may not fit it."""
    if given is None:
        return pl.lit(None, column.kind.polars)
    kind = types[column.name]
    wanted = column.kind.polars
    if isinstance(given, Parsed):
        _require_type(kind, column, mapping)
        return given
    if kind in (wanted, pl.Null):
        return given.cast(wanted)
    _require_type(kind, column, mapping)
    if kind.is_numeric() and column.kind != Kind.DOUBLE:
        fitting = given.cast(wanted, strict=False)
        return Parsed(raw=given, value=fitting, rule="number_out_of_range")
    return given.cast(wanted)


def _require_type(kind: pl.DataType, column: Column, mapping: TableMapping) -> None:
    wanted = column.kind.polars
    is_number = kind.is_numeric() and column.kind in _WIDENED
    is_instant = isinstance(kind, pl.Datetime) and kind.time_zone is None
    is_right = kind in (wanted, pl.Null) or is_number or (
        is_instant and column.kind == Kind.TIMESTAMP
    )  # fmt: skip
    if not is_right:
        raise DeclarationError(
            f"{mapping.table} from {mapping.entity}: {column.name} is mapped to {kind}; "
            f"the contract says {wanted}"
        )


def _staging(mapping: TableMapping) -> list[pl.Expr]:
    operation = pl.lit("upsert") if mapping.operation is None else mapping.operation
    sequence = pl.lit(None) if mapping.sequence is None else mapping.sequence
    scope = pl.lit(None) if mapping.scope is None else mapping.scope
    return [
        operation.cast(pl.String).alias("operation"),
        sequence.cast(pl.Int64).alias("sequence"),
        scope.cast(pl.String).alias("scope"),
    ]
