"""Codes of the athena-like record system in the contract's terms (see forces.code_sets).

The vendor's own lists are not public: these are ours.
"""

from forces.code_sets import ROLE_ATHENA, SEX_CJS, CodeSet

SEX = SEX_CJS
ROLE = ROLE_ATHENA
NAME_TYPE: CodeSet = {"A": "alias", "M": "maiden", "F": "former", "N": "nickname"}
IDENTIFIER: CodeSet = {
    "PNC": "pnc",
    "CRO": "cro",
    "DRV": "driver",
    "PPT": "passport",
    "NIN": "ni",
    "PRN": "prison",
    "OTH": "other",
}
ADDRESS_TYPE: CodeSet = {"H": "home", "W": "work", "B": "bail", "O": "other"}
CONTACT: CodeSet = {"TEL": "phone", "EML": "email"}
MARKER: CodeSet = {code: code for code in ("VI", "WE", "DR", "MH", "SU", "ES", "AT", "OT")}
STATUS: CodeSet = {"OPEN": "open", "CLSD": "closed", "CANC": "cancelled", "TRAN": "transferred"}
GRADE: CodeSet = {"1": "emergency", "2": "priority", "3": "scheduled", "4": "telephone"}
DISPOSAL: CodeSet = {
    "CHG": "charged",
    "BAIL": "bailed",
    "RUI": "released under investigation",
    "NFA": "no further action",
    "OTH": "other",
}
SEARCH_TYPE: CodeSet = {"P": "person", "V": "vehicle", "PV": "person and vehicle"}
GENDER: CodeSet = {"1": "male", "2": "female", "9": "other"}
EVENT: CodeSet = {
    "INV": "offence_record",
    "INC": "incident",
    "CUS": "custody",
    "STS": "stop_search",
    "INT": "intelligence_report",
}
OBJECT: CodeSet = {"VEH": "vehicle_record", "TEL": "phone_record", "PRO": "property_record"}
OBJECT_ROLE: CodeSet = {
    "STO": "stolen",
    "USE": "used",
    "REC": "recovered",
    "SEE": "seen",
    "OTH": "other",
}
