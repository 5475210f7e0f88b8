"""What was built on a merge, on the terminal."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from linkage.explanation.words import say_bits
from linkage.judgements.built_on import BuiltOn, Side
from linkage.judgements.unmerge import Unmerge
from warehouse.wording import counted

MOST_SHOWN = 20


def show_built_on(undone: Unmerge, built_on: BuiltOn) -> str:
    """The records of either side and everything that hangs on them, twenty lines a kind."""
    come, stay = ("comes" if len(undone.off) == 1 else "come"), len(undone.stay)
    counts = f"{counted(len(undone.off), 'record')} {come} off, {stay:,} {_stay(stay)}"
    store = f"in the store of night {built_on.night}"
    lines = [f"{undone.person_id}: {counts}. Built on their being one, {store}:"]
    if built_on.published_as not in ((), (undone.person_id,)):
        lines.append(f"There they are {', '.join(built_on.published_as)}: they were parted since.")
    lines += _show_side("come off", built_on.off)
    lines += _show_side("stay", built_on.stay)
    for mart, rows in built_on.marts.items():
        lines += _list(f"rows of {mart}", map(_show_row, rows))
    lines += _list(
        "judgements between its records",
        (f"{j.verdict}  {j.pair[0]}  {j.pair[1]}  by {j.judged_by}, {j.judged_at:%Y-%m-%d}"
         for j in built_on.judgements),
    )  # fmt: skip
    lines += _list(
        "earlier decisions of your own, the same, that this takes back",
        (f"{j.judgement_id}  {j.pair[0]}  {j.pair[1]}  {j.judged_at:%Y-%m-%d}"
         for j in undone.taken_back),
    )  # fmt: skip
    lines += _list(
        "pairs that wait for review",
        (f"{why}  {left}  {right}" for left, right, why in built_on.review_items),
    )
    return "\n".join(lines)


def _show_row(row: Mapping[str, Any]) -> str:
    """A row of a mart in one line, without what it does not hold."""
    held = ((name, value) for name, value in row.items() if value is not None)
    return ", ".join(f"{name} {_show(name, value)}" for name, value in held)


def _show(name: str, value: object) -> str:
    if isinstance(value, float) and name.endswith("_weight"):
        return say_bits(value)
    # Sums of shares are a last digit off: 15.000000000000002.
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _stay(records: int) -> str:
    return "stays" if records == 1 else "stay"


def _show_side(side: str, found: Side) -> Iterator[str]:
    yield from _list(f"records that {side}", map(str, found.records))
    yield from _list(
        f"event roles of those that {side}",
        (f"{each.role}  {each.event_type} {each.record.force}/{each.record.source_system}/"
         f"{each.event}  {each.offence_id or ''}  ({each.record})" for each in found.roles),
    )  # fmt: skip
    yield from _list(
        f"warning markers of those that {side}",
        (f"{each.code} since {each.from_date or 'not known'}  ({each.record})"
         for each in found.markers),
    )  # fmt: skip
    yield from _list(
        f"earlier ids of those that {side}",
        (f"{each.person_id}  {counted(each.records, 'record')}, {each.first_night} to "
         f"{each.ended or 'today'}"
         for each in found.earlier_ids),
    )  # fmt: skip
    yield from _list(
        f"LOOK AGAIN: those that {side} though their strongest link is to the other side",
        (f"{each.record}  {say_bits(each.across)} bits across, "
         f"{'no link' if each.within is None else say_bits(each.within)} on its own side"
         for each in found.torn),
    )  # fmt: skip


def _list(heading: str, rows: Iterable[str]) -> Iterator[str]:
    """A heading with the number of rows, and the first of them; nothing where there are none."""
    shown = list(rows)
    if not shown:
        return
    yield f"{heading}: {len(shown):,}"
    yield from (f"  {row}" for row in shown[:MOST_SHOWN])
    if len(shown) > MOST_SHOWN:
        yield f"  and {len(shown) - MOST_SHOWN:,} more (--json lists all)"
