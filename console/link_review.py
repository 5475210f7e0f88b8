"""``crimelink link review``: decide about pairs, one at a time, or see which wait."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from console.link_judge import Tell, name_user, tell_conflicts
from console.review_pair import show_item
from linkage.explanation.answer import to_json
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import Judgement, VerdictError, judge
from linkage.judgements.review import Decided, ReviewItem, open_items, read_decided, said_on
from warehouse.home import Home
from warehouse.store import open_store

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


@dataclass(frozen=True)
class Wanted:
    """Which of the waiting pairs: of a person, of a force, how many at most; None for all."""

    person: str | None = None
    force: str | None = None
    limit: int | None = None


def tell_queue(home: Home, wanted: Wanted, as_json: bool, tell: Tell) -> None:
    """List the pairs that wait, the most useful first.

    Raises:
        UsageError: nothing has been published yet.
    """
    with open_store(home) as store:
        items = _open(store, read_decided(store, home), wanted)
    if as_json:
        tell(json.dumps(to_json(items), ensure_ascii=False, indent=1))
        return
    for item in items:
        weight = "" if item.match_weight is None else f"{item.match_weight:+.2f}"
        tell(f"{weight:>8}  {item.why:8}  {item.pair[0]}  {item.pair[1]}  {item.says}")
    tell(f"{len(items):,} pairs wait")


def _open(store: duckdb.DuckDBPyConnection, decided: Decided, wanted: Wanted) -> list[ReviewItem]:
    return open_items(store, decided.since, wanted.person, wanted.force, wanted.limit)


def review_pairs(home: Home, wanted: Wanted, user: str | None, ask: Ask, tell: Tell) -> None:
    """Show the waiting pairs one at a time and write down what is decided, each at once.

    Raises:
        UsageError: nothing has been published yet, or it is not known who decides.
    """
    by = name_user(user)
    made: list[Judgement] = []
    with open_store(home) as store:
        decided = read_decided(store, home)
        items = _open(store, decided, wanted)
        for number, item in enumerate(items, start=1):
            tell(f"\n{number:,} of {len(items):,}: {item.says}")
            tell(show_item(store, item, said_on(store, decided, item)))
            answer = _decide(item, by, ask, tell)
            if answer == "quit":
                break
            if isinstance(answer, Judgement):
                append_judgements(home, [answer])
                made.append(answer)
    tell(
        f"{len(made):,} decided by {by}, {len(items) - len(made):,} still wait. What was decided "
        "counts from the next night on."
    )
    tell_conflicts(home, decided, made, tell)


def _decide(item: ReviewItem, by: str, ask: Ask, tell: Tell) -> Judgement | str:
    """The decision about a pair, or ``skip`` or ``quit``."""
    while True:
        answer = _ANSWERS.get(_answer(ask, QUESTION).strip().lower())
        if answer in ("skip", "quit"):
            return answer
        if answer is None:
            continue
        try:
            reason = ask("why")
            return judge(*item.pair, answer, by, datetime.now(UTC), reason, "review")
        except VerdictError as wrong:
            tell(str(wrong))
        except EOFError:
            return "quit"


def _answer(ask: Ask, question: str) -> str:
    try:
        return ask(question)
    except EOFError:
        return "quit"
