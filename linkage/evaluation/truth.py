"""Whose record each truly is, as a simulation or a labelled data set tells it."""

import hashlib
from pathlib import Path

import polars as pl

from warehouse.errors import UsageError

KEY = ("force", "source_system", "source_record_id")
# What a spreadsheet may put between columns in place of commas.
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
FILES = ("person.parquet", "truth/person.parquet", "person.csv", "truth/person.csv")


def read_truth(path: Path) -> pl.DataFrame:
    """The truth, one row a record.

    Args:
        path: a folder that holds ``person.parquet`` or ``person.csv``, itself or in its ``truth``
            folder; or such a file.

    Returns:
        Those columns of ``force``, ``source_system``, ``source_record_id`` that the file has, the
        last always; ``truth_person_id``; ``traps`` (list of text, empty where nothing is known to
        be planted); ``name_origin`` (text, null where not told).

    Raises:
        UsageError: there is no such file, it is no table of columns with commas between them, it
            lacks a column or a value, or it gives one record two persons.
    """
    file = _find(path)
    if _is_csv(file):
        _refuse_other_separators(file)
    held = _read(file)
    lacking = [name for name in ("source_record_id", "truth_person_id") if name not in held.columns]
    if lacking:
        raise UsageError(f"{file}: the truth needs the columns {', '.join(lacking)}")
    keys = [name for name in KEY if name in held.columns]
    truth = held.select(
        *(pl.col(name).cast(pl.String) for name in (*keys, "truth_person_id")),
        _optional(held, "traps", pl.List(pl.String)).fill_null([]),
        _optional(held, "name_origin", pl.String()),
    ).unique(maintain_order=True)
    _refuse(file, truth, keys)
    return truth


def hash_truth(path: Path) -> str:
    """SHA-256 of the file that ``read_truth`` reads.

    Raises:
        UsageError: there is no such file.
    """
    with _find(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _find(path: Path) -> Path:
    if path.is_file():
        return path
    for name in FILES:
        if (path / name).is_file():
            return path / name
    raise UsageError(f"{path}: there is no truth here: none of {', '.join(FILES)}")


def _is_csv(file: Path) -> bool:
    return file.suffix.lower() == ".csv"


def _read(file: Path) -> pl.DataFrame:
    try:
        if _is_csv(file):
            # Every value is text: an id such as 007 is not the number 7.
            return pl.read_csv(file, infer_schema=False)
        return pl.read_parquet(file, glob=False)
    except pl.exceptions.PolarsError as error:
        kind = type(error).__name__
        raise UsageError(
            f"{file}: cannot be read as a table ({kind}). A CSV file is UTF-8, with commas between "
            "its columns, their names in the first line and as many in every other"
        ) from None


def _refuse_other_separators(file: Path) -> None:
    """Of the first line only the separator is told: where it is no header it holds values."""
    with file.open("rb") as handle:
        first = handle.readline().decode("utf-8", errors="replace")
    for separator, name in _SEPARATORS.items():
        if separator in first and "," not in first:
            raise UsageError(
                f"{file}: its columns are separated by {name}; save it with commas between them"
            )


def _optional(held: pl.DataFrame, name: str, kind: pl.DataType) -> pl.Expr:
    """The column where the file has it in that type, null elsewhere."""
    is_there = held.schema.get(name) == kind
    return pl.col(name) if is_there else pl.lit(None, kind).alias(name)


def _refuse(file: Path, truth: pl.DataFrame, keys: list[str]) -> None:
    needed = [*keys, "truth_person_id"]
    empty = truth.filter(pl.any_horizontal(pl.col(needed).is_null())).height
    if empty:
        raise UsageError(f"{file}: {empty:,} rows lack a value in one of {', '.join(needed)}")
    twice = truth.filter(pl.struct(keys).is_duplicated()).height
    if twice:
        raise UsageError(
            f"{file}: {twice:,} rows give a record another person, or another trap, than a row "
            f"before. A record is named by {', '.join(keys)}"
        )
