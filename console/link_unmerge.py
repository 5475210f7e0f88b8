"""``crimelink link unmerge``: undo a wrong merge, and list what was built on it."""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from console.built_on import show_built_on
from console.foreseen import say_foreseen, warn_again
from console.link_judge import Tell, warn_of_damage
from console.user import name_user
from linkage.explanation.answer import to_json
from linkage.judgements.built_on import read_built_on
from linkage.judgements.foresee import foresee
from linkage.judgements.journal import append_judgements
from linkage.judgements.review import read_decided
from linkage.judgements.taken_off import TakenOff, taken_off
from linkage.judgements.unmerge import MOST_NAMED, Unmerge, came_with, plan_unmerge
from linkage.membership import Membership
from linkage.record_key import RecordKey, read_id
from warehouse.errors import DiskError, LockedError, is_disk_full
from warehouse.home import Home
from warehouse.state import PATIENCE_SECONDS, lock, reader
from warehouse.store import open_store
from warehouse.wording import counted

_LOOK_FIRST = (
    "the ledger does not follow at once, for you to look again first: the next night takes the "
    "decisions in. What is to stay apart, judge not the same before (crimelink link judge). The "
    "same command once more has the ledger follow at once"
)


@dataclass(frozen=True)
class Asked:
    """What is to be undone.

    Attributes:
        person_id: the person.
        records: records that come off, ``force/source_system/source_record_id``.
        merged: a superseded id: what came with it comes off too; None for none.
        reason: why.
        user: who decides; None for the login name.
    """

    person_id: str
    records: Sequence[str]
    merged: str | None
    reason: str
    user: str | None


def undo_merge(home: Home, asked: Asked, tell: Tell, *, is_dry: bool, as_json: bool) -> None:
    """Take records off a person for good, and list what was built on their being one.

    Args:
        home: the home.
        asked: which, and why.
        tell: where the lines go.
        is_dry: True to list it and write nothing down.
        as_json: True for one JSON object in place of lines.

    Raises:
        UsageError: it cannot be done as asked; nothing was written down.
        DiskError: the disk is full; the message says what was written down.
    """
    notices: list[str] = []
    say = notices.append if as_json else tell
    off = [RecordKey.parse(record) for record in asked.records]
    person_id, merged = read_id(asked.person_id), read_id(asked.merged or "")
    by, now = name_user(asked.user), datetime.now(UTC)
    with open_store(home) as store:
        decided = read_decided(store, home)
        with _membership(home, store, say) as membership:
            if merged:
                off += came_with(membership, person_id, merged, decided)
            undone = plan_unmerge(membership, person_id, off, decided, by, now, asked.reason)
        built_on = read_built_on(store, undone, decided)
    off_already = taken_off(decided.waiting, undone.off, set(undone.stay).__contains__)
    if not as_json:
        is_repeated = len(off_already) == len(undone.off) and not is_dry
        tell("every record named comes off already: --dry-run lists what was built on the merge"
             if is_repeated else show_built_on(undone, built_on))  # fmt: skip
    warn_of_damage(home, decided, say)
    _warn_of_waiting(off_already, say)
    applied = undone.applied(decided.waiting)
    moves = _foresee(home, undone, applied, say)
    warn_again(moves, say)
    if is_dry:
        say(f"nothing was written down; {counted(len(undone.judgements), 'decision')} would be")
    else:
        _check_model(home)
        append_judgements(home, undone.judgements)
        say(f"{counted(len(undone.judgements), 'decision')} written down by {by}")
        if moves:
            say(_LOOK_FIRST)
        else:
            _follow(home, undone, applied, say)
    if as_json:
        answer = {"person_id": undone.person_id, "taken_back": undone.taken_back,
                  "built_on": built_on, "notices": notices}  # fmt: skip
        tell(json.dumps(to_json(answer), indent=1, default=str))


def _warn_of_waiting(off: Sequence[TakenOff], say: Tell) -> None:
    """Say of records that the ledger still has on the person that they come off already."""
    for each in off[:MOST_NAMED]:
        say(f"{each.record} comes off already, {each.by}: that waits for the next night")
    if len(off) > MOST_NAMED:
        say(f"so do {len(off) - MOST_NAMED:,} more")


def _foresee(home: Home, undone: Unmerge, applied: Collection[str], say: Tell) -> list[str]:
    """What the decisions would move besides, a line each."""
    try:
        foreseen = foresee(home, undone.judgements, PATIENCE_SECONDS, only=applied)
    except LockedError as held:
        say(f"the state is held by {held.holder}: what else the decisions move could not be "
            "foreseen")  # fmt: skip
        return []
    return list(say_foreseen(foreseen))


@contextmanager
def _membership(home: Home, store: duckdb.DuckDBPyConnection, say: Tell) -> Iterator[Membership]:
    """Who belongs to whom: by the state, or by the published store where the state is busy."""
    with ExitStack() as stack:
        try:
            state = stack.enter_context(reader(home, PATIENCE_SECONDS))
        except LockedError as held:
            say(f"the state is held by {held.holder}: who belongs to whom is taken from the "
                "published store")  # fmt: skip
            membership = Membership.of_store(store)
        else:
            membership = Membership.of_state(state)
        yield membership


def _check_model(home: Home) -> None:
    """Refuse before anything is written down where no night could link with the model in use."""
    from linkage.model_file import load_model, model_in_use

    with ExitStack() as stack:
        try:
            state = stack.enter_context(reader(home, PATIENCE_SECONDS))
        except LockedError:
            return  # A night is linking: it has loaded the model.
        known = model_in_use(state)
    if known:
        load_model(home, known)


def _follow(home: Home, undone: Unmerge, applied: Collection[str], say: Tell) -> None:
    """``_apply``; where the disk is full meanwhile, say what is kept.

    Raises:
        DiskError: it is full.
    """
    try:
        _apply(home, undone, applied, say)
    except (duckdb.Error, OSError) as error:
        if not is_disk_full(error):
            raise
        raise DiskError(
            "the disk is full: the decisions are written down, and the next night takes in what "
            "the ledger lacks of them. Free some before it runs"
        ) from error


def _apply(home: Home, undone: Unmerge, ids: Collection[str], say: Tell) -> None:
    """Have the ledger follow the decisions at once, where nobody else holds it."""
    from linkage.persons import apply_decisions, say_anew

    try:
        # A night holds the state for minutes and applies the decisions itself: no use to wait.
        with lock(home, "taking in decisions", PATIENCE_SECONDS):
            pass
        applied = apply_decisions(home, ids)
    except LockedError as held:
        say(f"the state is held by {held.holder}: the ledger does not follow at once. A night that "
            "has not linked yet takes the decisions in, else the next night takes them in; its "
            "store shows it")  # fmt: skip
        return
    if applied is None:
        with reader(home) as state:
            why = say_anew(state)
        say(f"the ledger does not follow at once: {why}, so the next night links everything anew, "
            "takes the decisions in, then publishes")  # fmt: skip
        return
    with reader(home) as state:
        membership = Membership.of_state(state)
        # All of them: what the decisions parted may have come together with others anew.
        now = {person_id: membership.members(person_id)
               for person_id in membership.persons_of([*undone.off, *undone.stay])}  # fmt: skip
    for person_id, records in now.items():
        say(f"{person_id} now holds {', '.join(map(str, records))}")
    say("the ledger says so from now on; the next night's store shows it. Until then crimelink "
        "explain answers as the store was published, and names whose they are now")  # fmt: skip
