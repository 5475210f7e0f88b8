"""Events and objects of an iHub-like document, and the relationships between them."""

import polars as pl

from transforms.contacts import canonical_phone, canonical_vrm
from transforms.mapping import Entity, TableMapping, Trap
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
    coded,
    constrained,
    day,
    flag,
    number,
    time,
)
from warehouse.code_sets import CodeSet

# Table of each resource type, in upper case as codes are compared.
EVENT: CodeSet = {"OFFENCE": "offence_record", "INCIDENT": "incident", "CUSTODY": "custody",
                  "STOP-SEARCH": "stop_search",
                  "INTELLIGENCE-REPORT": "intelligence_report"}  # fmt: skip
OBJECT: CodeSet = {"VEHICLE": "vehicle_record", "TELEPHONE": "phone_record",
                   "PROPERTY": "property_record"}  # fmt: skip
STATUS = constrained("OSTA", "open", "closed", "cancelled", "transferred")
GRADE = constrained("IGRD", "emergency", "priority", "scheduled", "telephone")
DISPOSAL = constrained("CDIS", "charged", "bailed", "released under investigation",
                       "no further action", "other")  # fmt: skip
SEARCH = constrained("SRTY", "person", "vehicle", "person and vehicle")
GENDER: CodeSet = {"GNDR_0001": "female", "GNDR_0002": "male", "GNDR_0004": "other"}
OBJECT_ROLE = constrained("OROL", "stolen", "used", "recovered", "seen", "other")
ROLE: CodeSet = {"SUSPECTS": "suspect", "VICTIMS": "victim", "WITNESSES": "witness",
                 "AGGRIEVED": "aggrieved", "ARRESTED": "arrested", "DETAINED": "detained",
                 "SEARCHED": "searched", "SUBJECTS": "subject", "REPORTERS": "reporter",
                 "OTHERS": "other"}  # fmt: skip

_OFFENCE = "relationships.offence.data.id"
EVENTS = (
    Entity("offence", ("id",), (*attributes("crimeReference", "offenceType", "method", "status",
           "outcomeCode", "outcomeText", "otherForceReference"), *WHEN, *WHERE)),
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
# A person's part in an event; isDelivered is true where the document has the person.
ROLES = Entity("roles", _LINK, ("isDelivered",))
OBJECTS = Entity("objects", _LINK)


def _upper(raw: pl.Expr) -> pl.Expr:
    return raw.str.strip_chars().str.to_uppercase()


_ID = {"source_record_id": pl.col("id")}
# OFFN_02801 is the Home Office code 028/01.
_OFFENCE_CODE = offence_code_from_ho(
    attribute("offenceType").str.replace(r"^OFFN_(\d{3})(\d{2})$", "${1}/${2}")
)
_GROUP = offence_group(_OFFENCE_CODE)

MAPPINGS = (
    TableMapping(
        table="offence_record",
        entity="offence",
        columns={
            **_ID,
            "crime_ref": attribute("crimeReference"),
            "offence_code_raw": attribute("offenceType"),
            "offence_code": _OFFENCE_CODE,
            "offence_group": _GROUP,
            "is_notifiable": is_notifiable(_GROUP),
            **OCCURRENCE,
            **PLACE,
            "method_text": attribute("method"),
            "status": coded(attribute("status"), STATUS, "status_unknown"),
            "last_outcome_code": _upper(attribute("outcomeCode")),
            "last_outcome_text": attribute("outcomeText"),
            "other_force_ref": attribute("otherForceReference"),
        },
        traps=(unmapped_offence_trap(_GROUP), *PLACE_TRAPS),
    ),
    TableMapping(
        table="outcome",
        entity="outcome",
        columns={
            **_ID,
            "offence_source_record_id": pl.col(_OFFENCE),
            "crime_ref": attribute("crimeReference"),
            "outcome_code": _upper(attribute("outcomeCode")),
            "outcome_text": attribute("outcomeText"),
            "outcome_date": day(attribute("outcomeDate")),
        },
    ),
    TableMapping(
        table="incident",
        entity="incident",
        columns={
            **_ID,
            "incident_ref": attribute("incidentReference"),
            "incident_type": attribute("incidentType"),
            "grade": coded(attribute("grade"), GRADE, "grade_unknown"),
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
            "custody_ref": attribute("custodyReference"),
            "arrested_at": time(attribute("arrestedAt")),
            "detained_at": time(attribute("detainedAt")),
            "released_at": time(attribute("releasedAt")),
            "offence_source_record_id": pl.col(_OFFENCE),
            "asn": _upper(attribute("arrestSummonsNumber")),
            "disposal": coded(attribute("disposal"), DISPOSAL, "disposal_unknown"),
        },
    ),
    TableMapping(
        table="stop_search",
        entity="stop-search",
        columns={
            **_ID,
            "search_type": coded(attribute("searchType"), SEARCH, "search_type_unknown"),
            "is_part_of_operation": flag(attribute("partOfOperation")),
            "operation_name": attribute("operationName"),
            "gender": coded(attribute("gender"), GENDER, "gender_unknown"),
            "age_range": attribute("ageRange").str.strip_chars().str.to_lowercase(),
            "ethnicity_self_defined": attribute("ethnicitySelfDefined"),
            "ethnicity_observed": attribute("ethnicityOfficerDefined"),
            "legislation": attribute("legislation"),
            "object_of_search": attribute("objectOfSearch"),
            "outcome_text": attribute("outcomeText"),
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
            "report_ref": attribute("reportReference"),
            "grading": attribute("grading").str.strip_chars().str.to_lowercase(),
            "source_evaluation": _upper(attribute("sourceEvaluation")),
            "intelligence_assessment": _upper(attribute("intelligenceAssessment")),
            "handling_code": _upper(attribute("handlingCode")),
            "report_text": attribute("reportText"),
            "reported_at": time(attribute("reportedAt")),
        },
    ),
    TableMapping(
        table="vehicle_record",
        entity="vehicle",
        columns={
            **_ID,
            "vrm": canonical_vrm(attribute("vrm")),
            "make": _upper(attribute("make")),
            "model": _upper(attribute("model")),
            "colour": _upper(attribute("colour")),
        },
    ),
    TableMapping(
        table="phone_record",
        entity="telephone",
        columns={
            **_ID,
            "number": canonical_phone(attribute("number")),
            "imei": attribute("imei").str.strip_chars(),
        },
    ),
    TableMapping(
        table="property_record",
        entity="property",
        columns={
            **_ID,
            "property_type": _upper(attribute("propertyType")),
            "serial_number": _upper(attribute("serialNumber")).str.replace_all(" ", ""),
            "value_gbp": number(attribute("value")),
        },
    ),
    TableMapping(
        table="event_role",
        entity="roles",
        columns={
            "source_record_id": pl.col("eventId"),
            "event_type": coded(pl.col("eventType"), EVENT, "event_type_unknown"),
            "person_source_record_id": pl.col("id"),
            "role": coded(pl.col("relationship"), ROLE, "role_unknown"),
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
            "source_record_id": pl.col("eventId"),
            "event_type": coded(pl.col("eventType"), EVENT, "event_type_unknown"),
            "object_type": coded(pl.col("type"), OBJECT, "object_type_unknown"),
            "object_source_record_id": pl.col("id"),
            "role": coded(pl.col("role"), OBJECT_ROLE, "role_unknown"),
        },
    ),
)  # fmt: skip
