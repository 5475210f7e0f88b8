import duckdb
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from linkage.cluster import find_components
from linkage.guards import MOST_MEMBERS, Link, apart_sql, lay_links, loosen, tie_pncs


def parts(records, links, apart):
    part, _ = lay_links(records, links, apart, {record: record for record in records})
    found: dict[int, set[int]] = {}
    for record, of in part.items():
        found.setdefault(of, set()).add(record)
    return sorted(sorted(group) for group in found.values())


def links(*pairs: tuple[int, int, float]) -> list[Link]:
    return [Link(*pair, margin=1.0, is_judged=False) for pair in pairs]


def test_the_heaviest_links_are_laid_first_and_what_joins_a_pair_kept_apart_is_cut():
    apart = {(1, 3): ["two PNC IDs"]}
    assert parts([1, 2, 3], links((1, 2, 9.0), (2, 3, 14.0)), apart) == [[1], [2, 3]]
    assert parts([1, 2, 3], links((1, 2, 14.0), (2, 3, 9.0)), apart) == [[1, 2], [3]]


def test_a_cut_link_says_what_kept_its_ends_apart():
    rank = {1: 1, 2: 2, 3: 3}
    laid = links((1, 2, 9.0), (2, 3, 14.0))
    _, cut = lay_links([1, 2, 3], laid, {(1, 3): ["births too far apart"]}, rank)
    assert cut == {(1, 2): "births too far apart"}


def test_what_people_judged_the_same_is_laid_before_any_weight_and_yields_to_judgements_alone():
    same = [Link(*pair, 0.0, float("inf"), is_judged=True) for pair in ((1, 2), (2, 3))]
    judged = [same[0], *links((2, 3, 30.0))]
    assert parts([1, 2, 3], judged, {(1, 3): ["two PNC IDs"]}) == [[1, 2], [3]]
    assert parts([1, 2, 3], same, {(1, 3): ["two PNC IDs"]}) == [[1, 2, 3]]
    assert parts([1, 2, 3], same, {(1, 3): ["judged not the same"]}) == [[1, 2], [3]]


def test_every_reason_to_keep_two_apart_is_told_none_hides_another():
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE record (record BIGINT, forename VARCHAR, forenames VARCHAR[], "
            "stands_for VARCHAR, surname VARCHAR, birth_date DATE, pnc UBIGINT, pncs UBIGINT[], "
            "postcode UBIGINT, postcodes UBIGINT[])"
        )
        con.execute(
            "INSERT INTO record BY NAME SELECT *, 'ANN' AS forename, 'ASH' AS surname FROM "
            "(VALUES (1, DATE '1960-02-28', 7), (2, NULL, NULL), (3, DATE '1988-05-01', 8)) "
            "AS born(record, birth_date, pnc)"
        )
        con.execute("CREATE TABLE grouped AS SELECT record, 1 AS component FROM record")
        con.execute("CREATE TABLE laid AS FROM (VALUES (1, 2), (2, 3)) AS l(record_l, record_r)")
        found = con.execute(apart_sql("record")).fetchall()
    assert found == [(1, 1, 3, "births too far apart"), (1, 1, 3, "two PNC IDs")]


def test_of_two_links_that_weigh_the_same_the_order_of_keys_decides_not_the_order_of_arrival():
    same = links((1, 2, 9.0), (2, 3, 9.0))
    apart = {(1, 3): ["possible twins"]}
    first = lay_links([1, 2, 3], same, apart, {1: 1, 2: 2, 3: 3})[0]
    other = lay_links([1, 2, 3], same, apart, {1: 3, 2: 2, 3: 1})[0]
    assert (first[1] == first[2], other[1] == other[2]) == (True, False)


def test_a_link_far_above_its_bar_yields_to_pnc_ids_and_judgements_but_not_to_a_slip_of_a_birth():
    laid = [Link(1, 2, 30.0, 20.0, is_judged=False), Link(2, 3, 29.0, 20.0, is_judged=False)]
    assert parts([1, 2, 3], laid, {(1, 3): ["births too far apart"]}) == [[1, 2, 3]]
    assert parts([1, 2, 3], laid, {(1, 3): ["two PNC IDs"]}) == [[1, 2], [3]]
    assert parts([1, 2, 3], laid, {(1, 3): ["judged not the same"]}) == [[1, 2], [3]]
    assert parts([1, 2, 3], laid, {(1, 3): ["possible twins", "two PNC IDs"]}) == [[1, 2], [3]]


def test_pnc_ids_that_a_record_bears_together_stand_for_one():
    stands = tie_pncs([["A"], ["A", "B"], ["B", "C"], ["D"]])
    assert stands["A"] == stands["B"] == stands["C"] != stands["D"]


def chain(size: int, margin: float) -> pl.DataFrame:
    left = pl.int_range(1, size, eager=True)
    return pl.DataFrame({"record_l": left, "record_r": left + 1, "margin": [margin] * (size - 1)})


def test_a_component_of_too_many_records_is_tied_by_heavier_links_alone():
    size = MOST_MEMBERS + 1
    records = pl.int_range(1, size + 1, eager=True)
    heavy = pl.DataFrame({"record_l": [1], "record_r": [2], "margin": [50.0]})
    ties = pl.concat([chain(size, 1.0).filter(pl.col("record_l") > 1), heavy])
    kept, taken = loosen(records, ties)
    assert kept.rows() == [(1, 2, 50.0)]
    assert taken["reason"].unique().to_list() == ["too many records for one person"]


def test_a_long_chain_is_too_loosely_tied_and_a_dense_group_of_the_same_size_is_not():
    records = pl.int_range(1, 13, eager=True)
    kept, taken = loosen(records, chain(12, 1.0))
    assert kept.is_empty()
    assert taken["reason"].unique().to_list() == ["too loosely tied to be one person"]
    pairs = [(a, b, 1.0) for a in range(1, 13) for b in range(a + 1, 13)]
    dense = pl.DataFrame(pairs, schema=["record_l", "record_r", "margin"], orient="row")
    assert loosen(records, dense)[1].is_empty()


def test_what_people_judged_the_same_stays_however_large_it_makes_a_component():
    records = pl.int_range(1, MOST_MEMBERS + 2, eager=True)
    judged = chain(MOST_MEMBERS + 1, float("inf"))
    assert loosen(records, judged)[0].height == MOST_MEMBERS


every_pair = [(a, b) for a in range(1, 8) for b in range(a + 1, 8)]


@given(
    st.lists(st.tuples(st.sampled_from(every_pair), st.integers(1, 5)), max_size=12),
    st.sets(st.sampled_from(every_pair), max_size=5),
)
def test_no_part_holds_a_pair_to_be_kept_apart_and_every_other_link_is_laid(laid, apart):
    records = list(range(1, 8))
    of = [Link(*pair, float(weight), 1.0, is_judged=False) for pair, weight in laid]
    part, cut = lay_links(records, of, {pair: ["x"] for pair in apart}, {r: r for r in records})
    assert all(part[left] != part[right] for left, right in apart)
    assert all(part[one.record_l] == part[one.record_r] for one in of
               if (one.record_l, one.record_r) not in cut)  # fmt: skip


def test_a_component_is_named_by_its_smallest_record_and_a_lone_record_by_itself():
    records = pl.Series([10, 20, 30, 40, 50, 60])
    component = find_components(records, pl.Series([20, 40]), pl.Series([40, 50]))
    assert component.to_list() == [10, 20, 30, 20, 20, 60]


def test_no_records_give_no_components():
    none = pl.Series([], dtype=pl.Int64)
    assert find_components(none, none, none).to_list() == []
