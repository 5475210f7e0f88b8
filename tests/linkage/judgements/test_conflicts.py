from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linkage.judgements.conflicts import conflict_frame, effective
from linkage.judgements.judgement import Judgement, judge
from linkage.record_key import Pair, RecordKey, order_pair

NOON = datetime(2026, 1, 12, 12, tzinfo=UTC)
A, B, C, D, E = (RecordKey("durham", "niche", name) for name in "ABCDE")


def say(pair: Pair, verdict: str, by: str = "ann", hour: int = 0) -> Judgement:
    at = NOON + timedelta(hours=hour)
    return judge(*pair, verdict, by, at, "seen the files", "review")


def test_what_users_agree_on_counts():
    found = effective([say((A, B), "same"), say((B, A), "same", "bob"), say((C, D), "not_same"),
                       say((D, E), "unsure"), say((C, D), "unsure", "bob")])  # fmt: skip
    assert (found.same, found.not_same, found.unsure) == ({(A, B)}, {(C, D)}, {(D, E)})
    assert not found.conflicts


def test_somebody_may_change_their_mind():
    first, second = say((A, B), "same"), say((A, B), "not_same", hour=1)
    for order in ([first, second], [second, first]):
        found = effective(order)
        assert (found.same, found.not_same, found.conflicts) == (set(), {(A, B)}, ())


def test_of_two_decisions_of_one_instant_the_cautious_one_counts():
    found = effective([say((A, B), "not_same"), say((A, B), "unsure"), say((A, B), "same")])
    assert found.not_same == {(A, B)}


def test_users_who_differ_on_a_pair_are_reported_and_it_is_kept_apart():
    both = [say((A, B), "same"), say((A, B), "not_same", "bob")]
    found = effective(both)
    assert (found.same, found.not_same) == (set(), {(A, B)})
    [conflict] = found.conflicts
    assert (conflict.kind, conflict.pair) == ("pair", (A, B))
    assert conflict.says == "ann said the same, bob not the same"
    assert set(conflict.judgement_ids) == {each.judgement_id for each in both}
    resolved = effective([*both, say((A, B), "unsure", "ann", hour=1)])
    assert (resolved.not_same, resolved.conflicts) == ({(A, B)}, ())


def test_a_chain_that_joins_a_pair_kept_apart_is_reported_and_does_not_count():
    chain = [say((A, B), "same"), say((B, C), "same", "bob")]
    apart, other = say((A, C), "not_same", "cem"), say((D, E), "same")
    found = effective([*chain, apart, other])
    assert (found.same, found.not_same) == ({(D, E)}, {(A, C)})
    assert found.set_aside == {(A, B), (B, C)}
    [conflict] = found.conflicts
    assert (conflict.kind, conflict.pair) == ("chain", (A, C))
    assert set(conflict.judgement_ids) == {each.judgement_id for each in [*chain, apart]}
    assert conflict.says == (
        "cem said not the same, but 2 pairs that ann, bob said are the same join the two"
    )


def test_the_shortest_chain_is_named_and_every_other_is_set_aside_too():
    short = [(A, C), (C, B)]
    long = [(A, D), (D, E), (E, B)]
    found = effective([say((A, B), "not_same"), *(say(pair, "same") for pair in [*long, *short])])
    [conflict] = found.conflicts
    assert len(conflict.judgement_ids) == 3
    assert found.same == set()
    assert found.set_aside == {order_pair(*pair) for pair in [*short, *long]}


def test_what_no_chain_runs_through_stands():
    found = effective([say((A, B), "same"), say((B, C), "same"), say((A, C), "not_same"),
                       say((C, D), "same")])  # fmt: skip
    assert found.same == {(C, D)}


def test_conflicts_become_rows_of_the_store():
    found = effective([say((A, B), "same"), say((A, B), "not_same", "bob")])
    [row] = conflict_frame(found.conflicts).rows(named=True)
    assert (row["kind"], row["source_record_id_l"], row["source_record_id_r"]) == ("pair", "A", "B")
    assert len(row["judgement_ids"].split(",")) == 2
    assert conflict_frame([]).is_empty()


records = st.sampled_from([A, B, C, D, E])
judgements = st.lists(
    st.builds(
        say,
        st.tuples(records, records).filter(lambda pair: pair[0] != pair[1]),
        st.sampled_from(["same", "not_same", "unsure"]),
        st.sampled_from(["ann", "bob", "cem"]),
        st.integers(0, 1),
    ),
    max_size=24,
)


@given(judgements, st.randoms())
def test_the_order_of_decisions_does_not_matter(given_judgements, random):
    shuffled = given_judgements.copy()
    random.shuffle(shuffled)
    assert effective(shuffled) == effective(given_judgements)
    assert effective([*shuffled, *given_judgements]) == effective(given_judgements)


@given(judgements)
def test_what_is_to_be_joined_never_joins_what_is_to_be_kept_apart(given_judgements):
    found = effective(given_judgements)
    group = _groups(found.same)
    assert not any(group[one] == group[other] for one, other in found.not_same)
    assert not found.same & found.unsure


@given(judgements)
def test_every_contradiction_is_reported_and_nothing_else_is_set_aside(given_judgements):
    latest: dict[tuple[Pair, str], Judgement] = {}
    for each in sorted(given_judgements, key=_age):
        latest[each.pair, each.judged_by] = each
    said = {pair: {v.verdict for (p, _), v in latest.items() if p == pair} for pair, _ in latest}
    differ = {pair for pair, verdicts in said.items() if verdicts >= {"same", "not_same"}}
    apart = {pair for pair, verdicts in said.items() if "not_same" in verdicts}
    same = {pair for pair, verdicts in said.items() if "same" in verdicts} - differ
    group = _groups(same)
    chained = {pair for pair in apart if group[pair[0]] == group[pair[1]]}

    found = effective(given_judgements)
    assert {each.pair for each in found.conflicts if each.kind == "pair"} == differ
    assert {each.pair for each in found.conflicts if each.kind == "chain"} == chained
    assert found.not_same == apart
    assert found.same | found.set_aside == same
    assert not found.same & found.set_aside
    touched = {group[pair[0]] for pair in chained}
    assert all(group[pair[0]] in touched for pair in found.set_aside)
    ids = {each.judgement_id for each in latest.values()}
    assert all(ids.issuperset(each.judgement_ids) for each in found.conflicts)


def _age(judgement: Judgement) -> tuple[object, ...]:
    caution = ("same", "unsure", "not_same").index(judgement.verdict)
    return (judgement.judged_at, caution, judgement.judgement_id)


def _groups(pairs: set[Pair] | frozenset[Pair]) -> dict[RecordKey, RecordKey]:
    """By record the smallest one of its group."""
    group = {record: record for record in (A, B, C, D, E)}
    for _ in group:
        for one, other in pairs:
            group[one] = group[other] = min(group[one], group[other])
    return group
