"""Records that an earlier unmerge took off a person already: who did it, and when."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from linkage.judgements.judgement import Judgement
from linkage.judgements.review import Decided
from linkage.membership import Membership
from linkage.record_key import RecordKey


class TakenOff(NamedTuple):
    """A record that comes off by a decision that was made before, and that decision."""

    record: RecordKey
    judgement: Judgement

    @property
    def by(self) -> str:
        """``by ann on 2026-01-13 09:12 UTC``."""
        return f"by {self.judgement.judged_by} on {self.judgement.judged_at:%Y-%m-%d %H:%M} UTC"


def taken_off(
    judgements: Iterable[Judgement],
    records: Iterable[RecordKey],
    is_other_side: Callable[[RecordKey], bool],
) -> list[TakenOff]:
    """Those of the records that an unmerge parted from the other side, by its latest decision."""
    wanted = dict.fromkeys(records)
    found: dict[RecordKey, Judgement] = {}
    for each in judgements:
        if each.source != "unmerge" or each.verdict != "not_same":
            continue
        for record, other in (each.pair, each.pair[::-1]):
            if record in wanted and is_other_side(other):
                found[record] = each
    return [TakenOff(record, found[record]) for record in wanted if record in found]


def say_strangers(
    membership: Membership,
    strangers: Iterable[RecordKey],
    members: Sequence[RecordKey],
    decided: Decided,
) -> list[str]:
    """Records that are not of a person, each with whose it is today and who took it off."""
    strangers, own = list(strangers), set(members)
    said = taken_off(decided.judgements.values(), strangers, own.__contains__)
    off = {each.record: each for each in said}
    now = membership.persons_of(strangers)
    of = {record: person_id for person_id, records in now.items() for record in records}
    return [f"{record} ({_say(of.get(record), off.get(record))})" for record in strangers]


def _say(person_id: str | None, off: TakenOff | None) -> str:
    today = f"of {person_id} today" if person_id else "of nobody today"
    return today if off is None else f"came off already, {off.by}; {today}"
