"""Events and objects of an iHub-like document, and the relationships between them."""

import polars as pl

from forces.code_sets import ihub as ihub_codes
from transforms.contacts import canonical_phone, canonical_vrm
from transforms.identifiers import canonical_asn
from transforms.mapping import Entity, Parsed, TableMapping, Trap
from transforms.offence_codes import (
    is_notifiable,
    offence_code_from_ho,
    offence_group,
    unmapped_offence_trap,
)
from transforms.systems.ihub_forms import (
    OCCURRENCE,
    PLACE,
    PLACE_TRAPS,
    WHEN,
    WHERE,
    attribute,
    attributes,
    day,
    time,
)
from transforms.systems.readings import coded, flag, number, solid, trimmed, upper

_OFFENCE = "relationships.offence.data.id"
EVENTS = (
    Entity("offence", ("id",), (*attributes("crimeReference", "offenceType", "notifiable", "method",
           "status", "outcomeCode", "outcomeText", "otherForceReference"), *WHEN, *WHERE)),
    Entity("incident", ("id",), (*attributes("incidentReference", "incidentType", "grade",
           "attendedAt", "closedAt"), *WHEN, *WHERE)),
    Entity("custody", ("id",), (*attributes("custodyReference", "arrestedAt", "detainedAt",
           "releasedAt", "arrestSummonsNumber", "disposal"), _OFFENCE)),
    Entity("stop-search", ("id",), (*attributes("searchType", "partOfOperation", "operationName",
           "gender", "ageRange", "ethnicitySelfDefined", "ethnicityOfficerDefined", "legislation",
           "objectOfSearch", "outcomeText", "outcomeLinked", "moreThanOuterClothing"),
           *WHEN, *WHERE)),
    Entity("intelligence-report", ("id",), attributes("reportReference", "grading",
           "sourceEvaluation", "intelligenceAssessment", "handlingCode", "reportText",
           "reportedAt")),
)  # fmt: skip
OTHERS = (
    Entity("outcome", ("id",), (*attributes("crimeReference", "outcomeCode", "outcomeText",
           "outcomeDate"), _OFFENCE)),
    Entity("vehicle", ("id",), attributes("vrm", "make", "model", "colour")),
    Entity("telephone", ("id",), attributes("number", "imei")),
    Entity("property", ("id",), attributes("propertyType", "serialNumber", "value")),
)  # fmt: skip
_LINK = ("eventType", "eventId", "relationship", "type", "id", "role")
# A person's part in an event; isDelivered is false where the document should have the person and
# has not.
ROLES = Entity("roles", _LINK, ("isDelivered",))
OBJECTS = Entity("objects", _LINK)


_ID = {"source_record_id": trimmed("id")}
# OFFN_02801 is the Home Office code 028/01.
_OFFENCE_CODE = offence_code_from_ho(
    pl.col(attribute("offenceType")).str.replace(r"^OFFN_(\d{3})(\d{2})$", "${1}/${2}")
)
_GROUP = offence_group(_OFFENCE_CODE)
# As the source says, or as its offence group is where it says nothing.
_SAID = attribute("notifiable")
_NOTIFIABLE = Parsed(
    pl.col(_SAID),
    pl.when(pl.col(_SAID).is_null()).then(is_notifiable(_GROUP)).otherwise(flag(_SAID).value),
    "not_yes_or_no",
)

MAPPINGS = (
    TableMapping(
        table="offence_record",
        entity="offence",
        columns={
            **_ID,
            "crime_ref": trimmed(attribute("crimeReference")),
            "offence_code_raw": trimmed(attribute("offenceType")),
            "offence_code": _OFFENCE_CODE,
            "offence_group": _GROUP,
            "is_notifiable": _NOTIFIABLE,
            **OCCURRENCE,
            **PLACE,
            "method_text": trimmed(attribute("method")),
            "status": coded(attribute("status"), ihub_codes.STATUS, "status_unknown"),
            "last_outcome_code": upper(attribute("outcomeCode")),
            "last_outcome_text": trimmed(attribute("outcomeText")),
            "other_force_ref": trimmed(attribute("otherForceReference")),
        },
        traps=(unmapped_offence_trap(_GROUP), *PLACE_TRAPS),
    ),
    TableMapping(
        table="outcome",
        entity="outcome",
        columns={
            **_ID,
            "offence_source_record_id": trimmed(_OFFENCE),
            "crime_ref": trimmed(attribute("crimeReference")),
            "outcome_code": upper(attribute("outcomeCode")),
            "outcome_text": trimmed(attribute("outcomeText")),
            "outcome_date": day(attribute("outcomeDate")),
        },
    ),
    TableMapping(
        table="incident",
        entity="incident",
        columns={
            **_ID,
            "incident_ref": trimmed(attribute("incidentReference")),
            "incident_type": trimmed(attribute("incidentType")),
            "grade": coded(attribute("grade"), ihub_codes.GRADE, "grade_unknown"),
            "attended_at": time(attribute("attendedAt")),
            "closed_at": time(attribute("closedAt")),
            **OCCURRENCE,
            **PLACE,
        },
        traps=PLACE_TRAPS,
    ),
    TableMapping(
        table="custody",
        entity="custody",
        columns={
            **_ID,
            "custody_ref": trimmed(attribute("custodyReference")),
            "arrested_at": time(attribute("arrestedAt")),
            "detained_at": time(attribute("detainedAt")),
            "released_at": time(attribute("releasedAt")),
            "offence_source_record_id": trimmed(_OFFENCE),
            "asn": canonical_asn(pl.col(attribute("arrestSummonsNumber"))),
            "disposal": coded(attribute("disposal"), ihub_codes.DISPOSAL, "disposal_unknown"),
        },
    ),
    TableMapping(
        table="stop_search",
        entity="stop-search",
        columns={
            **_ID,
            "search_type": coded(
                attribute("searchType"), ihub_codes.SEARCH_TYPE, "search_type_unknown"
            ),
            "is_part_of_operation": flag(attribute("partOfOperation")),
            "operation_name": trimmed(attribute("operationName")),
            "gender": coded(attribute("gender"), ihub_codes.GENDER, "gender_unknown"),
            "age_range": trimmed(attribute("ageRange")).str.to_lowercase(),
            "ethnicity_self_defined": trimmed(attribute("ethnicitySelfDefined")),
            "ethnicity_observed": trimmed(attribute("ethnicityOfficerDefined")),
            "legislation": trimmed(attribute("legislation")),
            "object_of_search": trimmed(attribute("objectOfSearch")),
            "outcome_text": trimmed(attribute("outcomeText")),
            "is_outcome_linked": flag(attribute("outcomeLinked")),
            "is_more_than_outer_clothing": flag(attribute("moreThanOuterClothing")),
            **OCCURRENCE,
            **PLACE,
        },
        traps=PLACE_TRAPS,
    ),
    TableMapping(
        table="intelligence_report",
        entity="intelligence-report",
        columns={
            **_ID,
            "report_ref": trimmed(attribute("reportReference")),
            "grading": trimmed(attribute("grading")).str.to_lowercase(),
            "source_evaluation": upper(attribute("sourceEvaluation")),
            "intelligence_assessment": upper(attribute("intelligenceAssessment")),
            "handling_code": upper(attribute("handlingCode")),
            "report_text": trimmed(attribute("reportText")),
            "reported_at": time(attribute("reportedAt")),
        },
    ),
    TableMapping(
        table="vehicle_record",
        entity="vehicle",
        columns={
            **_ID,
            "vrm": canonical_vrm(pl.col(attribute("vrm"))),
            "make": upper(attribute("make")),
            "model": upper(attribute("model")),
            "colour": upper(attribute("colour")),
        },
    ),
    TableMapping(
        table="phone_record",
        entity="telephone",
        columns={
            **_ID,
            "number": canonical_phone(pl.col(attribute("number"))),
            "imei": trimmed(attribute("imei")),
        },
    ),
    TableMapping(
        table="property_record",
        entity="property",
        columns={
            **_ID,
            "property_type": upper(attribute("propertyType")),
            "serial_number": solid(attribute("serialNumber")),
            "value_gbp": number(attribute("value")),
        },
    ),
    TableMapping(
        table="event_role",
        entity="roles",
        columns={
            "source_record_id": trimmed("eventId"),
            "event_type": coded("eventType", ihub_codes.EVENT, "event_type_unknown"),
            "person_source_record_id": trimmed("id"),
            "role": coded("relationship", ihub_codes.ROLE, "role_unknown"),
        },
        traps=(
            Trap("person_not_included", "person_source_record_id",
                 pl.col("isDelivered") == "false", "counted"),
        ),
    ),
    TableMapping(
        table="event_object",
        entity="objects",
        columns={
            "source_record_id": trimmed("eventId"),
            "event_type": coded("eventType", ihub_codes.EVENT, "event_type_unknown"),
            "object_type": coded("type", ihub_codes.OBJECT, "object_type_unknown"),
            "object_source_record_id": trimmed("id"),
            "role": coded("role", ihub_codes.OBJECT_ROLE, "role_unknown"),
        },
    ),
)  # fmt: skip
