"""The shapes of the connect-like record system: its entities, their fields and its codes."""

import polars as pl

from forces.code_sets import connect as connect_codes
from forces.simulator.renderers.shape import Shape, coded, flag_text

# 16+1 knows neither Gypsy or Traveller nor Arab, and calls Chinese O1.
ETHNICITY_16 = {"W3": "W9", "O2": "O9", "A4": "O1"}
# Fields that hold numbers: epochs in milliseconds, degrees.
EPOCHS = frozenset({
    "BirthDate", "FromDate", "ToDate", "OutcomeDate", "OccurredFrom", "OccurredTo", "ReportedOn",
    "RecordedOn", "CreatedOn", "ModifiedOn", "AttendedOn", "ClosedOn", "ArrestedOn", "DetainedOn",
    "ReleasedOn",
})  # fmt: skip
DEGREES = frozenset({"Longitude", "Latitude"})


def epoch_text(column: str) -> pl.Expr:
    """Instants, or dates at midnight UTC, as milliseconds since 1970."""
    return pl.col(column).cast(pl.Datetime("us")).dt.epoch("ms").cast(pl.String)


def flag(column: str) -> pl.Expr:
    """Booleans as true and false."""
    return flag_text(column, "true", "false")


PERSON = {"POLE_PersonId": pl.col("source_record_id")}
NAME = {"FamilyName": pl.col("surname"), "GivenName": pl.col("forename"),
        "MiddleNames": pl.col("middle_names")}  # fmt: skip
OCCURRENCE = {
    "OccurredFrom": epoch_text("occurred_from"),
    "OccurredTo": epoch_text("occurred_to"),
    "OccurredAccuracy": coded("occurred_precision", connect_codes.ACCURACY),
    "ReportedOn": epoch_text("reported_at"),
    "RecordedOn": epoch_text("recorded_at"),
}
PLACE = {
    "Location": pl.col("location_text"),
    "Postcode": pl.col("postcode"),
    "Longitude": pl.col("longitude").cast(pl.String),
    "Latitude": pl.col("latitude").cast(pl.String),
}
LINK = {
    "EventType": coded("event_type", connect_codes.EVENT),
    "EventId": pl.col("source_record_id"),
}

SHAPES = (
    Shape("Person", "person_record", PERSON | {"MasterId": pl.col("source_person_ref")} | NAME | {
        "BirthDate": epoch_text("birth_date"),
        "BirthYear": pl.col("birth_year").cast(pl.String),
        "Sex": coded("sex", connect_codes.SEX),
        "EthnicityText": coded("ethnicity_self_defined", connect_codes.ETHNICITY_WORDS),
        "EthnicityCode": pl.col("ethnicity_self_defined").replace(ETHNICITY_16),
        "Deceased": flag("is_deceased"),
        "CreatedOn": epoch_text("recorded_at"),
        "ModifiedOn": epoch_text("updated_at"),
    }),
    Shape("PersonName", "person_name",
          PERSON | {"NameType": coded("name_type", connect_codes.NAME_TYPE)} | NAME),
    Shape("PersonIdentifier", "person_identifier", PERSON | {
        "IdentifierType": coded("type", connect_codes.IDENTIFIER),
        "IdentifierValue": pl.col("value"),
    }),
    Shape("PersonAddress", "person_address", PERSON | {
        "AddressType": coded("address_type", connect_codes.ADDRESS_TYPE),
        "AddressLine": pl.col("address"),
        "Town": pl.col("locality"),
        "Postcode": pl.col("postcode"),
        "FromDate": epoch_text("from_date"),
        "ToDate": epoch_text("to_date"),
    }),
    Shape("PersonContact", "person_contact", PERSON | {
        "ContactType": coded("type", connect_codes.CONTACT), "ContactValue": pl.col("value"),
    }),
    Shape("WarningMarker", "warning_marker", PERSON | {
        "MarkerCode": pl.col("marker_code"), "FromDate": epoch_text("from_date"),
    }),
    Shape("Investigation", "offence_record", {
        "InvestigationId": pl.col("source_record_id"),
        "CrimeRef": pl.col("crime_ref"),
        "OffenceCode": pl.col("npcc_code"),
        "Notifiable": flag("is_notifiable"),
    } | OCCURRENCE | PLACE | {
        "ModusOperandi": pl.col("method_text"),
        "Status": coded("status", connect_codes.STATUS),
        "OutcomeCode": pl.col("last_outcome_code"),
        "OutcomeText": pl.col("last_outcome_text"),
        "OtherForceRef": pl.col("other_force_ref"),
    }),
    Shape("InvestigationOutcome", "outcome", {
        "OutcomeId": pl.col("source_record_id"),
        "InvestigationId": pl.col("offence_source_record_id"),
        "CrimeRef": pl.col("crime_ref"),
        "OutcomeCode": pl.col("outcome_code"),
        "OutcomeText": pl.col("outcome_text"),
        "OutcomeDate": epoch_text("outcome_date"),
    }),
    Shape("Incident", "incident", {
        "IncidentId": pl.col("source_record_id"),
        "IncidentRef": pl.col("incident_ref"),
        "IncidentType": pl.col("incident_type"),
        "Grade": coded("grade", connect_codes.GRADE),
    } | OCCURRENCE | {
        "AttendedOn": epoch_text("attended_at"), "ClosedOn": epoch_text("closed_at"),
    } | PLACE),
    Shape("CustodyRecord", "custody", {
        "CustodyId": pl.col("source_record_id"),
        "CustodyRef": pl.col("custody_ref"),
        "ArrestedOn": epoch_text("arrested_at"),
        "DetainedOn": epoch_text("detained_at"),
        "ReleasedOn": epoch_text("released_at"),
        "InvestigationId": pl.col("offence_source_record_id"),
        "ASN": pl.col("asn"),
        "Disposal": coded("disposal", connect_codes.DISPOSAL),
    }),
    Shape("StopSearch", "stop_search", {
        "StopSearchId": pl.col("source_record_id"),
        "SearchType": coded("search_type", connect_codes.SEARCH_TYPE),
        "PartOfOperation": flag("is_part_of_operation"),
        "OperationName": pl.col("operation_name"),
        "Gender": coded("gender", connect_codes.GENDER),
        "AgeRange": pl.col("age_range"),
        "EthnicitySelfDefined": pl.col("ethnicity_self_defined"),
        "EthnicityObserved": pl.col("ethnicity_observed"),
        "Legislation": pl.col("legislation"),
        "ObjectOfSearch": pl.col("object_of_search"),
        "OutcomeText": pl.col("outcome_text"),
        "OutcomeLinked": flag("is_outcome_linked"),
        "MoreThanOuterClothing": flag("is_more_than_outer_clothing"),
    } | OCCURRENCE | PLACE),
    Shape("IntelReport", "intelligence_report", {
        "IntelReportId": pl.col("source_record_id"),
        "ReportRef": pl.col("report_ref"),
        "Grading": pl.col("grading"),
        "SourceEvaluation": pl.col("source_evaluation"),
        "Assessment": pl.col("intelligence_assessment"),
        "HandlingCode": pl.col("handling_code"),
        "ReportText": pl.col("report_text"),
        "ReportedOn": epoch_text("reported_at"),
    }),
    Shape("Vehicle", "vehicle_record", {
        "VehicleId": pl.col("source_record_id"),
        "Registration": pl.col("vrm"),
        "Make": pl.col("make"),
        "Model": pl.col("model"),
        "Colour": pl.col("colour"),
    }),
    Shape("Telephone", "phone_record", {
        "TelephoneId": pl.col("source_record_id"),
        "Number": pl.col("number"),
        "IMEI": pl.col("imei"),
    }),
    Shape("Property", "property_record", {
        "PropertyId": pl.col("source_record_id"),
        "PropertyType": pl.col("property_type"),
        "SerialNumber": pl.col("serial_number"),
        "ValueGBP": pl.col("value_gbp").cast(pl.String),
    }),
    Shape("EventPersonLink", "event_role", LINK | {
        "POLE_PersonId": pl.col("person_source_record_id"),
        "LinkType": coded("role", connect_codes.LINK),
    }),
    Shape("EventObjectLink", "event_object", LINK | {
        "ObjectType": coded("object_type", connect_codes.OBJECT),
        "ObjectId": pl.col("object_source_record_id"),
        "LinkType": coded("role", connect_codes.OBJECT_LINK),
    }),
)  # fmt: skip
