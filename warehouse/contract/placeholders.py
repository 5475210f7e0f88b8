"""What systems put where a value is not known, refused by name.

Standardise makes these null and counts them; the nightly check looks that none is left. Source: the
project's domain notes, except the names for not known, which every system holds.
"""

from warehouse.contract.constraint import Refusal

_ACCURACY = "DPA 2018 s.38(1)(a): personal data must be accurate"
_LEAVE_EMPTY = "leave it empty where it is not known, or have the placeholder mapped"

PLACEHOLDER_BIRTH_DATES = Refusal(
    "placeholder_birth_date",
    "is a date that systems put for a birth that is not known",
    _LEAVE_EMPTY,
    values=("1900-01-01", "1970-01-01"),
    basis=_ACCURACY,
)
PLACEHOLDER_POSTCODES = Refusal(
    "placeholder_postcode",
    "is a postcode that systems put for no fixed abode",
    _LEAVE_EMPTY,
    values=("NF1 1NF", "NF1 1FA"),
    basis=_ACCURACY,
)
PLACEHOLDER_CRO = Refusal(
    "placeholder_cro",
    "is a CRO number whose check letter is right and that nobody holds",
    "take it out, or send the person's own number",
    values=("000000/00Z",),
    basis=_ACCURACY,
    profile="GB",
)


def _name(
    rule: str, what: str, *, values: tuple[str, ...] = (), pattern: str | None = None
) -> Refusal:
    reason = f"is {what} and no name"
    return Refusal(rule, reason, _LEAVE_EMPTY, values, pattern, _ACCURACY)


PLACEHOLDER_NAMES = (
    _name("placeholder_name_not_entered", "the words for not entered", values=("NOT ENTERED",)),
    _name(
        "placeholder_name_unknown",
        "words for a name that is not known",
        values=(
            "UNKNOWN",
            "NOT KNOWN",
            "UNK",
            "N/K",
            "NOT STATED",
            "NOT GIVEN",
            "NOT RECORDED",
            "NOT PROVIDED",
            "NO NAME",
            "NAME UNKNOWN",
            "NAME NOT KNOWN",
            "UNNAMED",
            "UNIDENTIFIED",
            "ANONYMOUS",
            "UNKNOWN MALE",
            "UNKNOWN FEMALE",
            "MALE UNKNOWN",
            "FEMALE UNKNOWN",
            "BABY BOY",
            "BABY GIRL",
        ),
    ),
    _name("placeholder_name_mig_error", "what a failed migration left", pattern="^MIG_ERROR_.*$"),
    _name("placeholder_name_no_show", "what hides a person from lists", pattern="^NO_SHOW_.*$"),
    _name("placeholder_name_duplicate", "what marks a duplicate", pattern="^DUPLICATE_.*$"),
)
