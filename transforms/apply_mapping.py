"""Apply one mapping to the records of one entity: typed rows, quarantine, and what was met."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from transforms.known_bad import null_known_bad
from transforms.mapping import GIVEN_COLUMNS, Parsed, TableMapping
from transforms.row_keys import hash_rows, key_with_ordinal
from warehouse.batch import Finding
from warehouse.contract import IDENTITY_COLUMNS, Column, Kind, Table, delivered_table
from warehouse.errors import DeclarationError

PLACE = ("source_file", "source_row")
QUARANTINED: dict[str, pl.DataType] = {
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "record_key": pl.String(),
    "column_name": pl.String(),
    "rule": pl.String(),
    "reason": pl.String(),
    "raw": pl.String(),
}
"""Columns of quarantined rows until batch, force and table are added; ``raw`` is the source
record as JSON."""

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


@dataclass(frozen=True)
class Applied:
    """What a mapping made of an entity's records.

    Attributes:
        table: delivered table.
        taken: records that it took: those staged and those quarantined.
        rows: good rows: the table's own columns, ``record_key``, provenance of the source,
            ``operation``, ``sequence`` and ``scope``.
        quarantine: a row for each rule broken, with the columns of ``QUARANTINED``.
        quarantined: records in it.
        findings: traps and rules met.
        scopes: scopes of all records taken, quarantined ones included.
    """

    table: Table
    taken: int
    rows: pl.DataFrame
    quarantine: pl.DataFrame
    quarantined: int
    findings: tuple[Finding, ...]
    scopes: tuple[str, ...]


def apply_mapping(
    mapping: TableMapping,
    records: pl.DataFrame,
    known_bad: Mapping[str, tuple[str, ...]],
    *,
    by_part: bool,
) -> Applied:
    """Rows of ``mapping.table`` out of ``records``; each record is either staged or quarantined.

    Args:
        mapping: the mapping.
        records: the entity's records of one force, with ``GIVEN_COLUMNS``.
        known_bad: the force's known bad values.
        by_part: the delivery replaces parts: the mapping's own scope counts.
    """
    table = delivered_table(mapping.table)
    taken = records.with_row_index("record").lazy()
    if mapping.where is not None:
        taken = taken.filter(mapping.where)
    expressions, rules = _expressions(mapping, table, _mapped_types(mapping, taken))
    # Not streaming: Polars 2.1 panics there on an empty chunk, which a filter can leave.
    frame = taken.select("record", *PLACE, *expressions).collect(engine="in-memory")
    frame, bad_values = null_known_bad(frame, table, known_bad)
    frame = _add_keys(frame, table, rules)
    frame = _add_scope(frame, table, mapping, by_part=by_part)
    findings = (*_findings(table, rules, frame), *bad_values)
    broken = {finding.rule for finding in findings if finding.failed}
    quarantine = _quarantine(frame, [rule for rule in rules if rule.rule in broken], records)
    is_good = ~pl.any_horizontal(_breaks(rules))
    rows = frame.filter(is_good).select(
        "record_key", *table_columns(table), *PLACE, "operation", "sequence", "scope"
    )
    return Applied(
        table=table,
        taken=frame.height,
        rows=rows,
        quarantine=quarantine,
        quarantined=frame.height - rows.height,
        findings=findings,
        scopes=tuple(frame["scope"].drop_nulls().unique().sort()),
    )


def table_columns(table: Table) -> list[str]:
    """The columns that a mapping fills: the record's id and the table's own."""
    filled_later = {column.name for column in IDENTITY_COLUMNS} - {"source_record_id"}
    return [column.name for column in table.content if column.name not in filled_later]


def _expressions(
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


def _mapped_types(mapping: TableMapping, records: pl.LazyFrame) -> pl.Schema:
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


def _add_keys(frame: pl.DataFrame, table: Table, rules: list[Rule]) -> pl.DataFrame:
    """``record_key``: the record's id; for rows of an owner, the id and a hash of the content."""
    if table.owner is None:
        return frame.with_columns(record_key=pl.col("source_record_id"))
    own = [name for name in table_columns(table) if name != "source_record_id"]
    hashed = frame.with_columns(hash=hash_rows(frame, own))
    # Good rows first, so that a row in quarantine never takes the ordinal of a good one.
    is_bad = pl.any_horizontal(_breaks(rules))
    ordered = hashed.with_columns(is_bad=is_bad).sort("is_bad", "record")
    key = pl.format("{}#{}", "source_record_id", "hash")
    return (
        ordered.with_columns(record_key=key)
        .with_columns(record_key=key_with_ordinal(pl.col("record_key"), pl.col("sequence")))
        .sort("record")
        .drop("hash", "is_bad")
    )


def _add_scope(
    frame: pl.DataFrame, table: Table, mapping: TableMapping, *, by_part: bool
) -> pl.DataFrame:
    """The part of the source a row belongs to: the mapping's, or the owner and its id."""
    if table.owner is None or (by_part and mapping.scope is not None):
        return frame
    return frame.with_columns(scope=owner_scope(table))


def owner_scope(table: Table) -> pl.Expr:
    """``<owner table>:<id>`` of the rows of a table that has owners."""
    assert table.owner is not None
    is_named = table.owner.startswith("column:")
    owner = pl.col(table.owner.removeprefix("column:")) if is_named else pl.lit(table.owner)
    return pl.format("{}:{}", owner, "source_record_id")


def _breaks(rules: list[Rule]) -> list[pl.Expr]:
    return [pl.col(rule.flag) for rule in rules if rule.action == "quarantined"]


def _quarantine(frame: pl.DataFrame, rules: list[Rule], records: pl.DataFrame) -> pl.DataFrame:
    parts = [
        frame.filter(pl.col(rule.flag)).select(
            "record",
            *PLACE,
            "record_key",
            pl.lit(rule.column, pl.String).alias("column_name"),
            pl.lit(rule.rule).alias("rule"),
            pl.lit(rule.reason).alias("reason"),
        )
        for rule in rules
        if rule.action == "quarantined"
    ]
    if not parts:
        return pl.DataFrame(schema=QUARANTINED)
    broken = pl.concat(parts)
    raw = records_as_json(records[broken["record"].to_list()])
    return broken.drop("record").with_columns(raw).select(*QUARANTINED)


def records_as_json(records: pl.DataFrame) -> pl.Series:
    """The source's own columns of each record as JSON, in a series named ``raw``."""
    own = [name for name in records.columns if name not in GIVEN_COLUMNS]
    if not own or records.is_empty():
        return pl.Series("raw", [None] * records.height, pl.String)
    return records.select(pl.struct(own).struct.json_encode().alias("raw")).to_series()


def _findings(table: Table, rules: list[Rule], frame: pl.DataFrame) -> list[Finding]:
    """How many rows each rule was asked of, and how many broke it."""
    flags = {rule.flag for rule in rules} | {rule.checked for rule in rules if rule.checked}
    counts = frame.select(pl.col(sorted(flags)).sum()).row(0, named=True)
    return [
        Finding(
            table.name,
            rule.column,
            rule.rule,
            frame.height if rule.checked is None else counts[rule.checked],
            counts[rule.flag],
            rule.action,
        )
        for rule in rules
    ]
