"""Persons of connect-like change events, and what belongs to them.

Ethnicity is self-defined: a code of the 16+1 set, whose O1 is A4 of 18+1, and the person's own
words, which are taken where there is no code.
"""

import polars as pl

from forces.code_sets import connect as connect_codes
from transforms.codes import (
    ethnicity_from_16,
    ethnicity_from_words,
    ethnicity_traps,
    sex_from_words,
)
from transforms.contacts import postcode_traps, real_postcode
from transforms.identifiers import canonical_identifier
from transforms.mapping import Entity, Parsed, Trap
from transforms.names import clean_name
from transforms.systems.connect_forms import EVENT, NAME, NAME_TRAPS, change, day, time
from transforms.systems.readings import birth_year, birth_year_trap, coded, contact, flag, trimmed
from transforms.times import epoch_ms_to_utc, is_placeholder_birth

_KEY = (*EVENT, "POLE_PersonId")
_NAMES = ("FamilyName", "GivenName", "MiddleNames")
ENTITIES = (
    Entity(
        "Person",
        _KEY,
        ("MasterId", *_NAMES, "BirthDate", "BirthYear", "Sex", "EthnicityText", "EthnicityCode",
         "Deceased", "CreatedOn", "ModifiedOn"),
    ),
    Entity("PersonName", (*_KEY, "NameType"), _NAMES),
    Entity("PersonIdentifier", (*_KEY, "IdentifierType", "IdentifierValue")),
    Entity(
        "PersonAddress",
        _KEY,
        ("AddressType", "AddressLine", "Town", "Postcode", "FromDate", "ToDate"),
    ),
    Entity("PersonContact", (*_KEY, "ContactType", "ContactValue")),
    Entity("WarningMarker", (*_KEY, "MarkerCode"), ("FromDate",)),
)  # fmt: skip

_PERSON = {"source_record_id": trimmed("POLE_PersonId")}
_BORN = epoch_ms_to_utc(pl.col("BirthDate")).dt.date()
_IS_PLACEHOLDER = is_placeholder_birth(_BORN)
_BIRTH = Parsed(
    pl.when(~_IS_PLACEHOLDER).then(pl.col("BirthDate")),
    pl.when(~_IS_PLACEHOLDER).then(_BORN),
    "birth_date_not_a_date",
)
_CODE, _WORDS = pl.col("EthnicityCode"), pl.col("EthnicityText")
_HAS_CODE = trimmed("EthnicityCode").is_not_null()
_ETHNICITY = (
    pl.when(_HAS_CODE).then(ethnicity_from_16(_CODE)).otherwise(ethnicity_from_words(_WORDS))
)
_ID_TYPE = coded("IdentifierType", connect_codes.IDENTIFIER, "identifier_type_unknown")
_ID_VALUE = canonical_identifier(_ID_TYPE.value, pl.col("IdentifierValue"))
_CONTACT = coded("ContactType", connect_codes.CONTACT, "contact_type_unknown")

MAPPINGS = (
    change(
        "person_record",
        "Person",
        {
            **_PERSON,
            **NAME,
            "birth_date": _BIRTH,
            "birth_year": birth_year("BirthYear", _BIRTH.value, _IS_PLACEHOLDER),
            "sex": Parsed(pl.col("Sex"), sex_from_words(pl.col("Sex")), "sex_unknown"),
            "ethnicity_self_defined": Parsed(_CODE, _ETHNICITY, "ethnicity_unknown"),
            "is_deceased": flag("Deceased"),
            "source_person_ref": trimmed("MasterId"),
            "recorded_at": time("CreatedOn"),
            "updated_at": time("ModifiedOn"),
        },
        (
            *NAME_TRAPS,
            Trap("placeholder_birth_date", "birth_date", _IS_PLACEHOLDER, "mended"),
            birth_year_trap("BirthYear", _BIRTH.value),
            *ethnicity_traps(trimmed("EthnicityCode").str.to_uppercase()),
            Trap("ethnicity_in_words_only", "ethnicity_self_defined",
                 ~_HAS_CODE & trimmed("EthnicityText").is_not_null(), "counted"),
        ),
    ),
    change(
        "person_name",
        "PersonName",
        {
            **_PERSON,
            "name_type": coded("NameType", connect_codes.NAME_TYPE, "name_type_unknown"),
            **NAME,
        },
        NAME_TRAPS,
    ),
    change(
        "person_identifier",
        "PersonIdentifier",
        {
            **_PERSON,
            "type": _ID_TYPE,
            "value": _ID_VALUE,
        },
    ),
    change(
        "person_address",
        "PersonAddress",
        {
            **_PERSON,
            "address_type": coded(
                "AddressType", connect_codes.ADDRESS_TYPE, "address_type_unknown"
            ),
            "address": clean_name(pl.col("AddressLine")),
            "locality": clean_name(pl.col("Town")),
            "postcode": real_postcode(pl.col("Postcode")),
            "from_date": day("FromDate"),
            "to_date": day("ToDate"),
        },
        postcode_traps(pl.col("Postcode")),
    ),
    change(
        "person_contact",
        "PersonContact",
        {**_PERSON, "type": _CONTACT, "value": contact("ContactValue", _CONTACT.value)},
    ),
    change(
        "warning_marker",
        "WarningMarker",
        {
            **_PERSON,
            "marker_code": coded("MarkerCode", connect_codes.MARKER, "marker_unknown"),
            "from_date": day("FromDate"),
        },
    ),
)  # fmt: skip
