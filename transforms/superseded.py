"""Change events: rows of an owner that a later event of the same batch no longer brings.

An event brings an owner with all of its rows, so an address of an earlier event that the latest
does not bring is gone. The load closes what a batch no longer brings; here it was brought, so it
becomes a deletion, and is counted.
"""

from collections.abc import Mapping

import polars as pl

from transforms.apply_mapping import owner_scope
from warehouse.batch import Finding
from warehouse.contract import Table, delivered_table

RULE = "superseded_in_batch"


def end_superseded(
    tables: Mapping[str, pl.DataFrame],
) -> tuple[dict[str, pl.DataFrame], list[Finding]]:
    """The tables, with superseded rows of owners turned into deletions.

    Args:
        tables: by delivered table, rows with ``record_key``, ``scope``, ``sequence``,
            ``operation``.
    """
    settled = dict(tables)
    findings = []
    for name, rows in tables.items():
        table = delivered_table(name)
        if table.owner is None or rows["sequence"].null_count() == rows.height:
            continue
        is_gone = _is_superseded(table, rows, tables)
        ended = pl.when(is_gone).then(pl.lit("delete")).otherwise(pl.col("operation"))
        settled[name] = rows.with_columns(operation=ended)
        findings.append(Finding(name, None, RULE, rows.height, int(is_gone.sum()), "counted"))
    return settled, findings


def owners_of(table: Table) -> tuple[str, ...]:
    """Tables whose records may own rows of ``table``."""
    assert table.owner is not None
    if not table.owner.startswith("column:"):
        return (table.owner,)
    return table.column(table.owner.removeprefix("column:")).allowed


def _is_superseded(
    table: Table, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame]
) -> pl.Series:
    """True where the latest event of the row's owner does not bring its key."""
    events = [rows.select(scope=owner_scope(table), sequence="sequence")]
    events += [
        tables[owner].select(
            scope=pl.format("{}:{}", pl.lit(owner), "source_record_id"), sequence="sequence"
        )
        for owner in owners_of(table)
        if owner in tables
    ]
    last = pl.concat(events).group_by("scope").agg(last=pl.col("sequence").max())
    latest = rows.group_by("record_key").agg(brought=pl.col("sequence").max())
    judged = (
        rows.select("record_key", scope=owner_scope(table))
        .join(last, on="scope", how="left", maintain_order="left")
        .join(latest, on="record_key", how="left", maintain_order="left")
    )
    return judged.select((pl.col("brought") < pl.col("last")).fill_null(value=False)).to_series()
