"""Comparisons and weights in plain words."""

import math
from collections.abc import Callable

from linkage.explanation.entity import Entity
from linkage.explanation.facts import PRIOR, Compared, Record, Weight
from linkage.model import DIFFERENT, NOT_KNOWN

_COMPARED = {
    PRIOR: "Where every pair begins",
    "pnc": "PNC ID",
    "cro": "CRO number",
    "papers": "Licence, passport or other papers",
    "phone": "Telephone",
    "email": "E-mail",
    "own_tie": "The force's own tie of its records",
    "kin": "Correction for kin",
    "namesake": "Correction for namesakes",
    "reference": "Crime reference",
    "offence": "Kind of offence",
    "time": "When it happened",
    "place": "Where it happened",
    "victim": "Victim",
    "suspect": "Suspect",
    "vehicle": "Vehicle",
    "item": "Handset or property with a number of its own",
    "method": "Words of the method",
    "turned": "Victim in one, suspect in the other",
}
# Corrections have no level for "none of the situations": they are simply not made.
_CORRECTIONS = frozenset({"kin", "namesake", "turned"})
# Kinds of value (linkage/explanation/values.py) that a comparison looks at.
_VALUES = {
    "pnc": ("PNC ID",),
    "cro": ("CRO number",),
    "papers": ("papers",),
    "forename": ("forename", "other names"),
    "middle_names": ("middle names",),
    "surname": ("surname", "other names"),
    "birth": ("birth",),
    "sex": ("sex",),
    "address": ("address",),
    "phone": ("phone",),
    "email": ("email",),
    "own_tie": ("force's own reference",),
    "reference": ("reference", "quotes"),
    "offence": ("offence",),
    "time": ("when",),
    "place": ("place", "coordinates"),
    "vehicle": ("vehicle",),
    "item": ("telephone", "property"),
    "method": ("method",),
}
# Roles of people that a comparison of offences looks at (linkage/offences/features.py).
_ROLES = {
    "victim": ("victim", "aggrieved"),
    "suspect": ("suspect", "arrested"),
    "turned": ("victim", "aggrieved", "suspect", "arrested"),
}
_VERDICTS = {
    "same": "judged the same",
    "not_same": "judged not the same",
    "unsure": "looked at, and could not be told",
    "conflict": "judged in ways that contradict each other",
    "set aside": "judged the same, set aside while judgements contradict each other",
}
_SOURCES = {
    "review": "link review",
    "judge": "link judge",
    "csv": "link review --import",
    "unmerge": "link unmerge",
}
# Where decisions come to one of these, the pair by itself waits for nobody, whatever it weighs.
SETTLED = frozenset({"same", "not_same", "set aside"})
# No sample of reviewed pairs would show a smaller share of errors than one in so many.
MEASURABLE = 1_000_000
BANDS = {
    "link": "heavy enough to be joined",
    "review": "for a person to decide, not joined",
    "possible": "too light to be shown to a person",
    "none": "too light to be kept",
}


def say_comparison(name: str) -> str:
    """What a comparison looks at, as a heading."""
    return _COMPARED.get(name) or name.replace("_", " ").capitalize()


def say_level(weight: Weight) -> str:
    """How two records agree, in words; empty for the prior."""
    if weight.comparison in _CORRECTIONS and weight.level in (NOT_KNOWN, DIFFERENT):
        return "not called for"
    return weight.level or ""


def say_verdict(verdict: str) -> str:
    """What decisions came to."""
    return _VERDICTS[verdict]


def say_source(source: str) -> str:
    """By which command a decision was made."""
    return _SOURCES.get(source, source)


def held_by(record: Record, comparison: str) -> tuple[str, ...]:
    """What a record holds of what a comparison looks at, each once."""
    values = [v for kind in _VALUES.get(comparison, ()) for v in record.values.get(kind, ())]
    people = [
        f"{each.role} {each.person_id}"
        for each in record.roles
        if each.role in _ROLES.get(comparison, ()) and each.person_id
    ]
    return tuple(dict.fromkeys(values + people))


def say_bits(bits: float) -> str:
    """A weight with its sign and two decimals, rounded down as in the queue of review: ``+7.12``;
    ``0.00`` where those are nothing, and ``0`` where the weight is."""
    return _two_decimals(bits, math.floor)


def say_bar(bits: float) -> str:
    """What is needed, alike but rounded up: no weight looks like enough that is too little."""
    return _two_decimals(bits, math.ceil)


def _two_decimals(bits: float, whole: Callable[[float], int]) -> str:
    if not bits:
        return "0"
    said = f"{_hundredths(bits, whole) / 100:+.2f}"
    return "0.00" if said in ("+0.00", "-0.00") else said


def _hundredths(bits: float, whole: Callable[[float], int]) -> int:
    return whole(round(bits * 100, 6))


def say_weight_of(pair: Compared) -> str:
    """What a pair weighs, with as many decimals as show whether it is what it needed."""
    return f"{pair.match_weight:+.4f}" if _looks_too_little(pair) else say_bits(pair.match_weight)


def say_needed(pair: Compared) -> str:
    """What a pair needed to be joined, with as many decimals as show whether it weighs that."""
    return f"{pair.link_at:+.4f}" if _looks_too_little(pair) else say_bar(pair.link_at)


def _looks_too_little(pair: Compared) -> bool:
    # Weights are multiples of 1/1024 bit: four decimals tell any two apart.
    weight, needed = pair.match_weight, pair.link_at
    is_less = _hundredths(weight, math.floor) < _hundredths(needed, math.ceil)
    return weight >= needed and is_less


def in_steps(bits: float) -> int:
    """A weight in 1/1024 bit: whole numbers, which sum to the total before everybody's eyes."""
    return round(bits * 1024)


def say_weight(weight: Weight, entity: Entity = Entity.PERSON) -> str:
    """What a weight means, as a reporting scientist would put it."""
    if weight.comparison == PRIOR:
        return f"before anything is compared: one pair in {_count(2**-weight.bits + 1)}"
    if abs(weight.bits) < 0.05:
        return "says nothing" if weight.bits == 0 else "says hardly anything"
    of = f"one {entity}" if weight.bits > 0 else f"two {entity.many}"
    return f"{_count(2 ** abs(weight.bits))} times as frequent in {of}"


def say_probability(bits: float, entity: Entity = Entity.PERSON) -> str:
    """The total as a probability under the model; no smaller than anybody could measure."""
    of = f"two {entity.many}" if bits >= 0 else f"one {entity}"
    one_in = 1 + 2.0 ** abs(bits)
    if one_in > MEASURABLE:
        return f"fewer than 1 in {MEASURABLE:,} such pairs would be of {of}"
    return f"1 in {_count(one_in)} such pairs would be of {of}"


def say_total(pair: Compared) -> str:
    """The total beside what it needed: ``+12.10, joined from +10.00``."""
    return f"{say_weight_of(pair)}, joined from {say_needed(pair)}"


def _count(number: float) -> str:
    """About that many, to two digits: more would feign a precision that no model has."""
    if number < 10:
        return f"{number:.1f}".removesuffix(".0")
    digits = int(math.log10(number)) - 1
    return f"{round(number, -digits):,.0f}"
