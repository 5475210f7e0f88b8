import random
from itertools import combinations, pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from linkage.explanation.facts import PairKey, Tie
from linkage.explanation.paths import branches, find_path, strength, strongest_ties
from linkage.record_key import RecordKey


def record(number: int) -> RecordKey:
    return RecordKey("kent", "niche", str(number))


def tie(one: int, other: int, weight: float | None, is_judged: bool = False) -> Tie:
    return Tie(PairKey.of(record(one), record(other)), weight, is_judged)


def ways(ties: list[Tie], start: RecordKey, end: RecordKey) -> list[list[Tie]]:
    """Every way from the one to the other that passes no record twice."""
    by_key = {each.key: each for each in ties}
    others = sorted({key for each in ties for key in each.key} - {start, end})
    routes = (
        (start, *between, end)
        for many in range(len(others) + 1)
        for between in permutations(others, many)
    )
    steps = ([PairKey.of(*step) for step in pairwise(route)] for route in routes)
    return [[by_key[key] for key in way] for way in steps if all(key in by_key for key in way)]


weights = st.one_of(st.none(), st.integers(-4096, 40960).map(lambda step: step / 1024))
graphs = st.dictionaries(
    st.sampled_from(list(combinations(range(5), 2))), st.tuples(weights, st.booleans())
).map(lambda held: [tie(*pair, *rest) for pair, rest in held.items()])


@given(graphs)
def test_no_way_between_two_records_has_a_stronger_weakest_tie_than_the_path(ties):
    tree = branches(strongest_ties(ties))
    records = sorted({key for each in ties for key in each.key})
    for start, end in combinations(records, 2):
        all_ways = ways(ties, start, end)
        path = find_path(tree, start, end)
        assert (path is None) == (not all_ways)
        if path is not None:
            best = max(min(strength(each) for each in way) for way in all_ways)
            assert strength(path.weakest) == best
            assert (path.records[0], path.records[-1]) == (start, end)


@given(graphs, st.randoms(use_true_random=False))
def test_the_order_in_which_ties_are_given_changes_nothing(ties, chance: random.Random):
    shuffled = list(ties)
    chance.shuffle(shuffled)
    assert strongest_ties(shuffled) == strongest_ties(ties)


def test_a_judgement_is_stronger_than_any_weight():
    ties = [tie(1, 2, 2.0, is_judged=True), tie(2, 3, 30.0), tie(1, 3, 12.0)]
    path = find_path(branches(strongest_ties(ties)), record(1), record(3))
    assert path is not None
    assert path.records == (record(1), record(2), record(3))
    assert path.weakest == tie(2, 3, 30.0)


def test_a_record_has_no_way_to_itself_and_none_to_a_stranger():
    tree = branches(strongest_ties([tie(1, 2, 9.0), tie(3, 4, 9.0)]))
    assert find_path(tree, record(1), record(1)) is None
    assert find_path(tree, record(1), record(3)) is None
