"""The rules of reading a delivery and of putting its records into the contract's types.

``transforms`` looks at them and acts, and the load at the last of those that hold a delivery; here
stands what each says, who answers for it, why it is and what is to be done. A rule that acts
differently from place to place stands with the strongest action, and its reason says so.
"""

from quality.rules.delivery_rules import DELIVERY_RULES
from quality.rules.reading_rule import DECLARED, FORM, counts, keeps_out
from quality.rules.trap_rules import TRAP_RULES
from warehouse.contract.placeholders import (
    PLACEHOLDER_BIRTH_DATES,
    PLACEHOLDER_NAMES,
    PLACEHOLDER_POSTCODES,
)

_RECORD = "correct the record at the source; it comes back with the next delivery that brings it"
_EMPTY = "correct the value, or leave it empty where it is not known"
_DAY = ("write the date as the record system does (2024-05-03 in the standard form), or leave it "
        "empty where it is not known")  # fmt: skip
_TIME = ("write the time as the record system does (2024-05-03T21:30:00Z in the standard form), or "
         "leave it empty where it is not known")  # fmt: skip
_CODE = ("have the code mapped, or use one that is; those of the standard form stand in "
         "docs/standard-delivery.md")  # fmt: skip
_QUOTES = "close quoted fields as CSV demands"

_CSV = "RFC 4180, Common Format for CSV Files, section 2"
_KEPT = "docs/quality-feedback.md, Quarantine"

# Records that could not be read.
_RECORDS = (
    keeps_out("encoding", "a record cannot be decoded in the declared text encoding",
              "write the record in the declared text encoding", DECLARED),
    keeps_out("field_count", "a record has another number of fields than its file's header",
              _RECORD, _CSV),
    keeps_out("field_too_long", "a field is longer than any real one, or is nested too deeply",
              "shorten the field to what the form allows", FORM),
    keeps_out("malformed_quote", "a quoted field does not end as it should", _QUOTES, _CSV),
    keeps_out("nul_byte", "a field holds a NUL character",
              "take the NUL character out of the record", FORM),
    keeps_out("operation_unknown", "a record says neither upsert nor delete",
              "say upsert or delete"),
    keeps_out("record_not_mapped", "a record is of a kind that no table takes",
              "use one of the kinds of record that the form knows", FORM),
    keeps_out("sequence_not_a_number", "a change event has no number to order it by",
              "number the change events"),
    keeps_out("source_record_id_missing", "a record has no id", "give the record its id"),
    keeps_out("too_deep", "a record has more elements within each other than any real one",
              _RECORD, FORM),
    keeps_out("unterminated_quote", "a quoted field does not end", _QUOTES, _CSV),
    counts("kept_beside_quarantine", "rows are served on that the delivery did not bring, because "
           "what it brought of them may be in quarantine",
           "mend what was kept out: what it may have replaced is still served", _KEPT),
)  # fmt: skip

# Values that could not be put into the contract's types: the record is kept out.
_VALUES = (
    keeps_out("birth_date_not_a_date", "a date of birth is none in the form's notation", _DAY),
    keeps_out("birth_year_not_a_year", "a year of birth cannot be read",
              "write the year in four digits, or leave it empty where it is not known"),
    keeps_out("contact_form", "a contact has not the form of a telephone number or an e-mail "
              "address", "correct the number or address, or leave it out"),
    keeps_out("not_a_date", "a date is none in the form's notation", _DAY),
    keeps_out("not_a_duration", "a duration cannot be read as hours and minutes",
              "write the duration as 01:30, or leave it empty where it is not known"),
    keeps_out("not_a_month", "a month cannot be read", "write the month as 2024-05"),
    keeps_out("not_a_number", "a number cannot be read",
              "write the number as 1234.5, or leave it empty where it is not known"),
    keeps_out("not_a_time", "a time is none in the form's notation", _TIME),
    keeps_out("not_a_whole_number", "a whole number cannot be read",
              "write the number in digits alone, or leave it empty where it is not known"),
    keeps_out("not_yes_or_no", "a value says neither yes nor no",
              "write true or false (yes and no, Y and N, 1 and 0 are read too), or leave it empty"),
    keeps_out("number_out_of_range", "a number is too large for its column", _EMPTY),
)  # fmt: skip

# Codes that are on no list: what each is a code of.
_CODES = {
    "accuracy_unknown": "the precision of a time",
    "address_type_unknown": "a type of address",
    "age_range_unknown": "an age range",
    "contact_type_unknown": "a type of contact",
    "disposal_unknown": "a disposal from custody",
    "ethnicity_observed_unknown": "the ethnicity that an officer saw",
    "ethnicity_self_defined_unknown": "the ethnicity that a person stated",
    "ethnicity_unknown": "an ethnicity, stated or seen",
    "event_type_unknown": "a kind of event",
    "gender_unknown": "a gender",
    "grade_unknown": "a grade of response",
    "grading_unknown": "the grading of intelligence",
    "handling_code_unknown": "the handling of intelligence",
    "identifier_type_unknown": "a type of identifier",
    "intelligence_assessment_unknown": "an assessment of intelligence",
    "location_precision_unknown": "the precision of a place",
    "marker_code_unknown": "a warning marker",
    "marker_unknown": "a warning marker",
    "name_type_unknown": "a type of name",
    "object_type_unknown": "a kind of object",
    "occurred_precision_unknown": "the precision of a time",
    "role_unknown": "a role in an event",
    "search_type_unknown": "a type of search",
    "sex_unknown": "a sex",
    "source_evaluation_unknown": "an evaluation of a source of intelligence",
    "status_unknown": "a status of an investigation",
    "type_unknown": "a type of identifier or contact",
}

# What the contract refuses by name: standardise makes it null; a suite looks that none is left.
_PLACEHOLDERS = tuple(
    counts(refusal.rule, f"a value {refusal.reason}; made null", refusal.remedy,
           refusal.basis or "contract")
    for refusal in (*PLACEHOLDER_NAMES, PLACEHOLDER_BIRTH_DATES, PLACEHOLDER_POSTCODES)
)  # fmt: skip

CODE_RULES = frozenset(_CODES)
"""Names of the rules under which a code that is on no list keeps its record out."""

READING_RULES = (
    *DELIVERY_RULES,
    *_RECORDS,
    *_VALUES,
    *(
        keeps_out(rule, f"the code for {of_what} is on no list that is known", _CODE)
        for rule, of_what in _CODES.items()
    ),
    *TRAP_RULES,
    *_PLACEHOLDERS,
)
"""Every rule of reading, each once."""
