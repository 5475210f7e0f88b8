"""What people decided since the store was published: an explanation does not hold it yet."""

from collections.abc import Mapping, Sequence

from linkage.explanation.why_not import MOST_NAMED
from linkage.judgements.conflicts import effective
from linkage.judgements.judgement import Judgement
from linkage.record_key import RecordKey

_VERDICTS = {"same": "the same", "not_same": "not the same", "unsure": "unsure"}


def say_waiting(waiting: Sequence[Judgement], shown: frozenset[RecordKey]) -> tuple[str, ...]:
    """One notice of the decisions on records that are shown; none where there are none.

    Ids and verdicts alone: reasons are somebody's own words, and may name people.

    Args:
        waiting: decisions made since the store was published, oldest first.
        shown: the records that are told of.
    """
    # Of what one person says of two records the latest counts.
    latest = {
        (each.pair, each.judged_by): each for each in waiting if not shown.isdisjoint(each.pair)
    }
    # Only a few are named: first those on two records that are both shown.
    ordered = sorted(latest.values(), key=lambda each: not shown.issuperset(each.pair))
    said = dict.fromkeys(
        f"{each.pair[0]} and {each.pair[1]} {_VERDICTS[each.verdict]}"
        f"{' (link unmerge)' if each.source == 'unmerge' else ''}"
        for each in ordered
    )
    if not said:
        return ()
    named = "; ".join(list(said)[:MOST_NAMED])
    more = f"; and {len(said) - MOST_NAMED:,} more" if len(said) > MOST_NAMED else ""
    counts = "it counts" if len(said) == 1 else "they count"
    says = f"Decided since this store was published: {named}{more}"
    return (f"{says}; {counts} in the store from the next night.",)


def say_contradictions(
    before: Sequence[Judgement], waiting: Sequence[Judgement], shown: frozenset[RecordKey]
) -> tuple[str, ...]:
    """A notice of each contradiction on records that are shown that decisions made since the store
    was published bring.

    Args:
        before: the decisions that the store holds.
        waiting: those made since.
        shown: the records that are told of.
    """
    if not waiting:
        return ()
    known = {(each.conflict_id, each.judgement_ids) for each in effective(before).conflicts}
    return tuple(
        f"CONTRADICTION, from the next night on: {each.pair[0]} and {each.pair[1]}, {each.says}. "
        "Until somebody thinks again the two are kept apart."
        for each in effective([*before, *waiting]).conflicts
        if (each.conflict_id, each.judgement_ids) not in known and not shown.isdisjoint(each.pair)
    )


def say_moved(
    shown: Mapping[RecordKey, str], ledger: Mapping[str, Sequence[RecordKey]]
) -> tuple[str, ...]:
    """One notice of the records that are of somebody else in the ledger already, as after an
    unmerge; none where there are none.

    Args:
        shown: the records that are told of, each with whose it is in the store.
        ledger: whose they are in the ledger.
    """
    moved = {
        person_id: [record for record in records if shown[record] != person_id]
        for person_id, records in ledger.items()
    }
    said = [
        f"{', '.join(map(str, records[:MOST_NAMED]))}"
        f"{f' and {len(records) - MOST_NAMED:,} more' if len(records) > MOST_NAMED else ''} "
        f"of {person_id}"
        for person_id, records in moved.items()
        if records
    ]
    if not said:
        return ()
    as_published = (
        "What is told here is as the store was published; the next night's store shows it"
    )
    return (f"The ledger holds already: {'; '.join(said)}. {as_published}.",)
