"""Persons of an iHub-like document, and the parts that stand in arrays among their attributes."""

import polars as pl

from transforms.codes import ethnicity_from_esdd, sex_from_gndr
from transforms.contacts import canonical_email, canonical_phone, postcode_traps, real_postcode
from transforms.identifiers import canonical_identifier, is_valid_identifier
from transforms.mapping import Entity, Parsed, TableMapping
from transforms.names import clean_name, name_traps, real_name
from transforms.systems.ihub_forms import (
    DAY,
    attribute,
    attributes,
    coded,
    constrained,
    day,
    flag,
    time,
)
from transforms.times import birth_date, birth_date_trap
from warehouse.code_sets import CodeSet

OBSERVED: CodeSet = {f"EOFD_000{number}": f"IC{number}" for number in (1, 2, 3, 4, 5, 6, 9)}
NAME_TYPE = constrained("NTYP", "alias", "maiden", "former", "nickname")
IDENTIFIER = constrained("IDTY", "pnc", "cro", "driver", "passport", "ni", "prison", "other")
ADDRESS_TYPE = constrained("ADTY", "home", "work", "bail", "other")
CONTACT = constrained("COTY", "phone", "email")
MARKER = constrained("WARN", "VI", "WE", "DR", "MH", "SU", "ES", "AT", "OT")

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


def _name(given: pl.Expr, middle: pl.Expr, family: pl.Expr) -> dict[str, pl.Expr | Parsed]:
    return {
        "forename": real_name(given),
        "middle_names": real_name(middle),
        "surname": real_name(family),
    }


_OF_PERSON: dict[str, pl.Expr | Parsed] = {"source_record_id": pl.col("personId")}
_BIRTH = birth_date(attribute("dateOfBirth"), DAY)
_BIRTH_YEAR = pl.coalesce(
    _BIRTH.value.dt.year(), attribute("yearOfBirth").cast(pl.Int32, strict=False)
)
_TYPE = coded(pl.col("identifierType"), IDENTIFIER, "identifier_type_unknown")
_VALUE = canonical_identifier(_TYPE.value, pl.col("value"))
_CONTACT = coded(pl.col("contactType"), CONTACT, "contact_type_unknown")

MAPPINGS = (
    TableMapping(
        table="person_record",
        entity="person",
        columns={
            "source_record_id": pl.col("id"),
            **_name(attribute("givenName"), attribute("middleNames"), attribute("familyName")),
            "birth_date": _BIRTH,
            "birth_year": Parsed(attribute("yearOfBirth"), _BIRTH_YEAR, "birth_year_not_a_year"),
            "sex": Parsed(attribute("gender"), sex_from_gndr(attribute("gender")), "sex_unknown"),
            "ethnicity_self_defined": Parsed(
                attribute("ethnicitySelfDefined"),
                ethnicity_from_esdd(attribute("ethnicitySelfDefined")),
                "ethnicity_unknown",
            ),
            "ethnicity_observed": coded(
                attribute("ethnicityOfficerDefined"), OBSERVED, "ethnicity_unknown"
            ),
            "is_deceased": flag(attribute("deceased")),
            "source_person_ref": attribute("masterReference"),
            "recorded_at": time(attribute("createdAt")),
            "updated_at": time(attribute("modifiedAt")),
        },
        traps=(
            *name_traps(attribute("givenName"), "forename"),
            *name_traps(attribute("familyName"), "surname"),
            birth_date_trap(attribute("dateOfBirth"), DAY),
        ),
    ),
    TableMapping(
        table="person_name",
        entity="aliases",
        columns={
            **_OF_PERSON,
            "name_type": coded(pl.col("nameType"), NAME_TYPE, "name_type_unknown"),
            **_name(pl.col("givenName"), pl.col("middleNames"), pl.col("familyName")),
        },
        traps=(
            *name_traps(pl.col("givenName"), "forename"),
            *name_traps(pl.col("familyName"), "surname"),
        ),
    ),
    TableMapping(
        table="person_identifier",
        entity="identifiers",
        columns={
            **_OF_PERSON,
            "type": _TYPE,
            "value": _VALUE,
            "is_valid": is_valid_identifier(_TYPE.value, _VALUE),
        },
    ),
    TableMapping(
        table="person_address",
        entity="addresses",
        columns={
            **_OF_PERSON,
            "address_type": coded(pl.col("addressType"), ADDRESS_TYPE, "address_type_unknown"),
            "address": clean_name(pl.col("address")),
            "locality": clean_name(pl.col("locality")),
            "postcode": real_postcode(pl.col("postcode")),
            "from_date": day(pl.col("fromDate")),
            "to_date": day(pl.col("toDate")),
        },
        traps=postcode_traps(pl.col("postcode")),
    ),
    TableMapping(
        table="person_contact",
        entity="contacts",
        columns={
            **_OF_PERSON,
            "type": _CONTACT,
            "value": Parsed(
                pl.col("value"),
                pl.when(_CONTACT.value == "phone")
                .then(canonical_phone(pl.col("value")))
                .otherwise(canonical_email(pl.col("value"))),
                "contact_form",
            ),
        },
    ),
    TableMapping(
        table="warning_marker",
        entity="markers",
        columns={
            **_OF_PERSON,
            "marker_code": coded(pl.col("marker"), MARKER, "marker_unknown"),
            "from_date": day(pl.col("fromDate")),
        },
    ),
)  # fmt: skip
