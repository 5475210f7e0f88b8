"""What two offences are compared by: seven features, each a number of levels.

Level 0 says that nothing is known; the model gives every other level a Bayes factor. Which features
tell is as published studies found it: nearness in space first, then in time, then method and what
was taken (Bennell and Canter 2002, "Linking commercial burglaries by modus operandi", Science and
Justice 42; Tonkin, Woodhams, Bull and Bond 2012, "Behavioural case linkage with solved and unsolved
crimes", Forensic Science International 222; Porter 2016, "A statistical approach to crime linkage",
The American Statistician 70, whose Bayes factors by bins these are).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.series.features import KM_PER_DEGREE, Floats, Integers, Offences
from linkage.series.words import WordSets, overlap

Levels = NDArray[np.int8]
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Feature:
    """One feature: its name, and what its levels say, from 0."""

    name: str
    says: tuple[str, ...]


KM = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
DAYS = (1.0, 3.0, 7.0, 14.0, 28.0, 56.0)
HOURS = (1.0, 2.0, 4.0)
# Half-lengths of the two spans together: below the first the hours are well known, above the second
# not at all.
SPAN_HOURS = (1.0, 6.0)
OVERLAP = (0.001, 0.1, 0.2, 0.35, 0.5, 0.75)

DISTANCE = Feature("distance", (
    NOT_KNOWN, *(f"within {km:g} km" for km in KM), f"over {KM[-1]:g} km",
))  # fmt: skip
DAYS_APART = Feature("days", (
    NOT_KNOWN, *(f"within {days:g} day{'s' if days > 1 else ''}" for days in DAYS),
    f"over {DAYS[-1]:g} days",
))  # fmt: skip
TIME_OF_DAY = Feature("hours", (
    NOT_KNOWN,
    *(f"{how} within {hours:g} h of the clock" for how in ("", "about")
      for hours in HOURS),
    f"over {HOURS[-1]:g} h of the clock apart", f"about over {HOURS[-1]:g} h apart",
))  # fmt: skip
WEEKDAY = Feature("weekday", (
    NOT_KNOWN, "same day of the week", "both on working days or both at the weekend",
    "one on a working day, one at the weekend",
))  # fmt: skip
KIND = Feature("kind", (NOT_KNOWN, "same offence code", "same group, another code",
                        "another group of the family"))  # fmt: skip
METHOD = Feature("method", (NOT_KNOWN, "no word of the method shared", *(
    f"method words overlap below {share:g}" for share in OVERLAP[1:]
), f"method words overlap by {OVERLAP[-1]:g} or more"))  # fmt: skip
PROPERTY = Feature("property", (NOT_KNOWN, "nothing taken alike", *(
    f"what was taken overlaps below {share:g}" for share in OVERLAP[1:]
), f"what was taken overlaps by {OVERLAP[-1]:g} or more"))  # fmt: skip

FEATURES = (DISTANCE, DAYS_APART, TIME_OF_DAY, WEEKDAY, KIND, METHOD, PROPERTY)
NAMES = tuple(feature.name for feature in FEATURES)


def km_apart(offences: Offences, left: Integers, right: Integers) -> Floats:
    """Kilometres between the two offences of each pair, on a sphere; good to 0.3% up to 100 km."""
    one, other = offences.latitude[left], offences.latitude[right]
    north = one - other
    # Each cosine by itself: the same whichever offence is left.
    east = (offences.longitude[left] - offences.longitude[right]) * np.cos(
        np.radians((one + other) / 2)
    )
    return np.asarray(KM_PER_DEGREE * np.sqrt(north * north + east * east))


def days_apart(offences: Offences, left: Integers, right: Integers) -> Floats:
    """Days between the middles of the spans in which each can have happened."""
    return np.asarray(np.abs(offences.middle[left] - offences.middle[right]) / 24)


def hours_apart(offences: Offences, left: Integers, right: Integers) -> Floats:
    """Hours of the clock between the middles of the two spans, round the clock: 0 to 12."""
    gap = np.abs(offences.middle[left] - offences.middle[right]) % 24
    return np.asarray(np.minimum(gap, 24 - gap))


def level_distance(km: Floats) -> Levels:
    """Levels of ``DISTANCE``."""
    return (1 + np.searchsorted(KM, km, side="left")).astype(np.int8)


def level_days(days: Floats) -> Levels:
    """Levels of ``DAYS_APART``."""
    return (1 + np.searchsorted(DAYS, days, side="left")).astype(np.int8)


def level_hours(offences: Offences, left: Integers, right: Integers) -> Levels:
    """Levels of ``TIME_OF_DAY``: apart where the spans are short, apart where they are long."""
    span = offences.half[left] + offences.half[right]
    near = np.searchsorted(HOURS, hours_apart(offences, left, right), side="left")
    is_about = span > SPAN_HOURS[0]
    far = 2 * len(HOURS) + 1 + is_about
    level = np.where(near < len(HOURS), 1 + near + len(HOURS) * is_about, far)
    return np.where(span > SPAN_HOURS[1], 0, level).astype(np.int8)


def level_weekday(offences: Offences, left: Integers, right: Integers) -> Levels:
    """Levels of ``WEEKDAY``; nothing is known where the spans cover more than a day together."""
    one, other = (_weekday(offences.middle[side]) for side in (left, right))
    level = np.where(one == other, 1, np.where((one >= 5) == (other >= 5), 2, 3))
    return np.where(offences.half[left] + offences.half[right] > 12, 0, level).astype(np.int8)


def _weekday(hours: Floats) -> Integers:
    """0 is Monday: 1 January 1970 was a Thursday."""
    return (np.floor(hours / 24).astype(np.int64) + 3) % 7


def level_kind(offences: Offences, left: Integers, right: Integers) -> Levels:
    """Levels of ``KIND``."""
    code = offences.code
    is_same_code = (code[left] == code[right]) & (code[left] >= 0)
    is_same_group = offences.group[left] == offences.group[right]
    level = np.where(is_same_code, 1, np.where(is_same_group, 2, 3))
    is_unknown = is_same_group & ((code[left] < 0) | (code[right] < 0))
    return np.where(is_unknown, 0, level).astype(np.int8)


def level_overlap(sets: WordSets, left: Integers, right: Integers) -> Levels:
    """Levels of ``METHOD`` and of ``PROPERTY``."""
    share = overlap(sets, left, right)
    level = 1 + np.searchsorted(OVERLAP, share, side="right")
    return np.where(np.isnan(share), 0, level).astype(np.int8)


def may_be_one(offences: Offences, left: Integers, right: Integers, km: Floats) -> NDArray[np.bool]:
    """Whether two offences may be one that was recorded twice: the same point, the same code, and
    times that overlap. No such pair teaches the model."""
    gap = np.abs(offences.middle[left] - offences.middle[right])
    is_overlapping = gap <= offences.half[left] + offences.half[right]
    is_same_code = offences.code[left] == offences.code[right]
    return np.asarray((km < 0.01) & is_overlapping & is_same_code)
