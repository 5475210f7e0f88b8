from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.judgements.conflicts import effective
from linkage.judgements.judgement import Judgement, judge
from linkage.judgements.review import Decided
from linkage.judgements.unmerge import Unmerge, came_with, plan_unmerge
from linkage.membership import Membership
from linkage.record_key import RecordKey
from warehouse.contract.link import IDENTITY_EVENT, PERSON_MEMBERSHIP
from warehouse.contract.link_state import MEMBERSHIP, RECORD_KEY
from warehouse.errors import UsageError
from warehouse.schema import create_statements

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
A, B, C, D, E, F, G = (RecordKey("durham", "niche", name) for name in "ABCDEFG")
# Record, person, from and to: P-2 came to P-1 on the second night; P-3 is alone; E is gone.
MEMBERS = [
    (A, "P-1", 12, None),
    (B, "P-1", 12, None),
    (C, "P-2", 12, 13),
    (C, "P-1", 13, None),
    (D, "P-3", 12, None),
    (E, "P-4", 12, 13),
]


def day(number: int | None) -> date | None:
    return None if number is None else date(2026, 1, number)


def published() -> Membership:
    con = duckdb.connect()
    for statement in create_statements([PERSON_MEMBERSHIP, IDENTITY_EVENT]):
        con.execute(statement)
    rows = [[person, *key, day(start), day(end)] for key, person, start, end in MEMBERS]
    con.executemany("INSERT INTO link.person_membership VALUES (?, ?, ?, ?, ?, ?)", rows)
    return Membership.of_store(con)


def kept() -> Membership:
    con = duckdb.connect()
    for statement in create_statements([RECORD_KEY, MEMBERSHIP, IDENTITY_EVENT]):
        con.execute(statement)
    number = {key: place for place, (key, *_) in enumerate(MEMBERS)}
    keys = [[place, *key, place, day(12)] for key, place in number.items()]
    con.executemany("INSERT INTO linkage.record_key VALUES (?, ?, ?, ?, ?, ?)", keys)
    rows = [[number[key], person, day(start), day(end)] for key, person, start, end in MEMBERS]
    con.executemany("INSERT INTO linkage.membership VALUES (?, ?, ?, ?)", rows)
    return Membership.of_state(con)


@pytest.fixture(params=[published, kept], ids=["of the store", "of the state"])
def membership(request) -> Membership:
    return request.param()


def decided(*judgements: Judgement) -> Decided:
    return Decided({each.judgement_id: each for each in judgements}, frozenset(), ())


def plan(membership: Membership, *off: RecordKey, person: str = "P-1", said=()) -> Unmerge:
    return plan_unmerge(membership, person, off, decided(*said), "ann", NOON, "two men")


def test_each_record_that_comes_off_is_judged_apart_from_each_that_stays(membership):
    undone = plan(membership, C)
    assert (undone.off, undone.stay) == ((C,), (A, B))
    assert [(*each.pair, each.verdict, each.source) for each in undone.judgements] == [
        (A, C, "not_same", "unmerge"),
        (B, C, "not_same", "unmerge"),
    ]


def test_what_came_with_a_superseded_id_is_known(membership):
    assert came_with(membership, "P-1", "P-2", decided()) == (C,)


@pytest.mark.parametrize(
    ("other", "says"),
    [("P-9", "ever had this id"), ("P-3", "of its own today"), ("P-4", "no longer held")],
)
def test_an_id_that_is_not_superseded_by_the_person_is_refused(membership, other, says):
    with pytest.raises(UsageError, match=says):
        came_with(membership, "P-1", other, decided())


@pytest.mark.parametrize(
    ("person", "off", "says"),
    [
        ("P-9", [A], "no record is of this person"),
        ("P-2", [C], "superseded: its records are of P-1"),
        ("P-1", [A, D], "not of P-1: durham/niche/D"),
        ("P-1", [A, B, C], "every record of P-1"),
        ("P-1", [], "no record of P-1"),
    ],
)
def test_what_cannot_be_undone_is_refused(membership, person, off, says):
    with pytest.raises(UsageError, match=says):
        plan(membership, *off, person=person)


def test_what_somebody_else_judged_the_same_is_not_overwritten(membership):
    same = judge(A, C, "same", "bob", NOON - timedelta(1), "one tattoo", "review")
    with pytest.raises(UsageError, match=f"bob judged .* {same.judgement_id}"):
        plan(membership, C, said=[same])
    own = judge(A, C, "same", "ann", NOON - timedelta(1), "one tattoo", "review")
    assert len(plan(membership, C, said=[own]).judgements) == 2


def test_a_chain_of_others_that_would_join_them_again_is_not_overwritten(membership):
    chain = [judge(*pair, "same", "bob", NOON, "one tattoo", "review") for pair in [(A, E), (E, C)]]
    with pytest.raises(UsageError, match="bob judged"):
        plan(membership, C, said=chain)


def say(
    one: RecordKey, other: RecordKey, by: str, verdict: str = "same", days: int = 1
) -> Judgement:
    return judge(one, other, verdict, by, NOON - timedelta(days), "one tattoo", "review")


def test_what_the_same_person_judged_the_same_is_taken_back_and_told(membership):
    # Over the edge between the sides, round it through a record that is gone, and within a side.
    across, within = say(B, C, "ann"), say(A, B, "ann")
    there, back = say(A, E, "ann"), say(E, C, "ann")
    said = [across, within, there, back]
    undone = plan(membership, C, said=said)
    assert set(undone.taken_back) == {across, there, back}
    assert {(each.pair, each.verdict) for each in undone.judgements} == {
        ((A, C), "not_same"), ((B, C), "not_same"), ((A, E), "unsure"), ((C, E), "unsure"),
    }  # fmt: skip
    found = effective([*said, *undone.judgements])
    assert (found.same, found.conflicts) == ({(A, B)}, ())
    assert plan(membership, C, said=[*said, *undone.judgements]).judgements == ()


def test_a_longer_way_round_is_taken_back_too_and_what_leads_nowhere_stands(membership):
    own = [say(A, E, "ann"), say(E, C, "ann"), say(A, D, "ann"), say(D, F, "ann")]
    others = [say(F, B, "bob"), say(F, C, "bob")]
    elsewhere = say(E, G, "ann")
    with pytest.raises(UsageError, match="bob judged"):
        plan(membership, C, said=[*own, *others, elsewhere])
    said = [*own, others[1], elsewhere]
    undone = plan(membership, C, said=said)
    assert set(undone.taken_back) == set(own)
    assert not effective([*said, *undone.judgements]).conflicts


def test_a_way_round_that_others_take_too_is_refused_and_only_they_are_named(membership):
    said = [say(A, E, "ann"), say(A, E, "bob"), say(E, C, "bob"), say(A, C, "cem", "not_same")]
    with pytest.raises(UsageError, match="bob judged") as refused:
        plan(membership, C, said=said)
    assert not {"ann", "cem"} & set(str(refused.value).replace(",", " ").split())


sides = st.sampled_from([A, B, C, D, E, F])


@given(st.lists(st.tuples(sides, sides).filter(lambda two: two[0] != two[1]), max_size=12))
def test_nothing_that_one_person_said_alone_refuses_an_unmerge_of_theirs(pairs):
    said = [say(*pair, "ann") for pair in pairs]
    undone = plan(published(), C, said=said)
    found = effective([*said, *undone.judgements])
    assert not found.conflicts
    assert found.not_same == {(A, C), (B, C)}
    latest = {each.pair for each in said}
    assert {each.pair for each in undone.taken_back} <= latest


def test_undone_again_before_the_night_nothing_is_written_twice(membership):
    first = plan(membership, C)
    assert plan(membership, C, said=first.judgements).judgements == ()


def test_a_record_that_came_off_already_is_refused_with_who_did_it_and_whose_it_is(membership):
    came_off = judge(D, A, "not_same", "bob", NOON - timedelta(1), "two men", "unmerge")
    says = r"not of P-1: durham/niche/D \(came off already, by bob on 2026-01-13 12:00 UTC; of P-3"
    with pytest.raises(UsageError, match=says):
        plan(membership, D, said=[came_off])
    reviewed = judge(D, A, "not_same", "bob", NOON - timedelta(1), "two men", "review")
    with pytest.raises(UsageError, match=r"not of P-1: durham/niche/D \(of P-3 today\)"):
        plan(membership, D, said=[reviewed])
    with pytest.raises(UsageError, match=r"durham/niche/E \(of nobody today\)"):
        plan(membership, E)


def test_an_id_whose_records_came_off_already_is_refused_with_who_did_it(membership):
    # P-2 brought C to P-1; asked of P-3, whose D somebody parted from it.
    came_off = judge(D, C, "not_same", "bob", NOON - timedelta(1), "two men", "unmerge")
    said = "durham/niche/C came off already, by bob on 2026-01-13 12:00 UTC"
    with pytest.raises(UsageError, match=f"today they are of P-1. {said}"):
        came_with(membership, "P-3", "P-2", decided(came_off))
    alive = judge(D, A, "not_same", "bob", NOON - timedelta(1), "two men", "unmerge")
    said = "durham/niche/D came off already, by bob on 2026-01-13 12:00 UTC"
    with pytest.raises(UsageError, match=f"of its own today. {said}. Name the records"):
        came_with(membership, "P-1", "P-3", decided(alive))


def test_an_id_that_stayed_with_what_came_off_is_refused_with_who_parted_them(membership):
    came_off = judge(D, A, "not_same", "bob", NOON - timedelta(1), "two men", "unmerge")
    says = "every record of P-3 .* parted from others already, by bob on 2026-01-13 12:00 UTC"
    with pytest.raises(UsageError, match=says):
        plan(membership, D, person="P-3", said=[came_off])
    with pytest.raises(UsageError, match=r"every record of P-3 .* name some of its 1$"):
        plan(membership, D, person="P-3")


@given(st.sets(st.sampled_from([A, B, C]), min_size=1, max_size=2))
def test_what_is_undone_parts_the_two_sides_and_nothing_within_them(off):
    undone = plan(published(), *off)
    found = effective(undone.judgements)
    assert found.not_same == {
        (min(one, other), max(one, other)) for one in undone.off for other in undone.stay
    }
    assert not found.same
    assert not found.conflicts
