"""Apply one mapping to the records of one entity: typed rows, quarantine, and what was met."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.known_bad import null_known_bad
from transforms.mapped_columns import Rule, map_columns, mapped_types, table_columns
from transforms.mapping import GIVEN_COLUMNS, TableMapping
from transforms.row_keys import hash_rows, key_with_ordinal
from warehouse.batch import Finding
from warehouse.contract import Table, delivered_table

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
    expressions, rules = map_columns(mapping, table, mapped_types(mapping, taken))
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
