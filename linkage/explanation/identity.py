"""Why the records of one person, or of one offence, are held to be one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import combinations

from linkage.explanation.against import find_contradictions
from linkage.explanation.answer import Identity
from linkage.explanation.duplicates import duplicates_of
from linkage.explanation.edges import pairs_of
from linkage.explanation.entity import Entity
from linkage.explanation.facts import Compared, PairKey, Path, Tie
from linkage.explanation.ledger import conflicts_on, events_of, members
from linkage.explanation.paths import branches, find_path, strongest_ties
from linkage.explanation.source import Source
from linkage.explanation.values import read_records
from linkage.record_key import RecordKey

# Every pair of its records is compared, and has its path told, up to this many records.
MOST_RECORDS = 100


def explain_identity(source: Source, entity_id: str) -> Identity:
    """The facts about a person or an offence that holds records today.

    Raises:
        StoreError: the weights of a pair do not sum to its total.
    """
    store, entity = source.store, source.entity
    keys = members(store, entity_id, entity)
    kept = [source.judged(pair) for pair in pairs_of(store, entity_id, entity)]
    inside = {pair.key: pair for pair in kept if set(pair.key) <= set(keys)}
    is_compared = source.can_compare and len(keys) <= MOST_RECORDS
    every = [PairKey.of(*two) for two in combinations(keys, 2)] if is_compared else list(inside)
    pairs = with_direct(source, inside, every)
    tree = strongest_ties(find_ties(source, keys, pairs))
    return Identity(
        entity=entity,
        entity_id=entity_id,
        records=read_records(store, keys, source.has_values, entity),
        pairs=tuple(pairs[key] for key in sorted(pairs)),
        tree=tree,
        paths=tuple(_paths(keys, tree, pairs)) if len(keys) <= MOST_RECORDS else (),
        untied=_untied(keys, tree),
        contradictions=find_contradictions(source, keys),
        outside=tuple(pair for pair in kept if pair.key not in inside and _is_near(pair)),
        events=events_of(store, [entity_id], entity),
        judgements=source.decisions_on(keys),
        conflicts=conflicts_on(store, keys, entity),
        is_compared=is_compared,
        duplicates=duplicates_of(store, keys) if entity is Entity.OFFENCE else (),
    )


def with_direct(
    source: Source, kept: Mapping[PairKey, Compared], wanted: Iterable[PairKey]
) -> dict[PairKey, Compared]:
    """The kept pairs, and those wanted that are not kept, compared for this explanation.

    What the store keeps stands as it is kept; only the review threshold, which it does not keep,
    comes from comparing anew.
    """
    direct = source.compare({*wanted, *kept})
    bounds = {key: replace(pair, review_at=direct[key].review_at) if key in direct else pair
              for key, pair in kept.items()}  # fmt: skip
    return direct | bounds


def find_ties(
    source: Source, keys: Collection[RecordKey], pairs: Mapping[PairKey, Compared]
) -> list[Tie]:
    """What joins records held to be one: links that were laid, and pairs that people joined."""
    own = set(keys)
    judged = {
        key for key, verdict in source.verdicts.items()
        if verdict == "same" and set(key) <= own
    }  # fmt: skip
    laid = {key for key, pair in pairs.items() if is_laid(pair)}
    weights = {key: pair.match_weight for key, pair in pairs.items()}
    return [Tie(key, weights.get(key), key in judged) for key in sorted(judged | laid)]


def is_laid(pair: Compared) -> bool:
    """True where the store holds the pair as a link that nothing cut."""
    return pair.is_published and pair.band == "link" and pair.cut is None


def _paths(
    keys: Collection[RecordKey], tree: Iterable[Tie], pairs: Mapping[PairKey, Compared]
) -> Iterable[Path]:
    ways = branches(tree)
    for one, other in combinations(keys, 2):
        path = find_path(ways, one, other)
        if path is not None:
            yield with_comparison(path, pairs.get(PairKey.of(one, other)))


def with_comparison(path: Path, pair: Compared | None) -> Path:
    """The path with what the two ends weigh when they are compared directly."""
    if pair is None:
        return path
    return replace(path, direct=pair.match_weight, falls_short=pair.match_weight < pair.link_at)


def _untied(keys: Collection[RecordKey], tree: Iterable[Tie]) -> tuple[RecordKey, ...]:
    if len(keys) == 1:
        return ()
    ways = branches(tree)
    first = next(iter(keys), None)
    return tuple(
        key
        for key in keys
        if key != first and (first is None or find_path(ways, first, key) is None)
    )


def _is_near(pair: Compared) -> bool:
    """True where a pair with a record of another came near to being joined, or was judged."""
    return pair.band != "possible" or pair.cut is not None or pair.verdict is not None
