"""Persons of a Niche-like extract, and what belongs to them."""

import polars as pl

from transforms.codes import ethnicity_from_16, ethnicity_observed, sex_from_letter
from transforms.contacts import canonical_email, canonical_phone, postcode_traps, real_postcode
from transforms.identifiers import canonical_identifier, is_valid_identifier
from transforms.mapping import Entity, Parsed, TableMapping, Trap
from transforms.names import clean_name, name_traps, real_name
from transforms.systems.niche_forms import DAY, coded, day, flag, time
from transforms.times import birth_date, birth_date_trap
from warehouse.code_sets import CodeSet

NAME_TYPE: CodeSet = {"ALIAS": "alias", "MAIDEN": "maiden", "FORMER": "former", "NICK": "nickname"}
IDENTIFIER: CodeSet = {"PNC": "pnc", "CRO": "cro", "DRIVER": "driver", "PASSPORT": "passport",
                       "NINO": "ni", "PRISON": "prison", "OTHER": "other"}  # fmt: skip
ADDRESS_TYPE: CodeSet = {"HOME": "home", "WORK": "work", "BAIL": "bail", "OTHER": "other"}
CONTACT: CodeSet = {"TEL": "phone", "EMAIL": "email"}
MARKER: CodeSet = {code: code for code in ("VI", "WE", "DR", "MH", "SU", "ES", "AT", "OT")}

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

_PERSON = {"source_record_id": pl.col("PersonId").str.strip_chars()}
_NAME = {
    "forename": real_name(pl.col("Forename1")),
    "middle_names": real_name(pl.col("Forename2")),
    "surname": real_name(pl.col("Surname")),
}
_NAME_TRAPS = (
    *name_traps(pl.col("Forename1"), "forename"),
    *name_traps(pl.col("Surname"), "surname"),
)
_BIRTH = birth_date(pl.col("DateOfBirth"), DAY)
_BIRTH_YEAR = pl.coalesce(
    _BIRTH.value.dt.year(), pl.col("YearOfBirth").str.strip_chars().cast(pl.Int32, strict=False)
)
_IDENTIFIER = coded("IdType", IDENTIFIER, "identifier_type_unknown")
_VALUE = canonical_identifier(_IDENTIFIER.value, pl.col("IdValue"))
_CONTACT = coded("ContactType", CONTACT, "contact_type_unknown")

MAPPINGS = (
    TableMapping(
        table="person_record",
        entity="Persons",
        columns={
            **_PERSON,
            **_NAME,
            "birth_date": _BIRTH,
            "birth_year": Parsed(pl.col("YearOfBirth"), _BIRTH_YEAR, "birth_year_not_a_year"),
            "sex": Parsed(pl.col("Sex"), sex_from_letter(pl.col("Sex")), "sex_unknown"),
            "ethnicity_self_defined": Parsed(
                pl.col("EthnicitySelf"), ethnicity_from_16(pl.col("EthnicitySelf")),
                "ethnicity_unknown",
            ),
            "ethnicity_observed": Parsed(
                pl.col("EthnicityObserved"), ethnicity_observed(pl.col("EthnicityObserved")),
                "ethnicity_unknown",
            ),
            "is_deceased": flag("Deceased"),
            "recorded_at": time("CreatedOn"),
            "updated_at": time("ModifiedOn"),
        },
        traps=(
            *_NAME_TRAPS,
            birth_date_trap(pl.col("DateOfBirth"), DAY),
            Trap("ethnicity_o1_is_a4", "ethnicity_self_defined",
                 pl.col("EthnicitySelf").str.strip_chars() == "O1", "mended"),
        ),
    ),
    TableMapping(
        table="person_name",
        entity="PersonAliases",
        columns={
            **_PERSON,
            "name_type": coded("AliasType", NAME_TYPE, "name_type_unknown"),
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
            "is_valid": is_valid_identifier(_IDENTIFIER.value, _VALUE),
        },
    ),
    TableMapping(
        table="person_address",
        entity="PersonAddresses",
        columns={
            **_PERSON,
            "address_type": coded("AddressType", ADDRESS_TYPE, "address_type_unknown"),
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
            "value": Parsed(
                pl.col("ContactValue"),
                pl.when(_CONTACT.value == "phone")
                .then(canonical_phone(pl.col("ContactValue")))
                .otherwise(canonical_email(pl.col("ContactValue"))),
                "contact_form",
            ),
        },
    ),
    TableMapping(
        table="warning_marker",
        entity="PersonWarnings",
        columns={
            **_PERSON,
            "marker_code": coded("Warning", MARKER, "marker_unknown"),
            "from_date": day("FromDate"),
        },
    ),
)  # fmt: skip
