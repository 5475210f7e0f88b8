"""Events of an athena-like extract, objects, and who was what in them.

A place is free text and a postcode; its coordinates come from the postcode. The URN is both the key
of an event and the reference that people quote.
"""

import polars as pl

from forces.code_sets import athena as athena_codes
from transforms.codes import boolean
from transforms.contacts import canonical_phone, canonical_vrm
from transforms.identifiers import canonical_asn
from transforms.mapping import Entity, Parsed, TableMapping
from transforms.offence_codes import (
    is_notifiable,
    offence_code_from_cjs,
    offence_group,
    unmapped_offence_trap,
)
from transforms.systems.athena_forms import (
    OCCURRENCE,
    OCCURRENCE_TRAPS,
    PLACE,
    PLACE_TRAPS,
    URN_TRAPS,
    day,
    time,
    urn,
)
from transforms.systems.readings import coded, flag, number, solid, trimmed, upper

_EVENT = ("OwningForce", "URN")
_OBJECT = ("ForceCode", "ObjectRef")
_WHEN = ("OccurredFrom", "OccurredTo", "ReportedAt", "RecordedAt")
_WHERE = ("LocationText", "Postcode")
ENTITIES = (
    Entity(
        "investigation",
        (*_EVENT, "OffenceCode", *_WHEN, *_WHERE),
        ("Recordable", "MethodText", "Status", "OutcomeCode", "OutcomeText", "OtherForceRef"),
    ),
    Entity(
        "disposal",
        (*_EVENT, "DisposalRef", "OutcomeCode", "OutcomeDate"),
        ("OutcomeText",),
    ),
    Entity(
        "incident",
        (*_EVENT, "IncidentType", *_WHEN, *_WHERE),
        ("Grade", "AttendedAt", "ClosedAt"),
    ),
    Entity(
        "custody",
        (*_EVENT, "ArrestedAt", "DetainedAt", "ReleasedAt"),
        ("OffenceURN", "ASN", "Disposal"),
    ),
    Entity(
        "stop_search",
        (*_EVENT, "SearchType", *_WHEN, *_WHERE),
        ("Operation", "OperationName", "Gender", "AgeRange", "EthnicitySelfDefined",
         "EthnicityObserved", "Legislation", "ObjectOfSearch", "OutcomeText", "OutcomeLinked",
         "MoreThanOuterClothing"),
    ),
    Entity(
        "intelligence",
        (*_EVENT, "Grading", "SourceEvaluation", "Assessment", "HandlingCode", "ReportText"),
        ("ReportRef", "ReportedAt"),
    ),
    Entity("vehicle", (*_OBJECT, "VRM"), ("Make", "Model", "Colour")),
    Entity("telephone", (*_OBJECT, "Number"), ("IMEI",)),
    Entity("property", (*_OBJECT, "PropertyType"), ("SerialNumber", "Value")),
    Entity("event_nominal", (*_EVENT, "EventType", "NominalRef", "RoleCode")),
    Entity("event_object", (*_EVENT, "EventType", "ObjectType", "ObjectRef", "RoleCode")),
)  # fmt: skip

_URN = {"source_record_id": urn("URN")}
_REF = {"source_record_id": trimmed("ObjectRef")}
_OFFENCE_CODE = offence_code_from_cjs(pl.col("OffenceCode"))
_GROUP = offence_group(_OFFENCE_CODE)
_RECORDABLE = (
    pl.when(trimmed("Recordable").is_null())
    .then(is_notifiable(_GROUP))
    .otherwise(boolean(pl.col("Recordable")))
)
_EVENT_TYPE = coded("EventType", athena_codes.EVENT, "event_type_unknown")

MAPPINGS = (
    TableMapping(
        table="offence_record",
        entity="investigation",
        columns={
            **_URN,
            "crime_ref": urn("URN"),
            "offence_code_raw": pl.col("OffenceCode"),
            "offence_code": _OFFENCE_CODE,
            "offence_group": _GROUP,
            "is_notifiable": Parsed(pl.col("Recordable"), _RECORDABLE, "not_yes_or_no"),
            **OCCURRENCE,
            **PLACE,
            "method_text": trimmed("MethodText"),
            "status": coded("Status", athena_codes.STATUS, "status_unknown"),
            "last_outcome_code": upper("OutcomeCode"),
            "last_outcome_text": trimmed("OutcomeText"),
            "other_force_ref": pl.col("OtherForceRef"),
        },
        traps=(unmapped_offence_trap(_GROUP), *URN_TRAPS, *OCCURRENCE_TRAPS, *PLACE_TRAPS),
    ),
    TableMapping(
        table="outcome",
        entity="disposal",
        columns={
            "source_record_id": trimmed("DisposalRef"),
            "offence_source_record_id": urn("URN"),
            "crime_ref": urn("URN"),
            "outcome_code": upper("OutcomeCode"),
            "outcome_text": trimmed("OutcomeText"),
            "outcome_date": day("OutcomeDate"),
        },
    ),
    TableMapping(
        table="incident",
        entity="incident",
        columns={
            **_URN,
            "incident_ref": urn("URN"),
            "incident_type": trimmed("IncidentType"),
            "grade": coded("Grade", athena_codes.GRADE, "grade_unknown"),
            "attended_at": time("AttendedAt"),
            "closed_at": time("ClosedAt"),
            **OCCURRENCE,
            **PLACE,
        },
        traps=(*URN_TRAPS, *OCCURRENCE_TRAPS, *PLACE_TRAPS),
    ),
    TableMapping(
        table="custody",
        entity="custody",
        columns={
            **_URN,
            "custody_ref": urn("URN"),
            "arrested_at": time("ArrestedAt"),
            "detained_at": time("DetainedAt"),
            "released_at": time("ReleasedAt"),
            "offence_source_record_id": urn("OffenceURN"),
            "asn": canonical_asn(pl.col("ASN")),
            "disposal": coded("Disposal", athena_codes.DISPOSAL, "disposal_unknown"),
        },
        traps=URN_TRAPS,
    ),
    TableMapping(
        table="stop_search",
        entity="stop_search",
        columns={
            **_URN,
            "search_type": coded("SearchType", athena_codes.SEARCH_TYPE, "search_type_unknown"),
            "is_part_of_operation": flag("Operation"),
            "operation_name": trimmed("OperationName"),
            "gender": coded("Gender", athena_codes.GENDER, "gender_unknown"),
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
        traps=(*URN_TRAPS, *OCCURRENCE_TRAPS, *PLACE_TRAPS),
    ),
    TableMapping(
        table="intelligence_report",
        entity="intelligence",
        columns={
            **_URN,
            "report_ref": trimmed("ReportRef"),
            "grading": trimmed("Grading").str.to_lowercase(),
            "source_evaluation": upper("SourceEvaluation"),
            "intelligence_assessment": upper("Assessment"),
            "handling_code": upper("HandlingCode"),
            "report_text": trimmed("ReportText"),
            "reported_at": time("ReportedAt"),
        },
        traps=URN_TRAPS,
    ),
    TableMapping(
        table="vehicle_record",
        entity="vehicle",
        columns={
            **_REF,
            "vrm": canonical_vrm(pl.col("VRM")),
            "make": upper("Make"),
            "model": upper("Model"),
            "colour": upper("Colour"),
        },
    ),
    TableMapping(
        table="phone_record",
        entity="telephone",
        columns={**_REF, "number": canonical_phone(pl.col("Number")), "imei": solid("IMEI")},
    ),
    TableMapping(
        table="property_record",
        entity="property",
        columns={
            **_REF,
            "property_type": upper("PropertyType"),
            "serial_number": solid("SerialNumber"),
            "value_gbp": number("Value"),
        },
    ),
    TableMapping(
        table="event_role",
        entity="event_nominal",
        columns={
            **_URN,
            "event_type": _EVENT_TYPE,
            "person_source_record_id": trimmed("NominalRef"),
            "role": coded("RoleCode", athena_codes.ROLE, "role_unknown"),
        },
    ),
    TableMapping(
        table="event_object",
        entity="event_object",
        columns={
            **_URN,
            "event_type": _EVENT_TYPE,
            "object_type": coded("ObjectType", athena_codes.OBJECT, "object_type_unknown"),
            "object_source_record_id": trimmed("ObjectRef"),
            "role": coded("RoleCode", athena_codes.OBJECT_ROLE, "role_unknown"),
        },
    ),
)
