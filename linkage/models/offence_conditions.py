"""The SQL conditions of the model of offences, by name. Each reads the same with left and right
exchanged."""

from warehouse.crime_reference import force_letters_sql

EARTH_METRES_A_DEGREE = 111_320

# On so short a way the earth is as good as flat.
METRES = (
    f"sqrt(pow((latitude_l - latitude_r) * {EARTH_METRES_A_DEGREE}, 2) + "
    f"pow((longitude_l - longitude_r) * {EARTH_METRES_A_DEGREE} "
    "* cos(radians((latitude_l + latitude_r) / 2)), 2))"
)
# Minutes between the two windows; none or fewer where they overlap.
GAP = "(greatest(begins_l, begins_r) - least(ends_l, ends_r))"
# Minutes from the first that either can have begun to the last that either can have ended.
SPAN = "(greatest(ends_l, ends_r) - least(begins_l, begins_r))"
HOUR, DAY = 60, 1440


def _quotes(one: str, other: str) -> str:
    """What ``one`` quotes may be the reference of ``other``, by its letters or its force's name."""
    own = ", ".join(
        f"concat({letters}, '|', own_ref_{other})"
        for letters in (f"own_letters_{other}", force_letters_sql(f"force_{other}"))
    )
    met = f"list_has_any(quoted_marks_{one}, [{own}])"
    return f"coalesce(own_ref_{other} IS NOT NULL AND {met}, false)"


def _quotes_digits(one: str, other: str) -> str:
    """The same digits, and one of the two has no letters."""
    bare = f"coalesce(list_contains(quoted_bare_{one}, own_ref_{other}), false)"
    of_bare = f"list_contains(quoted_digits_{one}, own_ref_{other})"
    return f"{bare} OR coalesce(own_letters_{other} IS NULL AND {of_bare}, false)"


QUOTED = f"{_quotes('l', 'r')} OR {_quotes('r', 'l')}"
# Without the letters that the other has: a third force's may have the same digits.
QUOTED_BARE = f"{_quotes_digits('l', 'r')} OR {_quotes_digits('r', 'l')}"
# One digit wrong, or two in each other's place; or other letters.
QUOTED_NEARLY = (
    "coalesce(damerau_levenshtein(quoted_ref_l, own_ref_r) <= 1, false) "
    "OR coalesce(damerau_levenshtein(quoted_ref_r, own_ref_l) <= 1, false)"
)
NOTHING_QUOTED = "quoted_ref_l IS NULL AND quoted_ref_r IS NULL"


def shared(values: str) -> str:
    """The two lists, known of both, have a value in common."""
    return f"list_has_any({values}_l, {values}_r)"


def within(metres: int, *, exact: bool = False) -> str:
    """So near each other; both places exact, where that is asked."""
    near = f"{METRES} <= {metres}"
    return f"is_exact_l AND is_exact_r AND {near}" if exact else near


def words_shared(share: float) -> str:
    """Words of the method in both, of those in either: at least that share (Jaccard)."""
    both = "len(list_intersect(method_l, method_r))"
    return f"{both} >= {share} * (len(method_l) + len(method_r) - {both})"


# One side's victim is the other's suspect: each accuses the other, or the pair has two happenings.
TURNED = (
    "coalesce(list_has_any(victims_l, suspects_r), false) "
    "OR coalesce(list_has_any(victims_r, suspects_l), false)"
)
