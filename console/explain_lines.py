"""Parts of an explanation as lines of text."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from console.explain_summary import Labels, count, say_pair
from console.explain_words import is_told_by_cut, name_pair, say_event, say_silent, say_since
from linkage.explanation.facts import Compared, Conflict, Decision, Event, Record
from linkage.explanation.words import (
    in_steps,
    say_bits,
    say_comparison,
    say_level,
    say_source,
    say_total,
    say_verdict,
)

WIDTH = 100


# Lines of a kind; the page and JSON hold more.
MOST_LINES = 12


def tell_records(records: Iterable[Record], labels: Labels) -> Iterator[str]:
    """The records with what they hold."""
    yield from tell_heading("records")
    for record in records:
        yield f"  {labels[record.key]:4}{record.key}  {say_since(record)}"
        held = "; ".join(f"{kind} {' | '.join(said)}" for kind, said in record.values.items())
        yield from wrap(held, " " * 6)


def tell_sums(pairs: Sequence[Compared], labels: Labels, heading: str) -> Iterator[str]:
    """The sums of pairs, each with every weight."""
    if not pairs:
        return
    yield from tell_heading(heading)
    for pair in pairs[:MOST_LINES]:
        yield from _sum(pair, labels)
    yield from tell_more(len(pairs), "ties; --html and --json hold more")


def _sum(pair: Compared, labels: Labels) -> Iterator[str]:
    night = f"scored on {pair.night}" if pair.is_published else "compared now, not kept"
    yield f"  {say_pair(pair.key, labels)}: {say_total(pair)}  ({night})"
    yield f"    {'':40}{'':30}{'bits':>10}{'1/1024 bit':>12}"
    for weight in (weight for weight in pair.weights if weight.bits):
        yield from _weight_lines(say_comparison(weight.comparison), say_level(weight), weight.bits)
    yield from _weight_lines("Total", "", pair.match_weight)
    yield from wrap(say_silent(pair), " " * 4)
    if pair.cut:
        yield from wrap(f"not laid: {pair.cut}", " " * 4)
    if pair.verdict and not is_told_by_cut(pair):
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


def tell_decisions(
    decisions: Sequence[Decision], conflicts: Sequence[Conflict], labels: Labels, has_values: bool
) -> Iterator[str]:
    """What people decided, and where they contradict each other."""
    if not decisions and not conflicts:
        return
    yield from tell_heading("what people decided")
    for each in decisions:
        made = each.judgement
        why = f": {made.reason}" if has_values else ""
        yield from wrap(
            f"{made.judged_at:%Y-%m-%d %H:%M} {name_pair(made.pair, labels)} "
            f"{say_verdict(made.verdict)} by {made.judged_by} ({say_source(made.source)}){why}",
            "  ",
        )  # fmt: skip
    for conflict in conflicts:
        yield from wrap(f"contradiction, {name_pair(conflict.key, labels)}: {conflict.says}", "  ")


def tell_history(events: Iterable[Event]) -> Iterator[str]:
    """What happened to the persons or offences."""
    yield from tell_heading("history")
    for event in events:
        records = count(event.records, "record")
        yield from wrap(
            f"{event.night} {event.entity_id} {say_event(event)} ({records}; {event.cause})", "  "
        )


def tell_heading(says: str, entity_id: str = "") -> Iterator[str]:
    """A heading in capitals, and behind it an id as it is."""
    yield ""
    yield f"{says.upper()} {entity_id}".rstrip()


def tell_more(held: int, of: str) -> Iterator[str]:
    """Whether there is more than was told."""
    if held > MOST_LINES:
        yield f"  … the first {MOST_LINES} of {held:,} {of}"


def wrap(text: str, first: str = "") -> list[str]:
    """A paragraph, its later lines as far in as its first."""
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first),
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip
