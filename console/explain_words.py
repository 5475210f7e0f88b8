"""Pairs, events and comparisons in one line each, for the terminal and the page alike."""

from collections.abc import Iterable

from console.explain_summary import Labels
from linkage.explanation.answer import Identity
from linkage.explanation.facts import Compared, Event, Record
from linkage.explanation.words import (
    BANDS,
    SETTLED,
    say_bits,
    say_comparison,
    say_level,
    say_verdict,
)
from linkage.record_key import RecordKey
from warehouse.contract.link import JUDGED_APART


def say_pair_kind(pair: Compared, identity: Identity) -> str:
    """What a kept pair is to it: a tie, a cut link, one of review, one that people decided."""
    said = []
    if pair.cut is not None:
        said.append(f"cut: {pair.cut}")
    elif any(tie.key == pair.key for tie in identity.tree):
        said.append("one of the ties that hold the records together")
    elif pair.band == "link" or pair.verdict not in SETTLED:
        said.append(_say_band(pair, identity))
    if pair.verdict and not is_told_by_cut(pair):
        said.append(say_verdict(pair.verdict))
    return "; ".join(said)


def _say_band(pair: Compared, identity: Identity) -> str:
    is_inside = set(pair.key) <= {record.key for record in identity.records}
    if is_inside and pair.band != "link":
        return "too little by itself, joined through others"
    return BANDS[pair.band]


def is_told_by_cut(pair: Compared) -> bool:
    """True where the guard's reason is what people decided about the two: it is said once."""
    return pair.cut == JUDGED_APART and pair.verdict == "not_same"


def say_against(pair: Compared) -> str:
    """The comparisons that speak against, in one line."""
    said = (
        f"{say_comparison(weight.comparison)}: {say_level(weight)} ({say_bits(weight.bits)})"
        for weight in pair.against
    )
    return "; ".join(said) or "nothing: there is only too little in common"


def say_silent(pair: Compared) -> str:
    """The comparisons that weigh 0, by why they do."""
    silent: dict[str, list[str]] = {}
    for weight in pair.weights:
        if not weight.bits:
            silent.setdefault(say_level(weight), []).append(say_comparison(weight.comparison))
    said = "; ".join(f"{level}: {', '.join(names)}" for level, names in silent.items())
    return f"Weigh 0. {said[:1].upper()}{said[1:]}." if said else "Everything compared weighs."


def say_since(record: Record) -> str:
    """Since when a record has been linked, and has been of whom it belongs to today."""
    linked = f"linked since {record.first_night or '–'}"
    if record.since in (None, record.first_night):
        return linked
    return f"{linked}, under today's id since {record.since}"


def say_event(event: Event) -> str:
    """An event in words."""
    other = event.other_id
    return {
        "created": "created",
        "joined": "a record joined it",
        "left": f"a record left it for {other}" if other else "a record left it",
        "merged": f"merged into {other}",
        "split": f"split from {other}",
        "retired": "retired: its last record was deleted",
    }[event.event]


def name_pair(pair: Iterable[RecordKey], labels: Labels) -> str:
    """The pair by its labels, a record that has none by its key."""
    return " and ".join(labels.get(key) or str(key) for key in pair)
