"""Words and codes of the connect-like record system in the contract's terms.

In upper case, as transforms compares them (see forces.code_sets). The vendor's own lists are not
public: these are ours.
"""

from forces.code_sets import CodeSet

# How sex is written; other words are read too (forces.code_sets.SEX_WORDS).
SEX: CodeSet = {"MALE": "M", "FEMALE": "F", "UNKNOWN": "U"}
# Of the words in forces.code_sets.ETHNICITY_WORDS, those that this system writes.
ETHNICITY_WORDS: CodeSet = {
    "WHITE BRITISH": "W1",
    "WHITE IRISH": "W2",
    "GYPSY OR IRISH TRAVELLER": "W3",
    "OTHER WHITE": "W9",
    "WHITE AND BLACK CARIBBEAN": "M1",
    "WHITE AND BLACK AFRICAN": "M2",
    "WHITE AND ASIAN": "M3",
    "OTHER MIXED": "M9",
    "INDIAN": "A1",
    "PAKISTANI": "A2",
    "BANGLADESHI": "A3",
    "CHINESE": "A4",
    "OTHER ASIAN": "A9",
    "CARIBBEAN": "B1",
    "AFRICAN": "B2",
    "OTHER BLACK": "B9",
    "ARAB": "O2",
    "ANY OTHER ETHNIC GROUP": "O9",
    "NOT STATED": "NS",
}
LINK: CodeSet = {
    "SUSPECT": "suspect",
    "VICTIM": "victim",
    "WITNESS": "witness",
    "AGGRIEVED": "aggrieved",
    "ARRESTED PERSON": "arrested",
    "DETAINED PERSON": "detained",
    "PERSON SEARCHED": "searched",
    "SUBJECT": "subject",
    "INFORMANT": "reporter",
    "OTHER": "other",
}
NAME_TYPE: CodeSet = {
    "ALIAS": "alias",
    "MAIDEN NAME": "maiden",
    "FORMER NAME": "former",
    "NICKNAME": "nickname",
}
IDENTIFIER: CodeSet = {
    "PNC ID": "pnc",
    "CRO NUMBER": "cro",
    "DRIVER NUMBER": "driver",
    "PASSPORT NUMBER": "passport",
    "NI NUMBER": "ni",
    "PRISON NUMBER": "prison",
    "OTHER": "other",
}
ADDRESS_TYPE: CodeSet = {
    "HOME ADDRESS": "home",
    "WORK ADDRESS": "work",
    "BAIL ADDRESS": "bail",
    "OTHER": "other",
}
CONTACT: CodeSet = {"TELEPHONE": "phone", "EMAIL": "email"}
MARKER: CodeSet = {code: code for code in ("VI", "WE", "DR", "MH", "SU", "ES", "AT", "OT")}
STATUS: CodeSet = {
    "OPEN": "open",
    "FILED": "closed",
    "CANCELLED": "cancelled",
    "TRANSFERRED": "transferred",
}
GRADE: CodeSet = {
    "I GRADE": "emergency",
    "S GRADE": "priority",
    "E GRADE": "scheduled",
    "R GRADE": "telephone",
}
DISPOSAL: CodeSet = {
    "CHARGED": "charged",
    "BAIL": "bailed",
    "RUI": "released under investigation",
    "NFA": "no further action",
    "OTHER": "other",
}
SEARCH_TYPE: CodeSet = {
    "PERSON SEARCH": "person",
    "VEHICLE SEARCH": "vehicle",
    "PERSON AND VEHICLE SEARCH": "person and vehicle",
}
GENDER: CodeSet = {"MALE": "male", "FEMALE": "female", "OTHER": "other"}
ACCURACY: CodeSet = {"EXACT": "minute", "DAY": "day", "MONTH": "month", "UNKNOWN": "unknown"}
EVENT: CodeSet = {
    "INVESTIGATION": "offence_record",
    "INCIDENT": "incident",
    "CUSTODYRECORD": "custody",
    "STOPSEARCH": "stop_search",
    "INTELREPORT": "intelligence_report",
}
OBJECT: CodeSet = {
    "VEHICLE": "vehicle_record",
    "TELEPHONE": "phone_record",
    "PROPERTY": "property_record",
}
OBJECT_LINK: CodeSet = {
    "STOLEN": "stolen",
    "USED IN": "used",
    "RECOVERED": "recovered",
    "SEEN": "seen",
    "OTHER": "other",
}
