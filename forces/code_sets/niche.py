"""Codes of the niche-like record system in the contract's terms (see forces.code_sets).

The vendor's own lists are not public: these are ours, but for sex, ethnicity and the
classifications SUS, VIC, WIT and AP.
"""

from forces.code_sets import ETHNICITY_16, ETHNICITY_IC, ROLE_NICHE, SEX_PNC, CodeSet

SEX = SEX_PNC
ETHNICITY_SELF = ETHNICITY_16
ETHNICITY_OBSERVED = ETHNICITY_IC
CLASSIFICATION = ROLE_NICHE
NAME_TYPE: CodeSet = {"ALIAS": "alias", "MAIDEN": "maiden", "FORMER": "former", "NICK": "nickname"}
IDENTIFIER: CodeSet = {
    "PNC": "pnc",
    "CRO": "cro",
    "DRIVER": "driver",
    "PASSPORT": "passport",
    "NINO": "ni",
    "PRISON": "prison",
    "OTHER": "other",
}
ADDRESS_TYPE: CodeSet = {"HOME": "home", "WORK": "work", "BAIL": "bail", "OTHER": "other"}
CONTACT: CodeSet = {"TEL": "phone", "EMAIL": "email"}
MARKER: CodeSet = {code: code for code in ("VI", "WE", "DR", "MH", "SU", "ES", "AT", "OT")}
STATUS: CodeSet = {
    "OPEN": "open",
    "FILED": "closed",
    "CANCELLED": "cancelled",
    "TRANSFER": "transferred",
}
GRADE: CodeSet = {"1": "emergency", "2": "priority", "3": "scheduled", "4": "telephone"}
DISPOSAL: CodeSet = {
    "CHG": "charged",
    "BAIL": "bailed",
    "RUI": "released under investigation",
    "NFA": "no further action",
    "OTH": "other",
}
SEARCH_TYPE: CodeSet = {"P": "person", "V": "vehicle", "PV": "person and vehicle"}
GENDER: CodeSet = {"M": "male", "F": "female", "O": "other"}
EVENT: CodeSet = {
    "OCC": "offence_record",
    "INC": "incident",
    "CUS": "custody",
    "STO": "stop_search",
    "INT": "intelligence_report",
}
OBJECT: CodeSet = {"VEH": "vehicle_record", "TEL": "phone_record", "PRO": "property_record"}
OBJECT_ROLE: CodeSet = {
    "STOLEN": "stolen",
    "USED": "used",
    "RECOVERED": "recovered",
    "SEEN": "seen",
    "OTHER": "other",
}
