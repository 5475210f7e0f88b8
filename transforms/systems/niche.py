"""The Niche-like record system: a zip of cp1252 CSV files, daily changes with deletions.

Its form is described where it is rendered, forces/simulator/renderers/niche.py; the columns of each
file and what they become stand in niche_people and niche_events.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath

import polars as pl

from transforms.mapping import Control, Delivery, Entity, Records, System, TableMapping
from transforms.readers import combine, read_delimited
from transforms.systems import niche_events, niche_people
from transforms.systems.readings import trimmed
from warehouse.batch import BatchKind
from warehouse.errors import DeliveryError

CONTROL = Entity("Control", ("ExtractId", "Environment", "Kind", "Entity", "Rows"), ("From", "To"))
DELETES = Entity("Deletes", ("Entity", "Id"), ("When",))
ENTITIES = (*niche_people.ENTITIES, *niche_events.ENTITIES, DELETES)
_NAMES = tuple(entity.name for entity in ENTITIES)
KINDS: dict[str, BatchKind] = {"DELTA": "delta", "FULL": "full"}

# Entity that Deletes.csv names, and the table that the deletion is for. What belongs to a deleted
# record goes with it.
DELETED = {
    "Persons": "person_record",
    "Occurrences": "offence_record",
    "Outcomes": "outcome",
    "Incidents": "incident",
    "Custody": "custody",
    "StopSearches": "stop_search",
    "IntelReports": "intelligence_report",
    "Vehicles": "vehicle_record",
    "Telephones": "phone_record",
    "Property": "property_record",
}


def recognise(files: tuple[str, ...]) -> bool:
    """A control file beside persons or occurrences, in one zip or unpacked."""
    names = {PurePosixPath(file).name for file in files}
    return "Control.csv" in names and not names.isdisjoint({"Persons.csv", "Occurrences.csv"})


def is_own_file(file: str) -> bool:
    """The control file or that of an entity, by its exact name."""
    path = PurePosixPath(file)
    return path.suffix == ".csv" and path.stem in {CONTROL.name, *_NAMES}


def control(delivery: Delivery) -> Control:
    """What ``Control.csv`` says: it repeats the extract's values on the row of each entity.

    Raises:
        DeliveryError: as ``read_delimited``; ``control_unreadable`` where it contradicts itself or
            says what it cannot mean; ``file_missing`` where a file lacks that it lists or, in a
            full extract, that the form has: its records would all seem gone.
    """
    records = _read(delivery, CONTROL)
    if records is None or records.frame.is_empty() or records.rejects.height:
        raise DeliveryError("control_unreadable", "Control.csv: has unreadable records or none")
    frame = records.frame
    said = frame.select("ExtractId", "Environment", "Kind").unique()
    rows = frame["Rows"].cast(pl.Int64, strict=False)
    if said.height != 1 or rows.null_count() or frame["Entity"].n_unique() != frame.height:
        raise DeliveryError("control_unreadable", "Control.csv: contradicts itself")
    extract_id, environment, kind = said.row(0)
    if kind not in KINDS:
        raise DeliveryError("control_unreadable", "Control.csv: Kind is neither DELTA nor FULL")
    declared = dict(zip(frame["Entity"], rows, strict=True))
    _require_files(delivery, declared if kind == "DELTA" else [*declared, *_NAMES])
    return Control(
        delivery_id=extract_id,
        kind=KINDS[kind],
        # Whatever does not say that it is live is not.
        environment="live" if environment == "LIVE" else "test",
        declared=declared,
    )


def read(delivery: Delivery) -> dict[str, Records]:
    """The records of every file that the delivery has."""
    found = ((entity.name, _read(delivery, entity)) for entity in ENTITIES)
    return {name: records for name, records in found if records is not None}


def _require_files(delivery: Delivery, expected: Iterable[str]) -> None:
    held = {PurePosixPath(file).stem for file in delivery.files}
    missing = [name for name in dict.fromkeys(expected) if name in _NAMES and name not in held]
    if missing:
        names = ", ".join(f"{name}.csv" for name in missing)
        raise DeliveryError("file_missing", f"{names}: the delivery does not hold it")


def _read(delivery: Delivery, entity: Entity) -> Records | None:
    """The records of the entity's files, or None where there is none."""
    encoding = delivery.declarations[0].encoding
    parts = [
        read_delimited(delivery.folder / file, file=file, entity=entity, encoding=encoding)
        for file in delivery.files
        if PurePosixPath(file).name == f"{entity.name}.csv"
    ]
    return combine(parts) if parts else None


DELETIONS = tuple(
    TableMapping(
        table=table,
        entity=DELETES.name,
        columns={"source_record_id": trimmed("Id")},
        where=pl.col("Entity") == entity,
        operation=pl.lit("delete"),
    )
    for entity, table in DELETED.items()
)

SYSTEM = System(
    name="niche",
    recognise=recognise,
    control=control,
    read=read,
    entities=ENTITIES,
    is_own_file=is_own_file,
    mappings=(*niche_people.MAPPINGS, *niche_events.MAPPINGS, *DELETIONS),
)
