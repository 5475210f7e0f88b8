"""Occurrences and other events of a Niche-like extract, objects, and who was what in them."""

import polars as pl

from transforms.codes import role_from_niche
from transforms.contacts import canonical_phone, canonical_vrm
from transforms.mapping import Entity, Parsed, TableMapping
from transforms.offence_codes import (
    is_notifiable,
    offence_code_from_ho,
    offence_group,
    unmapped_offence_trap,
)
from transforms.systems.niche_forms import (
    OCCURRENCE,
    OCCURRENCE_TRAPS,
    PLACE,
    PLACE_TRAPS,
    coded,
    day,
    flag,
    number,
    time,
)
from warehouse.code_sets import CodeSet

STATUS: CodeSet = {"OPEN": "open", "FILED": "closed", "CANCELLED": "cancelled",
                   "TRANSFER": "transferred"}  # fmt: skip
GRADE: CodeSet = {"1": "emergency", "2": "priority", "3": "scheduled", "4": "telephone"}
DISPOSAL: CodeSet = {"CHG": "charged", "BAIL": "bailed", "RUI": "released under investigation",
                     "NFA": "no further action", "OTH": "other"}  # fmt: skip
SEARCH: CodeSet = {"P": "person", "V": "vehicle", "PV": "person and vehicle"}
GENDER: CodeSet = {"M": "male", "F": "female", "O": "other"}
EVENT: CodeSet = {"OCC": "offence_record", "INC": "incident", "CUS": "custody",
                  "STO": "stop_search", "INT": "intelligence_report"}  # fmt: skip
OBJECT: CodeSet = {"VEH": "vehicle_record", "TEL": "phone_record", "PRO": "property_record"}
OBJECT_ROLE: CodeSet = {role.upper(): role
                        for role in ("stolen", "used", "recovered", "seen", "other")}  # fmt: skip

_WHEN = ("DateFrom", "DateTo", "ReportedOn", "RecordedOn")
_WHERE = ("Location", "Postcode", "Easting", "Northing")
ENTITIES = (
    Entity(
        "Occurrences",
        ("OccurrenceNo", "OffenceCode", *_WHEN, *_WHERE),
        ("CrimeNo", "MO", "Status", "Outcome", "OutcomeText", "OtherForceRef"),
    ),
    Entity(
        "Outcomes",
        ("OutcomeId", "OccurrenceNo", "Outcome", "OutcomeDate"),
        ("CrimeNo", "OutcomeText"),
    ),
    Entity(
        "Incidents",
        ("IncidentNo", "IncidentType", *_WHEN, *_WHERE),
        ("LogRef", "Grade", "AttendedOn", "ClosedOn"),
    ),
    Entity(
        "Custody",
        ("CustodyNo", "ArrestedOn", "DetainedOn", "ReleasedOn"),
        ("CustodyRef", "OccurrenceNo", "ASN", "Disposal"),
    ),
    Entity(
        "StopSearches",
        ("SearchNo", "SearchType", *_WHEN, *_WHERE),
        ("IsOperation", "Operation", "Gender", "AgeRange", "EthnicitySelf", "EthnicityObserved",
         "Legislation", "ObjectOfSearch", "Outcome", "OutcomeLinked", "MoreThanOuter"),
    ),
    Entity(
        "IntelReports",
        ("ReportNo", "Grading", "Source", "Assessment", "Handling", "ReportText"),
        ("ReportRef", "SubmittedOn"),
    ),
    Entity("Vehicles", ("VehicleId", "VRM"), ("Make", "Model", "Colour")),
    Entity("Telephones", ("TelephoneId", "Number"), ("IMEI",)),
    Entity("Property", ("PropertyId", "PropertyType"), ("SerialNo", "Value")),
    Entity("PersonEventLinks", ("PersonId", "EventType", "EventNo", "Classification")),
    Entity("ObjectEventLinks", ("ObjectType", "ObjectId", "EventType", "EventNo", "Role")),
)  # fmt: skip


def _id(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars()


def _upper(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars().str.to_uppercase()


_OFFENCE_CODE = offence_code_from_ho(pl.col("OffenceCode"))
_GROUP = offence_group(_OFFENCE_CODE)

MAPPINGS = (
    TableMapping(
        table="offence_record",
        entity="Occurrences",
        columns={
            "source_record_id": _id("OccurrenceNo"),
            "crime_ref": pl.col("CrimeNo"),
            "offence_code_raw": pl.col("OffenceCode"),
            "offence_code": _OFFENCE_CODE,
            "offence_group": _GROUP,
            "is_notifiable": is_notifiable(_GROUP),
            **OCCURRENCE,
            **PLACE,
            "method_text": pl.col("MO"),
            "status": coded("Status", STATUS, "status_unknown"),
            "last_outcome_code": _upper("Outcome"),
            "last_outcome_text": pl.col("OutcomeText"),
            "other_force_ref": pl.col("OtherForceRef"),
        },
        traps=(unmapped_offence_trap(_GROUP), *OCCURRENCE_TRAPS, *PLACE_TRAPS),
    ),
    TableMapping(
        table="outcome",
        entity="Outcomes",
        columns={
            "source_record_id": _id("OutcomeId"),
            "offence_source_record_id": _id("OccurrenceNo"),
            "crime_ref": pl.col("CrimeNo"),
            "outcome_code": _upper("Outcome"),
            "outcome_text": pl.col("OutcomeText"),
            "outcome_date": day("OutcomeDate"),
        },
    ),
    TableMapping(
        table="incident",
        entity="Incidents",
        columns={
            "source_record_id": _id("IncidentNo"),
            "incident_ref": pl.col("LogRef"),
            "incident_type": pl.col("IncidentType"),
            "grade": coded("Grade", GRADE, "grade_unknown"),
            "attended_at": time("AttendedOn"),
            "closed_at": time("ClosedOn"),
            **OCCURRENCE,
            **PLACE,
        },
        traps=(*OCCURRENCE_TRAPS, *PLACE_TRAPS),
    ),
    TableMapping(
        table="custody",
        entity="Custody",
        columns={
            "source_record_id": _id("CustodyNo"),
            "custody_ref": pl.col("CustodyRef"),
            "arrested_at": time("ArrestedOn"),
            "detained_at": time("DetainedOn"),
            "released_at": time("ReleasedOn"),
            "offence_source_record_id": _id("OccurrenceNo"),
            "asn": _upper("ASN"),
            "disposal": coded("Disposal", DISPOSAL, "disposal_unknown"),
        },
    ),
    TableMapping(
        table="stop_search",
        entity="StopSearches",
        columns={
            "source_record_id": _id("SearchNo"),
            "search_type": coded("SearchType", SEARCH, "search_type_unknown"),
            "is_part_of_operation": flag("IsOperation"),
            "operation_name": pl.col("Operation"),
            "gender": coded("Gender", GENDER, "gender_unknown"),
            "age_range": pl.col("AgeRange").str.strip_chars().str.to_lowercase(),
            "ethnicity_self_defined": pl.col("EthnicitySelf"),
            "ethnicity_observed": pl.col("EthnicityObserved"),
            "legislation": pl.col("Legislation"),
            "object_of_search": pl.col("ObjectOfSearch"),
            "outcome_text": pl.col("Outcome"),
            "is_outcome_linked": flag("OutcomeLinked"),
            "is_more_than_outer_clothing": flag("MoreThanOuter"),
            **OCCURRENCE,
            **PLACE,
        },
        traps=(*OCCURRENCE_TRAPS, *PLACE_TRAPS),
    ),
    TableMapping(
        table="intelligence_report",
        entity="IntelReports",
        columns={
            "source_record_id": _id("ReportNo"),
            "report_ref": pl.col("ReportRef"),
            "grading": pl.col("Grading").str.strip_chars().str.to_lowercase(),
            "source_evaluation": _upper("Source"),
            "intelligence_assessment": _upper("Assessment"),
            "handling_code": _upper("Handling"),
            "report_text": pl.col("ReportText"),
            "reported_at": time("SubmittedOn"),
        },
    ),
    TableMapping(
        table="vehicle_record",
        entity="Vehicles",
        columns={
            "source_record_id": _id("VehicleId"),
            "vrm": canonical_vrm(pl.col("VRM")),
            "make": _upper("Make"),
            "model": _upper("Model"),
            "colour": _upper("Colour"),
        },
    ),
    TableMapping(
        table="phone_record",
        entity="Telephones",
        columns={
            "source_record_id": _id("TelephoneId"),
            "number": canonical_phone(pl.col("Number")),
            "imei": _id("IMEI"),
        },
    ),
    TableMapping(
        table="property_record",
        entity="Property",
        columns={
            "source_record_id": _id("PropertyId"),
            "property_type": _upper("PropertyType"),
            "serial_number": _upper("SerialNo").str.replace_all(" ", "", literal=True),
            "value_gbp": number("Value"),
        },
    ),
    TableMapping(
        table="event_role",
        entity="PersonEventLinks",
        columns={
            "source_record_id": _id("EventNo"),
            "event_type": coded("EventType", EVENT, "event_type_unknown"),
            "person_source_record_id": _id("PersonId"),
            "role": Parsed(
                pl.col("Classification"), role_from_niche(pl.col("Classification")), "role_unknown"
            ),
        },
    ),
    TableMapping(
        table="event_object",
        entity="ObjectEventLinks",
        columns={
            "source_record_id": _id("EventNo"),
            "event_type": coded("EventType", EVENT, "event_type_unknown"),
            "object_type": coded("ObjectType", OBJECT, "object_type_unknown"),
            "object_source_record_id": _id("ObjectId"),
            "role": coded("Role", OBJECT_ROLE, "role_unknown"),
        },
    ),
)
