"""Who and what took which part in an event, as one force holds it."""

from warehouse.contract.constraint import Reference
from warehouse.contract.model import Column, Kind, delivered

EVENT_TABLES = ("offence_record", "incident", "custody", "stop_search", "intelligence_report")
ROLES = ("suspect", "victim", "witness", "aggrieved", "arrested", "detained", "searched",
         "subject", "reporter", "other")  # fmt: skip

EVENT_ROLE = delivered(
    "event_role",
    "One row a part that a person record played in an event. A role never moves from one event to "
    "another, whatever persons or offences are merged.",
    Column("event_type", Kind.TEXT, "Table of the event.", required=True, allowed=EVENT_TABLES),
    Column(
        "person_source_record_id",
        Kind.TEXT,
        "source_record_id of the person record, same force and system.",
        required=True,
        references=Reference("person_record", "source_record_id"),
    ),
    Column("role", Kind.TEXT, ", ".join(ROLES) + ".", required=True, allowed=ROLES),
    owner="column:event_type",
)

EVENT_OBJECT = delivered(
    "event_object",
    "One row an object's part in an event.",
    Column("event_type", Kind.TEXT, "Table of the event.", required=True, allowed=EVENT_TABLES),
    Column(
        "object_type",
        Kind.TEXT,
        "Table of the object.",
        required=True,
        allowed=("vehicle_record", "phone_record", "property_record"),
    ),
    Column(
        "object_source_record_id",
        Kind.TEXT,
        "source_record_id of the object, same force and system.",
        required=True,
        references_by="object_type",
    ),
    Column(
        "role",
        Kind.TEXT,
        "stolen, used, recovered, seen, other.",
        required=True,
        allowed=("stolen", "used", "recovered", "seen", "other"),
    ),
    owner="column:event_type",
)
