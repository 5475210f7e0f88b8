"""What a batch brings whole, so that the load can close what is no longer there."""

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.mapping import TableMapping
from transforms.superseded import owners_of
from warehouse.batch import BatchKind
from warehouse.contract import delivered_table

Covers = dict[str, list[str] | None]


def covered(
    kind: BatchKind,
    mappings: Sequence[TableMapping],
    entities: Sequence[str],
    tables: Mapping[str, pl.DataFrame],
    parts: Mapping[str, Sequence[str]],
) -> Covers:
    """Per table, the scopes that the batch brings whole; None for everything of the table.

    Args:
        kind: full, delta or part.
        mappings: the force's mappings.
        entities: entities that the delivery holds, be they empty. A full delivery that lacks an
            entity altogether says nothing of its table.
        tables: staged rows by table.
        parts: scopes of every record read, quarantined ones included, by table.
    """
    held = dict.fromkeys(m.table for m in mappings if m.entity in entities)
    if kind == "full":
        return dict.fromkeys(held)
    deliverable = dict.fromkeys(mapping.table for mapping in mappings)
    scopes: dict[str, set[str]] = {name: set() for name in held} if kind == "part" else {}
    for name in deliverable:
        if delivered_table(name).owner is not None:
            scopes[name] = _owned(name, tables)
    if kind == "part":
        scopes |= {name: set(found) for name, found in parts.items()}
    return {name: sorted(found) for name, found in scopes.items() if found}


def _owned(name: str, tables: Mapping[str, pl.DataFrame]) -> set[str]:
    """Scopes of the owners in the batch, and of those for which rows of the table came."""
    found = set(tables[name]["scope"].drop_nulls()) if name in tables else set()
    for owner in owners_of(delivered_table(name)):
        if owner in tables:
            found |= {f"{owner}:{key}" for key in tables[owner]["source_record_id"].unique()}
    return found
