"""Addresses that are nobody's home, and nothing that two people have in common.

They stay in the store, as what a force wrote; no record is linked and nobody associated by them.
What systems hold in the place of an address: the project's domain notes.
"""

_WORDS = (
    "NK", "UNK", "TBC", "TBA", "NONE", "NIL", "NULL", "HOMELESS", "REFUSED",
    "ABROAD", "OVERSEAS", "VARIOUS",
)  # fmt: skip
_PARTS = (
    r"NO FIXED\b", r"NO ABODE\b", r"NO ADDRESS\b", r"NOT KNOWN\b", r"NOT GIVEN\b",
    r"NOT STATED\b", r"NOT PROVIDED\b", r"NOT RECORDED\b", r"NOT DISCLOSED\b",
    r"NOT APPLICABLE\b", r"UNKNOWN\b", "ROUGH SLEEP", r"SLEEPING ROUGH\b", r"N/A\b", r"N/K\b",
    "N[.]F[.]A",
)  # fmt: skip
# A line that begins with the number of a house is one whatever follows: 9 UNKNOWN ROAD is a road.
_PATTERN = rf"^[^\p{{L}}\p{{N}}]*$|^({'|'.join(_WORDS)})$|^NFA\b|^[^0-9]*\b({'|'.join(_PARTS)})"


def home_sql(address: str) -> str:
    """SQL of the address line, null where it says that there is none.

    Args:
        address: SQL of the line, as the store holds it.
    """
    return f"CASE WHEN NOT regexp_matches(upper({address}), '{_PATTERN}') THEN {address} END"
