"""Undo a wrong merge: which records come off a person, and the decisions that say so.

A merge is undone by decisions alone: each record that comes off is judged not the same as each
that stays. They outlast the model, and the links that made the merge stay on record as cut.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from linkage.judgements.judgement import Judgement, judge
from linkage.judgements.review import Decided, new_conflicts
from linkage.judgements.taken_off import say_strangers, taken_off
from linkage.membership import Membership
from linkage.record_key import Pair, RecordKey
from warehouse.errors import UsageError

# A person is of a few records. Beyond this many decisions something else is wrong.
MOST_JUDGEMENTS = 100_000
MOST_NAMED = 5


@dataclass(frozen=True)
class Unmerge:
    """What is undone.

    Attributes:
        person_id: the person.
        off: records that come off it, in alphabetical order.
        stay: those that stay.
        judgements: the decisions to write down; empty where they were written down before.
        taken_back: earlier decisions "same" of whoever undoes it that those take back.
    """

    person_id: str
    off: tuple[RecordKey, ...]
    stay: tuple[RecordKey, ...]
    judgements: tuple[Judgement, ...]
    taken_back: tuple[Judgement, ...]

    def applied(self, waiting: Iterable[Judgement]) -> frozenset[str]:
        """Ids of the decisions that bring the records off: those to write down, and those of an
        unmerge of the same records that wait and were not taken back. What else waits is left to
        the night.

        Args:
            waiting: the decisions that wait, the oldest first.
        """
        sides = set(self.off), set(self.stay)
        standing = {(each.judged_by, each.pair): each for each in waiting}
        own = [each for each in standing.values() if each.source == "unmerge"]
        asked = {
            (each.judged_by, each.judged_at)
            for each in own
            if all(side & set(each.pair) for side in sides)
        }
        earlier = (each for each in own if (each.judged_by, each.judged_at) in asked)
        return frozenset(each.judgement_id for each in (*self.judgements, *earlier))


def came_with(
    membership: Membership, person_id: str, other_id: str, decided: Decided
) -> tuple[RecordKey, ...]:
    """The records that came to a person with an id that it superseded.

    Raises:
        UsageError: the other id never was, is still alive, or its records are of others today; who
            took them off the person, where an unmerge did, is said.
    """
    last = membership.last_members(other_id)
    if not last:
        into = membership.merged_into(other_id)
        if into is None:
            raise UsageError(f"--merged {other_id}: no person ever had this id")
        raise UsageError(
            f"--merged {other_id}: it was merged into {into} in the night that gave it: no record "
            "is known to have come with it. Name the records that come off with --record"
        )
    own = set(membership.members(person_id))
    off = taken_off(decided.judgements.values(), last, own.__contains__)
    said = f". {_name(f'{o.record} came off already, {o.by}' for o in off)}" if off else ""
    if membership.members(other_id):
        raise UsageError(
            f"--merged {other_id}: it is a person of its own today{said}. Name "
            f"the records that come off {person_id} with --record"
        )
    now = membership.persons_of(last)
    if person_id not in now:
        raise UsageError(
            f"--merged {other_id}: none of its records are of {person_id}; today they are of "
            f"{', '.join(sorted(now)) or 'nobody: they are no longer held'}{said}"
        )
    return now[person_id]


def plan_unmerge(
    membership: Membership,
    person_id: str,
    off: Iterable[RecordKey],
    decided: Decided,
    by: str,
    at: datetime,
    reason: str,
) -> Unmerge:
    """What it takes to bring records off a person.

    What whoever undoes it said before is taken back where it would join the two sides again: of two
    records on either side, and through records of nobody, such as those that are gone.

    Raises:
        UsageError: there is no such person, a record is not of it, none would stay or none comes
            off, what somebody else judged the same joins the two sides, or the reason is none.
    """
    members = _members(membership, person_id)
    leaving = tuple(sorted(set(off)))
    _refuse_strangers(membership, person_id, leaving, members, decided)
    stay = tuple(record for record in members if record not in leaving)
    if not leaving or not stay:
        which = "no record" if not leaving else "every record"
        raise UsageError(
            f"{which} of {person_id} would come off: name some of its {len(members)}"
            f"{_say_parted(decided, leaving)}"
        )
    if len(leaving) * len(stay) > MOST_JUDGEMENTS:
        raise UsageError(
            f"{len(leaving):,} records off {len(stay):,} are more than {MOST_JUDGEMENTS:,} "
            "decisions. Take fewer off at a time"
        )
    made = [judge(a, b, "not_same", by, at, reason, "unmerge") for a in leaving for b in stay]
    own = _own_same(decided, by)
    made += _go_no_way_round(decided, made, own, set(members))
    _refuse_conflicts(decided, made)
    new = tuple(_not_yet_said(decided, made))
    taken_back = tuple(own[each.pair] for each in new if each.pair in own)
    return Unmerge(person_id, leaving, stay, new, taken_back)


def _members(membership: Membership, person_id: str) -> tuple[RecordKey, ...]:
    members = membership.members(person_id)
    if members:
        return members
    now = membership.persons_of(membership.last_members(person_id))
    if now:
        raise UsageError(f"{person_id} is superseded: its records are of {', '.join(now)} today")
    into = membership.merged_into(person_id)
    if into is not None:
        raise UsageError(f"{person_id} is superseded: it was merged into {into}")
    raise UsageError(f"{person_id}: no record is of this person")


def _refuse_strangers(
    membership: Membership,
    person_id: str,
    leaving: Sequence[RecordKey],
    members: Sequence[RecordKey],
    decided: Decided,
) -> None:
    strangers = [record for record in leaving if record not in set(members)]
    if strangers:
        said = say_strangers(membership, strangers, members, decided)
        raise UsageError(f"not of {person_id}: {_name(said)}")


def _say_parted(decided: Decided, leaving: Sequence[RecordKey]) -> str:
    """That all of a person's records came off others already: their side has kept the id."""
    own = set(leaving)
    off = taken_off(decided.judgements.values(), leaving, lambda other: other not in own)
    if not off or len(off) < len(leaving):
        return ""
    side = "its record was" if len(off) == 1 else "its records were"
    return f". {side[:1].upper()}{side[1:]} parted from others already, {off[-1].by}"


def _own_same(decided: Decided, by: str) -> dict[Pair, Judgement]:
    """What somebody judged the same and has not taken back."""
    latest = {each.pair: each for each in decided.judgements.values() if each.judged_by == by}
    return {pair: each for pair, each in latest.items() if each.verdict == "same"}


def _go_no_way_round(
    decided: Decided,
    made: Sequence[Judgement],
    own: Mapping[Pair, Judgement],
    members: Set[RecordKey],
) -> list[Judgement]:
    """Decisions that take back what the same person judged the same, where that would join the two
    sides through records that are not of the person, such as those that are gone.

    A chain between the sides that stays among the person's records holds a step from one side to
    the other, on which ``made`` decides already.
    """
    ways = {same.judgement_id: same for pair, same in own.items() if not set(pair) <= members}
    taken_back: list[Judgement] = []
    while True:
        conflicts = new_conflicts(decided, [*made, *taken_back])
        along = {i for each in conflicts for i in each.judgement_ids if i in ways}
        if not along:
            return taken_back
        for same in (ways.pop(i) for i in sorted(along)):
            by, at, reason = made[0].judged_by, made[0].judged_at, made[0].reason
            taken_back.append(judge(*same.pair, "unsure", by, at, reason, "unmerge"))


def _refuse_conflicts(decided: Decided, made: Sequence[Judgement]) -> None:
    conflicts = new_conflicts(decided, made)
    if not conflicts:
        return
    known = (decided.judgements.get(i) for each in conflicts for i in each.judgement_ids)
    own = made[0].judged_by
    same = [each for each in known if each and each.verdict == "same" and each.judged_by != own]
    by = sorted({each.judged_by for each in same})
    raise UsageError(
        f"{_name(by)} judged records the same that this would part: "
        f"{_name(sorted({each.judgement_id for each in same}))} (link.judgement). Nothing was "
        "written down. Agree on it first: a later judgement of theirs, unsure or not the same, "
        "takes it back (crimelink link judge)"
    )


def _not_yet_said(decided: Decided, made: Iterable[Judgement]) -> Iterable[Judgement]:
    """Without those of which the same person says the same already."""
    latest = {(each.pair, each.judged_by): each.verdict for each in decided.judgements.values()}
    return (each for each in made if latest.get((each.pair, each.judged_by)) != each.verdict)


def _name(words: Iterable[str]) -> str:
    words = list(words)
    more = f" and {len(words) - MOST_NAMED:,} more" if len(words) > MOST_NAMED else ""
    return ", ".join(words[:MOST_NAMED]) + more
