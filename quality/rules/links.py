"""What points at what: the rows of other delivered tables that a row cannot do without."""

from dataclasses import dataclass

from warehouse.contract import REFERENCE, Severity, Table

_REFERENCE_TABLES = {table.name for table in REFERENCE}


@dataclass(frozen=True)
class Link:
    """A column that holds the ``source_record_id`` of a row of the same force and system.

    Attributes:
        column: the column that points.
        targets: tables it may point at.
        selector: column that says at which of them; None where there is but one.
        severity: what a value that points at nothing does.
    """

    column: str
    targets: tuple[str, ...]
    selector: str | None
    severity: Severity

    def where(self, row: str, target: str) -> str:
        """SQL that is true of rows (alias ``row``) that point at ``target``."""
        points = f"{row}.operation = 'upsert' AND {row}.{self.column} IS NOT NULL"
        return f"{points} AND {row}.{self.selector} = '{target}'" if self.selector else points


def id_hash(row: str, column: str = "source_record_id") -> str:
    """SQL: an id with its source, as 64 bits. Ids are looked up by these: of ten million on either
    side one is taken for another with a probability of 1 in 180,000."""
    return f"hash({row}.source_no, {row}.{column})"


def links_of(table: Table) -> tuple[Link, ...]:
    """The table's links: to the owner of its rows first, then its references."""
    return (*_owner_link(table), *_reference_links(table), *_named_links(table))


def is_typed_reference(table: str) -> bool:
    """True where a reference to that table means a table of schema ``reference``."""
    return table in _REFERENCE_TABLES


def _owner_link(table: Table) -> tuple[Link, ...]:
    if table.owner is None:
        return ()
    kind, _, selector = table.owner.partition(":")
    if kind != "column":
        return (Link("source_record_id", (table.owner,), None, "warning"),)
    targets = table.column(selector).allowed
    return (Link("source_record_id", targets, selector, "warning"),)


def _named_links(table: Table) -> tuple[Link, ...]:
    """Links whose target another column of the row names."""
    return tuple(
        Link(c.name, table.column(c.references_by).allowed, c.references_by, "warning")
        for c in table.columns
        if c.references_by
    )


def _reference_links(table: Table) -> tuple[Link, ...]:
    return tuple(
        Link(column.name, (column.references.table,), None, column.references.severity)
        for column in table.columns
        if column.references and not is_typed_reference(column.references.table)
    )
