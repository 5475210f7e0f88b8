"""Public facts that the pipeline stands on. Small ones are typed in warehouse/reference."""

from warehouse.contract import geography
from warehouse.contract.constraint import Reference
from warehouse.contract.model import Column, Kind, Table

FORCE = Table(
    "reference",
    "force",
    "One row a declared force, and one that was and has data.",
    (
        Column("force", Kind.TEXT, "Slug as data.police.uk spells it.", required=True),
        Column("name", Kind.TEXT, "Name; the slug where it is declared no longer.", required=True),
        Column(
            "ons_code", Kind.TEXT, "ONS code of the police force area (E23…, W15…); null for BTP."
        ),
        Column("pnc_codes", Kind.TEXT, "PNC force codes, comma between.", required=True),
        Column("source_system", Kind.TEXT, "Record system as declared.", required=True),
        Column(
            "deliverer", Kind.TEXT, "Who sends its data: itself or a shared system.", required=True
        ),
        Column(
            "profile",
            Kind.TEXT,
            "Country profile; unknown where it is declared no longer.",
            required=True,
        ),
    ),
    key=("force",),
)

OFFENCE_GROUP = Table(
    "reference",
    "offence_group",
    "One row an offence group as data.police.uk names it.",
    (
        Column("offence_group", Kind.TEXT, "Slug, lower case with hyphens.", required=True),
        Column(
            "name", Kind.TEXT, "Name as in the street files; empty for unmapped.", required=True
        ),
        Column(
            "harm_days",
            Kind.DOUBLE,
            "Cambridge Crime Harm Index 2026, days of imprisonment "
            "for one offence of the group: subgroup weights blended by the national counts of "
            "2024/25. Null where the index gives none.",
        ),
        Column(
            "is_proactive",
            Kind.BOOLEAN,
            "True where police find such offences at work rather than are told of them: left out "
            "of the harm of places.",
            required=True,
        ),
    ),
    key=("offence_group",),
)

OFFENCE_CODE = Table(
    "reference",
    "offence_code",
    "One row a Home Office offence code that the pipeline knows, with its counterparts.",
    (
        Column("offence_code", Kind.TEXT, "Home Office code NNN/NN.", required=True),
        Column("description", Kind.TEXT, "What it is.", required=True),
        Column(
            "offence_group",
            Kind.TEXT,
            "Group.",
            required=True,
            references=Reference("offence_group", "offence_group"),
        ),
        Column("cjs_code", Kind.TEXT, "A CJS offence code of the same offence."),
        Column(
            "npcc_code",
            Kind.TEXT,
            "NPCC offence code as used by connect-like systems of the "
            "simulator (ours: the national list is not public).",
        ),
        Column("harm_days", Kind.DOUBLE, "Cambridge Crime Harm Index 2026, days."),
    ),
    key=("offence_code",),
)

OUTCOME = Table(
    "reference",
    "outcome",
    "One row a Home Office outcome.",
    (
        Column("outcome_code", Kind.TEXT, "1 to 22, 1A to 3A.", required=True),
        Column("name", Kind.TEXT, "Name.", required=True),
        Column(
            "is_positive",
            Kind.BOOLEAN,
            "True for outcomes 1 to 8 and 1A to 3A and 22: an offender was dealt with.",
            required=True,
        ),
    ),
    key=("outcome_code",),
)

OUTCOME_LIMIT = Table(
    "reference",
    "outcome_limit",
    "One row an outcome that not every offence may be given, and an offence that it may, or may "
    "not, be given to. An outcome without rows is not limited.",
    (
        Column(
            "outcome_code",
            Kind.TEXT,
            "Outcome.",
            required=True,
            references=Reference("outcome", "outcome_code"),
        ),
        Column(
            "offence",
            Kind.TEXT,
            "Home Office code NNN/NN; or an offence group, for records of it without a code.",
            required=True,
        ),
        Column(
            "is_allowed",
            Kind.BOOLEAN,
            "True: the outcome is given to such offences only. False: it is given to any but such.",
            required=True,
        ),
    ),
    key=("outcome_code", "offence"),
)

ETHNICITY = Table(
    "reference",
    "ethnicity",
    "One row an ethnicity code of either set.",
    (
        Column("code_set", Kind.TEXT, "self_defined (18+1) or observed (IC).", required=True),
        Column("code", Kind.TEXT, "Code.", required=True),
        Column("name", Kind.TEXT, "Name.", required=True),
        Column("note", Kind.TEXT, "For instance: O1 of the 16+1 set is A4 here."),
    ),
    key=("code_set", "code"),
)

POSTCODE = Table(
    "reference",
    "postcode",
    "One row a postcode with the coordinates of its centre, as loaded from the reference delivery. "
    "The simulator's gazetteer is invented.",
    (
        Column(
            "postcode",
            Kind.TEXT,
            "Postcode, upper case, one space before the last three.",
            required=True,
        ),
        Column("easting", Kind.DOUBLE, "Metres, EPSG:27700.", required=True),
        Column("northing", Kind.DOUBLE, "Metres, EPSG:27700.", required=True),
        Column("longitude", Kind.DOUBLE, "Degrees east, EPSG:4326.", required=True),
        Column("latitude", Kind.DOUBLE, "Degrees north, EPSG:4326.", required=True),
    ),
    key=("postcode",),
)

TABLES = (
    FORCE,
    OFFENCE_GROUP,
    OFFENCE_CODE,
    OUTCOME,
    OUTCOME_LIMIT,
    ETHNICITY,
    POSTCODE,
    *geography.TABLES,
)
