"""What a table and a column are. Everything else is derived from these."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import polars as pl

from warehouse.contract.constraint import CheckLetter, Order, Reference, Refusal, Severity


class Kind(StrEnum):
    """Logical type of a column; the value is its DuckDB type."""

    TEXT = "VARCHAR"
    INTEGER = "INTEGER"
    BIGINT = "BIGINT"
    UBIGINT = "UBIGINT"
    DOUBLE = "DOUBLE"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"  # always UTC
    DOUBLES = "DOUBLE[]"
    SMALLS = "TINYINT[]"

    @property
    def polars(self) -> pl.DataType:
        """The Polars type that a staged file holds for this kind."""
        return _POLARS[self]


_POLARS: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.INTEGER: pl.Int32(),
    Kind.BIGINT: pl.Int64(),
    Kind.UBIGINT: pl.UInt64(),
    Kind.DOUBLE: pl.Float64(),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.DATE: pl.Date(),
    Kind.TIMESTAMP: pl.Datetime("us"),
    Kind.DOUBLES: pl.List(pl.Float64),
    Kind.SMALLS: pl.List(pl.Int8),
}

Sensitivity = Literal["public", "internal", "personal", "special category"]


@dataclass(frozen=True)
class Column:
    """One column of the contract.

    Attributes:
        name: British spelling; ``_id``, ``_code``, ``_date``, ``_at`` as suffixes, ``is_`` and
            ``has_`` as prefixes.
        kind: logical type.
        description: becomes the column's comment and its line in the dictionary. Units in it.
        required: null is a failure.
        allowed: the only values that may stand here.
        pattern: regular expression the whole value must match (anchored ``^…$``).
        minimum, maximum: inclusive bounds, in the column's own unit; for dates ISO text.
        profile: country profile whose forces the pattern and the bounds are for; None: every
            force's.
        possible: inclusive bounds for the forces of every profile, where ``minimum`` and
            ``maximum`` are those of one.
        not_after_delivery: True where the value tells of something past: a date or time later than
            the day after the delivery's date is a failure.
        references: the table and column this one points at.
        references_by: column of the same row that names the delivered table whose
            ``source_record_id`` this one holds.
        refused: values that never stand here, each with a rule of its own name.
        check_letter: what the last letter of the value is worked out from.
        year_of: date column whose year this one is, where that date is given.
        is_lasting: True where the value is the same in every version of a record.
        not_known: values that say that it is not known; they contradict no other.
        is_code: True where the source's own codes stand here, though the contract lists none of
            them: never a person's values, so that they may be counted batch by batch.
        sensitivity: who may see it.
        severity: what a broken rule of this column does: ``warning`` quarantines the row, ``info``
            counts it. ``critical`` holds the batch.
        runtime: True where the value depends on when or where the run happened, so that two runs
            of the same input may differ in it.
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    profile: str | None = None
    possible: tuple[int, int] | None = None
    not_after_delivery: bool = False
    references: Reference | None = None
    references_by: str | None = None
    refused: tuple[Refusal, ...] = ()
    check_letter: CheckLetter | None = None
    year_of: str | None = None
    is_lasting: bool = False
    not_known: tuple[str, ...] = ()
    is_code: bool = False
    sensitivity: Sensitivity = "internal"
    severity: Severity = "warning"
    runtime: bool = False


@dataclass(frozen=True)
class Table:
    """One table of the contract.

    Attributes:
        schema: schema in the published file.
        name: table name, singular.
        description: grain first, then what it is for.
        columns: in order.
        key: columns that are unique together.
        delivered: True where forces deliver it; such a table also has ``TECHNICAL`` columns and
            versions in the state.
        owner: for a delivered table whose rows belong to a record of another delivered table:
            that table's name, or the name of the column that holds it, as ``column:event_type``.
            Rows of an owner are replaced together.
        retention: what the review of its rows hangs on, in the words that docs/retention.md
            explains; empty for a table that forces do not deliver.
        orders: which dates and times are not before which others.
        together: groups of columns that are all given, or none of them.
    """

    schema: str
    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    delivered: bool = False
    owner: str | None = None
    retention: str = ""
    orders: tuple[Order, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {column.name: column for column in self.columns})

    @property
    def qualified(self) -> str:
        """``schema.name``, as it is queried in the store."""
        return f"{self.schema}.{self.name}"

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name. Raises ``KeyError`` where there is none."""
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def content(self) -> tuple[Column, ...]:
        """Columns a source system fills: all but ``batch_id``, ``source_file``, ``source_row``."""
        return tuple(c for c in self.columns if c.name not in PROVENANCE)

    def polars_schema(self, extra: Iterable[Column] = ()) -> dict[str, pl.DataType]:
        """Polars schema of the table's columns, then of ``extra``."""
        return {c.name: c.kind.polars for c in (*self.columns, *extra)}


PROVENANCE = ("batch_id", "source_file", "source_row")

# What every delivered table begins and ends with, in the store and in staged files.
IDENTITY_COLUMNS = (
    Column(
        "force",
        Kind.TEXT,
        "Force whose record this is: slug as data.police.uk spells it.",
        required=True,
    ),
    Column(
        "source_system",
        Kind.TEXT,
        "Record system it came from: niche, athena, connect, ihub, policeuk, standard.",
        required=True,
    ),
    Column(
        "record_key",
        Kind.TEXT,
        "Key of the row within force, source system and table. The "
        "source's own id where it has one; for rows that belong to another record, that "
        "record's id and a hash of the row.",
        required=True,
    ),
    Column(
        "source_record_id",
        Kind.TEXT,
        "The source system's own id of the record. In a table "
        "whose rows belong to another record: the id of that record.",
        required=True,
    ),
)
PROVENANCE_COLUMNS = (
    Column(
        "batch_id",
        Kind.TEXT,
        "Batch that brought this version of the row: quality.batch.",
        required=True,
    ),
    Column("source_file", Kind.TEXT, "File within the delivery.", required=True),
    Column(
        "source_row",
        Kind.BIGINT,
        "Number of the record within the file, from 1; the header is not counted.",
        required=True,
    ),
)
# In staged files only: what the load needs to apply the row.
STAGING_COLUMNS = (
    Column("operation", Kind.TEXT, "upsert or delete", required=True, allowed=("upsert", "delete")),
    Column(
        "sequence",
        Kind.BIGINT,
        "Order of change events on one record within a batch; null where a record comes once.",
    ),
    Column(
        "scope",
        Kind.TEXT,
        "Part of the source that the row belongs to, for deliveries that "
        "replace a part as a whole: the owner's table and id, or a month's file.",
    ),
)
# Required, and derived where a source does not give them: none is missing for want of the force's
# own data.
REQUIRED_DERIVED = frozenset(
    {
        "force",
        "occurred_precision",
        "is_time_ambiguous",
        "location_precision",
        "offence_group",
        "is_notifiable",
    }
)
# In the store and the state only: the row's history.
VERSION_COLUMNS = (
    Column("version", Kind.INTEGER, "Number of this version of the row, from 1.", required=True),
    Column("valid_from", Kind.DATE, "Night whose run stored this version.", required=True),
)


def delivered(
    name: str,
    description: str,
    *columns: Column,
    owner: str | None = None,
    retention: str = "by the events it belongs to",
    orders: tuple[Order, ...] = (),
    together: tuple[tuple[str, ...], ...] = (),
) -> Table:
    """A table that forces deliver: identity columns, its own, provenance and version columns."""
    return Table(
        schema="core",
        name=name,
        description=description,
        columns=(*IDENTITY_COLUMNS, *columns, *PROVENANCE_COLUMNS),
        key=("force", "source_system", "record_key"),
        delivered=True,
        owner=owner,
        retention=retention,
        orders=orders,
        together=together,
    )
