"""People as one force holds them: the P of POLE."""

from warehouse.contract.constraint import CheckLetter, Order, Refusal
from warehouse.contract.model import Column, Kind, delivered
from warehouse.contract.placeholders import (
    PLACEHOLDER_BIRTH_DATES,
    PLACEHOLDER_CRO,
    PLACEHOLDER_NAMES,
    PLACEHOLDER_POSTCODES,
)

ETHNICITY_SELF_DEFINED = (
    "W1", "W2", "W3", "W9", "M1", "M2", "M3", "M9", "A1", "A2", "A3", "A4", "A9",
    "B1", "B2", "B9", "O1", "O2", "O9", "NS",
)  # fmt: skip
ETHNICITY_OBSERVED = ("IC1", "IC2", "IC3", "IC4", "IC5", "IC6", "IC9")
# Codes of the 16+1 set that 18+1 has given up, and what they are there.
ETHNICITY_SUPERSEDED = {"O1": "A4"}

_ETHNICITY_SETS = "Home Office 16+1 and 18+1 self-defined ethnicity codes; PNC identity codes"
_O1 = Refusal(
    "ethnicity_o1_is_a4",
    "is O1 (Chinese) of the 16+1 set, which the 18+1 set counts as A4",
    "send the 18+1 set, or have the code mapped to A4",
    values=tuple(ETHNICITY_SUPERSEDED),
    basis=_ETHNICITY_SETS,
)
_OBSERVED_AS_SELF_DEFINED = Refusal(
    "ethnicity_of_the_other_set",
    "is an IC code, which is how an officer saw the person",
    "put IC codes into ethnicity_observed, and here only what the person said",
    values=ETHNICITY_OBSERVED,
    basis=_ETHNICITY_SETS,
)
_SELF_DEFINED_AS_OBSERVED = Refusal(
    "ethnicity_of_the_other_set",
    "is a self-defined code, which is what the person said",
    "put self-defined codes into ethnicity_self_defined, and here only IC codes",
    values=ETHNICITY_SELF_DEFINED,
    basis=_ETHNICITY_SETS,
)

FORENAME = Column(
    "forename",
    Kind.TEXT,
    "First given name, upper case.",
    refused=PLACEHOLDER_NAMES,
    sensitivity="personal",
)
MIDDLE_NAMES = Column(
    "middle_names",
    Kind.TEXT,
    "Other given names, upper case, one space between.",
    refused=PLACEHOLDER_NAMES,
    sensitivity="personal",
)
SURNAME = Column(
    "surname",
    Kind.TEXT,
    "Family name, upper case.",
    refused=PLACEHOLDER_NAMES,
    sensitivity="personal",
)

PERSON_RECORD = delivered(
    "person_record",
    "One row a nominal (person record) of a force's record system. The person it is resolved to "
    "is person_id; whether somebody is a suspect, victim or witness stands in core.event_role, "
    "never here.",
    FORENAME,
    MIDDLE_NAMES,
    SURNAME,
    Column(
        "birth_date",
        Kind.DATE,
        "Date of birth; null where unknown or a placeholder.",
        minimum="1890-01-01",
        maximum="2030-12-31",
        profile="GB",
        refused=(PLACEHOLDER_BIRTH_DATES,),
        not_after_delivery=True,
        is_lasting=True,
        sensitivity="personal",
    ),
    Column(
        "birth_year",
        Kind.INTEGER,
        "Year of birth where only that is known, or of birth_date.",
        minimum=1890,
        maximum=2030,
        profile="GB",
        possible=(1, 9999),
        year_of="birth_date",
        sensitivity="personal",
    ),
    Column(
        "sex",
        Kind.TEXT,
        "M, F or U (not known).",
        allowed=("M", "F", "U"),
        is_lasting=True,
        not_known=("U",),
        sensitivity="personal",
    ),
    Column(
        "ethnicity_self_defined",
        Kind.TEXT,
        "Self-defined ethnicity, 18+1 code. O1 (Chinese) "
        "of the older 16+1 set is A4 here; see reference.ethnicity.",
        allowed=tuple(c for c in ETHNICITY_SELF_DEFINED if c not in ETHNICITY_SUPERSEDED),
        refused=(_O1, _OBSERVED_AS_SELF_DEFINED),
        sensitivity="special category",
    ),
    Column(
        "ethnicity_observed",
        Kind.TEXT,
        "Ethnicity as an officer saw it, IC1 to IC6, IC9. "
        "Never to be mixed with ethnicity_self_defined.",
        allowed=ETHNICITY_OBSERVED,
        refused=(_SELF_DEFINED_AS_OBSERVED,),
        sensitivity="special category",
    ),
    Column(
        "is_deceased",
        Kind.BOOLEAN,
        "True where the force holds that the person has died.",
        sensitivity="personal",
    ),
    Column(
        "source_person_ref",
        Kind.TEXT,
        "The system's own id that ties several of its records "
        "to one person (a master or regional nominal id), where it has one.",
    ),
    Column(
        "recorded_at",
        Kind.TIMESTAMP,
        "When the force created the record, UTC.",
        not_after_delivery=True,
    ),
    Column(
        "updated_at",
        Kind.TIMESTAMP,
        "When the force last changed the record, UTC.",
        not_after_delivery=True,
    ),
    orders=(Order("updated_at", ("recorded_at",)),),
)

PERSON_NAME = delivered(
    "person_name",
    "One row a further name of a nominal: alias, maiden, former or nickname.",
    Column(
        "name_type",
        Kind.TEXT,
        "alias, maiden, former, nickname.",
        required=True,
        allowed=("alias", "maiden", "former", "nickname"),
    ),
    FORENAME,
    MIDDLE_NAMES,
    SURNAME,
    owner="person_record",
)

PERSON_IDENTIFIER = delivered(
    "person_identifier",
    "One row an identifier of a nominal.",
    Column(
        "type",
        Kind.TEXT,
        "pnc (PNC ID), cro (Criminal Records Office number), driver, "
        "passport, ni (National Insurance), prison, other.",
        required=True,
        allowed=("pnc", "cro", "driver", "passport", "ni", "prison", "other"),
    ),
    Column(
        "value",
        Kind.TEXT,
        "The identifier in its canonical form: PNC as YYYY/NNNNNNND, CRO as "
        "NNNNNN/YYD or SFYY/NNNNNND. As received, upper case, where it is not valid.",
        required=True,
        refused=(PLACEHOLDER_CRO,),
        check_letter=CheckLetter(("pnc", "cro"), selector="type", flag="is_valid"),
        sensitivity="personal",
    ),
    Column(
        "is_valid",
        Kind.BOOLEAN,
        "True where form and check letter are right; false where they "
        "are not; null for types without a check.",
    ),
    owner="person_record",
)

PERSON_ADDRESS = delivered(
    "person_address",
    "One row an address of a nominal.",
    Column(
        "address_type",
        Kind.TEXT,
        "home, work, bail, other.",
        allowed=("home", "work", "bail", "other"),
    ),
    Column("address", Kind.TEXT, "Building and street, upper case.", sensitivity="personal"),
    Column("locality", Kind.TEXT, "Town or village, upper case.", sensitivity="personal"),
    Column(
        "postcode",
        Kind.TEXT,
        "Postcode, upper case, one space before the last three.",
        pattern=r"^([A-Z][A-HJ-Y]?\d[A-Z\d]? \d[A-Z]{2}|GIR 0AA)$",
        profile="GB",
        refused=(PLACEHOLDER_POSTCODES,),
        sensitivity="personal",
    ),
    Column("from_date", Kind.DATE, "First day known there.", sensitivity="personal"),
    Column(
        "to_date", Kind.DATE, "Last day known there; null while current.", sensitivity="personal"
    ),
    owner="person_record",
    orders=(Order("to_date", ("from_date",)),),
)

PERSON_CONTACT = delivered(
    "person_contact",
    "One row a phone number or e-mail address of a nominal.",
    Column("type", Kind.TEXT, "phone or email.", required=True, allowed=("phone", "email")),
    Column(
        "value",
        Kind.TEXT,
        "Phone: digits with a leading +44 for a UK number. E-mail: lower case.",
        required=True,
        sensitivity="personal",
    ),
    owner="person_record",
)

WARNING_MARKER = delivered(
    "warning_marker",
    "One row a warning marker on a nominal, such as violent or ailment.",
    Column(
        "marker_code",
        Kind.TEXT,
        "Short code of the marker: VI violent, WE weapons, DR drugs, "
        "MH mental health, SU self-harm, ES escaper, AT ailment, OT other.",
        required=True,
        allowed=("VI", "WE", "DR", "MH", "SU", "ES", "AT", "OT"),
        sensitivity="special category",
    ),
    Column("from_date", Kind.DATE, "Day it was put on.", sensitivity="personal"),
    owner="person_record",
)

# What linking reads: the state's rows of these bear the number of their record.
HASHED = (PERSON_RECORD, PERSON_NAME, PERSON_IDENTIFIER, PERSON_ADDRESS, PERSON_CONTACT)

TABLES = (*HASHED, WARNING_MARKER)
