"""``crimelink link review``: decide about pairs, one at a time, or see which wait."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from console.foreseen import warn_of_moves
from console.link_judge import Tell, say_conflict, tell_conflicts, warn_of_damage
from console.review_pair import show_pair
from console.user import name_user
from linkage.explanation.answer import to_json
from linkage.explanation.asked import refuse_unknown_force, understand
from linkage.explanation.entity import Entity
from linkage.explanation.words import say_bits
from linkage.judgements.conflicts import effective
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import Judgement, judge
from linkage.judgements.review import (
    Decided,
    ReviewItem,
    count_open,
    open_items,
    read_decided,
    said_on,
)
from warehouse.decisions import DecisionError
from warehouse.home import Home
from warehouse.store import open_store
from warehouse.wording import counted

# Asks a question and returns the answer; raises EOFError where there is nobody to answer.
Ask = Callable[[str], str]

QUESTION = "[s]ame, [n]ot the same, [u]nsure, s[k]ip or [q]uit"
_ANSWERS = {
    "s": "same", "same": "same",
    "n": "not_same", "not same": "not_same", "not the same": "not_same",
    "u": "unsure", "unsure": "unsure",
    "": "skip", "k": "skip", "skip": "skip",
    "q": "quit", "quit": "quit",
}  # fmt: skip


_SAID = {"same": "the same", "not_same": "not the same", "unsure": "unsure"}


@dataclass(frozen=True)
class Wanted:
    """Which of the waiting pairs: of a person or an offence (who holds today what a superseded id
    held; or that of a record), of a force, how many at most; None for all."""

    of: str | None = None
    force: str | None = None
    limit: int | None = None
    entity: Entity = Entity.PERSON


def tell_queue(home: Home, wanted: Wanted, as_json: bool, tell: Tell, warn: Tell) -> None:
    """List the pairs that wait, the most useful first.

    Args:
        home: the home.
        wanted: which.
        as_json: True for one JSON list in place of lines.
        tell: where the list goes.
        warn: where what is wrong goes, so that the list stays one that programs can read.

    Raises:
        UsageError: nothing has been published yet, or there is no such id or force.
    """
    with open_store(home) as store:
        decided = read_decided(store, home, wanted.entity)
        items, total = open_wanted(store, decided, wanted, warn)
    warn_of_damage(home, decided, warn)
    _warn_of_waiting(decided, warn)
    if as_json:
        tell(json.dumps(to_json(items, wanted.entity), ensure_ascii=False, indent=1))
        return
    for item in items:
        weight = "" if item.match_weight is None else say_bits(item.match_weight)
        tell(f"{weight:>8}  {item.why:10}  {item.pair[0]}  {item.pair[1]}  {item.says}")
    first = "the first is" if len(items) == 1 else f"the first {len(items):,} are"
    shown = "" if len(items) == total else f"; {first} shown (--limit)"
    tell(f"{_say_waiting(total)}{shown}")


def _say_waiting(pairs: int, still: str = "") -> str:
    return f"{counted(pairs, 'pair')} {still}{'waits' if pairs == 1 else 'wait'}"


def _warn_of_waiting(decided: Decided, warn: Tell) -> None:
    """Say what the published store does not show yet: what was decided, and contradictions."""
    if decided.since:
        warn(f"{counted(len(decided.since), 'pair')} decided since the store was published: what "
             "was said counts from the next night on")  # fmt: skip
    for conflict in effective(decided.judgements.values()).conflicts:
        if conflict.pair in decided.since:
            warn(say_conflict(conflict))


def open_wanted(
    store: duckdb.DuckDBPyConnection, decided: Decided, wanted: Wanted, warn: Tell
) -> tuple[list[ReviewItem], int]:
    """The pairs that wait and are wanted, the most useful first; and how many there would be
    without a limit.

    Args:
        store: the published store.
        decided: what was decided already.
        wanted: which.
        warn: told who holds the records of a superseded id.

    Raises:
        UsageError: there never was such an id, or there is no such force.
    """
    ids = None
    if wanted.of is not None:
        asked = understand(store, [wanted.of], wanted.entity)
        ids = asked.ids
        for notice in asked.notices:
            warn(notice)
    force = wanted.force and wanted.force.lower()
    if force is not None:
        refuse_unknown_force(store, force, f"--force {wanted.force}")
    which = (store, decided.since, ids, force)
    items = open_items(*which, wanted.limit, entity=wanted.entity)
    is_cut = wanted.limit is not None and len(items) == wanted.limit
    return items, count_open(*which, entity=wanted.entity) if is_cut else len(items)


def review_pairs(home: Home, wanted: Wanted, user: str | None, ask: Ask, tell: Tell) -> None:
    """Show the waiting pairs one at a time and write down what is decided, each at once.

    Raises:
        UsageError: nothing has been published yet, there is no such id or force, or it is not
            known who decides.
        KeyboardInterrupt: Ctrl-C was an answer; what was decided before is written down and told.
    """
    by = name_user(user)
    made: list[Judgement] = []
    stopped = None
    with open_store(home) as store:
        decided = read_decided(store, home, wanted.entity)
        items, total = open_wanted(store, decided, wanted, tell)
        for number, item in enumerate(items, start=1):
            tell(f"\n{number:,} of {len(items):,}: {item.says}")
            tell(show_pair(store, item.pair, said_on(store, decided, item), wanted.entity))
            try:
                answer = _decide(item, by, ask, tell)
            except KeyboardInterrupt as heard:
                stopped = heard
                break
            if answer == "quit":
                break
            if isinstance(answer, Judgement):
                append_judgements(home, [answer], wanted.entity)
                made.append(answer)
    beyond = f", {total - len(items):,} of them beyond --limit" if total > len(items) else ""
    tell(
        f"{len(made):,} decided by {by}, {_say_waiting(total - len(made), 'still ')}{beyond}. What "
        "was decided counts from the next night on."
    )
    tell_conflicts(home, decided, made, tell)
    warn_of_moves(home, wanted.entity, made, tell)
    if stopped:
        raise stopped


def _decide(item: ReviewItem, by: str, ask: Ask, tell: Tell) -> Judgement | str:
    """The decision about a pair, or ``skip`` or ``quit``."""
    while True:
        answer = _ANSWERS.get(_answer(ask, QUESTION).strip().lower())
        if answer in ("skip", "quit"):
            return answer
        if answer is None:
            tell("one of s, n, u, k and q, please")
            continue
        while True:
            try:
                reason = ask(f"why {_SAID[answer]} (nothing: another answer)")
                if not reason.strip():
                    break
                return judge(*item.pair, answer, by, datetime.now(UTC), reason, "review")
            except DecisionError as wrong:
                tell(str(wrong))
            except EOFError:
                return "quit"


def _answer(ask: Ask, question: str) -> str:
    try:
        return ask(question)
    except EOFError:
        return "quit"
