"""The iHub-like integration hub: one JSON:API document a delivery.

Its form is described where it is rendered, forces/simulator/renderers/ihub.py. Here a document is
taken apart into records: a resource each, a part of a person (name, identifier, address, contact,
marker) each, a relationship each, a deletion each. What they become stands in ihub_people and
ihub_events.
"""

import polars as pl

from forces.code_sets import ihub as ihub_codes
from transforms.mapping import Control, Delivery, Entity, Records, System, TableMapping
from transforms.readers import (
    Elements,
    explode,
    extract,
    flatten,
    read_json_document,
    read_json_value,
)
from transforms.readers.shape import make_rejects
from transforms.systems import ihub_events, ihub_people
from transforms.systems.ihub_links import TO_ONE, find_links, place_events
from transforms.systems.readings import trimmed
from warehouse.batch import BatchKind
from warehouse.errors import DeliveryError

LOCATION = Entity("location", ("id",), ("attributes.description", "attributes.postcode",
                                        "attributes.longitude", "attributes.latitude"))  # fmt: skip
DELETION = Entity("deletion", ("id", "type"))
# Every resource of whatever type: what the document's counts are held against. It becomes no table;
# resources that cannot be read or are of no known type are its rejects.
ANY = Entity("resource", (), ("type", "id"))
RESOURCES = (ihub_people.PERSON, *ihub_events.EVENTS, *ihub_events.OTHERS, LOCATION)
ENTITIES = (*RESOURCES, *ihub_people.PARTS, ihub_events.ROLES, ihub_events.OBJECTS, DELETION, ANY)
# What is read of a resource beside its entity's columns: its type, whether it is deleted, the parts
# of a person and the links of an event.
ELSEWHERE = (
    "type",
    "meta",
    *(f"attributes.{part.name}" for part in ihub_people.PARTS),
    *(f"relationships.{name}.data.{key}" for name in TO_ONE for key in ("id", "type", "meta")),
)
KINDS: dict[str, BatchKind] = {"delta": "delta", "full": "full"}
# Resource type, and the table that a deletion of one is for.
DELETED = {
    "person": "person_record",
    "offence": "offence_record",
    "outcome": "outcome",
    "incident": "incident",
    "custody": "custody",
    "stop-search": "stop_search",
    "intelligence-report": "intelligence_report",
    "vehicle": "vehicle_record",
    "telephone": "phone_record",
    "property": "property_record",
}


def recognise(files: tuple[str, ...]) -> bool:
    """Documents named for the hub and nothing else."""
    names = [file.rsplit("/", 1)[-1] for file in files]
    return bool(names) and all(n.startswith("ihub_") and n.endswith(".json") for n in names)


def control(delivery: Delivery) -> Control:
    """What the document's ``meta`` says.

    Raises:
        DeliveryError: as ``read_json_value``; ``several_documents`` where there is more than one;
            ``control_unreadable`` where ``meta`` misses something or says what it cannot mean.
    """
    file = _document(delivery)
    meta = read_json_value(delivery.folder / file, file=file, key="meta")
    if not isinstance(meta, dict) or str(meta.get("kind")) not in KINDS:
        raise DeliveryError("control_unreadable", f"{file}: meta.kind is neither delta nor full")
    counts = meta.get("counts")
    if not isinstance(counts, dict) or not all(type(n) is int for n in counts.values()):
        raise DeliveryError("control_unreadable", f"{file}: meta.counts are no counts")
    return Control(
        delivery_id=str(meta["deliveryId"]) if "deliveryId" in meta else None,
        kind=KINDS[meta["kind"]],
        # Whatever does not say that it is live is not.
        environment="live" if meta.get("environment") == "live" else "test",
        declared={ANY.name: sum(counts.values())},
    )


def read(delivery: Delivery) -> dict[str, Records]:
    """The document's resources by type, and what is taken out of them."""
    file = _document(delivery)
    elements = read_json_document(delivery.folder / file, file=file)
    by_type, known, unknown = _sort(elements, file)
    records = {
        entity.name: flatten(by_type[entity.name], entity, file=file, elsewhere=ELSEWHERE)
        for entity in (*RESOURCES, DELETION)
    }
    for event in ihub_events.EVENTS:
        if "location.id" in event.optional:
            records[event.name] = place_events(records[event.name], records["location"])
    for part in ihub_people.PARTS:
        parts = explode(by_type["person"], f"attributes.{part.name}", {"personId": "id"})
        records[part.name] = flatten(parts, part, file=file)
    records[ANY.name] = Records(known, pl.concat([elements.rejects, unknown]))
    is_full = control(delivery).kind == "full"
    return records | _links(by_type, records["person"], is_full=is_full)


def _document(delivery: Delivery) -> str:
    if len(delivery.files) != 1:
        raise DeliveryError("several_documents", f"{len(delivery.files)} documents, one expected")
    return delivery.files[0]


def _sort(elements: Elements, file: str) -> tuple[dict[str, Elements], pl.DataFrame, pl.DataFrame]:
    """The elements by entity, a record for each, and rejects for those of no known type."""
    at = extract(elements.frame, {"type": "type", "id": "id", "_deleted": "meta.deleted"})
    is_deleted = (pl.col("_deleted") == "true").fill_null(value=False)
    at = at.with_columns(
        pl.when(is_deleted).then(pl.lit(DELETION.name)).otherwise("type").alias("_entity")
    )
    nothing = make_rejects(file, [])
    by_type = {
        entity.name: Elements(
            at.filter(pl.col("_entity") == entity.name).select(elements.frame.columns), nothing
        )
        for entity in (*RESOURCES, DELETION)
    }
    is_known = pl.col("_entity").is_in(list(by_type)).fill_null(value=False)
    strange = make_rejects(file, [
        (row, "resource_type_unknown", "a resource of no known type")
        for row in at.filter(~is_known)["source_row"]
    ])  # fmt: skip
    return by_type, at.filter(is_known).drop("json", "_entity", "_deleted"), strange


def _links(by_type: dict[str, Elements], persons: Records, *, is_full: bool) -> dict[str, Records]:
    """Parts that persons and objects have in events; links of no known kind are with the
    persons', whose mapping quarantines them.

    Only a full document can lack a person: one of changes names persons sent before.
    """
    frames = [by_type[event.name].frame for event in ihub_events.EVENTS]
    nothing = make_rejects("", [])
    links = find_links(Elements(pl.concat(frames), nothing)).filter(
        ~pl.col("relationship").is_in(["location", "offence"])
    )
    is_object = pl.col("type").str.to_uppercase().is_in(list(ihub_codes.OBJECT))
    is_object = is_object.fill_null(value=False)
    is_delivered = pl.col("id").is_in(persons.frame["id"].implode()) | pl.lit(not is_full)
    roles = links.filter(~is_object).with_columns(is_delivered.cast(pl.String).alias("isDelivered"))
    return {
        ihub_events.ROLES.name: Records(roles, nothing),
        ihub_events.OBJECTS.name: Records(links.filter(is_object), nothing),
    }


DELETIONS = tuple(
    TableMapping(
        table=table,
        entity=DELETION.name,
        columns={"source_record_id": trimmed("id")},
        where=pl.col("type") == kind,
        operation=pl.lit("delete"),
    )
    for kind, table in DELETED.items()
)

SYSTEM = System(
    name="ihub",
    recognise=recognise,
    control=control,
    read=read,
    entities=ENTITIES,
    mappings=(*ihub_people.MAPPINGS, *ihub_events.MAPPINGS, *DELETIONS),
)
