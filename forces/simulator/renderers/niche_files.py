"""The files of a Niche-like extract: each column, and what it is made of in the contract's terms.

Its codes stand in forces/code_sets/niche.py.
"""

import polars as pl

from forces.code_sets import niche as niche_codes
from forces.simulator.renderers.shape import Shape, coded, flag_text
from warehouse.contract import delivered_table

# The 16+1 set has no code for W3 and O2: both fall to their group's "other".
NO_CODE = {"W3": "W9", "O2": "O9"}


def _same(name: str) -> pl.Expr:
    return pl.col(name)


def _local(name: str) -> pl.Expr:
    """A UTC instant in local time, to the minute."""
    local = pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/London")
    return local.dt.strftime("%d/%m/%Y %H:%M")


def _day(name: str) -> pl.Expr:
    return pl.col(name).dt.strftime("%d/%m/%Y")


def _occurred(name: str) -> pl.Expr:
    """When it happened: without a time of day where that is not known."""
    is_whole_day = pl.col("occurred_precision").is_in(["day", "month"])
    return pl.when(is_whole_day).then(_local(name).str.head(10)).otherwise(_local(name))


def _metre(name: str) -> pl.Expr:
    return pl.col(name).round(0).cast(pl.Int64)


def _dialled(name: str) -> pl.Expr:
    """A telephone number as it is dialled in the country."""
    return pl.col(name).str.replace(r"^\+44", "0")


def _sixteen_plus_one(name: str) -> pl.Expr:
    backwards = {value: code for code, value in niche_codes.ETHNICITY_SELF.items()}
    return pl.col(name).replace(NO_CODE).replace_strict(backwards, return_dtype=pl.String)


_PERSON_ID = {"PersonId": _same("source_record_id")}
_NAME = {
    "Forename1": _same("forename"),
    "Forename2": _same("middle_names"),
    "Surname": _same("surname"),
}
_WHEN = {
    "DateFrom": _occurred("occurred_from"),
    "DateTo": _occurred("occurred_to"),
    "ReportedOn": _local("reported_at"),
    "RecordedOn": _local("recorded_at"),
}
_WHERE = {
    "Location": _same("location_text"),
    "Postcode": _same("postcode"),
    "Easting": _metre("easting"),
    "Northing": _metre("northing"),
}

FILES = (
    Shape(
        "Persons",
        "person_record",
        {
            **_PERSON_ID,
            **_NAME,
            "DateOfBirth": _day("birth_date"),
            "YearOfBirth": pl.when(pl.col("birth_date").is_null()).then(pl.col("birth_year")),
            "Sex": coded("sex", niche_codes.SEX),
            "EthnicitySelf": _sixteen_plus_one("ethnicity_self_defined"),
            "EthnicityObserved": _same("ethnicity_observed"),
            "Deceased": flag_text("is_deceased", "Y", "N"),
            "CreatedOn": _local("recorded_at"),
            "ModifiedOn": _local("updated_at"),
        },
    ),
    Shape(
        "PersonAliases",
        "person_name",
        {**_PERSON_ID, "AliasType": coded("name_type", niche_codes.NAME_TYPE), **_NAME},
    ),
    Shape(
        "PersonIdentifiers",
        "person_identifier",
        {**_PERSON_ID, "IdType": coded("type", niche_codes.IDENTIFIER), "IdValue": _same("value")},
    ),
    Shape(
        "PersonAddresses",
        "person_address",
        {
            **_PERSON_ID,
            "AddressType": coded("address_type", niche_codes.ADDRESS_TYPE),
            "Address": _same("address"),
            "Town": _same("locality"),
            "Postcode": _same("postcode"),
            "FromDate": _day("from_date"),
            "ToDate": _day("to_date"),
        },
    ),
    Shape(
        "PersonContacts",
        "person_contact",
        {
            **_PERSON_ID,
            "ContactType": coded("type", niche_codes.CONTACT),
            "ContactValue": _dialled("value"),
        },
    ),
    Shape(
        "PersonWarnings",
        "warning_marker",
        {**_PERSON_ID, "Warning": _same("marker_code"), "FromDate": _day("from_date")},
    ),
    Shape(
        "Occurrences",
        "offence_record",
        {
            "OccurrenceNo": _same("source_record_id"),
            "CrimeNo": _same("crime_ref"),
            "OffenceCode": _same("offence_code"),
            "Notifiable": flag_text("is_notifiable", "Y", "N"),
            **_WHEN,
            **_WHERE,
            "MO": _same("method_text"),
            "Status": coded("status", niche_codes.STATUS),
            "Outcome": _same("last_outcome_code"),
            "OutcomeText": _same("last_outcome_text"),
            "OtherForceRef": _same("other_force_ref"),
        },
    ),
    Shape(
        "Outcomes",
        "outcome",
        {
            "OutcomeId": _same("source_record_id"),
            "OccurrenceNo": _same("offence_source_record_id"),
            "CrimeNo": _same("crime_ref"),
            "Outcome": _same("outcome_code"),
            "OutcomeText": _same("outcome_text"),
            "OutcomeDate": _day("outcome_date"),
        },
    ),
    Shape(
        "Incidents",
        "incident",
        {
            "IncidentNo": _same("source_record_id"),
            "LogRef": _same("incident_ref"),
            "IncidentType": _same("incident_type"),
            "Grade": coded("grade", niche_codes.GRADE),
            **_WHEN,
            "AttendedOn": _local("attended_at"),
            "ClosedOn": _local("closed_at"),
            **_WHERE,
        },
    ),
    Shape(
        "Custody",
        "custody",
        {
            "CustodyNo": _same("source_record_id"),
            "CustodyRef": _same("custody_ref"),
            "OccurrenceNo": _same("offence_source_record_id"),
            "ArrestedOn": _local("arrested_at"),
            "DetainedOn": _local("detained_at"),
            "ReleasedOn": _local("released_at"),
            "ASN": _same("asn"),
            "Disposal": coded("disposal", niche_codes.DISPOSAL),
        },
    ),
    Shape(
        "StopSearches",
        "stop_search",
        {
            "SearchNo": _same("source_record_id"),
            "SearchType": coded("search_type", niche_codes.SEARCH_TYPE),
            "IsOperation": flag_text("is_part_of_operation", "Y", "N"),
            "Operation": _same("operation_name"),
            "Gender": coded("gender", niche_codes.GENDER),
            "AgeRange": _same("age_range"),
            "EthnicitySelf": _same("ethnicity_self_defined"),
            "EthnicityObserved": _same("ethnicity_observed"),
            "Legislation": _same("legislation"),
            "ObjectOfSearch": _same("object_of_search"),
            "Outcome": _same("outcome_text"),
            "OutcomeLinked": flag_text("is_outcome_linked", "Y", "N"),
            "MoreThanOuter": flag_text("is_more_than_outer_clothing", "Y", "N"),
            **_WHEN,
            **_WHERE,
        },
    ),
    Shape(
        "IntelReports",
        "intelligence_report",
        {
            "ReportNo": _same("source_record_id"),
            "ReportRef": _same("report_ref"),
            "Grading": _same("grading"),
            "Source": _same("source_evaluation"),
            "Assessment": _same("intelligence_assessment"),
            "Handling": _same("handling_code"),
            "ReportText": _same("report_text"),
            "SubmittedOn": _local("reported_at"),
        },
    ),
    Shape(
        "Vehicles",
        "vehicle_record",
        {
            "VehicleId": _same("source_record_id"),
            "VRM": _same("vrm"),
            "Make": _same("make"),
            "Model": _same("model"),
            "Colour": _same("colour"),
        },
    ),
    Shape(
        "Telephones",
        "phone_record",
        {
            "TelephoneId": _same("source_record_id"),
            "Number": _dialled("number"),
            "IMEI": _same("imei"),
        },
    ),
    Shape(
        "Property",
        "property_record",
        {
            "PropertyId": _same("source_record_id"),
            "PropertyType": _same("property_type"),
            "SerialNo": _same("serial_number"),
            "Value": _same("value_gbp"),
        },
    ),
    Shape(
        "PersonEventLinks",
        "event_role",
        {
            "PersonId": _same("person_source_record_id"),
            "EventType": coded("event_type", niche_codes.EVENT),
            "EventNo": _same("source_record_id"),
            "Classification": coded("role", niche_codes.CLASSIFICATION),
        },
    ),
    Shape(
        "ObjectEventLinks",
        "event_object",
        {
            "ObjectType": coded("object_type", niche_codes.OBJECT),
            "ObjectId": _same("object_source_record_id"),
            "EventType": coded("event_type", niche_codes.EVENT),
            "EventNo": _same("source_record_id"),
            "Role": coded("role", niche_codes.OBJECT_ROLE),
        },
    ),
)

# Only records with an id of their own are deleted by id; what belongs to them goes with them.
DELETED_AS = {
    shape.table: shape.entity for shape in FILES if delivered_table(shape.table).owner is None
}
