"""The resources of an iHub-like document: each attribute, and what it is made of in the contract.

The constrained values stand here; the mapping that undoes them, transforms/systems/ihub.py, has its
own lists, so that a mistake in one is seen by the other.
"""

from collections.abc import Mapping

import polars as pl

from forces.simulator.renderers.shape import Shape, coded, date_text


def _numbered(prefix: str, values: tuple[str, ...]) -> dict[str, str]:
    """Constrained values ``PREFIX_0001`` onwards, in the order of the list."""
    return {value: f"{prefix}_{number:04d}" for number, value in enumerate(values, start=1)}


def _named(prefix: str, values: tuple[str, ...]) -> dict[str, str]:
    """Constrained values that bear their meaning: ``PREFIX_MEANING``."""
    return {value: f"{prefix}_{value.upper().replace(' ', '_')}" for value in values}


GENDER = _numbered("GNDR", ("F", "M", "U"))
SELF_DEFINED = _numbered("ESDD", (
    "W1", "W2", "W3", "W9", "M1", "M2", "M3", "M9", "A1", "A2", "A3", "A4", "A9",
    "B1", "B2", "B9", "O2", "O9", "NS",
))  # fmt: skip
OBSERVED = {f"IC{number}": f"EOFD_000{number}" for number in (1, 2, 3, 4, 5, 6, 9)}
NAME_TYPE = _named("NTYP", ("alias", "maiden", "former", "nickname"))
IDENTIFIER = _named("IDTY", ("pnc", "cro", "driver", "passport", "ni", "prison", "other"))
ADDRESS_TYPE = _named("ADTY", ("home", "work", "bail", "other"))
CONTACT = _named("COTY", ("phone", "email"))
MARKER = _named("WARN", ("VI", "WE", "DR", "MH", "SU", "ES", "AT", "OT"))
STATUS = _named("OSTA", ("open", "closed", "cancelled", "transferred"))
GRADE = _named("IGRD", ("emergency", "priority", "scheduled", "telephone"))
SEARCH = _named("SRTY", ("person", "vehicle", "person and vehicle"))
SEARCHED_GENDER = {"female": "GNDR_0001", "male": "GNDR_0002", "other": "GNDR_0004"}
DISPOSAL = _named("CDIS", ("charged", "bailed", "released under investigation",
                           "no further action", "other"))  # fmt: skip
OBJECT_ROLE = _named("OROL", ("stolen", "used", "recovered", "seen", "other"))
# Relationship of an event that holds the persons of a role.
ROLE = {"suspect": "suspects", "victim": "victims", "witness": "witnesses",
        "aggrieved": "aggrieved", "arrested": "arrested", "detained": "detained",
        "searched": "searched", "subject": "subjects", "reporter": "reporters",
        "other": "others"}  # fmt: skip
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
    """When it happened: the local day alone where only that is known."""
    local = pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/London")
    is_timed = pl.col("occurred_precision") == "minute"
    return pl.when(is_timed).then(instant(name)).otherwise(local.dt.strftime("%Y-%m-%d"))


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
        "gender": coded("sex", GENDER),
        "ethnicitySelfDefined": coded("ethnicity_self_defined", SELF_DEFINED),
        "ethnicityOfficerDefined": coded("ethnicity_observed", OBSERVED),
        "deceased": pl.col("is_deceased"),
        "masterReference": pl.col("source_person_ref"),
        "createdAt": instant("recorded_at"),
        "modifiedAt": instant("updated_at"),
    },
    "person_name": {"nameType": coded("name_type", NAME_TYPE), **_NAME},
    "person_identifier": {"identifierType": coded("type", IDENTIFIER), **_same("value")},
    "person_address": {
        "addressType": coded("address_type", ADDRESS_TYPE),
        **_same("address", "locality", "postcode"),
        "fromDate": date_text("from_date"),
        "toDate": date_text("to_date"),
    },
    "person_contact": {"contactType": coded("type", CONTACT), **_same("value")},
    "warning_marker": {
        "marker": coded("marker_code", MARKER),
        "fromDate": date_text("from_date"),
    },
    "offence_record": {
        "crimeReference": pl.col("crime_ref"),
        "offenceType": _OFFENCE,
        **_WHEN,
        "method": pl.col("method_text"),
        "status": coded("status", STATUS),
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
        "grade": coded("grade", GRADE),
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
        "disposal": coded("disposal", DISPOSAL),
    },
    "stop_search": {
        "searchType": coded("search_type", SEARCH),
        "partOfOperation": pl.col("is_part_of_operation"),
        "operationName": pl.col("operation_name"),
        "gender": coded("gender", SEARCHED_GENDER),
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
