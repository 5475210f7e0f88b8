"""Events of a connect-like system, objects, and the links that say who was what in them."""

import polars as pl

from forces.code_sets import connect as connect_codes
from transforms.codes import boolean
from transforms.contacts import canonical_phone, canonical_vrm
from transforms.identifiers import canonical_asn
from transforms.mapping import Entity, Parsed
from transforms.offence_codes import (
    is_notifiable,
    offence_code_from_npcc,
    offence_group,
    unmapped_offence_trap,
)
from transforms.systems.connect_forms import (
    EVENT,
    OCCURRENCE,
    PLACE,
    PLACE_TRAPS,
    change,
    day,
    time,
)
from transforms.systems.readings import coded, flag, number, solid, trimmed, upper

_WHEN = ("OccurredFrom", "OccurredTo", "OccurredAccuracy", "ReportedOn", "RecordedOn")
_WHERE = ("Location", "Postcode", "Longitude", "Latitude")
_LINK = (*EVENT, "EventType", "EventId", "LinkType")
ENTITIES = (
    Entity(
        "Investigation",
        (*EVENT, "InvestigationId"),
        ("CrimeRef", "OffenceCode", "Notifiable", *_WHEN, *_WHERE, "ModusOperandi", "Status",
         "OutcomeCode", "OutcomeText", "OtherForceRef"),
    ),
    Entity(
        "InvestigationOutcome",
        (*EVENT, "OutcomeId"),
        ("InvestigationId", "CrimeRef", "OutcomeCode", "OutcomeText", "OutcomeDate"),
    ),
    Entity(
        "Incident",
        (*EVENT, "IncidentId"),
        ("IncidentRef", "IncidentType", "Grade", *_WHEN, "AttendedOn", "ClosedOn", *_WHERE),
    ),
    Entity(
        "CustodyRecord",
        (*EVENT, "CustodyId"),
        ("CustodyRef", "ArrestedOn", "DetainedOn", "ReleasedOn", "InvestigationId", "ASN",
         "Disposal"),
    ),
    Entity(
        "StopSearch",
        (*EVENT, "StopSearchId"),
        ("SearchType", "PartOfOperation", "OperationName", "Gender", "AgeRange",
         "EthnicitySelfDefined", "EthnicityObserved", "Legislation", "ObjectOfSearch",
         "OutcomeText", "OutcomeLinked", "MoreThanOuterClothing", *_WHEN, *_WHERE),
    ),
    Entity(
        "IntelReport",
        (*EVENT, "IntelReportId"),
        ("ReportRef", "Grading", "SourceEvaluation", "Assessment", "HandlingCode", "ReportText",
         "ReportedOn"),
    ),
    Entity("Vehicle", (*EVENT, "VehicleId"), ("Registration", "Make", "Model", "Colour")),
    Entity("Telephone", (*EVENT, "TelephoneId"), ("Number", "IMEI")),
    Entity("Property", (*EVENT, "PropertyId"), ("PropertyType", "SerialNumber", "ValueGBP")),
    Entity("EventPersonLink", (*_LINK, "POLE_PersonId")),
    Entity("EventObjectLink", (*_LINK, "ObjectType", "ObjectId")),
)  # fmt: skip

_OFFENCE_CODE = offence_code_from_npcc(pl.col("OffenceCode"))
_GROUP = offence_group(_OFFENCE_CODE)
_NOTIFIABLE = (
    pl.when(trimmed("Notifiable").is_null())
    .then(is_notifiable(_GROUP))
    .otherwise(boolean(pl.col("Notifiable")))
)
_EVENT_TYPE = coded("EventType", connect_codes.EVENT, "event_type_unknown")

MAPPINGS = (
    change(
        "offence_record",
        "Investigation",
        {
            "source_record_id": trimmed("InvestigationId"),
            "crime_ref": trimmed("CrimeRef"),
            "offence_code_raw": pl.col("OffenceCode"),
            "offence_code": _OFFENCE_CODE,
            "offence_group": _GROUP,
            "is_notifiable": Parsed(pl.col("Notifiable"), _NOTIFIABLE, "not_yes_or_no"),
            **OCCURRENCE,
            **PLACE,
            "method_text": trimmed("ModusOperandi"),
            "status": coded("Status", connect_codes.STATUS, "status_unknown"),
            "last_outcome_code": upper("OutcomeCode"),
            "last_outcome_text": trimmed("OutcomeText"),
            "other_force_ref": pl.col("OtherForceRef"),
        },
        (unmapped_offence_trap(_GROUP), *PLACE_TRAPS),
    ),
    change(
        "outcome",
        "InvestigationOutcome",
        {
            "source_record_id": trimmed("OutcomeId"),
            "offence_source_record_id": trimmed("InvestigationId"),
            "crime_ref": trimmed("CrimeRef"),
            "outcome_code": upper("OutcomeCode"),
            "outcome_text": trimmed("OutcomeText"),
            "outcome_date": day("OutcomeDate"),
        },
    ),
    change(
        "incident",
        "Incident",
        {
            "source_record_id": trimmed("IncidentId"),
            "incident_ref": trimmed("IncidentRef"),
            "incident_type": trimmed("IncidentType"),
            "grade": coded("Grade", connect_codes.GRADE, "grade_unknown"),
            "attended_at": time("AttendedOn"),
            "closed_at": time("ClosedOn"),
            **OCCURRENCE,
            **PLACE,
        },
        PLACE_TRAPS,
    ),
    change(
        "custody",
        "CustodyRecord",
        {
            "source_record_id": trimmed("CustodyId"),
            "custody_ref": trimmed("CustodyRef"),
            "arrested_at": time("ArrestedOn"),
            "detained_at": time("DetainedOn"),
            "released_at": time("ReleasedOn"),
            "offence_source_record_id": trimmed("InvestigationId"),
            "asn": canonical_asn(pl.col("ASN")),
            "disposal": coded("Disposal", connect_codes.DISPOSAL, "disposal_unknown"),
        },
    ),
    change(
        "stop_search",
        "StopSearch",
        {
            "source_record_id": trimmed("StopSearchId"),
            "search_type": coded("SearchType", connect_codes.SEARCH_TYPE, "search_type_unknown"),
            "is_part_of_operation": flag("PartOfOperation"),
            "operation_name": trimmed("OperationName"),
            "gender": coded("Gender", connect_codes.GENDER, "gender_unknown"),
            "age_range": trimmed("AgeRange").str.to_lowercase(),
            "ethnicity_self_defined": trimmed("EthnicitySelfDefined"),
            "ethnicity_observed": trimmed("EthnicityObserved"),
            "legislation": trimmed("Legislation"),
            "object_of_search": trimmed("ObjectOfSearch"),
            "outcome_text": trimmed("OutcomeText"),
            "is_outcome_linked": flag("OutcomeLinked"),
            "is_more_than_outer_clothing": flag("MoreThanOuterClothing"),
            **OCCURRENCE,
            **PLACE,
        },
        PLACE_TRAPS,
    ),
    change(
        "intelligence_report",
        "IntelReport",
        {
            "source_record_id": trimmed("IntelReportId"),
            "report_ref": trimmed("ReportRef"),
            "grading": trimmed("Grading").str.to_lowercase(),
            "source_evaluation": upper("SourceEvaluation"),
            "intelligence_assessment": upper("Assessment"),
            "handling_code": upper("HandlingCode"),
            "report_text": trimmed("ReportText"),
            "reported_at": time("ReportedOn"),
        },
    ),
    change(
        "vehicle_record",
        "Vehicle",
        {
            "source_record_id": trimmed("VehicleId"),
            "vrm": canonical_vrm(pl.col("Registration")),
            "make": upper("Make"),
            "model": upper("Model"),
            "colour": upper("Colour"),
        },
    ),
    change(
        "phone_record",
        "Telephone",
        {
            "source_record_id": trimmed("TelephoneId"),
            "number": canonical_phone(pl.col("Number")),
            "imei": solid("IMEI"),
        },
    ),
    change(
        "property_record",
        "Property",
        {
            "source_record_id": trimmed("PropertyId"),
            "property_type": upper("PropertyType"),
            "serial_number": solid("SerialNumber"),
            "value_gbp": number("ValueGBP"),
        },
    ),
    change(
        "event_role",
        "EventPersonLink",
        {
            "source_record_id": trimmed("EventId"),
            "event_type": _EVENT_TYPE,
            "person_source_record_id": trimmed("POLE_PersonId"),
            "role": coded("LinkType", connect_codes.LINK, "role_unknown"),
        },
    ),
    change(
        "event_object",
        "EventObjectLink",
        {
            "source_record_id": trimmed("EventId"),
            "event_type": _EVENT_TYPE,
            "object_type": coded("ObjectType", connect_codes.OBJECT, "object_type_unknown"),
            "object_source_record_id": trimmed("ObjectId"),
            "role": coded("LinkType", connect_codes.OBJECT_LINK, "role_unknown"),
        },
    ),
)
