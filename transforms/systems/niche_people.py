"""Persons of a Niche-like extract, and what belongs to them."""

import polars as pl

from forces.code_sets import niche as niche_codes
from transforms.codes import ethnicity_traps
from transforms.contacts import postcode_traps, real_postcode
from transforms.identifiers import canonical_identifier
from transforms.mapping import Entity, TableMapping
from transforms.names import clean_name, name_traps, real_name
from transforms.systems.niche_forms import DAY, day, time
from transforms.systems.readings import (
    birth_year,
    birth_year_trap,
    coded,
    contact,
    flag,
    trimmed,
    upper,
)
from transforms.times import birth_date, birth_date_trap, is_placeholder_birth, parse_date

ENTITIES = (
    Entity(
        "Persons",
        ("PersonId", "Forename1", "Surname", "DateOfBirth", "Sex", "EthnicitySelf"),
        ("Forename2", "YearOfBirth", "EthnicityObserved", "Deceased", "CreatedOn", "ModifiedOn"),
    ),
    Entity("PersonAliases", ("PersonId", "AliasType", "Surname"), ("Forename1", "Forename2")),
    Entity("PersonIdentifiers", ("PersonId", "IdType", "IdValue")),
    Entity(
        "PersonAddresses",
        ("PersonId", "Address", "Town", "Postcode"),
        ("AddressType", "FromDate", "ToDate"),
    ),
    Entity("PersonContacts", ("PersonId", "ContactType", "ContactValue")),
    Entity("PersonWarnings", ("PersonId", "Warning"), ("FromDate",)),
)

_PERSON = {"source_record_id": trimmed("PersonId")}
_NAME = {
    "forename": real_name(pl.col("Forename1")),
    "middle_names": real_name(pl.col("Forename2")),
    "surname": real_name(pl.col("Surname")),
}
_NAME_TRAPS = (
    *name_traps(pl.col("Forename1"), "forename"),
    *name_traps(pl.col("Surname"), "surname"),
)
_BORN = pl.col("DateOfBirth")
_BIRTH = birth_date(_BORN, DAY)
_IDENTIFIER = coded("IdType", niche_codes.IDENTIFIER, "identifier_type_unknown")
_VALUE = canonical_identifier(_IDENTIFIER.value, pl.col("IdValue"))
_CONTACT = coded("ContactType", niche_codes.CONTACT, "contact_type_unknown")

MAPPINGS = (
    TableMapping(
        table="person_record",
        entity="Persons",
        columns={
            **_PERSON,
            **_NAME,
            "birth_date": _BIRTH,
            "birth_year": birth_year(
                "YearOfBirth", _BIRTH.value, is_placeholder_birth(parse_date(_BORN, DAY))
            ),
            "sex": coded("Sex", niche_codes.SEX, "sex_unknown"),
            "ethnicity_self_defined": coded(
                "EthnicitySelf", niche_codes.ETHNICITY_SELF, "ethnicity_unknown"
            ),
            "ethnicity_observed": coded(
                "EthnicityObserved", niche_codes.ETHNICITY_OBSERVED, "ethnicity_unknown"
            ),
            "is_deceased": flag("Deceased"),
            "recorded_at": time("CreatedOn"),
            "updated_at": time("ModifiedOn"),
        },
        traps=(
            *_NAME_TRAPS,
            birth_date_trap(_BORN, DAY),
            birth_year_trap("YearOfBirth", _BIRTH.value),
            *ethnicity_traps(upper("EthnicitySelf")),
        ),
    ),
    TableMapping(
        table="person_name",
        entity="PersonAliases",
        columns={
            **_PERSON,
            "name_type": coded("AliasType", niche_codes.NAME_TYPE, "name_type_unknown"),
            **_NAME,
        },
        traps=_NAME_TRAPS,
    ),
    TableMapping(
        table="person_identifier",
        entity="PersonIdentifiers",
        columns={
            **_PERSON,
            "type": _IDENTIFIER,
            "value": _VALUE,
        },
    ),
    TableMapping(
        table="person_address",
        entity="PersonAddresses",
        columns={
            **_PERSON,
            "address_type": coded("AddressType", niche_codes.ADDRESS_TYPE, "address_type_unknown"),
            "address": clean_name(pl.col("Address")),
            "locality": clean_name(pl.col("Town")),
            "postcode": real_postcode(pl.col("Postcode")),
            "from_date": day("FromDate"),
            "to_date": day("ToDate"),
        },
        traps=postcode_traps(pl.col("Postcode")),
    ),
    TableMapping(
        table="person_contact",
        entity="PersonContacts",
        columns={
            **_PERSON,
            "type": _CONTACT,
            "value": contact("ContactValue", _CONTACT.value),
        },
    ),
    TableMapping(
        table="warning_marker",
        entity="PersonWarnings",
        columns={
            **_PERSON,
            "marker_code": coded("Warning", niche_codes.MARKER, "marker_unknown"),
            "from_date": day("FromDate"),
        },
    ),
)  # fmt: skip
