"""The resolved persons and offences."""

from warehouse.contract.model import Column, Kind, Table

PERSON = Table(
    "core",
    "person",
    "One row a resolved person: one or more person records that the model joined.",
    (
        Column(
            "person_id",
            Kind.TEXT,
            "Opaque id: that which most of its records bore before.",
            required=True,
        ),
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
            "strongest way that ties the records together; null for a single record, and where "
            "only a judgement ties them.",
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


TABLES = (
    PERSON,
    OFFENCE,
)
