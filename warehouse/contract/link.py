"""Which records are one person or one offence, why, and since when."""

from warehouse.contract.model import Column, Kind, Table

RECORD_PARTS = ("force", "source_system", "source_record_id")
PAIR_KEY = tuple(f"{part}_{side}" for side in "lr" for part in RECORD_PARTS)
BANDS = ("link", "review", "possible")
# Why a link was cut for what people decided: a word of ``cut``.
JUDGED_APART = "judged not the same"

_RECORD = (
    Column("force", Kind.TEXT, "Force of the record.", required=True),
    Column("source_system", Kind.TEXT, "System of the record.", required=True),
    Column("source_record_id", Kind.TEXT, "Id of the record.", required=True),
)
PAIR = (
    Column("force_l", Kind.TEXT, "Force of the first record.", required=True),
    Column("source_system_l", Kind.TEXT, "System of the first record.", required=True),
    Column("source_record_id_l", Kind.TEXT, "Id of the first record.", required=True),
    Column("force_r", Kind.TEXT, "Force of the second record.", required=True),
    Column("source_system_r", Kind.TEXT, "System of the second record.", required=True),
    Column("source_record_id_r", Kind.TEXT, "Id of the second record.", required=True),
)
_SPAN = (
    Column("valid_from", Kind.DATE, "First night.", required=True),
    Column("valid_to", Kind.DATE, "Night from which it no longer held; null while current."),
)

PERSON_EDGE = Table(
    "link",
    "person_edge",
    "One row a pair of person records that the model scored high enough to be kept. The record "
    "that comes first in the alphabet of force, system and id is the first.",
    (
        *PAIR,
        Column(
            "match_weight",
            Kind.DOUBLE,
            "Total weight, bits (log2 of the odds), the prior included.",
            required=True,
        ),
        Column(
            "match_probability",
            Kind.DOUBLE,
            "The same as a probability under the model: an estimate, not a measured precision.",
            required=True,
        ),
        Column(
            "link_at",
            Kind.DOUBLE,
            "Bits that a pair which holds what this one holds needs to be joined.",
            required=True,
        ),
        Column(
            "band",
            Kind.TEXT,
            "By weight: link (heavy enough to be joined), review (for a person to decide), "
            "possible (kept for the record).",
            required=True,
            allowed=BANDS,
        ),
        Column(
            "cut",
            Kind.TEXT,
            "Why a link was not laid, the guard or the judgement that kept the records apart; null "
            "where nothing did.",
        ),
        Column(
            "weights",
            Kind.TEXT,
            "JSON object: weight of every comparison in bits, and prior; they sum to match_weight "
            "exactly.",
            required=True,
        ),
        Column(
            "levels",
            Kind.TEXT,
            "JSON object: in plain words, the level of agreement of every comparison.",
            required=True,
        ),
        Column(
            "match_key", Kind.TEXT, "Blocking rule that brought the pair together.", required=True
        ),
        Column(
            "model_id", Kind.TEXT, "Model that scored it: governance.model_register.", required=True
        ),
        Column("night", Kind.DATE, "Night that scored it first with this weight.", required=True),
    ),
    key=PAIR_KEY,
)

PERSON_MEMBERSHIP = Table(
    "link",
    "person_membership",
    "One row a person record and span of nights: the person it belonged to. "
    "link.person_as_of(date) is this table at one date.",
    (
        Column("person_id", Kind.TEXT, "Opaque id of the person.", required=True),
        *_RECORD,
        *_SPAN,
    ),
    key=(*RECORD_PARTS, "valid_from"),
)

IDENTITY_EVENT = Table(
    "link",
    "identity_event",
    "One row a change of identity. Who holds the records of a superseded person_id today is "
    "answered by link.person_now(person_id).",
    (
        Column("event_id", Kind.BIGINT, "Running number, in order of time.", required=True),
        Column("night", Kind.DATE, "Night.", required=True),
        Column("person_id", Kind.TEXT, "Person that the event is about.", required=True),
        Column(
            "event",
            Kind.TEXT,
            "created, joined (a record came to it), left (a record went "
            "from it), merged (this id is superseded by other_person_id), split (came out of "
            "other_person_id), retired (its last record was deleted).",
            required=True,
            allowed=("created", "joined", "left", "merged", "split", "retired"),
        ),
        Column("other_person_id", Kind.TEXT, "The other person, for merged, split and left."),
        Column("records", Kind.INTEGER, "Records concerned.", required=True),
        Column(
            "cause",
            Kind.TEXT,
            "new record, changed record, deleted record, judgement, model.",
            required=True,
            allowed=("new record", "changed record", "deleted record", "judgement", "model"),
        ),
        Column("model_id", Kind.TEXT, "Model in use.", required=True),
    ),
    key=("event_id",),
)

OFFENCE_MEMBERSHIP = Table(
    "link",
    "offence_membership",
    "One row an offence record and span of nights: the offence it belonged to.",
    (
        Column("offence_id", Kind.TEXT, "Opaque id of the offence.", required=True),
        *_RECORD,
        *_SPAN,
    ),
    key=(*RECORD_PARTS, "valid_from"),
)

TABLES = (PERSON_EDGE, PERSON_MEMBERSHIP, IDENTITY_EVENT)
