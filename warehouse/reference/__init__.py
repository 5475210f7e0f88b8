"""Small tables of public facts, typed in the CSVs beside this file, each with its source on top."""

from functools import cache
from pathlib import Path

import polars as pl

from warehouse.contract import TABLES
from warehouse.errors import DeclarationError

FOLDER = Path(__file__).parent

TYPED = ("offence_group", "offence_code", "outcome", "outcome_limit", "ethnicity")
"""Tables of schema ``reference`` that are typed here. ``reference.force`` comes from the forces'
declarations and ``reference.postcode`` from a reference delivery."""

POLICEUK_OUTCOME_SCHEMA: dict[str, pl.DataType] = {
    "phrase": pl.String(),
    "kind": pl.String(),
    "outcome_code": pl.String(),
    "is_positive": pl.Boolean(),
    "covers": pl.String(),
}


def read_reference(name: str) -> pl.DataFrame:
    """A typed reference table, with the columns and types that the contract gives it.

    Args:
        name: one of ``TYPED``.

    Raises:
        KeyError: no such table is typed here.
        DeclarationError: the file and the contract differ.
    """
    if name not in TYPED:
        raise KeyError(name)
    return _read(name, tuple(TABLES[f"reference.{name}"].polars_schema().items()))


def read_policeuk_outcomes() -> pl.DataFrame:
    """The outcome phrases of data.police.uk and the Home Office outcomes that each stands for.

    Columns: ``phrase``; ``kind`` (``outcome``, ``court``: what a court did with a charged suspect,
    ``status``: not an outcome); ``outcome_code``, null where the phrase covers outcomes of several
    numbers or is a status; ``is_positive``, null where those differ or for a status; ``covers``,
    every outcome code it can stand for, a space between, null for a status.

    Raises:
        DeclarationError: the file's columns or values are not these.
    """
    return _read("outcome_policeuk", tuple(POLICEUK_OUTCOME_SCHEMA.items()))


@cache
def _read(name: str, schema: tuple[tuple[str, pl.DataType], ...]) -> pl.DataFrame:
    """A CSV of this folder in the given types. An empty cell is null, ``""`` an empty text."""
    path = FOLDER / f"{name}.csv"
    frame = pl.read_csv(path, comment_prefix="#", infer_schema=False, encoding="utf8")
    columns = [column for column, _ in schema]
    if frame.columns != columns:
        raise DeclarationError(f"{path.name}: the columns are not {', '.join(columns)}")
    try:
        return frame.select(_typed(column, kind) for column, kind in schema)
    except pl.exceptions.InvalidOperationError as error:
        raise DeclarationError(f"{path.name}: {error}") from error


def _typed(column: str, kind: pl.DataType) -> pl.Expr:
    """The column's text in its type. Text is not cast to Boolean by Polars."""
    if kind == pl.Boolean:
        return pl.col(column).replace_strict({"true": True, "false": False}, return_dtype=kind)
    return pl.col(column).cast(kind)
