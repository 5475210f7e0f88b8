"""What all decisions come to, and where they contradict each other.

Of one user's decisions on a pair the latest counts. Two kinds of contradiction are left:

- pair: one user says same and another not the same, of one pair;
- chain: pairs judged the same join two records that were judged not the same.

Neither is resolved here. Until somebody thinks again, the cautious side holds: the two records are
kept apart, and the decisions that would join them through others do not count.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from linkage.judgements.chains import Chain, find_chains
from linkage.judgements.judgement import Judgement
from linkage.record_key import Pair, order_pair
from warehouse.contract.judgement import JUDGEMENT_CONFLICT

# Of one user's decisions of the same instant, the more cautious counts.
_CAUTION = {"same": 0, "unsure": 1, "not_same": 2}
MOST_NAMES = 5


@dataclass(frozen=True)
class Conflict:
    """A contradiction that people must resolve.

    Attributes:
        conflict_id: opaque; the same as long as pair and kind are.
        kind: ``pair`` or ``chain``.
        pair: the two records that are kept apart.
        judgement_ids: every decision that takes part: on the pair, and along a shortest chain.
        says: the same in plain words.
    """

    conflict_id: str
    kind: str
    pair: Pair
    judgement_ids: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class Effective:
    """What the decisions come to.

    Attributes:
        same: pairs to be joined; they never join a pair of ``not_same``, directly or in a chain.
        not_same: pairs to be kept apart, those that users differ on included.
        unsure: pairs of which somebody could not tell and nobody could.
        set_aside: pairs judged the same that do not count while their conflict lasts.
        conflicts: in order of their pairs.
    """

    same: frozenset[Pair]
    not_same: frozenset[Pair]
    unsure: frozenset[Pair]
    set_aside: frozenset[Pair]
    conflicts: tuple[Conflict, ...]


Standing = Mapping[Pair, Sequence[Judgement]]


def effective(judgements: Iterable[Judgement]) -> Effective:
    """What the decisions come to; the order in which they are given does not matter."""
    standing = _latest(judgements)
    verdicts = {pair: {each.verdict for each in said} for pair, said in standing.items()}
    not_same = {pair for pair, said in verdicts.items() if "not_same" in said}
    differ = {pair for pair in not_same if "same" in verdicts[pair]}
    same = {pair for pair, said in verdicts.items() if "same" in said} - differ
    chains, set_aside = find_chains(same, not_same)
    conflicts = [_pair_conflict(pair, standing) for pair in differ]
    conflicts += [_chain_conflict(pair, chain, standing) for pair, chain in chains.items()]
    return Effective(
        same=frozenset(same - set_aside),
        not_same=frozenset(not_same),
        unsure=frozenset(pair for pair, said in verdicts.items() if said == {"unsure"}),
        set_aside=frozenset(set_aside),
        conflicts=tuple(sorted(conflicts, key=lambda each: (each.pair, each.kind))),
    )


def _latest(judgements: Iterable[Judgement]) -> Standing:
    """By pair, the decision of each user that counts."""
    latest: dict[tuple[Pair, str], Judgement] = {}
    for judgement in judgements:
        of = (judgement.pair, judgement.judged_by)
        held = latest.get(of)
        if held is None or _order(held) < _order(judgement):
            latest[of] = judgement
    standing: dict[Pair, list[Judgement]] = defaultdict(list)
    for judgement in latest.values():
        standing[judgement.pair].append(judgement)
    return standing


def _order(judgement: Judgement) -> tuple[object, ...]:
    return (judgement.judged_at, _CAUTION[judgement.verdict], judgement.judgement_id)


def _pair_conflict(pair: Pair, standing: Standing) -> Conflict:
    said = [each for each in standing[pair] if each.verdict != "unsure"]
    same, not_same = _users(said, "same"), _users(said, "not_same")
    return _conflict("pair", pair, said, f"{same} said the same, {not_same} not the same")


def _chain_conflict(pair: Pair, chain: Chain, standing: Standing) -> Conflict:
    steps = [each for step in pairwise(chain) for each in standing[order_pair(*step)]]
    apart = [each for each in standing[pair] if each.verdict == "not_same"]
    along = [each for each in steps if each.verdict == "same"]
    says = (
        f"{_users(apart, 'not_same')} said not the same, but {len(chain) - 1} pairs that "
        f"{_users(along, 'same')} said are the same join the two"
    )
    return _conflict("chain", pair, [*apart, *along], says)


def _users(judgements: Iterable[Judgement], verdict: str) -> str:
    names = sorted({each.judged_by for each in judgements if each.verdict == verdict})
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _conflict(kind: str, pair: Pair, judgements: Sequence[Judgement], says: str) -> Conflict:
    text = json.dumps([kind, *pair])
    ids = sorted({each.judgement_id for each in judgements})
    return Conflict(
        f"C-{hashlib.sha256(text.encode()).hexdigest()[:16]}", kind, pair, tuple(ids), says
    )


def conflict_frame(conflicts: Iterable[Conflict]) -> pl.DataFrame:
    """Rows of ``link.judgement_conflict``, in the order given."""
    rows = [
        (each.conflict_id, each.kind, *each.pair[0], *each.pair[1], ",".join(each.judgement_ids),
         each.says)
        for each in conflicts
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=JUDGEMENT_CONFLICT.polars_schema(), orient="row")
