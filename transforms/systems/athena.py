"""The athena-like record system: pipe-delimited files of several forces, a full extract a week.

Its form is described where it is rendered, forces/simulator/renderers/athena.py; the columns of
each file and what they become stand in athena_people and athena_events.
"""

from pathlib import Path, PurePosixPath

import polars as pl

from transforms.mapping import Control, Delivery, Entity, Records, System
from transforms.readers import read_delimited, read_edge_lines
from transforms.systems import athena_events, athena_people
from transforms.systems.athena_forms import REGION_CODE, force_code
from warehouse.batch import BatchKind
from warehouse.errors import DeliveryError

CONTROL = "CONTROL.txt"
TRAILER = "#TRAILER|"
KINDS: dict[str, BatchKind] = {"FULL": "full", "DELTA": "delta"}
ENTITIES = (*athena_people.ENTITIES, *athena_events.ENTITIES)


def recognise(files: tuple[str, ...]) -> bool:
    """A control file, or nominals or investigations by their names."""
    names = {PurePosixPath(file).name for file in files}
    return not names.isdisjoint({CONTROL, "nominal.txt", "investigation.txt"})


def is_own_file(file: str) -> bool:
    """The control file or that of an entity, by its exact name."""
    return PurePosixPath(file).name in {CONTROL, *(f"{entity.name}.txt" for entity in ENTITIES)}


def control(delivery: Delivery) -> Control:
    """What ``CONTROL.txt`` and the trailers say.

    Raises:
        DeliveryError: ``control_missing``, ``control_unreadable``, ``file_missing``,
            ``trailer_missing`` or ``trailer_unreadable``.
    """
    said = _read_control(delivery)
    kind = KINDS.get(said.get("Kind", ""))
    if kind is None or not said.get("ExtractId"):
        raise DeliveryError(
            "control_unreadable", f"{CONTROL}: no extract id, or a kind not {' or '.join(KINDS)}"
        )
    return Control(
        delivery_id=said["ExtractId"],
        kind=kind,
        # Whatever does not say that it is live is not.
        environment="live" if said.get("Environment") == "LIVE" else "test",
        declared={entity.name: _declared(delivery, entity) for entity in ENTITIES},
    )


def read(delivery: Delivery) -> dict[str, Records]:
    """The records of every file.

    Raises:
        DeliveryError: as ``read_delimited``; ``file_missing``: a full extract without a file would
            say that all its records are gone.
    """
    return {entity.name: _read(delivery, entity) for entity in ENTITIES}


def force(delivery: Delivery) -> pl.Expr:
    """Slug of the force whose row it is; null where its code is none of the region's forces."""
    slugs = {
        code: declared.force
        for declared in delivery.declarations
        for code in declared.pnc_codes
        if code != REGION_CODE
    }
    return force_code().replace_strict(
        list(slugs), list(slugs.values()), default=None, return_dtype=pl.String
    )


def _read(delivery: Delivery, entity: Entity) -> Records:
    file = _find(delivery, f"{entity.name}.txt", "file_missing")
    path = delivery.folder / file
    return read_delimited(path, file=file, entity=entity, delimiter="|", trailer=TRAILER)


def _read_control(delivery: Delivery) -> dict[str, str]:
    file = _find(delivery, CONTROL, "control_missing")
    text = (delivery.folder / file).read_text(encoding="utf-8-sig", errors="replace")
    pairs = (line.partition("|") for line in text.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _declared(delivery: Delivery, entity: Entity) -> int:
    """Records that a file's trailer declares."""
    file = _find(delivery, f"{entity.name}.txt", "file_missing")
    _, last = read_edge_lines(Path(delivery.folder / file))
    if not last.startswith(TRAILER):
        raise DeliveryError("trailer_missing", f"{file}: no trailer: it was cut short")
    name, _, rows = last.removeprefix(TRAILER).partition("|")
    if name != entity.name or not rows.isdecimal():
        raise DeliveryError(
            "trailer_unreadable", f"{file}: its trailer is not one of {entity.name}"
        )
    return int(rows)


def _find(delivery: Delivery, name: str, rule: str) -> str:
    """The delivery's file of that name.

    Raises:
        DeliveryError: ``rule`` where there is none, ``file_twice`` where there are several.
    """
    files = [file for file in delivery.files if PurePosixPath(file).name == name]
    if not files:
        raise DeliveryError(rule, f"{name}: the delivery does not hold it")
    if len(files) > 1:
        raise DeliveryError("file_twice", f"{name}: the delivery holds {len(files)} different ones")
    return files[0]


SYSTEM = System(
    name="athena",
    recognise=recognise,
    control=control,
    read=read,
    entities=ENTITIES,
    mappings=(*athena_people.MAPPINGS, *athena_events.MAPPINGS),
    force=force,
    is_own_file=is_own_file,
)
