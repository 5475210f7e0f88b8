"""The resources of an iHub-like document: each attribute, and what it is made of in the contract.

Its constrained values stand in forces/code_sets/ihub.py.
"""

from collections.abc import Mapping

import polars as pl

from forces.code_sets import ihub as ihub_codes
from forces.simulator.renderers.shape import Shape, coded, date_text

# Resource type of each table that has ids of its own.
TYPE = {"person_record": "person", "offence_record": "offence", "outcome": "outcome",
        "incident": "incident", "custody": "custody", "stop_search": "stop-search",
        "intelligence_report": "intelligence-report", "vehicle_record": "vehicle",
        "phone_record": "telephone", "property_record": "property"}  # fmt: skip
# Attribute of a person that holds the records that belong to it.
PERSON_PARTS = {"aliases": "person_name", "identifiers": "person_identifier",
                "addresses": "person_address", "contacts": "person_contact",
                "markers": "warning_marker"}  # fmt: skip
LOCATED = ("offence_record", "incident", "stop_search")


def instant(name: str) -> pl.Expr:
    """A UTC instant as ISO text with Z, to the microsecond where it has one."""
    iso = pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
    return iso.str.strip_suffix(".000000") + "Z"


def _same(*names: str) -> dict[str, pl.Expr]:
    return {name: pl.col(name) for name in names}


def _occurred(name: str) -> pl.Expr:
    """When it happened: the local day alone where the time of day is not known."""
    local = pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/London")
    is_whole_day = pl.col("occurred_precision").is_in(["day", "month"])
    return pl.when(is_whole_day).then(local.dt.strftime("%Y-%m-%d")).otherwise(instant(name))


_NAME = {
    "givenName": pl.col("forename"),
    "middleNames": pl.col("middle_names"),
    "familyName": pl.col("surname"),
}
_WHEN = {
    "occurredFrom": _occurred("occurred_from"),
    "occurredTo": _occurred("occurred_to"),
    "reportedAt": instant("reported_at"),
    "recordedAt": instant("recorded_at"),
}
# HO code 028/01 is the constrained value OFFN_02801.
_OFFENCE = pl.lit("OFFN_") + pl.col("offence_code").str.replace("/", "", literal=True)

_ATTRIBUTES: dict[str, Mapping[str, pl.Expr]] = {
    "person_record": {
        **_NAME,
        "dateOfBirth": date_text("birth_date"),
        "yearOfBirth": pl.when(pl.col("birth_date").is_null()).then(pl.col("birth_year")),
        "gender": coded("sex", ihub_codes.SEX),
        "ethnicitySelfDefined": coded("ethnicity_self_defined", ihub_codes.ETHNICITY_SELF),
        "ethnicityOfficerDefined": coded("ethnicity_observed", ihub_codes.ETHNICITY_OBSERVED),
        "deceased": pl.col("is_deceased"),
        "masterReference": pl.col("source_person_ref"),
        "createdAt": instant("recorded_at"),
        "modifiedAt": instant("updated_at"),
    },
    "person_name": {"nameType": coded("name_type", ihub_codes.NAME_TYPE), **_NAME},
    "person_identifier": {"identifierType": coded("type", ihub_codes.IDENTIFIER), **_same("value")},
    "person_address": {
        "addressType": coded("address_type", ihub_codes.ADDRESS_TYPE),
        **_same("address", "locality", "postcode"),
        "fromDate": date_text("from_date"),
        "toDate": date_text("to_date"),
    },
    "person_contact": {"contactType": coded("type", ihub_codes.CONTACT), **_same("value")},
    "warning_marker": {
        "marker": coded("marker_code", ihub_codes.MARKER),
        "fromDate": date_text("from_date"),
    },
    "offence_record": {
        "crimeReference": pl.col("crime_ref"),
        "offenceType": _OFFENCE,
        "notifiable": pl.col("is_notifiable"),
        **_WHEN,
        "method": pl.col("method_text"),
        "status": coded("status", ihub_codes.STATUS),
        "outcomeCode": pl.col("last_outcome_code"),
        "outcomeText": pl.col("last_outcome_text"),
        "otherForceReference": pl.col("other_force_ref"),
    },
    "outcome": {
        "crimeReference": pl.col("crime_ref"),
        "outcomeCode": pl.col("outcome_code"),
        "outcomeText": pl.col("outcome_text"),
        "outcomeDate": date_text("outcome_date"),
    },
    "incident": {
        "incidentReference": pl.col("incident_ref"),
        "incidentType": pl.col("incident_type"),
        "grade": coded("grade", ihub_codes.GRADE),
        "attendedAt": instant("attended_at"),
        "closedAt": instant("closed_at"),
        **_WHEN,
    },
    "custody": {
        "custodyReference": pl.col("custody_ref"),
        "arrestedAt": instant("arrested_at"),
        "detainedAt": instant("detained_at"),
        "releasedAt": instant("released_at"),
        "arrestSummonsNumber": pl.col("asn"),
        "disposal": coded("disposal", ihub_codes.DISPOSAL),
    },
    "stop_search": {
        "searchType": coded("search_type", ihub_codes.SEARCH_TYPE),
        "partOfOperation": pl.col("is_part_of_operation"),
        "operationName": pl.col("operation_name"),
        "gender": coded("gender", ihub_codes.GENDER),
        "ageRange": pl.col("age_range"),
        "ethnicitySelfDefined": pl.col("ethnicity_self_defined"),
        "ethnicityOfficerDefined": pl.col("ethnicity_observed"),
        "legislation": pl.col("legislation"),
        "objectOfSearch": pl.col("object_of_search"),
        "outcomeText": pl.col("outcome_text"),
        "outcomeLinked": pl.col("is_outcome_linked"),
        "moreThanOuterClothing": pl.col("is_more_than_outer_clothing"),
        **_WHEN,
    },
    "intelligence_report": {
        "reportReference": pl.col("report_ref"),
        "grading": pl.col("grading"),
        "sourceEvaluation": pl.col("source_evaluation"),
        "intelligenceAssessment": pl.col("intelligence_assessment"),
        "handlingCode": pl.col("handling_code"),
        "reportText": pl.col("report_text"),
        "reportedAt": instant("reported_at"),
    },
    "vehicle_record": _same("vrm", "make", "model", "colour"),
    "phone_record": _same("number", "imei"),
    "property_record": {
        "propertyType": pl.col("property_type"),
        "serialNumber": pl.col("serial_number"),
        "value": pl.col("value_gbp"),
    },
}

RESOURCES = tuple(
    Shape(entity, table, {"id": pl.col("source_record_id"), **_ATTRIBUTES[table]})
    for table, entity in TYPE.items()
)
PARTS = tuple(
    Shape(entity, table, {"id": pl.col("source_record_id"), **_ATTRIBUTES[table]})
    for entity, table in PERSON_PARTS.items()
)
LOCATION = {
    "description": pl.col("location_text"),
    "postcode": pl.col("postcode"),
    "longitude": pl.col("longitude"),
    "latitude": pl.col("latitude"),
}
