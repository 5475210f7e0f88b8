"""How records of one person hang together: the strongest ties, and the way between any two.

The ties of a maximum spanning tree are on a way between any two records whose weakest tie is the
strongest that can be had; so one tree answers for every pair.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from linkage.explanation.facts import PairKey, Path, Tie
from linkage.record_key import RecordKey

Tree = Mapping[RecordKey, Sequence[Tie]]


def strength(tie: Tie) -> tuple[bool, float]:
    """What orders ties: a decision of people stands above any weight."""
    return tie.is_judged, float("-inf") if tie.match_weight is None else tie.match_weight


def strongest_ties(ties: Iterable[Tie]) -> tuple[Tie, ...]:
    """The ties of a maximum spanning tree, strongest first; a forest where a group falls apart.

    Ties of equal strength are taken in order of their records, so that the answer is always the
    same.
    """
    group: dict[RecordKey, set[RecordKey]] = {}
    kept = []
    for tie in sorted(ties, key=lambda tie: (*(-s for s in strength(tie)), tie.key)):
        one, other = (group.setdefault(record, {record}) for record in tie.key)
        if one is other:
            continue
        kept.append(tie)
        one |= other
        group |= dict.fromkeys(other, one)
    return tuple(kept)


def find_path(tree: Tree, start: RecordKey, end: RecordKey) -> Path | None:
    """The way along the tree from ``start`` to ``end``; None where there is none."""
    came: dict[RecordKey, RecordKey] = {start: start}
    waiting = [start]
    while waiting and end not in came:
        here = waiting.pop()
        for tie in tree.get(here, ()):
            there = tie.key.right if tie.key.left == here else tie.key.left
            if there not in came:
                came[there] = here
                waiting.append(there)
    if end not in came or start == end:
        return None
    records = [end]
    while records[-1] != start:
        records.append(came[records[-1]])
    records.reverse()
    return Path(tuple(records), min(ties_between(tree, records), key=strength))


def branches(ties: Iterable[Tie]) -> dict[RecordKey, list[Tie]]:
    """The ties at each record."""
    tree: dict[RecordKey, list[Tie]] = {}
    for tie in ties:
        for record in tie.key:
            tree.setdefault(record, []).append(tie)
    return tree


def ties_between(tree: Tree, records: Sequence[RecordKey]) -> list[Tie]:
    """The ties along the way that ``records`` names."""
    steps = (PairKey.of(*step) for step in pairwise(records))
    return [next(tie for tie in tree[key.left] if tie.key == key) for key in steps]
