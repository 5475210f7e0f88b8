"""The model of offences: what is compared, what each agreement weighs, and what makes two records
of two forces one offence.

The numbers are where training starts, and what is used where there is too little to train on. ``m``
is the share of pairs of one offence that show a level, ``u`` the share of pairs of two; a level
weighs log2(m / u) bits (Fellegi and Sunter, 1969). docs/link-offences.md reads the list aloud.
"""

from linkage.model import DIFFERENT, Block, Comparison, Level, Threshold
from linkage.models import offence_conditions as when
from linkage.models.person_conditions import either_null

ENTITY = "offence"
VERSION = "1.1.0"

# Share of chance pairs of two forces that are one offence, until training estimates it: six records
# in a thousand have a second one, of a million.
PRIOR = 0.012 / 1_000_000
# Bits from which a pair is kept at all; of those that are for nobody to look at, only what speaks
# for them on the whole (linkage/offences/pairs.py). A quoted reference is somebody's word: whatever
# speaks against it, a person is to look.
POSSIBLE = -20.0
MOST_RECORDS = 200

# No code counts as rarer than this.
RAREST = {"code": 0.002}

# Pairs farther apart in time than this are not compared, unless one quotes the other.
MOST_DAYS_APART = 31

_DAY = when.DAY


def _shared(name: str, values: str, m: float, u: float) -> Comparison:
    same = Level("one the same", when.shared(values), m, u)
    return Comparison(name, either_null(values), (same,), (1 - m, 1 - u), needs=(values,))


COMPARISONS = (
    Comparison(
        "reference",
        when.NOTHING_QUOTED,
        (
            Level("one quotes the other", when.QUOTED, 0.90, 1e-9),
            Level("one quotes the other's digits alone", when.QUOTED_BARE, 0.07, 1e-7),
            Level("quoted but for one digit or the letters", when.QUOTED_NEARLY, 0.02, 1e-6),
        ),
        # It quotes some record: hardly ever a third.
        (0.01, 1.0),
        needs=("quoted_ref",),
    ),
    Comparison(
        "offence",
        either_null("offence_group"),
        (
            Level("same code", "code_l = code_r", 0.75, 0.03, "code"),
            Level("same group", "offence_group_l = offence_group_r", 0.20, 0.13),
            Level("same family", "family_l = family_r", 0.04, 0.24),
        ),
        (0.01, 0.60),
        needs=("offence_group",),
    ),
    Comparison(
        "time",
        either_null("begins"),
        (
            Level(
                "same hour",
                f"abs(begins_l - begins_r) <= {when.HOUR} AND "
                f"abs(ends_l - ends_r) <= {when.HOUR} AND {when.SPAN} <= {6 * when.HOUR}",
                0.45,
                6e-5,
            ),
            Level(
                "windows overlap within a day",
                f"{when.GAP} <= 0 AND {when.SPAN} <= {_DAY}",
                0.25,
                4e-4,
            ),
            Level(
                "windows overlap within three days",
                f"{when.GAP} <= 0 AND {when.SPAN} <= {3 * _DAY}",
                0.10,
                1e-3,
            ),
            Level("windows overlap", f"{when.GAP} <= 0", 0.05, 1e-3),
            Level("hours apart", f"{when.GAP} <= {6 * when.HOUR}", 0.05, 9e-4),
            Level("within a day", f"{when.GAP} <= {_DAY}", 0.04, 2e-3),
            Level("within three days", f"{when.GAP} <= {3 * _DAY}", 0.03, 6e-3),
            Level("within a fortnight", f"{when.GAP} <= {14 * _DAY}", 0.02, 3e-2),
        ),
        (0.01, 0.958),
        needs=("begins",),
    ),
    Comparison(
        "place",
        either_null("longitude"),
        (
            Level("within 100 metres, both exact", when.within(100, exact=True), 0.45, 1e-7),
            Level("within 500 metres", when.within(500), 0.15, 2e-6),
            Level("within two kilometres", when.within(2_000), 0.12, 3e-5),
            Level("within ten kilometres", when.within(10_000), 0.12, 7e-4),
            Level("within 50 kilometres", when.within(50_000), 0.10, 0.02),
        ),
        (0.06, 0.979),
        needs=("longitude",),
    ),
    _shared("victim", "victims", 0.90, 2e-6),
    _shared("suspect", "suspects", 0.70, 2e-5),
    _shared("vehicle", "vehicles", 0.85, 2e-6),
    _shared("item", "items", 0.80, 1e-6),
    Comparison(
        "method",
        either_null("method"),
        (
            Level("nearly all words the same", when.words_shared(0.8), 0.55, 0.03),
            Level("half the words the same", when.words_shared(0.4), 0.20, 0.02),
            Level("some words the same", when.words_shared(0.1), 0.10, 0.10),
        ),
        (0.15, 0.85),
        needs=("method",),
    ),
    # Not independent of the others: who is a victim here and a suspect there has two happenings
    # with the same people, place and hour.
    Comparison(
        "turned",
        f"NOT ({when.TURNED})",
        (Level("one's victim is the other's suspect", when.TURNED, 1e-4, 0.5),),
        (0.5, 0.5),
        needs=("victims",),
        is_trained=False,
    ),
)

BLOCKS = (
    Block("reference", exploded="list_distinct(list_concat([own_ref], quoted_digits))",
          needs=("quoted_ref",)),
    Block("victim", exploded="victims", needs=("victims",)),
    Block("suspect", exploded="suspects", needs=("suspects",)),
    Block("vehicle", exploded="vehicles", needs=("vehicles",)),
    Block("item", exploded="items", needs=("items",)),
    Block("place and day", ("family",), exploded=(
        # Two lattices of some four kilometres, the second moved by half a cell both ways, so that
        # what lies near each other is in one cell of one of them; on each day of the window and the
        # six hours about it, of windows of no more than five days.
        "CASE WHEN longitude IS NOT NULL AND latitude IS NOT NULL AND ends - begins <= 5 * 1440 "
        "THEN flatten(list_transform([0, 1], half -> list_transform("
        "range((begins - 360) // 1440, (ends + 360) // 1440 + 1), day -> "
        "hash(half, day, floor(latitude / 0.04 + half / 2), floor(longitude / 0.06 + half / 2))"
        "))) END"
    ), needs=("longitude",)),
)  # fmt: skip

_QUOTED = "reference = 'one quotes the other'"
_SAME_OBJECT = "'one the same' IN (vehicle, item)"
_SAME_VEHICLE = "vehicle = 'one the same'"
_SAME_THING = "'one the same' IN (victim, suspect, vehicle, item)"

# A pair that nothing but the hour and the place ties is two happenings of one evening as often as
# one; whoever is a victim again weeks later is a repeat victim.
THRESHOLDS = (
    Threshold(
        "one quotes the other",
        f"{_QUOTED} AND offence <> '{DIFFERENT}' AND time <> '{DIFFERENT}'",
        0.0,
        0.0,
    ),
    Threshold("one quotes the other, but time or kind speak against it", _QUOTED, 6.6, POSSIBLE),
    # Another force's reference may have the same digits.
    Threshold(
        "one quotes the other's digits alone",
        "reference = 'one quotes the other''s digits alone'",
        6.6,
        POSSIBLE,
    ),
    Threshold("one's victim is the other's suspect", "turned LIKE 'one%'", 40.0, 6.0),
    Threshold(
        "days apart, nothing quoted",
        f"time IN ('within three days', 'within a fortnight', '{DIFFERENT}')",
        40.0,
        14.0,
    ),
    Threshold("another kind of offence, nothing quoted", f"offence = '{DIFFERENT}'", 40.0, 8.0),
    # One plate in two places at once is two vehicles: cloned plates (link.object_flag).
    Threshold(
        "one plate far apart at the same time, nothing else shared",
        f"{_SAME_VEHICLE} AND 'one the same' NOT IN (victim, suspect, item) AND "
        f"place = '{DIFFERENT}' AND "
        "time IN ('same hour', 'windows overlap within a day', 'hours apart')",
        40.0,
        8.0,
    ),
    # One crime a victim (Home Office Counting Rules, General Rules, section D).
    Threshold(
        "victims that differ, no object shared, nothing quoted",
        f"victim = '{DIFFERENT}' AND NOT ({_SAME_OBJECT})",
        40.0,
        8.0,
    ),
    Threshold("nobody and nothing shared but hour and place", f"NOT ({_SAME_THING})", 12.0, 4.0),
    Threshold("any other", "true", 6.6, 2.0),
)
