"""Which offence records are one offence, why, and since when: what is published, and what the state
holds of it by number."""

from dataclasses import replace

from warehouse.contract import link_state
from warehouse.contract.judgement import JUDGEMENT, JUDGEMENT_CONFLICT
from warehouse.contract.link import IDENTITY_EVENT, OFFENCE_MEMBERSHIP, PERSON_EDGE
from warehouse.contract.link_run import LINKAGE_NIGHT
from warehouse.contract.model import Column, Kind, Table

SCHEMA = "offence_linkage"

_OFFENCE = Column("offence_id", Kind.TEXT, "Opaque id of the offence.", required=True)

OFFENCE_EDGE = replace(
    PERSON_EDGE,
    name="offence_edge",
    description="One row a pair of offence records of two forces that the model scored high enough "
    "to be kept. The record that comes first in the alphabet of force, system and id is the first.",
)

OFFENCE_IDENTITY_EVENT = replace(
    IDENTITY_EVENT,
    name="offence_identity_event",
    description="One row a change of an offence's identity: which offence ids were created, "
    "merged, split and retired, when and why.",
    columns=tuple(
        {
            "person_id": replace(
                _OFFENCE, description="Offence that the event is about.", required=True
            ),
            "other_person_id": Column(
                "other_offence_id", Kind.TEXT, "The other offence, for merged, split and left."
            ),
        }.get(column.name, column)
        for column in IDENTITY_EVENT.columns
    ),
)

_NIGHT_COLUMNS = {
    "records": "Current offence records.",
    "persons": ("offences", "Offences."),
    "created": "Offences created.",
    "merged": "Offences merged into another.",
    "split": "Offences split from another.",
    "retired": "Offences whose last record is gone.",
    "ids_changed": "Records known before whose offence_id is another now.",
}


def _night_column(column: Column) -> Column:
    told = _NIGHT_COLUMNS.get(column.name)
    if told is None:
        return column
    name, says = (column.name, told) if isinstance(told, str) else told
    return replace(column, name=name, description=says)


OFFENCE_LINKAGE_NIGHT = replace(
    LINKAGE_NIGHT,
    name="offence_linkage_night",
    description="One row a run of the step that links offences and changed something: what it took "
    "in, compared and changed, and how many offence ids changed hands.",
    columns=tuple(_night_column(column) for column in LINKAGE_NIGHT.columns),
)

OFFENCE_DUPLICATE = Table(
    "link",
    "offence_duplicate",
    "One row a pair of records of one force that look like one offence recorded twice. They are "
    "left apart, and told to the force.",
    (
        Column("force", Kind.TEXT, "Force.", required=True),
        Column("source_system_l", Kind.TEXT, "System of the first record.", required=True),
        Column("source_record_id_l", Kind.TEXT, "Id of the first record.", required=True),
        Column("source_system_r", Kind.TEXT, "System of the second record.", required=True),
        Column("source_record_id_r", Kind.TEXT, "Id of the second record.", required=True),
        Column("match_weight", Kind.DOUBLE, "Bits under the model of offences.", required=True),
        Column(
            "levels",
            Kind.TEXT,
            "JSON object: in plain words, the level of agreement of every comparison.",
            required=True,
        ),
    ),
    key=("force", "source_system_l", "source_record_id_l", "source_system_r",
         "source_record_id_r"),
)  # fmt: skip

OFFENCE_JUDGEMENT = replace(
    JUDGEMENT,
    name="offence_judgement",
    description="One row a decision that a person made about a pair of offence records. None is "
    "ever changed or removed; of one user's decisions on a pair the latest counts.",
)
OFFENCE_JUDGEMENT_CONFLICT = replace(JUDGEMENT_CONFLICT, name="offence_judgement_conflict")

# What the state holds as it is published.
KEPT = (
    OFFENCE_MEMBERSHIP,
    OFFENCE_IDENTITY_EVENT,
    OFFENCE_LINKAGE_NIGHT,
    OFFENCE_JUDGEMENT,
    OFFENCE_JUDGEMENT_CONFLICT,
)
TABLES = (OFFENCE_EDGE, *KEPT, OFFENCE_DUPLICATE)


_STATE_DESCRIPTIONS = {
    "record_key": "One row an offence record that was ever linked. Its number is never given to "
    "another.",
    "cluster": "One row a current offence record: the component that its links make, and the "
    "offence in it.",
    "membership": "One row an offence record and span of nights: the offence it belonged to.",
}


def _of_offences(table: Table) -> Table:
    """The state's table of persons as one of offences."""
    columns = tuple(
        _OFFENCE if column.name == "person_id" else column
        for column in table.columns
        if column.name != "record_hash"
    )
    says = _STATE_DESCRIPTIONS.get(table.name, table.description)
    return replace(table, schema=SCHEMA, columns=columns, description=says)


STATE = tuple(_of_offences(table) for table in link_state.TABLES)
