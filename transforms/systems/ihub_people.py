"""Persons of an iHub-like document, and the parts that stand in arrays among their attributes."""

import polars as pl

from forces.code_sets import ETHNICITY_ESDD_CODES
from forces.code_sets import ihub as ihub_codes
from transforms.codes import ethnicity_traps, recode
from transforms.contacts import postcode_traps, real_postcode
from transforms.identifiers import canonical_identifier
from transforms.mapping import Entity, Parsed, TableMapping, Trap
from transforms.names import clean_name, name_traps, real_name
from transforms.systems.ihub_forms import DAY, attribute, attributes, day, time
from transforms.systems.readings import birth_year, birth_year_trap, coded, contact, flag, trimmed
from transforms.times import birth_date, birth_date_trap, is_placeholder_birth, parse_date

PERSON = Entity(
    "person",
    ("id",),
    attributes(
        "givenName", "middleNames", "familyName", "dateOfBirth", "yearOfBirth", "gender",
        "ethnicitySelfDefined", "ethnicityOfficerDefined", "deceased", "masterReference",
        "createdAt", "modifiedAt",
    ),
)  # fmt: skip
# Each is an array of a person's attributes; personId is the person's id.
PARTS = (
    Entity("aliases", ("personId", "nameType"), ("givenName", "middleNames", "familyName")),
    Entity("identifiers", ("personId", "identifierType", "value")),
    Entity("addresses", ("personId",), ("addressType", "address", "locality", "postcode",
                                        "fromDate", "toDate")),
    Entity("contacts", ("personId", "contactType", "value")),
    Entity("markers", ("personId", "marker"), ("fromDate",)),
)  # fmt: skip


_GIVEN, _MIDDLE, _FAMILY = "givenName", "middleNames", "familyName"


def _name(given: str, middle: str, family: str) -> dict[str, pl.Expr | Parsed]:
    return {
        "forename": real_name(pl.col(given)),
        "middle_names": real_name(pl.col(middle)),
        "surname": real_name(pl.col(family)),
    }


def _name_traps(given: str, family: str) -> tuple[Trap, ...]:
    return (*name_traps(pl.col(given), "forename"), *name_traps(pl.col(family), "surname"))


_OF_PERSON: dict[str, pl.Expr | Parsed] = {"source_record_id": trimmed("personId")}
_BORN = pl.col(attribute("dateOfBirth"))
_BIRTH = birth_date(_BORN, DAY)
_TYPE = coded("identifierType", ihub_codes.IDENTIFIER, "identifier_type_unknown")
_VALUE = canonical_identifier(_TYPE.value, pl.col("value"))
_CONTACT = coded("contactType", ihub_codes.CONTACT, "contact_type_unknown")
_SELF_DEFINED = recode(pl.col(attribute("ethnicitySelfDefined")), ETHNICITY_ESDD_CODES)

MAPPINGS = (
    TableMapping(
        table="person_record",
        entity="person",
        columns={
            "source_record_id": trimmed("id"),
            **_name(attribute(_GIVEN), attribute(_MIDDLE), attribute(_FAMILY)),
            "birth_date": _BIRTH,
            "birth_year": birth_year(
                attribute("yearOfBirth"), _BIRTH.value,
                is_placeholder_birth(parse_date(_BORN, DAY)),
            ),
            "sex": coded(attribute("gender"), ihub_codes.SEX, "sex_unknown"),
            "ethnicity_self_defined": coded(
                attribute("ethnicitySelfDefined"), ihub_codes.ETHNICITY_SELF, "ethnicity_unknown"
            ),
            "ethnicity_observed": coded(
                attribute("ethnicityOfficerDefined"), ihub_codes.ETHNICITY_OBSERVED,
                "ethnicity_unknown",
            ),
            "is_deceased": flag(attribute("deceased")),
            "source_person_ref": trimmed(attribute("masterReference")),
            "recorded_at": time(attribute("createdAt")),
            "updated_at": time(attribute("modifiedAt")),
        },
        traps=(
            *_name_traps(attribute(_GIVEN), attribute(_FAMILY)),
            birth_date_trap(_BORN, DAY),
            birth_year_trap(attribute("yearOfBirth"), _BIRTH.value),
            *ethnicity_traps(_SELF_DEFINED),
        ),
    ),
    TableMapping(
        table="person_name",
        entity="aliases",
        columns={
            **_OF_PERSON,
            "name_type": coded("nameType", ihub_codes.NAME_TYPE, "name_type_unknown"),
            **_name(_GIVEN, _MIDDLE, _FAMILY),
        },
        traps=_name_traps(_GIVEN, _FAMILY),
    ),
    TableMapping(
        table="person_identifier",
        entity="identifiers",
        columns={
            **_OF_PERSON,
            "type": _TYPE,
            "value": _VALUE,
        },
    ),
    TableMapping(
        table="person_address",
        entity="addresses",
        columns={
            **_OF_PERSON,
            "address_type": coded("addressType", ihub_codes.ADDRESS_TYPE, "address_type_unknown"),
            "address": clean_name(pl.col("address")),
            "locality": clean_name(pl.col("locality")),
            "postcode": real_postcode(pl.col("postcode")),
            "from_date": day("fromDate"),
            "to_date": day("toDate"),
        },
        traps=postcode_traps(pl.col("postcode")),
    ),
    TableMapping(
        table="person_contact",
        entity="contacts",
        columns={
            **_OF_PERSON,
            "type": _CONTACT,
            "value": contact("value", _CONTACT.value),
        },
    ),
    TableMapping(
        table="warning_marker",
        entity="markers",
        columns={
            **_OF_PERSON,
            "marker_code": coded("marker", ihub_codes.MARKER, "marker_unknown"),
            "from_date": day("fromDate"),
        },
    ),
)  # fmt: skip
