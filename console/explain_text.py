"""An explanation as lines of text, readable at 100 columns."""

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from console.explain_page import say_marking, say_title
from console.explain_person_page import say_against, say_pair_kind
from console.explain_summary import (
    LEAD_ONLY,
    Labels,
    count,
    label_pair,
    label_person,
    say_pair,
    say_tie,
    summarise_pair,
    summarise_person,
    tie_pairs,
)
from console.explain_tables import name_pair, say_event, say_silent
from linkage.explanation.facts import (
    Compared,
    Conflict,
    Contradiction,
    Decision,
    Event,
    Explanation,
    ModelFacts,
    PairFacts,
    PersonFacts,
    Record,
)
from linkage.explanation.words import (
    in_steps,
    say_bits,
    say_comparison,
    say_level,
    say_total,
    say_verdict,
)

WIDTH = 100
# Lines of a kind; the page and JSON hold more.
MOST_LINES = 12


def tell_lines(explanation: Explanation) -> Iterator[str]:
    """The explanation, line by line."""
    for line in _lines(explanation):
        yield _printable(line.rstrip())


def _lines(explanation: Explanation) -> Iterator[str]:
    yield from _wrap(say_marking(explanation))
    yield ""
    yield f"{say_title(explanation)}  (store of night {explanation.night})"
    for notice in explanation.notices:
        yield from _wrap(notice, "! ")
    if explanation.pair is not None:
        yield from _pair(explanation.pair, explanation.has_values)
    for person in explanation.persons:
        yield from _person(person, explanation.has_values)
    if explanation.model is not None:
        yield from _model(explanation.model)
    yield ""
    yield from _wrap(LEAD_ONLY)


def _person(person: PersonFacts, has_values: bool) -> Iterator[str]:
    labels = label_person(person)
    yield from _heading(f"person {person.person_id}")
    for line in summarise_person(person, labels):
        yield from _wrap(line, "- ")
    yield from _records(person.records, labels)
    yield from _sums(tie_pairs(person), labels, "why, tie by tie, the weakest first")
    yield from _ways(person, labels)
    yield from _against(person, labels)
    yield from _outside(person, labels)
    yield from _decisions(person.judgements, person.conflicts, labels, has_values)
    yield from _history(person.events)


def _pair(pair: PairFacts, has_values: bool) -> Iterator[str]:
    labels = label_pair(pair)
    yield ""
    for line in summarise_pair(pair, labels):
        yield from _wrap(line, "- ")
    yield from _records(pair.records, labels)
    if pair.direct is not None and pair.direct not in pair.steps:
        yield from _sums([pair.direct], labels, "compared directly")
    yield from _sums(pair.steps, labels, "why, tie by tie")
    if pair.blocks is not None:
        yield from _heading("what brings the two together")
        yield from _wrap("; ".join(pair.blocks) or "nothing: no night compares them", "  ")
    yield from _decisions(pair.judgements, pair.conflicts, labels, has_values)
    yield from _history(pair.events)


def _records(records: Iterable[Record], labels: Labels) -> Iterator[str]:
    yield from _heading("records")
    for record in records:
        yield f"  {labels[record.key]:4}{record.key}  linked since {record.first_night or '–'}"
        held = "; ".join(f"{kind} {' | '.join(said)}" for kind, said in record.values.items())
        yield from _wrap(held, " " * 6)


def _sums(pairs: Sequence[Compared], labels: Labels, heading: str) -> Iterator[str]:
    if not pairs:
        return
    yield from _heading(heading)
    for pair in pairs[:MOST_LINES]:
        yield from _sum(pair, labels)
    yield from _more(len(pairs), "ties; --html and --json hold more")


def _sum(pair: Compared, labels: Labels) -> Iterator[str]:
    night = f"scored on {pair.night}" if pair.is_published else "compared now, not kept"
    yield f"  {say_pair(pair.key, labels)}: {say_total(pair)}  ({night})"
    yield f"    {'':40}{'':30}{'bits':>10}{'1/1024 bit':>12}"
    for weight in (weight for weight in pair.weights if weight.bits):
        yield from _weight_lines(say_comparison(weight.comparison), say_level(weight), weight.bits)
    yield from _weight_lines("Total", "", pair.match_weight)
    yield from _wrap(say_silent(pair), " " * 4)
    if pair.cut:
        yield from _wrap(f"not laid: {pair.cut}", " " * 4)
    if pair.verdict:
        yield f"    people: {say_verdict(pair.verdict)}"
    yield ""


def _weight_lines(name: str, level: str, bits: float) -> Iterator[str]:
    names = textwrap.wrap(name, 38)
    levels = textwrap.wrap(level, 29)
    for number in range(max(len(names), len(levels), 1)):
        said = names[number] if number < len(names) else ""
        how = levels[number] if number < len(levels) else ""
        weight = f"{say_bits(bits):>10}{in_steps(bits):>12,}" if number == 0 else ""
        yield f"    {said:40}{how:30}{weight}"


def _ways(person: PersonFacts, labels: Labels) -> Iterator[str]:
    longer = [path for path in person.paths if len(path.records) > 2]
    if not longer:
        return
    yield from _heading("records tied through others")
    longer.sort(key=lambda path: (not path.falls_short, path.direct or 0.0))
    for path in longer[:MOST_LINES]:
        way = " – ".join(labels[record] for record in path.records)
        weakest = f"weakest {say_pair(path.weakest.key, labels)} {say_tie(path.weakest)}"
        direct = "not compared" if path.direct is None else say_bits(path.direct)
        short = ", too little by itself" if path.falls_short else ""
        yield from _wrap(f"{way}: {weakest}; directly {direct}{short}", "  ")
    yield from _more(len(longer), "such pairs")


def _against(person: PersonFacts, labels: Labels) -> Iterator[str]:
    lines = _contradicting(person.contradictions, labels)
    tied = {tie.key for tie in person.tree}
    pairs = sorted(person.pairs, key=lambda pair: (pair.key not in tied, pair.match_weight))
    lines += [
        f"{say_pair(pair.key, labels)}{'' if pair.key in tied else ' (no tie)'}: "
        f"{say_against(pair)}"
        for pair in pairs
        if pair.against
    ]
    yield from _heading("what speaks against")
    for line in lines[:MOST_LINES] or ["nothing that was compared"]:
        yield from _wrap(line, "  ")
    yield from _more(len(lines), "lines")


def _contradicting(found: Iterable[Contradiction], labels: Labels) -> list[str]:
    return [f"{say_pair(each.key, labels)} contradict each other: {each.says}" for each in found]


def _outside(person: PersonFacts, labels: Labels) -> Iterator[str]:
    if not person.outside:
        return
    yield from _heading("near, and not joined")
    for pair in person.outside[:MOST_LINES]:
        other = next(key for key in pair.key if labels[key].startswith("X"))
        said = f"{say_pair(pair.key, labels)} {say_total(pair)}: {say_pair_kind(pair, person)}"
        yield from _wrap(f"{said} ({labels[other]} is {other})", "  ")
    yield from _more(len(person.outside), "such pairs")


def _decisions(
    decisions: Sequence[Decision], conflicts: Sequence[Conflict], labels: Labels, has_values: bool
) -> Iterator[str]:
    if not decisions and not conflicts:
        return
    yield from _heading("what people decided")
    for each in decisions:
        made = each.judgement
        why = f": {made.reason}" if has_values else ""
        yield from _wrap(
            f"{made.judged_at:%Y-%m-%d %H:%M} {name_pair(made.pair, labels)} "
            f"{say_verdict(made.verdict)} by {made.judged_by} ({made.source}){why}", "  ",
        )  # fmt: skip
    for conflict in conflicts:
        yield from _wrap(f"contradiction, {name_pair(conflict.key, labels)}: {conflict.says}", "  ")


def _history(events: Iterable[Event]) -> Iterator[str]:
    yield from _heading("history")
    for event in events:
        records = count(event.records, "record")
        yield from _wrap(
            f"{event.night} {event.person_id} {say_event(event)} ({records}; {event.cause})", "  "
        )


def _model(model: ModelFacts) -> Iterator[str]:
    yield from _heading("model")
    how = f"{model.how}, on {model.trained_on_records:,} records"
    by = f"approved by {model.approved_by}" if model.approved_by else "approved by nobody"
    yield from _wrap(
        f"{model.model_id}: {model.status}, {how if model.how == 'trained' else model.how}, {by}",
        "  ",
    )


def _heading(says: str) -> Iterator[str]:
    yield ""
    yield (
        says.upper() if not says.startswith("person ") else f"PERSON {says.removeprefix('person ')}"
    )


def _more(held: int, of: str) -> Iterator[str]:
    if held > MOST_LINES:
        yield f"  … the first {MOST_LINES} of {held:,} {of}"


def _wrap(text: str, first: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first),
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip


def _printable(line: str) -> str:
    """The line without what would move a terminal's cursor: values come from outside."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(letter) in ("Cc", "Cf") else letter
        for letter in line
    )
