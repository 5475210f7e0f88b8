from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from linkage.guards import Held, contradict, lay_links, split_contradictions

BORN, LATER, SLIP = date(1960, 3, 14), date(1988, 7, 2), date(1970, 3, 14)


def held(number: int, born: date | None = None, *pnc: str) -> Held:
    return Held(number, born, frozenset(pnc))


def groups(records: list[Held], links: list[tuple[int, int]]) -> list[list[int]]:
    return sorted(sorted(part) for part in lay_links(records, links))


def test_a_record_without_a_birth_date_does_not_chain_father_and_son():
    people = [held(1, BORN), held(2, None), held(3, LATER)]
    assert groups(people, [(2, 3), (1, 2)]) == [[1], [2, 3]]


def test_two_pnc_ids_are_cut_where_no_record_bears_both():
    people = [held(1, BORN, "A"), held(2, BORN), held(3, BORN, "B")]
    assert groups(people, [(1, 2), (2, 3)]) == [[1, 2], [3]]
    known = [*people, held(4, BORN, "A", "B")]
    assert groups(known, [(1, 2), (2, 3), (3, 4)]) == [[1, 2, 3, 4]]


def test_what_the_model_weighed_and_linked_itself_stands():
    people = [held(1, BORN, "A"), held(2, BORN), held(3, BORN, "B")]
    assert groups(people, [(1, 2), (2, 3), (1, 3)]) == [[1, 2, 3]]


def test_a_slip_of_the_birth_date_is_no_contradiction():
    assert contradict(held(1, BORN), held(2, LATER), {})
    assert not contradict(held(1, BORN), held(2, SLIP), {})
    assert not contradict(held(1, BORN), held(2, None), {})


def test_groups_without_contradiction_are_as_the_links_make_them():
    people = pl.DataFrame(
        {
            "unique_id": [1, 2, 3, 4, 5],
            "birth_date": [BORN, None, LATER, BORN, None],
            "pnc": [["A"], [], [], ["A"], []],
        },
        schema_overrides={"pnc": pl.List(pl.String)},
    )
    linked = pl.DataFrame(
        {"unique_id_l": [1, 2, 1], "unique_id_r": [2, 3, 4], "match_weight": [11.0, 14.0, 30.0]}
    )
    assert split_contradictions(people, linked).to_list() == [1, 2, 2, 1, 5]
    assert split_contradictions(people, linked.head(1)).to_list() == [1, 1, 3, 4, 5]
    assert split_contradictions(people, linked.clear()).to_list() == [1, 2, 3, 4, 5]


people = st.lists(
    st.tuples(
        st.sampled_from([None, BORN, LATER, SLIP]),
        st.frozensets(st.sampled_from("ABC"), max_size=2),
    ),
    min_size=2,
    max_size=7,
)


@given(people, st.data())
def test_no_part_holds_two_records_that_contradict_unless_the_model_linked_them(rows, data):
    records = [Held(n, born, pnc) for n, (born, pnc) in enumerate(rows, start=1)]
    every = [(a, b) for a in range(1, len(rows) + 1) for b in range(a + 1, len(rows) + 1)]
    links = data.draw(st.lists(st.sampled_from(every), unique=True))
    parts = lay_links(records, links)
    assert sorted(n for part in parts for n in part) == [r.unique_id for r in records]
    together = {n: part for part in map(frozenset, parts) for n in part}
    for one in records:
        for other in records:
            pair = (one.unique_id, other.unique_id)
            if pair in every and pair not in links and other.unique_id in together[one.unique_id]:
                assert not contradict(one, other, _tied(records))


def _tied(records: list[Held]) -> dict[str, frozenset[str]]:
    """Each PNC ID with those tied to it, by following the records one step after another."""
    tied = {pnc: frozenset({pnc}) for record in records for pnc in record.pnc}
    for _ in records:
        for record in records:
            together = frozenset().union(*(tied[pnc] for pnc in record.pnc))
            tied |= {pnc: tied[pnc] | together for pnc in record.pnc}
    return tied
