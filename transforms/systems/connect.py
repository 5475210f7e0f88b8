"""The connect-like record system: change events in order, as XML or as NDJSON.

Its form is described where it is rendered, forces/simulator/renderers/connect.py; the fields of
each event and what they become stand in connect_people and connect_events.
"""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree.ElementTree import ParseError

import polars as pl
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from transforms.mapping import Control, Delivery, Entity, Records, System
from transforms.readers import Elements, flatten, read_json_lines, read_xml_events
from transforms.readers.shape import make_rejects
from transforms.systems import connect_events, connect_people
from warehouse.batch import BatchKind
from warehouse.errors import DeliveryError

XML, NDJSON = "change_events.xml", "change_events.ndjson"
KINDS: dict[str, BatchKind] = {"FULL": "full", "DELTA": "delta"}
ENTITIES = (*connect_people.ENTITIES, *connect_events.ENTITIES)


def is_own_file(file: str) -> bool:
    """A file of change events, by its exact name."""
    return PurePosixPath(file).name in (XML, NDJSON)


def recognise(files: tuple[str, ...]) -> bool:
    """A file of change events."""
    return any(map(is_own_file, files))


def control(delivery: Delivery) -> Control:
    """What the root element, or the first line, says of the delivery.

    Raises:
        DeliveryError: ``header_missing``, ``header_unreadable``, ``file_twice``, ``xml_entity``.
    """
    file = _find(delivery)
    is_xml = file.endswith(XML)
    said = _xml_header(delivery.folder / file, file) if is_xml else _json_header(
        delivery.folder / file, file)  # fmt: skip
    kind = KINDS.get(said.get("kind", ""))
    counts = said.get("counts")
    if kind is None or not said.get("deliveryId") or not isinstance(counts, dict):
        raise DeliveryError("header_unreadable", f"{file}: no delivery id, kind or counts")
    return Control(
        delivery_id=said["deliveryId"],
        kind=kind,
        # Whatever does not say that it is live is not.
        environment="live" if said.get("environment") == "LIVE" else "test",
        declared=counts,
    )


def read(delivery: Delivery) -> dict[str, Records]:
    """The change events by entity.

    An event that cannot be read does not say of which entity it is: it is put to one that is short
    of events by the header's counts.

    Raises:
        DeliveryError: as ``read_xml_events``, ``read_json_lines`` and ``flatten``;
            ``unknown_entity`` where events are of an entity that the system does not have.
    """
    file = _find(delivery)
    elements = _read_elements(delivery.folder / file, file)
    events = elements.frame.with_columns(
        entity=pl.col("json").str.json_path_match("$.entity").fill_null("")
    )
    _check_entities(events, file)
    by_entity = {entity.name: _only(events, entity) for entity in ENTITIES}
    rejects = _share_out(elements.rejects, by_entity, control(delivery).declared)
    return {
        entity.name: _flatten(by_entity[entity.name], rejects.get(entity.name), entity, file)
        for entity in ENTITIES
        if by_entity[entity.name].height or entity.name in rejects
    }


def _read_elements(path: Path, file: str) -> Elements:
    """Events as JSON text, the header line of NDJSON left out of them and of their numbers."""
    if file.endswith(XML):
        return read_xml_events(path, file=file, record_tag="Event")
    lines = read_json_lines(path, file=file)
    number = pl.col("source_row")
    return Elements(
        *(
            frame.filter(number > 1).with_columns(number - 1)
            for frame in (lines.frame, lines.rejects)
        )
    )


def _check_entities(events: pl.DataFrame, file: str) -> None:
    unknown = events.filter(~pl.col("entity").is_in([entity.name for entity in ENTITIES]))
    if unknown.height:
        raise DeliveryError(
            "unknown_entity",
            f"{file}: {unknown.height:,} events of no entity that is known, the first at event "
            f"{unknown.item(0, 'source_row')}",
        )


def _only(events: pl.DataFrame, entity: Entity) -> pl.DataFrame:
    return events.filter(pl.col("entity") == entity.name).drop("entity")


def _share_out(
    rejects: pl.DataFrame, by_entity: dict[str, pl.DataFrame], declared: dict[str, int]
) -> dict[str, pl.DataFrame]:
    """Rejects by the entity that they are put to: in order, to those short of their counts, and
    what is left to the first."""
    short = (
        name
        for name, events in by_entity.items()
        for _ in range(declared.get(name, 0) - events.height)
    )
    names = _take(short, rejects.height, ENTITIES[0].name)
    shared = rejects.with_columns(entity=pl.Series(names, dtype=pl.String))
    return {
        part["entity"][0]: part.drop("entity")
        for part in shared.partition_by("entity", maintain_order=True)
    }


def _take(names: Iterator[str], count: int, otherwise: str) -> list[str]:
    return [next(names, otherwise) for _ in range(count)]


def _flatten(
    events: pl.DataFrame, rejects: pl.DataFrame | None, entity: Entity, file: str
) -> Records:
    kept = make_rejects(file, []) if rejects is None else rejects
    return flatten(Elements(events, kept), entity, file=file, elsewhere=("entity",))


def _xml_header(path: Path, file: str) -> dict[str, Any]:
    """The root's attributes, ``counts`` as numbers.

    Raises:
        DeliveryError: ``header_missing``, ``header_unreadable`` or ``xml_entity``.
    """
    try:
        events = ElementTree.iterparse(path, events=("start",), forbid_dtd=True)
        root = next(iter(events))[1]
    except DefusedXmlException as error:
        raise DeliveryError("xml_entity", f"{file}: declares entities, which is refused") from error
    except (ParseError, StopIteration) as error:
        raise DeliveryError("header_missing", f"{file}: does not begin as XML") from error
    if root.tag.rpartition("}")[2] != "ChangeEvents":
        raise DeliveryError("header_missing", f"{file}: its root is not ChangeEvents")
    pairs = [pair.partition(":") for pair in root.get("counts", "").split()]
    if not all(count.isdecimal() for _, _, count in pairs):
        raise DeliveryError("header_unreadable", f"{file}: its counts are not numbers")
    return dict(root.attrib) | {"counts": {name: int(count) for name, _, count in pairs}}


def _json_header(path: Path, file: str) -> dict[str, Any]:
    """The object on the first line.

    Raises:
        DeliveryError: ``header_missing`` or ``header_unreadable``.
    """
    with path.open("rb") as lines:
        first = lines.readline()
    try:
        said = json.loads(first)
    except (ValueError, RecursionError) as error:
        raise DeliveryError("header_missing", f"{file}: its first line is not JSON") from error
    if not isinstance(said, dict) or "deliveryId" not in said:
        raise DeliveryError("header_missing", f"{file}: its first line does not tell the delivery")
    counts = said.get("counts")
    if isinstance(counts, dict) and not all(type(count) is int for count in counts.values()):
        raise DeliveryError("header_unreadable", f"{file}: its counts are not numbers")
    return said


def _find(delivery: Delivery) -> str:
    """The file of change events.

    Raises:
        DeliveryError: ``file_twice`` where there are several.
    """
    files = [file for file in delivery.files if is_own_file(file)]
    if len(files) != 1:
        raise DeliveryError("file_twice", f"{len(files)} files of change events, one expected")
    return files[0]


SYSTEM = System(
    name="connect",
    recognise=recognise,
    control=control,
    read=read,
    entities=ENTITIES,
    mappings=(*connect_people.MAPPINGS, *connect_events.MAPPINGS),
    is_own_file=is_own_file,
)
