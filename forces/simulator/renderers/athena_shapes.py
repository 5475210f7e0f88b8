"""The shapes of the athena-like record system: its entities, their columns and its codes."""

import polars as pl

from forces.code_sets import athena as athena_codes
from forces.simulator.renderers.shape import (
    Shape,
    coded,
    date_text,
    flag_text,
    local_text,
)


def _occurrence_text(column: str) -> pl.Expr:
    """A time of an event to the precision that is known."""
    text, precision = local_text(column), pl.col("occurred_precision")
    return (
        pl.when(precision == "minute").then(text)
        .when(precision == "day").then(text.str.head(10))
        .when(precision == "month").then(text.str.head(7))
    )  # fmt: skip


URN = pl.col("source_record_id")
NOMINAL = {"ForceCode": pl.col("pnc_code"), "NominalRef": pl.col("source_record_id")}
EVENT = {"OwningForce": pl.col("pnc_code"), "URN": URN}
OBJECT = {"ForceCode": pl.col("pnc_code"), "ObjectRef": pl.col("source_record_id")}
NAME = {"Surname": pl.col("surname"), "Forename1": pl.col("forename"),
        "Forename2": pl.col("middle_names")}  # fmt: skip
OCCURRENCE = {
    "OccurredFrom": _occurrence_text("occurred_from"),
    "OccurredTo": local_text("occurred_to"),
    "ReportedAt": local_text("reported_at"),
    "RecordedAt": local_text("recorded_at"),
}
PLACE = {"LocationText": pl.col("location_text"), "Postcode": pl.col("postcode")}

SHAPES = (
    Shape("nominal", "person_record", NOMINAL | NAME | {
        "DateOfBirth": date_text("birth_date"),
        "YearOfBirth": pl.col("birth_year").cast(pl.String),
        "Sex": coded("sex", athena_codes.SEX),
        "EthnicityObserved": pl.col("ethnicity_observed"),
        "EthnicitySelfDefined": pl.col("ethnicity_self_defined"),
        "Deceased": flag_text("is_deceased", "Y", "N"),
        "CreatedAt": local_text("recorded_at"),
        "UpdatedAt": local_text("updated_at"),
    }),
    Shape("nominal_name", "person_name",
          NOMINAL | {"NameType": coded("name_type", athena_codes.NAME_TYPE)} | NAME),
    Shape("nominal_identifier", "person_identifier", NOMINAL | {
        "IdType": coded("type", athena_codes.IDENTIFIER), "IdValue": pl.col("value"),
    }),
    Shape("nominal_address", "person_address", NOMINAL | {
        "AddressType": coded("address_type", athena_codes.ADDRESS_TYPE),
        "Address": pl.col("address"),
        "Locality": pl.col("locality"),
        "Postcode": pl.col("postcode"),
        "FromDate": date_text("from_date"),
        "ToDate": date_text("to_date"),
    }),
    Shape("nominal_contact", "person_contact", NOMINAL | {
        "ContactType": coded("type", athena_codes.CONTACT), "ContactValue": pl.col("value"),
    }),
    Shape("nominal_warning", "warning_marker", NOMINAL | {
        "MarkerCode": pl.col("marker_code"), "FromDate": date_text("from_date"),
    }),
    Shape("investigation", "offence_record", EVENT | {
        "OffenceCode": pl.col("cjs_code"),
        "Recordable": flag_text("is_notifiable", "Y", "N"),
    } | OCCURRENCE | PLACE | {
        "MethodText": pl.col("method_text"),
        "Status": coded("status", athena_codes.STATUS),
        "OutcomeCode": pl.col("last_outcome_code"),
        "OutcomeText": pl.col("last_outcome_text"),
        "OtherForceRef": pl.col("other_force_ref"),
    }),
    Shape("disposal", "outcome", {
        "OwningForce": pl.col("pnc_code"),
        "DisposalRef": pl.col("source_record_id"),
        "URN": pl.col("offence_source_record_id"),
        "OutcomeCode": pl.col("outcome_code"),
        "OutcomeText": pl.col("outcome_text"),
        "OutcomeDate": date_text("outcome_date"),
    }),
    Shape("incident", "incident", EVENT | {
        "IncidentType": pl.col("incident_type"),
        "Grade": coded("grade", athena_codes.GRADE),
    } | OCCURRENCE | {
        "AttendedAt": local_text("attended_at"),
        "ClosedAt": local_text("closed_at"),
    } | PLACE),
    Shape("custody", "custody", EVENT | {
        "ArrestedAt": local_text("arrested_at"),
        "DetainedAt": local_text("detained_at"),
        "ReleasedAt": local_text("released_at"),
        "OffenceURN": pl.col("offence_source_record_id"),
        "ASN": pl.col("asn"),
        "Disposal": coded("disposal", athena_codes.DISPOSAL),
    }),
    Shape("stop_search", "stop_search", EVENT | {
        "SearchType": coded("search_type", athena_codes.SEARCH_TYPE),
        "Operation": flag_text("is_part_of_operation", "Y", "N"),
        "OperationName": pl.col("operation_name"),
        "Gender": coded("gender", athena_codes.GENDER),
        "AgeRange": pl.col("age_range"),
        "EthnicitySelfDefined": pl.col("ethnicity_self_defined"),
        "EthnicityObserved": pl.col("ethnicity_observed"),
        "Legislation": pl.col("legislation"),
        "ObjectOfSearch": pl.col("object_of_search"),
        "OutcomeText": pl.col("outcome_text"),
        "OutcomeLinked": flag_text("is_outcome_linked", "Y", "N"),
        "MoreThanOuterClothing": flag_text("is_more_than_outer_clothing", "Y", "N"),
    } | OCCURRENCE | PLACE),
    Shape("intelligence", "intelligence_report", EVENT | {
        "ReportRef": pl.col("report_ref"),
        "Grading": pl.col("grading"),
        "SourceEvaluation": pl.col("source_evaluation"),
        "Assessment": pl.col("intelligence_assessment"),
        "HandlingCode": pl.col("handling_code"),
        "ReportText": pl.col("report_text"),
        "ReportedAt": local_text("reported_at"),
    }),
    Shape("vehicle", "vehicle_record", OBJECT | {
        "VRM": pl.col("vrm"), "Make": pl.col("make"),
        "Model": pl.col("model"), "Colour": pl.col("colour"),
    }),
    Shape("telephone", "phone_record", OBJECT | {
        "Number": pl.col("number"), "IMEI": pl.col("imei"),
    }),
    Shape("property", "property_record", OBJECT | {
        "PropertyType": pl.col("property_type"),
        "SerialNumber": pl.col("serial_number"),
        "Value": pl.col("value_gbp").cast(pl.String),
    }),
    Shape("event_nominal", "event_role", EVENT | {
        "EventType": coded("event_type", athena_codes.EVENT),
        "NominalRef": pl.col("person_source_record_id"),
        "RoleCode": coded("role", athena_codes.ROLE),
    }),
    Shape("event_object", "event_object", EVENT | {
        "EventType": coded("event_type", athena_codes.EVENT),
        "ObjectType": coded("object_type", athena_codes.OBJECT),
        "ObjectRef": pl.col("object_source_record_id"),
        "RoleCode": coded("role", athena_codes.OBJECT_ROLE),
    }),
)  # fmt: skip
