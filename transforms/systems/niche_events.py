"""Occurrences and other events of a Niche-like extract, objects, and who was what in them."""

import polars as pl

from forces.code_sets import niche as niche_codes
from transforms.contacts import canonical_phone, canonical_vrm
from transforms.identifiers import canonical_asn
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
    day,
    time,
)
from transforms.systems.readings import coded, flag, number, solid, trimmed, upper

_WHEN = ("DateFrom", "DateTo", "ReportedOn", "RecordedOn")
_WHERE = ("Location", "Postcode", "Easting", "Northing")
ENTITIES = (
    Entity(
        "Occurrences",
        ("OccurrenceNo", "OffenceCode", *_WHEN, *_WHERE),
        ("CrimeNo", "Notifiable", "MO", "Status", "Outcome", "OutcomeText", "OtherForceRef"),
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


_OFFENCE_CODE = offence_code_from_ho(pl.col("OffenceCode"))
_GROUP = offence_group(_OFFENCE_CODE)
# As the source says, or as its offence group is where it says nothing.
_NOTIFIABLE = Parsed(
    pl.col("Notifiable"),
    pl.when(pl.col("Notifiable").is_null())
    .then(is_notifiable(_GROUP))
    .otherwise(flag("Notifiable").value),
    "not_yes_or_no",
)

MAPPINGS = (
    TableMapping(
        table="offence_record",
        entity="Occurrences",
        columns={
            "source_record_id": trimmed("OccurrenceNo"),
            "crime_ref": trimmed("CrimeNo"),
            "offence_code_raw": trimmed("OffenceCode"),
            "offence_code": _OFFENCE_CODE,
            "offence_group": _GROUP,
            "is_notifiable": _NOTIFIABLE,
            **OCCURRENCE,
            **PLACE,
            "method_text": trimmed("MO"),
            "status": coded("Status", niche_codes.STATUS, "status_unknown"),
            "last_outcome_code": upper("Outcome"),
            "last_outcome_text": trimmed("OutcomeText"),
            "other_force_ref": trimmed("OtherForceRef"),
        },
        traps=(unmapped_offence_trap(_GROUP), *OCCURRENCE_TRAPS, *PLACE_TRAPS),
    ),
    TableMapping(
        table="outcome",
        entity="Outcomes",
        columns={
            "source_record_id": trimmed("OutcomeId"),
            "offence_source_record_id": trimmed("OccurrenceNo"),
            "crime_ref": trimmed("CrimeNo"),
            "outcome_code": upper("Outcome"),
            "outcome_text": trimmed("OutcomeText"),
            "outcome_date": day("OutcomeDate"),
        },
    ),
    TableMapping(
        table="incident",
        entity="Incidents",
        columns={
            "source_record_id": trimmed("IncidentNo"),
            "incident_ref": trimmed("LogRef"),
            "incident_type": trimmed("IncidentType"),
            "grade": coded("Grade", niche_codes.GRADE, "grade_unknown"),
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
            "source_record_id": trimmed("CustodyNo"),
            "custody_ref": trimmed("CustodyRef"),
            "arrested_at": time("ArrestedOn"),
            "detained_at": time("DetainedOn"),
            "released_at": time("ReleasedOn"),
            "offence_source_record_id": trimmed("OccurrenceNo"),
            "asn": canonical_asn(pl.col("ASN")),
            "disposal": coded("Disposal", niche_codes.DISPOSAL, "disposal_unknown"),
        },
    ),
    TableMapping(
        table="stop_search",
        entity="StopSearches",
        columns={
            "source_record_id": trimmed("SearchNo"),
            "search_type": coded("SearchType", niche_codes.SEARCH_TYPE, "search_type_unknown"),
            "is_part_of_operation": flag("IsOperation"),
            "operation_name": trimmed("Operation"),
            "gender": coded("Gender", niche_codes.GENDER, "gender_unknown"),
            "age_range": trimmed("AgeRange").str.to_lowercase(),
            "ethnicity_self_defined": trimmed("EthnicitySelf"),
            "ethnicity_observed": trimmed("EthnicityObserved"),
            "legislation": trimmed("Legislation"),
            "object_of_search": trimmed("ObjectOfSearch"),
            "outcome_text": trimmed("Outcome"),
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
            "source_record_id": trimmed("ReportNo"),
            "report_ref": trimmed("ReportRef"),
            "grading": trimmed("Grading").str.to_lowercase(),
            "source_evaluation": upper("Source"),
            "intelligence_assessment": upper("Assessment"),
            "handling_code": upper("Handling"),
            "report_text": trimmed("ReportText"),
            "reported_at": time("SubmittedOn"),
        },
    ),
    TableMapping(
        table="vehicle_record",
        entity="Vehicles",
        columns={
            "source_record_id": trimmed("VehicleId"),
            "vrm": canonical_vrm(pl.col("VRM")),
            "make": upper("Make"),
            "model": upper("Model"),
            "colour": upper("Colour"),
        },
    ),
    TableMapping(
        table="phone_record",
        entity="Telephones",
        columns={
            "source_record_id": trimmed("TelephoneId"),
            "number": canonical_phone(pl.col("Number")),
            "imei": trimmed("IMEI"),
        },
    ),
    TableMapping(
        table="property_record",
        entity="Property",
        columns={
            "source_record_id": trimmed("PropertyId"),
            "property_type": upper("PropertyType"),
            "serial_number": solid("SerialNo"),
            "value_gbp": number("Value"),
        },
    ),
    TableMapping(
        table="event_role",
        entity="PersonEventLinks",
        columns={
            "source_record_id": trimmed("EventNo"),
            "event_type": coded("EventType", niche_codes.EVENT, "event_type_unknown"),
            "person_source_record_id": trimmed("PersonId"),
            "role": coded("Classification", niche_codes.CLASSIFICATION, "role_unknown"),
        },
    ),
    TableMapping(
        table="event_object",
        entity="ObjectEventLinks",
        columns={
            "source_record_id": trimmed("EventNo"),
            "event_type": coded("EventType", niche_codes.EVENT, "event_type_unknown"),
            "object_type": coded("ObjectType", niche_codes.OBJECT, "object_type_unknown"),
            "object_source_record_id": trimmed("ObjectId"),
            "role": coded("Role", niche_codes.OBJECT_ROLE, "role_unknown"),
        },
    ),
)
