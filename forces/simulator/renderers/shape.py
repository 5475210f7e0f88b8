"""How a renderer states its vendor's shapes, and the faults that it plants in them.

A fault hits a record by a hash of the record's id and the fault's name, not by a draw: the same
record bears the same fault in every delivery, as in a real system, and a full delivery in which
nothing changed stays unchanged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from forces.code_sets import CodeSet

HASH_RANGE = float(2**64)


@dataclass(frozen=True)
class Shape:
    """One kind of record of a vendor.

    Attributes:
        entity: the vendor's name of it.
        table: delivered table that it is made from.
        columns: vendor's column to expression over the contract's columns, in order.
    """

    entity: str
    table: str
    columns: Mapping[str, pl.Expr]


@dataclass(frozen=True)
class Fault:
    """A known fault of a vendor's records.

    Attributes:
        name: as in the file of rates.
        entity: records it befalls.
        by: vendor's columns that tell which records: rows alike in them are hit together, across
            entities too.
        changes: vendor's column to the damaged value, over the vendor's columns.
        where: rows that it can befall; None for all.
    """

    name: str
    entity: str
    by: tuple[str, ...]
    changes: Mapping[str, pl.Expr]
    where: pl.Expr | None = None

    def hits(self, rate: float) -> pl.Expr:
        """Rows that bear it, at that share of rows (0 to 1)."""
        key = pl.concat_str([pl.lit(self.name), *map(pl.col, self.by)], separator="|",
                            ignore_nulls=True)  # fmt: skip
        is_hit = key.hash() / HASH_RANGE < rate
        return is_hit if self.where is None else is_hit & self.where.fill_null(value=False)


def plant_faults(
    frames: dict[str, pl.DataFrame], faults: Iterable[Fault], rates: Mapping[str, float]
) -> dict[str, int]:
    """Damage ``frames`` (by entity, in place of the old ones) and count the rows hit per fault.

    Faults come in their order, each seeing what the ones before have left.
    """
    planted: dict[str, int] = {}
    for fault in faults:
        rate = rates.get(fault.name, 0.0)
        frame = frames.get(fault.entity)
        if rate <= 0.0 or frame is None:
            continue
        hit = frame.select(fault.hits(rate).alias("hit"))["hit"]
        damaged = [
            pl.when(hit).then(value).otherwise(pl.col(column)).alias(column)
            for column, value in fault.changes.items()
        ]
        frames[fault.entity] = frame.with_columns(damaged)
        planted[fault.name] = planted.get(fault.name, 0) + int(hit.sum())
    return planted


def local_text(column: str) -> pl.Expr:
    """UTC instants as ISO text of London's clocks, to the second, without a zone."""
    local = pl.col(column).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/London")
    return local.dt.strftime("%Y-%m-%dT%H:%M:%S")


def date_text(column: str) -> pl.Expr:
    """Dates as ISO text."""
    return pl.col(column).dt.strftime("%Y-%m-%d")


def coded(column: str, codes: CodeSet) -> pl.Expr:
    """The vendor's codes of a column's values: the last code of a value that has several.

    Raises:
        polars.exceptions.InvalidOperationError: a value has no code.
    """
    backwards = {value: code for code, value in codes.items()}
    return pl.col(column).replace_strict(backwards, return_dtype=pl.String)


def flag_text(column: str, yes: str, no: str) -> pl.Expr:
    """Booleans in the vendor's words; null stays null."""
    return pl.when(pl.col(column)).then(pl.lit(yes)).when(~pl.col(column)).then(pl.lit(no))


def full_width(column: str) -> pl.Expr:
    """Latin capitals as the full-width letters that some keyboards and screens leave behind."""
    wide = {chr(code): chr(code + 0xFEE0) for code in range(ord("A"), ord("Z") + 1)}
    return pl.col(column).str.replace_many(list(wide), list(wide.values()))
