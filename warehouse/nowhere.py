"""Addresses that are nobody's home, and nothing that two people have in common.

They stay in the store, as what a force wrote; no record is linked and nobody associated by them.
What systems hold in the place of an address: the project's domain notes.
"""

_WORDS = (
    "NFA", "NFAS", "NK", "UNK", "TBC", "TBA", "NONE", "NIL", "NULL", "HOMELESS", "REFUSED",
    "ABROAD", "OVERSEAS", "VARIOUS",
)  # fmt: skip
_PARTS = (
    "NO FIXED", "NO ABODE", "NO ADDRESS", "NOT KNOWN", "NOT GIVEN", "NOT STATED", "NOT PROVIDED",
    "NOT RECORDED", "NOT DISCLOSED", "NOT APPLICABLE", "UNKNOWN", "ROUGH SLEEP", "SLEEPING ROUGH",
    "N/A", "N/K", "N.F.A",
)  # fmt: skip
# A line that begins with the number of a house is one whatever follows: UNKNOWN ROAD is a road.
_PATTERN = f"^[^A-Z0-9]*$|^({'|'.join(_WORDS)})$|^[^0-9]*({'|'.join(_PARTS)})".replace(".", "[.]")


def home_sql(address: str) -> str:
    """SQL of the address line, null where it says that there is none.

    Args:
        address: SQL of the line, as the store holds it.
    """
    return f"CASE WHEN NOT regexp_matches(upper({address}), '{_PATTERN}') THEN {address} END"
