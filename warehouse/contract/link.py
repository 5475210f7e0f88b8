"""Which records are one person or one offence, why, and since when."""

from warehouse.contract.model import Column, Kind, Table

PERSON_EDGE = Table(
    "link",
    "person_edge",
    "One row a pair of person records that the model scored at or above the review threshold.",
    (
        Column("force_l", Kind.TEXT, "Force of the first record.", required=True),
        Column("source_system_l", Kind.TEXT, "System of the first record.", required=True),
        Column("source_record_id_l", Kind.TEXT, "Id of the first record.", required=True),
        Column("force_r", Kind.TEXT, "Force of the second record.", required=True),
        Column("source_system_r", Kind.TEXT, "System of the second record.", required=True),
        Column("source_record_id_r", Kind.TEXT, "Id of the second record.", required=True),
        Column(
            "match_weight",
            Kind.DOUBLE,
            "Total weight, bits (log2 of the odds), the prior included.",
            required=True,
        ),
        Column(
            "match_probability",
            Kind.DOUBLE,
            "The same as a probability under the model. An "
            "estimate of a provisional model, not a measured precision.",
            required=True,
        ),
        Column(
            "band",
            Kind.TEXT,
            "link (joined automatically) or review (for a person to decide; not joined).",
            required=True,
            allowed=("link", "review"),
        ),
        Column(
            "weights",
            Kind.TEXT,
            "JSON object: weight of every comparison in bits, and prior; they sum to match_weight.",
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
    key=(
        "force_l",
        "source_system_l",
        "source_record_id_l",
        "force_r",
        "source_system_r",
        "source_record_id_r",
    ),
)

PERSON_MEMBERSHIP = Table(
    "link",
    "person_membership",
    "One row a person record and span of nights: the person it belonged to.",
    (
        Column("person_id", Kind.TEXT, "Opaque id of the person.", required=True),
        Column("force", Kind.TEXT, "Force of the record.", required=True),
        Column("source_system", Kind.TEXT, "System of the record.", required=True),
        Column("source_record_id", Kind.TEXT, "Id of the record.", required=True),
        Column("valid_from", Kind.DATE, "First night.", required=True),
        Column("valid_to", Kind.DATE, "Night from which it no longer held; null while current."),
    ),
    key=("force", "source_system", "source_record_id", "valid_from"),
)

IDENTITY_EVENT = Table(
    "link",
    "identity_event",
    "One row a change of identity. A superseded person_id is answered by its merged event.",
    (
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
        Column("other_person_id", Kind.TEXT, "The other person, for merged and split."),
        Column("records", Kind.INTEGER, "Records concerned.", required=True),
        Column(
            "cause", Kind.TEXT, "new record, changed record, deleted record, model.", required=True
        ),
        Column("model_id", Kind.TEXT, "Model in use.", required=True),
    ),
    key=("night", "person_id", "event", "other_person_id"),
)

OFFENCE_MEMBERSHIP = Table(
    "link",
    "offence_membership",
    "One row an offence record and span of nights: the offence it belonged to. Until offences are "
    "linked across forces, each record is an offence of its own.",
    (
        Column("offence_id", Kind.TEXT, "Opaque id of the offence.", required=True),
        Column("force", Kind.TEXT, "Force of the record.", required=True),
        Column("source_system", Kind.TEXT, "System of the record.", required=True),
        Column("source_record_id", Kind.TEXT, "Id of the record.", required=True),
        Column("valid_from", Kind.DATE, "First night.", required=True),
        Column("valid_to", Kind.DATE, "Night from which it no longer held; null while current."),
    ),
    key=("force", "source_system", "source_record_id", "valid_from"),
)

PERSON = Table(
    "core",
    "person",
    "One row a resolved person: one or more person records that the model joined.",
    (
        Column("person_id", Kind.TEXT, "Opaque id; kept from its oldest record.", required=True),
        Column(
            "forename",
            Kind.TEXT,
            "Most frequent forename of its records; ties: the oldest record's.",
            sensitivity="personal",
        ),
        Column("surname", Kind.TEXT, "Most frequent surname, likewise.", sensitivity="personal"),
        Column(
            "birth_date", Kind.DATE, "Most frequent birth date, likewise.", sensitivity="personal"
        ),
        Column("sex", Kind.TEXT, "Most frequent sex, likewise.", sensitivity="personal"),
        Column("record_count", Kind.INTEGER, "Person records.", required=True),
        Column("force_count", Kind.INTEGER, "Forces that hold them.", required=True),
        Column(
            "forces",
            Kind.TEXT,
            "Those forces, in alphabetical order, comma between.",
            required=True,
        ),
        Column(
            "weakest_link_weight",
            Kind.DOUBLE,
            "Weight in bits of the weakest link on the "
            "strongest way that ties the records together; null for a single record.",
        ),
        Column(
            "first_night", Kind.DATE, "Night on which the person was first known.", required=True
        ),
    ),
    key=("person_id",),
)

OFFENCE = Table(
    "core",
    "offence",
    "One row a resolved offence.",
    (
        Column("offence_id", Kind.TEXT, "Opaque id.", required=True),
        Column("record_count", Kind.INTEGER, "Offence records.", required=True),
        Column("force_count", Kind.INTEGER, "Forces that hold them.", required=True),
        Column("first_night", Kind.DATE, "Night on which it was first known.", required=True),
    ),
    key=("offence_id",),
)

TABLES = (PERSON_EDGE, PERSON_MEMBERSHIP, IDENTITY_EVENT, OFFENCE_MEMBERSHIP, PERSON, OFFENCE)
