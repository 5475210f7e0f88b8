"""Constrained values of the ihub-like system in the contract's terms (see forces.code_sets).

``GNDR_0001`` for female and the prefix ``ESDD_`` are public; the rest are ours.
"""

from forces.code_sets import ETHNICITY_ESDD, SEX_GNDR, CodeSet


def _values(prefix: str, *meanings: str) -> CodeSet:
    """``PREFIX_MEANING`` for each meaning."""
    return {f"{prefix}_{m.upper().replace(' ', '_')}": m for m in meanings}


SEX = SEX_GNDR
ETHNICITY_SELF = ETHNICITY_ESDD
ETHNICITY_OBSERVED: CodeSet = {f"EOFD_000{n}": f"IC{n}" for n in (1, 2, 3, 4, 5, 6, 9)}
NAME_TYPE = _values("NTYP", "alias", "maiden", "former", "nickname")
IDENTIFIER = _values("IDTY", "pnc", "cro", "driver", "passport", "ni", "prison", "other")
ADDRESS_TYPE = _values("ADTY", "home", "work", "bail", "other")
CONTACT = _values("COTY", "phone", "email")
MARKER = _values("WARN", "VI", "WE", "DR", "MH", "SU", "ES", "AT", "OT")
STATUS = _values("OSTA", "open", "closed", "cancelled", "transferred")
GRADE = _values("IGRD", "emergency", "priority", "scheduled", "telephone")
DISPOSAL = _values(
    "CDIS", "charged", "bailed", "released under investigation", "no further action", "other"
)
SEARCH_TYPE = _values("SRTY", "person", "vehicle", "person and vehicle")
GENDER: CodeSet = {"GNDR_0001": "female", "GNDR_0002": "male", "GNDR_0004": "other"}
OBJECT_ROLE = _values("OROL", "stolen", "used", "recovered", "seen", "other")
# Relationship of an event that holds the persons of a role.
ROLE: CodeSet = {
    "SUSPECTS": "suspect",
    "VICTIMS": "victim",
    "WITNESSES": "witness",
    "AGGRIEVED": "aggrieved",
    "ARRESTED": "arrested",
    "DETAINED": "detained",
    "SEARCHED": "searched",
    "SUBJECTS": "subject",
    "REPORTERS": "reporter",
    "OTHERS": "other",
}
EVENT: CodeSet = {
    "OFFENCE": "offence_record",
    "INCIDENT": "incident",
    "CUSTODY": "custody",
    "STOP-SEARCH": "stop_search",
    "INTELLIGENCE-REPORT": "intelligence_report",
}
OBJECT: CodeSet = {
    "VEHICLE": "vehicle_record",
    "TELEPHONE": "phone_record",
    "PROPERTY": "property_record",
}
