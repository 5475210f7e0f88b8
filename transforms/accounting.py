"""Account for what was read: records that no mapping saw, columns that have nowhere to go, and rows
received."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from transforms.apply_mapping import Applied
from transforms.mapping import TableMapping
from transforms.readers.shape import NAME_SHOWN
from transforms.split_forces import ForceRecords, not_mapped
from warehouse.batch import Finding
from warehouse.errors import StoreError


def accounting_tables(mappings: Sequence[TableMapping]) -> dict[str, str]:
    """By entity, the table that accounts for its records: that of the mapping which takes all."""
    first = {mapping.entity: mapping.table for mapping in reversed(mappings)}
    whole = {m.entity: m.table for m in reversed(mappings) if m.where is None}
    return first | whole


def lost_records(
    own: ForceRecords, mappings: Iterable[TableMapping]
) -> dict[str, list[pl.DataFrame]]:
    """By table, records that no mapping saw: unreadable, of no force, or of no known kind.

    Those of an entity that becomes no table by itself (a place, say) stand under the first table.
    """
    several = list(mappings)
    accounting = accounting_tables(several)
    found: dict[str, list[pl.DataFrame]] = {}
    for entity in dict.fromkeys([*own.lost, *own.records]):
        table = accounting.get(entity, several[0].table)
        parts = list(own.lost.get(entity, []))
        if entity in accounting and entity in own.records:
            takers = [mapping for mapping in several if mapping.entity == entity]
            parts.append(not_mapped(own.records[entity], takers))
        found.setdefault(table, []).extend(part for part in parts if part.height)
    return found


def extra_columns(own: ForceRecords, mappings: Sequence[TableMapping]) -> Iterator[Finding]:
    """Columns that came and have nowhere to go, under the table that accounts for their entity.

    Where not one record could be read none is named: where the line's end is lost after a header,
    the first person's row is part of it, and no row fits it.
    """
    accounting = accounting_tables(mappings)
    for entity, names in own.extra.items():
        table, rows = accounting.get(entity, mappings[0].table), own.records[entity].height
        for name in names if rows else ():
            yield Finding(table, name[:NAME_SHOWN], "extra_column", rows, rows, "counted")


def count_received(
    own: ForceRecords,
    mappings: Iterable[TableMapping],
    applied: Iterable[Applied],
    lost: Mapping[str, list[pl.DataFrame]],
) -> dict[str, int]:
    """Received rows by table, after making sure that none is missing."""
    received: Counter[str] = Counter()
    here = [mapping for mapping in mappings if mapping.entity in own.records]
    for mapping, result in zip(here, applied, strict=True):
        read = own.records[mapping.entity].height
        is_whole = mapping.where is not None or result.taken == read
        if not is_whole or result.rows.height + result.quarantined != result.taken:
            raise StoreError(
                f"{mapping.table} from {mapping.entity}: {read} records read, {result.taken} "
                f"taken, {result.rows.height} staged, {result.quarantined} quarantined"
            )
        received[mapping.table] += result.taken
    for table, parts in lost.items():
        received[table] += sum(part.height for part in parts)
    return dict(sorted(received.items()))
