"""Chains of pairs judged the same that join two records judged not the same."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from linkage.record_key import Pair, RecordKey, order_pair

Graph = Mapping[RecordKey, Collection[RecordKey]]
Chain = list[RecordKey]


def find_chains(
    same: Collection[Pair], not_same: Collection[Pair]
) -> tuple[dict[Pair, Chain], set[Pair]]:
    """Find the chains, and what to set aside so that none is left.

    The shortest chains of all pairs are set aside at once, round after round: no pair comes first,
    and what no chain runs through stands.

    Args:
        same: pairs that make the chains.
        not_same: pairs that none may join; none of them is among ``same``.

    Returns:
        By pair of ``not_same`` the records along a shortest chain, where there is one; and the
        pairs of ``same`` that are set aside.
    """
    graph = _graph(same)
    first: dict[Pair, Chain] = {}
    set_aside: set[Pair] = set()
    joined = [pair for pair in not_same if pair[0] in graph and pair[1] in graph]
    while joined:
        chains = {pair: chain for pair in joined if (chain := _shortest(graph, *pair))}
        first = chains | first
        found = {order_pair(*step) for chain in chains.values() for step in pairwise(chain)}
        for one, other in found:
            del graph[one][other], graph[other][one]
        set_aside |= found
        joined = list(chains)
    return first, set_aside


def _graph(pairs: Iterable[Pair]) -> dict[RecordKey, dict[RecordKey, None]]:
    """By record its neighbours, in alphabetical order."""
    graph: dict[RecordKey, dict[RecordKey, None]] = defaultdict(dict)
    for one, other in sorted(pairs):
        graph[one][other] = None
        graph[other][one] = None
    return dict(graph)


def _shortest(graph: Graph, start: RecordKey, end: RecordKey) -> Chain | None:
    """A shortest chain from start to end, searched from both ends a ring at a time; None where
    there is none. Among several, one that depends on the graph alone."""
    before: tuple[dict[RecordKey, RecordKey | None], ...] = ({start: None}, {end: None})
    rings = [[start], [end]]
    while all(rings):
        near = 0 if len(rings[0]) <= len(rings[1]) else 1
        rings[near], met = _widen(graph, rings[near], before[near], before[1 - near])
        if met is not None:
            return _trace(before[0], met)[::-1] + _trace(before[1], met)[1:]
    return None


def _widen(
    graph: Graph,
    ring: Collection[RecordKey],
    before: dict[RecordKey, RecordKey | None],
    other_side: Mapping[RecordKey, RecordKey | None],
) -> tuple[list[RecordKey], RecordKey | None]:
    """The next ring, and the first record of it that the other side has reached."""
    wider: list[RecordKey] = []
    for record in ring:
        for neighbour in graph[record]:
            if neighbour not in before:
                before[neighbour] = record
                wider.append(neighbour)
                if neighbour in other_side:
                    return wider, neighbour
    return wider, None


def _trace(before: Mapping[RecordKey, RecordKey | None], record: RecordKey) -> Chain:
    chain = [record]
    while (earlier := before[chain[-1]]) is not None:
        chain.append(earlier)
    return chain
