"""Nominals of an athena-like extract, and what belongs to them.

A NominalRef is one for the whole region: the same person may stand under several forces by it.
"""

import polars as pl

from forces.code_sets import athena as athena_codes
from transforms.codes import ethnicity_from_18, ethnicity_observed, ethnicity_traps, sex_from_cjs
from transforms.contacts import postcode_traps, real_postcode
from transforms.identifiers import canonical_identifier
from transforms.mapping import Entity, Parsed, TableMapping
from transforms.systems.athena_forms import DAY, NAME, NAME_TRAPS, day, line, time
from transforms.systems.readings import birth_year, birth_year_trap, coded, contact, flag, trimmed
from transforms.times import birth_date, birth_date_trap, is_placeholder_birth, parse_date

_KEY = ("ForceCode", "NominalRef")
ENTITIES = (
    Entity(
        "nominal",
        (*_KEY, "Surname", "Forename1", "DateOfBirth", "Sex", "EthnicityObserved",
         "EthnicitySelfDefined"),
        ("Forename2", "YearOfBirth", "Deceased", "CreatedAt", "UpdatedAt"),
    ),
    Entity("nominal_name", (*_KEY, "NameType", "Surname", "Forename1"), ("Forename2",)),
    Entity("nominal_identifier", (*_KEY, "IdType", "IdValue")),
    Entity(
        "nominal_address",
        (*_KEY, "Address", "Locality", "Postcode"),
        ("AddressType", "FromDate", "ToDate"),
    ),
    Entity("nominal_contact", (*_KEY, "ContactType", "ContactValue")),
    Entity("nominal_warning", (*_KEY, "MarkerCode"), ("FromDate",)),
)  # fmt: skip

_NOMINAL = {"source_record_id": trimmed("NominalRef")}
_BORN = pl.col("DateOfBirth")
_BIRTH = birth_date(_BORN, DAY)
_SELF, _OBSERVED = pl.col("EthnicitySelfDefined"), pl.col("EthnicityObserved")
_ID_TYPE = coded("IdType", athena_codes.IDENTIFIER, "identifier_type_unknown")
_ID_VALUE = canonical_identifier(_ID_TYPE.value, pl.col("IdValue"))
_CONTACT = coded("ContactType", athena_codes.CONTACT, "contact_type_unknown")

MAPPINGS = (
    TableMapping(
        table="person_record",
        entity="nominal",
        columns={
            **_NOMINAL,
            **NAME,
            "birth_date": _BIRTH,
            "birth_year": birth_year(
                "YearOfBirth", _BIRTH.value, is_placeholder_birth(parse_date(_BORN, DAY))
            ),
            "sex": Parsed(pl.col("Sex"), sex_from_cjs(pl.col("Sex")), "sex_unknown"),
            "ethnicity_self_defined": Parsed(
                _SELF, ethnicity_from_18(_SELF), "ethnicity_unknown"
            ),
            "ethnicity_observed": Parsed(
                _OBSERVED, ethnicity_observed(_OBSERVED), "ethnicity_unknown"
            ),
            "is_deceased": flag("Deceased"),
            "source_person_ref": trimmed("NominalRef"),
            "recorded_at": time("CreatedAt"),
            "updated_at": time("UpdatedAt"),
        },
        traps=(
            *NAME_TRAPS,
            birth_date_trap(_BORN, DAY),
            birth_year_trap("YearOfBirth", _BIRTH.value),
            *ethnicity_traps(_SELF.str.strip_chars().str.to_uppercase()),
        ),
    ),
    TableMapping(
        table="person_name",
        entity="nominal_name",
        columns={
            **_NOMINAL,
            "name_type": coded("NameType", athena_codes.NAME_TYPE, "name_type_unknown"),
            **NAME,
        },
        traps=NAME_TRAPS,
    ),
    TableMapping(
        table="person_identifier",
        entity="nominal_identifier",
        columns={
            **_NOMINAL,
            "type": _ID_TYPE,
            "value": _ID_VALUE,
        },
    ),
    TableMapping(
        table="person_address",
        entity="nominal_address",
        columns={
            **_NOMINAL,
            "address_type": coded("AddressType", athena_codes.ADDRESS_TYPE, "address_type_unknown"),
            "address": line("Address"),
            "locality": line("Locality"),
            "postcode": real_postcode(pl.col("Postcode")),
            "from_date": day("FromDate"),
            "to_date": day("ToDate"),
        },
        traps=postcode_traps(pl.col("Postcode")),
    ),
    TableMapping(
        table="person_contact",
        entity="nominal_contact",
        columns={
            **_NOMINAL,
            "type": _CONTACT,
            "value": contact("ContactValue", _CONTACT.value),
        },
    ),
    TableMapping(
        table="warning_marker",
        entity="nominal_warning",
        columns={
            **_NOMINAL,
            "marker_code": coded("MarkerCode", athena_codes.MARKER, "marker_unknown"),
            "from_date": day("FromDate"),
        },
    ),
)  # fmt: skip
