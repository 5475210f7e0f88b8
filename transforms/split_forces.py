"""Split a delivery's records by force; what belongs to none goes to the first force's quarantine.

Every record that a reader gave is accounted for: it is in exactly one of the parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from transforms.apply_mapping import PLACE, QUARANTINED, records_as_json
from transforms.mapping import Delivery, Entity, Records, System, TableMapping
from warehouse.errors import DeclarationError, DeliveryError, StoreError


@dataclass
class ForceRecords:
    """What a delivery holds of one force.

    Attributes:
        records: by entity, the records with ``GIVEN_COLUMNS``.
        lost: by entity, records that no mapping sees, with the columns of ``QUARANTINED``.
        empty: by entity, a row without values for each of its files that has no record.
        extra: by entity, columns of the source that the entity does not know.
    """

    records: dict[str, pl.DataFrame] = field(default_factory=dict)
    lost: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    empty: dict[str, pl.DataFrame] = field(default_factory=dict)
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)


def split_by_force(
    system: System, delivery: Delivery, read: Mapping[str, Records], forces: Sequence[str]
) -> dict[str, ForceRecords]:
    """The delivery's records by force, in the order of ``forces``.

    Raises:
        DeliveryError: several forces are served by a system that does not tell them apart.
    """
    if system.force is None and len(forces) > 1:
        raise DeliveryError(
            "force_unknown", f"{system.name}: its records do not say which of {', '.join(forces)} "
            "they are of; deliver them as each force's own",
        )  # fmt: skip
    parts = {force: ForceRecords() for force in forces}
    entities = {entity.name: entity for entity in system.entities}
    for name, records in read.items():
        if name not in entities:
            raise DeclarationError(f"system {system.name}: reads {name}, which is no entity of it")
        frame = _complete(records.frame, entities[name], delivery)
        by_force, stray = _part(frame, system, delivery, forces)
        for force, own in by_force.items():
            parts[force].records[name], parts[force].extra[name] = own, records.extra
        for force, own in _part(_empty(records, frame), system, delivery, forces)[0].items():
            parts[force].empty[name] = own
        parts[forces[0]].lost[name] = [_rejected(records.rejects), _of_no_force(stray)]
        total = sum(own.height for own in by_force.values()) + stray.height
        if total != records.frame.height:
            raise StoreError(f"{system.name}: {name}: {total} of {records.frame.height} records "
                             "are left after splitting by force")  # fmt: skip
    return parts


def not_mapped(frame: pl.DataFrame, mappings: Sequence[TableMapping]) -> pl.DataFrame:
    """Records that no mapping of their entity takes, as quarantine rows."""
    if any(mapping.where is None for mapping in mappings):
        return pl.DataFrame(schema=QUARANTINED)
    taken = [m.where.fill_null(value=False) for m in mappings if m.where is not None]
    left = frame.filter(~pl.any_horizontal(taken))
    return _quarantined(left, "record_not_mapped", "no table takes a record of this kind")


def _complete(frame: pl.DataFrame, entity: Entity, delivery: Delivery) -> pl.DataFrame:
    """The frame with the entity's missing columns as null, and the date of the delivery."""
    names = (*entity.required, *entity.optional)
    missing = [pl.lit(None, pl.String).alias(n) for n in names if n not in frame.columns]
    return frame.with_columns(*missing, pl.lit(delivery.delivery_date).alias("delivery_date"))


def _empty(records: Records, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with a row for each file that has none, null but for its place."""
    filled = set(frame["source_file"].unique())
    files = [file for file in records.files if file not in filled]
    return frame.clear(len(files)).with_columns(source_file=pl.Series(files, dtype=pl.String))


def _part(
    frame: pl.DataFrame, system: System, delivery: Delivery, forces: Sequence[str]
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    if system.force is None:
        return {forces[0]: frame}, frame.clear()
    owner = frame.select(system.force(delivery).alias("force")).to_series()
    by_force = {
        force: frame.filter((owner == force).fill_null(value=False)).rechunk() for force in forces
    }
    return by_force, frame.filter(~owner.is_in(list(forces)).fill_null(value=False))


def _rejected(rejects: pl.DataFrame) -> pl.DataFrame:
    empty = {name: pl.lit(None, kind) for name, kind in QUARANTINED.items()}
    given = {name: pl.col(name).cast(QUARANTINED[name]) for name in (*PLACE, "rule", "reason")}
    return rejects.select(**(empty | given))


def _of_no_force(stray: pl.DataFrame) -> pl.DataFrame:
    reason = "the record does not say of which of the deliverer's forces it is"
    return _quarantined(stray, "force_unknown", reason)


def _quarantined(frame: pl.DataFrame, rule: str, reason: str) -> pl.DataFrame:
    raw = records_as_json(frame)
    return frame.select(
        *PLACE,
        pl.lit(None, pl.String).alias("record_key"),
        pl.lit(None, pl.String).alias("column_name"),
        pl.lit(rule).alias("rule"),
        pl.lit(reason).alias("reason"),
        raw,
    )
