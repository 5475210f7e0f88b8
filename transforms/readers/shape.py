"""What every reader gives: frames of text, rejects, and the limits that they share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from transforms.mapping import Entity, Records
from warehouse.errors import DeliveryError

# Longer than any narrative a record system holds; what is longer is a fault of the extract.
MAX_FIELD_CHARACTERS = 100_000

# Column of the numbers of a file's records while its own columns stand beside it: a header is one
# line, so no file has a column of this name.
ROW = "\nrow"
REJECTS = {
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "rule": pl.String(),
    "reason": pl.String(),
}
# Characters of a source's own name of a column that are repeated.
NAME_SHOWN = 40


@dataclass(frozen=True)
class Elements:
    """Records that are trees (JSON, XML), one JSON text each, not yet flattened.

    Attributes:
        frame: ``source_file``, ``source_row`` and ``json``; in exploded children also the columns
            that were kept of the parent.
        rejects: as in ``Records``.
    """

    frame: pl.DataFrame
    rejects: pl.DataFrame


def make_rejects(file: str, rows: Sequence[tuple[int, str, str]]) -> pl.DataFrame:
    """Rejects of ``file`` from (source_row, rule, reason)."""
    frame = pl.DataFrame(
        rows, schema=["source_row", "rule", "reason"], orient="row"
    ) if rows else pl.DataFrame(schema=["source_row", "rule", "reason"])  # fmt: skip
    return frame.select(
        pl.lit(file, pl.String).alias("source_file"),
        *(pl.col(name).cast(REJECTS[name]) for name in ("source_row", "rule", "reason")),
    )


def combine(parts: Iterable[Records]) -> Records:
    """The records of several files of one entity as one, in the order given."""
    several = list(parts)
    return Records(
        pl.concat([part.frame for part in several], how="vertical"),
        pl.concat([part.rejects for part in several], how="vertical"),
        tuple(dict.fromkeys(name for part in several for name in part.extra)),
        tuple(dict.fromkeys(file for part in several for file in part.files)),
    )


def check_header(header: Sequence[str], entity: Entity, file: str) -> list[str]:
    """The header's columns that the entity does not know.

    Raises:
        DeliveryError: ``header_duplicate``, ``header_missing`` or ``column_missing``.
    """
    repeated = sorted({name for name in header if list(header).count(name) > 1})
    missing = [name for name in entity.required if name not in header]
    known = {*entity.required, *entity.optional}
    extra = [name for name in header if name not in known]
    if len(extra) == len(header):
        # The names are not shown: without a header this is a person's row.
        raise DeliveryError(
            "header_missing",
            f"{file}: the first line is not the header of {entity.name}: it has none of its "
            f"columns; needed: {shown(entity.required)}",
        )
    if repeated:
        raise DeliveryError(
            "header_duplicate",
            f"{file}: {len(repeated)} columns stand twice, {places(header, repeated)} among them",
        )
    if missing:
        raise DeliveryError(
            "column_missing",
            f"{file}: {entity.name} misses {shown(missing)}; not expected: {places(header, extra)}",
        )
    return extra


def places(header: Sequence[str], names: Sequence[str]) -> str:
    """Where columns of a file stand, from 1. What a source calls a column is never repeated: where
    the line's end is lost after a header, the first person's row is part of it."""
    numbers = [f"{number}" for number, name in enumerate(header, 1) if name in set(names)]
    listed = ", ".join(numbers[:20]) + (", …" if len(numbers) > 20 else "")
    return f"column {listed}" if numbers else "none"


def shown(names: Sequence[str]) -> str:
    """Names of the form's own columns for a message, each cut to a sane length."""
    return ", ".join(repr(name[:NAME_SHOWN]) for name in names[:20]) or "none"


def shape_records(frame: pl.DataFrame, entity: Entity, file: str) -> pl.DataFrame:
    """The entity's columns and the source's, blank text to null; optional columns that the file
    lacks are null. ``frame`` has ``source_row``."""
    columns = [
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name)
        if name in frame.columns
        else pl.lit(None, pl.String).alias(name)
        for name in (*entity.required, *entity.optional)
    ]
    return frame.select(
        *columns,
        pl.lit(file, pl.String).alias("source_file"),
        pl.col("source_row").cast(pl.Int64),
    )
