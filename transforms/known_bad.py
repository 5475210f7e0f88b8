"""Known bad values: what a force declares to stand for nothing becomes null, and is counted."""

from collections.abc import Mapping

import polars as pl

from warehouse.batch import Finding
from warehouse.contract import Table

RULE = "known_bad_value"


def null_known_bad(
    frame: pl.DataFrame, table: Table, known_bad: Mapping[str, tuple[str, ...]]
) -> tuple[pl.DataFrame, list[Finding]]:
    """``frame`` without the values declared for ``table``, and a finding for each column.

    Args:
        frame: has the table's columns.
        table: delivered table.
        known_bad: per ``table.column``, values in the contract's own form; one that ends in ``*``
            stands for every value that begins so.
    """
    declared = {
        name: known_bad[f"{table.name}.{name}"]
        for name in frame.columns
        if f"{table.name}.{name}" in known_bad
    }
    flags = frame.select(_is_bad(name, values) for name, values in declared.items())
    mended = frame.with_columns(
        pl.when(~flags[name]).then(pl.col(name)).alias(name) for name in declared
    )
    findings = [
        Finding(table.name, name, RULE, frame.height, int(flags[name].sum()), "mended")
        for name in declared
    ]
    return mended, findings


def _is_bad(name: str, values: tuple[str, ...]) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    whole = [value for value in values if not value.endswith("*")]
    begun = [value[:-1] for value in values if value.endswith("*")]
    tests = [text.is_in(whole), *(text.str.starts_with(start) for start in begun)]
    return pl.any_horizontal(tests).fill_null(value=False).alias(name)
