"""Files of a standard delivery: ``<table>.csv`` or ``<table>.parquet``, columns of the contract.

Most columns may be left out, so a misspelled name could not be told from one left out: a column
that is not of the contract holds the delivery. A deliverer's own columns begin with ``x_``: they
are left unread, and counted.
"""

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

import polars as pl

from transforms.mapping import Delivery, Entity, Records
from transforms.readers import MAX_FIELD_CHARACTERS, read_delimited
from transforms.readers.shape import check_header, make_rejects, places, shape_records, shown
from warehouse.contract import (
    DELIVERED,
    PROVENANCE_COLUMNS,
    REQUIRED_DERIVED,
    VERSION_COLUMNS,
    Table,
    delivered_table,
)
from warehouse.errors import DeliveryError
from warehouse.wording import counted

DELIVERY_FILE = "delivery.json"
ID = "source_record_id"
OPERATION = "operation"
OWN_PREFIX = "x_"
# What the store has and makes itself: read from nobody, so that an extract of the store is a
# delivery too.
COMPUTED = frozenset(
    {"source_system", "record_key", "is_valid", "h3_r8", "h3_r9", "bng_250m"}
    | {column.name for column in (*PROVENANCE_COLUMNS, *VERSION_COLUMNS)}
    | {"valid_to"}
)
_FORMS = (".csv", ".parquet")
_TEXT_KINDS = (pl.String, pl.Categorical, pl.Enum)


def delivered_columns(table: Table) -> tuple[str, ...]:
    """The columns that a deliverer may send for a table, in the contract's order."""
    names = tuple(column.name for column in table.columns if column.name not in COMPUTED)
    return names if table.owner else (*names, OPERATION)


def needed_columns(table: Table) -> tuple[str, ...]:
    """The columns that a file of the table must have: without them no row of it could be stored."""
    return tuple(
        column.name
        for column in table.columns
        if column.required and column.name not in COMPUTED | REQUIRED_DERIVED
    )


def _entity(table: Table) -> Entity:
    needed = needed_columns(table)
    return Entity(table.name, needed, tuple(n for n in delivered_columns(table) if n not in needed))


ENTITIES = tuple(_entity(table) for table in DELIVERED)
_BY_NAME = {entity.name: entity for entity in ENTITIES}


def table_of(file: str) -> str | None:
    """The delivered table that a file is of by its name, or None."""
    path = PurePosixPath(file)
    return path.stem if path.suffix in _FORMS and path.stem in _BY_NAME else None


def list_tables(delivery: Delivery) -> dict[str, str]:
    """The delivery's file of each table that it has.

    Raises:
        DeliveryError: ``unknown_file`` or ``file_twice``.
    """
    found: dict[str, str] = {}
    for file in delivery.files:
        table = table_of(file)
        if PurePosixPath(file).name == DELIVERY_FILE:
            continue
        if table is None:
            raise DeliveryError(
                "unknown_file",
                f"{file}: is neither <table>.csv or .parquet of a table of the contract nor "
                f"{DELIVERY_FILE}",
            )
        if table in found:
            raise DeliveryError("file_twice", f"{file}: {found[table]} is of the same table")
        found[table] = file
    return found


def read_table(delivery: Delivery, file: str, table: str) -> Records:
    """The records of a file as text.

    Raises:
        DeliveryError: ``unknown_column``, ``unreadable_parquet``, ``column_type``, or as
            ``read_delimited``.
    """
    path, entity = delivery.folder / file, _BY_NAME[table]
    if file.endswith(".parquet"):
        records = _read_parquet(path, file, entity)
    else:
        records = read_delimited(path, file=file, entity=entity)
    _refuse_unknown(records, file, table)
    return records


def _refuse_unknown(records: Records, file: str, table: str) -> None:
    unknown = [n for n in records.extra if n not in COMPUTED and not n.startswith(OWN_PREFIX)]
    if unknown:
        # The names themselves may be a person's row, whose line the header has run into.
        known = delivered_columns(delivered_table(table))
        meant = {name for n in unknown for name in get_close_matches(n, known, n=1)}
        like = f" (misspelled, it may be: {shown(sorted(meant))})" if meant else ""
        raise DeliveryError(
            "unknown_column",
            f"{file}: {counted(len(unknown), 'column is', 'columns are')} none of {table}: "
            f"{places(records.header, unknown)}{like}; begin the names of columns of your own with "
            f"{OWN_PREFIX}",
        )


def _read_parquet(path: Path, file: str, entity: Entity) -> Records:
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DeliveryError("unreadable_parquet", f"{file}: is not a sound Parquet file") from error
    extra = check_header(frame.columns, entity, file)
    known = [name for name in frame.columns if name not in extra]
    text = frame.select(_as_text(name, frame.schema[name], file) for name in known)
    sound = _sift(text.with_row_index("source_row", offset=1), entity, file)
    return replace(sound, extra=tuple(extra), header=tuple(frame.columns))


def _as_text(name: str, kind: pl.DataType, file: str) -> pl.Expr:
    """The column as it would stand in a CSV; an instant with a zone is written in UTC."""
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        shown_zone = "" if kind.time_zone is None else "Z"
        instant = column if kind.time_zone is None else column.dt.convert_time_zone("UTC")
        return instant.dt.strftime(f"%Y-%m-%dT%H:%M:%S%.f{shown_zone}")
    if isinstance(kind, _TEXT_KINDS) or kind.is_numeric() or kind in (
        pl.Date, pl.Boolean, pl.Null,
    ):  # fmt: skip
        return column.cast(pl.String)
    raise DeliveryError("column_type", f"{file}: {name}: a Parquet column of {kind} is not read")


def _sift(frame: pl.DataFrame, entity: Entity, file: str) -> Records:
    """Records without those that no CSV would be allowed to hold."""
    fields = pl.all().exclude("source_row")
    is_long = pl.any_horizontal(fields.str.len_chars() > MAX_FIELD_CHARACTERS)
    has_nul = pl.any_horizontal(fields.str.contains("\0", literal=True))
    rule = (
        pl.when(is_long)
        .then(pl.lit("field_too_long"))
        .when(has_nul)
        .then(pl.lit("nul_byte"))
        .alias("rule")
    )
    judged = frame.with_columns(rule)
    bad = judged.filter(pl.col("rule").is_not_null()).select("source_row", "rule")
    rejects = [(row, name, "a field is too long or holds a NUL") for row, name in bad.iter_rows()]
    good = judged.filter(pl.col("rule").is_null()).drop("rule")
    return Records(shape_records(good, entity, file), make_rejects(file, rejects))
