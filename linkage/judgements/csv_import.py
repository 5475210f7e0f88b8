"""Which rows of a CSV file are decisions, and which are left out and why."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from linkage.judgements.csv_rows import BadRow, Row, find_pair, read_ids
from linkage.judgements.judgement import Judgement, judge, read_verdict
from linkage.record_key import Pair, RecordKey
from warehouse.decisions import DecisionError


@dataclass(frozen=True)
class Taken:
    """What a file comes to.

    Attributes:
        new: decisions to write down.
        repeated: how many decisions were taken in before.
        undecided: how many rows nobody filled in.
        bad: rows that are left out, in order.
    """

    new: tuple[Judgement, ...]
    repeated: int
    undecided: int
    bad: tuple[BadRow, ...]


# Decisions, and what is wrong with rows (column, rule, in words), by number of the row.
Decisions = Mapping[int, Judgement]
Faults = dict[int, tuple[str, str, str]]
Known = Callable[[Iterable[RecordKey]], Collection[RecordKey]]


def take_rows(
    rows: Sequence[Row],
    waiting: Mapping[str, Pair],
    known: Known,
    said: Collection[Judgement],
    by: str,
    at: datetime,
) -> Taken:
    """Make decisions of rows. A file that was taken in before adds nothing.

    Args:
        rows: of the file.
        waiting: pairs of the queue, by their short name.
        known: says which of some records are held, or were.
        said: every decision so far, oldest first.
        by: who decided, where the row does not say.
        at: when.
    """
    filled = [row for row in rows if row.cells["verdict"].strip() or row.cells["reason"].strip()]
    decisions, faults = _decide(filled, waiting, by, at)
    named = {row.number: pair for row in filled if (pair := read_ids(row.cells))}
    pairs = [*named.values(), *(each.pair for each in decisions.values())]
    held = known({record for pair in pairs for record in pair})
    faults |= _unknown(decisions, held) | _revoked(decisions, said) | _contradicting(decisions)
    faults |= _torn(decisions, named, held)
    good = {_content(each): each for number, each in decisions.items() if number not in faults}
    before = {_content(each) for each in said if each.source == "csv"}
    new = tuple(each for content, each in good.items() if content not in before)
    bad = tuple(BadRow(number, *faults[number]) for number in sorted(faults))
    repeated = len(filled) - len(bad) - len(new)
    return Taken(new, repeated, len(rows) - len(filled), bad)


def _content(judgement: Judgement) -> tuple[object, ...]:
    return (judgement.pair, judgement.judged_by, judgement.verdict, judgement.reason)


def _decide(
    rows: Iterable[Row], waiting: Mapping[str, Pair], by: str, at: datetime
) -> tuple[dict[int, Judgement], Faults]:
    decisions: dict[int, Judgement] = {}
    faults: Faults = {}
    for number, cells in rows:
        pair = find_pair(cells, waiting)
        if pair is None:
            says = "names no two records, or was changed and the pair waits no longer"
            faults[number] = ("pair", "unknown_pair", says)
            continue
        verdict, own = read_verdict(cells["verdict"]), cells.get("judged_by", "").strip()
        try:
            decisions[number] = judge(*pair, verdict, own or by, at, cells["reason"], "csv")
        except DecisionError as wrong:
            faults[number] = (wrong.column, wrong.rule, str(wrong))
    return decisions, faults


def _torn(decisions: Decisions, named: Mapping[int, Pair], held: Collection[RecordKey]) -> Faults:
    """Rows whose ids name another pair than the column ``pair``, and both are of records that
    there are: the ids are not spoilt, and nobody can say of which pair the row speaks."""
    says = (
        "pair and the ids name two pairs of records that there are: was a part of the file sorted?"
    )
    return {
        number: ("pair", "two_pairs", says)
        for number, each in decisions.items()
        if number in named and named[number] != each.pair and set(named[number]) <= set(held)
    }


def _unknown(decisions: Decisions, held: Collection[RecordKey]) -> Faults:
    return {
        number: (f"source_record_id_{side}", "unknown_record", "the store never held such a record")
        for number, each in decisions.items()
        for side, record in zip("rl", reversed(each.pair), strict=True)
        if record not in held
    }


def _contradicting(decisions: Decisions) -> Faults:
    said: dict[tuple[object, ...], set[tuple[object, ...]]] = defaultdict(set)
    for each in decisions.values():
        said[each.pair, each.judged_by].add(_content(each))
    says = "another row says something else about the pair, by the same person"
    return {
        number: ("verdict", "pair_twice", says)
        for number, each in decisions.items()
        if len(said[each.pair, each.judged_by]) > 1
    }


def _revoked(decisions: Decisions, said: Iterable[Judgement]) -> Faults:
    """Rows that were taken in before, where the same person has decided otherwise since."""
    latest = {(each.pair, each.judged_by): each.verdict for each in said}
    before = {_content(each) for each in said if each.source == "csv"}
    says = "taken in before and decided otherwise since: to say it again, give another reason"
    return {
        number: ("reason", "decided_otherwise", says)
        for number, each in decisions.items()
        if _content(each) in before and latest[each.pair, each.judged_by] != each.verdict
    }
