"""How a record system's records become rows of the contract: lists of column expressions."""

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from forces.declaration import Declaration
from warehouse.batch import BatchKind
from warehouse.contract import delivered_table
from warehouse.errors import DeclarationError

# Columns that every entity has beside the source's own: its place in the delivery, and the
# delivery's date (Date), which stands in for today in rules that need one.
GIVEN_COLUMNS = ("source_file", "source_row", "delivery_date")


@dataclass(frozen=True)
class Records:
    """The records of one entity of a delivery, every value text as it came.

    Attributes:
        frame: one row a record: the source's columns (String), ``source_file`` (String) and
            ``source_row`` (Int64, from 1 within the file).
        rejects: records that could not be read: ``source_file``, ``source_row``, ``rule``,
            ``reason``. A record stands in one of the two, never in both.
        extra: the source's columns that the entity does not know, which are left out of ``frame``.
        files: the files that were read, those without any record included, where it is known.
        header: the names of all columns of a delimited file, in its order, for places in messages.
    """

    frame: pl.DataFrame
    rejects: pl.DataFrame
    extra: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


@dataclass(frozen=True)
class Control:
    """What a delivery says of itself, in its header, trailer or control file.

    ``delivery_id`` is None where the source gives none; ``declared`` has records per entity, for
    those it declares.
    """

    delivery_id: str | None
    kind: BatchKind
    environment: Literal["live", "test"]
    declared: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """The kept bytes of one delivery and who it is from.

    Attributes:
        folder: folder of plain files: archives are unpacked and gzip is undone already.
        files: their paths within ``folder``, sorted, duplicates of the same bytes left out.
        deliverer: who sent it.
        delivery_date: its date.
        declarations: the forces that the deliverer serves.
    """

    folder: Path
    files: tuple[str, ...]
    deliverer: str
    delivery_date: date
    declarations: tuple[Declaration, ...]


@dataclass(frozen=True)
class Parsed:
    """A typed column read from text: ``raw`` as it came, ``value`` in the contract's type.

    A row whose ``raw`` is not null or blank while ``value`` is null is quarantined under ``rule``.
    """

    raw: pl.Expr
    value: pl.Expr
    rule: str


@dataclass(frozen=True)
class Trap:
    """A known trap of the source: rows where ``when`` holds are counted under ``rule``.

    ``counted`` accepts the row, ``mended`` says that a column expression has put it right,
    ``quarantined`` keeps it out. ``when`` may use source columns and ``source_row``; it is
    evaluated on the entity's rows that the mapping takes.
    """

    rule: str
    column: str | None
    when: pl.Expr
    action: Literal["counted", "mended", "quarantined"]


@dataclass(frozen=True)
class TableMapping:
    """Rows of one contract table out of the records of one entity.

    Attributes:
        table: delivered table.
        entity: entity whose records it reads.
        columns: canonical column to expression over the entity's columns and ``GIVEN_COLUMNS``.
            ``source_record_id`` is always among them; columns left out are null. Columns derived
            for every system alike (grid, cells, record keys) are not given here.
        where: records it takes; None takes every one, and then the table accounts for the entity:
            its received rows are the entity's records.
        operation: expression of ``upsert`` or ``delete``; None means upsert.
        sequence: expression of the order of change events on one record; None where a record
            comes once a delivery.
        scope: expression of the part of the source a row belongs to, for deliveries of kind
            ``part``.
        traps: known traps of these records.
    """

    table: str
    entity: str
    columns: MappingOf[str, pl.Expr | Parsed]
    where: pl.Expr | None = None
    operation: pl.Expr | None = None
    sequence: pl.Expr | None = None
    scope: pl.Expr | None = None
    traps: tuple[Trap, ...] = ()


@dataclass(frozen=True)
class Entity:
    """One kind of record of a system: its columns, and those it cannot do without."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class System:
    """A record system: how its deliveries are recognised and read, and what they map to.

    Attributes:
        name: as ``system =`` in a declaration.
        recognise: whether files of these names (paths within the delivery) have its form.
        control: what a delivery says of itself. Raises ``DeliveryError``.
        read: the records of a delivery by entity; entities that it lacks are left out. Raises
            ``DeliveryError`` where nothing of it can be trusted (a header that misses a column, a
            file cut short).
        entities: every entity it may hold.
        mappings: what they become, or a function that makes the list for a force, where it depends
            on the force's profile or on something it declares.
        force: expression over every entity's columns that gives the force's slug, for systems that
            serve several forces; None where the deliverer is the force. Its result null means that
            the force is not known: the row is quarantined under the deliverer's first force.
        is_own_file: whether a file of that name is of its form; None where every file is, or
            ``control`` or ``read`` refuse those that are not. Others are left unread and counted.
        looks_like: whether what the files hold has its form, for systems whose files have no name
            of their own; None where the names tell.
    """

    name: str
    recognise: Callable[[tuple[str, ...]], bool]
    control: Callable[[Delivery], Control]
    read: Callable[[Delivery], dict[str, Records]]
    entities: tuple[Entity, ...]
    mappings: tuple[TableMapping, ...] | Callable[[Declaration], tuple[TableMapping, ...]]
    force: Callable[[Delivery], pl.Expr] | None = None
    is_own_file: Callable[[str], bool] | None = None
    looks_like: Callable[[Delivery], bool] | None = None

    def __post_init__(self) -> None:
        if not callable(self.mappings):
            self._check(self.mappings)

    def knows(self, file: str) -> bool:
        """True where a file of that name is of the system's form."""
        return self.is_own_file is None or self.is_own_file(file)

    def fits(self, delivery: Delivery) -> bool:
        """True where the delivery has the system's form, by names and where need be by content."""
        return self.recognise(delivery.files) and (
            self.looks_like is None or self.looks_like(delivery)
        )

    def mappings_for(self, declaration: Declaration) -> tuple[TableMapping, ...]:
        """What the records of a force become.

        Raises:
            DeclarationError: a mapping made for the force does not fit the contract.
        """
        if not callable(self.mappings):
            return self.mappings
        mappings = self.mappings(declaration)
        self._check(mappings)
        return mappings

    def _check(self, mappings: tuple[TableMapping, ...]) -> None:
        problems = _problems(self.entities, mappings)
        if problems:
            raise DeclarationError(f"system {self.name}: " + "; ".join(problems))


def _problems(several: tuple[Entity, ...], mappings: tuple[TableMapping, ...]) -> list[str]:
    """Everything that makes a system's mappings wrong, found when it loads."""
    entities = {entity.name: entity for entity in several}
    found = [f"entity {entity.name}: {name} is a name that every entity has already"
             for entity in several for name in (*entity.required, *entity.optional)
             if name in GIVEN_COLUMNS]  # fmt: skip
    for mapping in mappings:
        where = f"{mapping.table} from {mapping.entity}"
        try:
            table = delivered_table(mapping.table)
        except KeyError:
            found.append(f"{where}: no such table in the contract")
            continue
        if mapping.entity not in entities:
            found.append(f"{where}: no such entity")
            continue
        found += [f"{where}: {name} is not a column of the contract"
                  for name in mapping.columns if name not in table]  # fmt: skip
        if "source_record_id" not in mapping.columns:
            found.append(f"{where}: source_record_id is not mapped")
        entity = entities[mapping.entity]
        known = {*entity.required, *entity.optional, *GIVEN_COLUMNS}
        for name, column in mapping.columns.items():
            parts = (column.raw, column.value) if isinstance(column, Parsed) else (column,)
            unknown = {root for part in parts for root in part.meta.root_names()} - known
            found += [f"{where}: {name} reads {root}, which {mapping.entity} does not have"
                      for root in sorted(unknown)]  # fmt: skip
    return found
