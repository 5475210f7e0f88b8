import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.evaluation.sample import BY_NAME, STRATA, allocate, draw_sample
from warehouse.contract.link import PAIR_KEY
from warehouse.errors import UsageError

# Bits above or below the 10 that join, and what becomes of the pair.
KINDS = {
    "link, 10 bits or more above": (21.0, True, None),
    "link, 5 to 10 bits above": (16.0, True, None),
    "link, 2 to 5 bits above": (12.5, True, None),
    "link, less than 2 bits above": (11.0, True, None),
    "joined, but not by its own link": (6.0, True, None),
    "link not laid": (15.0, False, "two births"),
    "review, less than 2 bits below": (9.0, False, None),
    "review, 2 bits or more below": (5.0, False, None),
    "possible, less than 10 bits below": (2.0, False, None),
    "possible, 10 bits or more below": (-4.0, False, None),
}


@pytest.fixture
def every_kind(store):
    """Four pairs of every kind, of records that nothing else has; two pairs without an edge."""
    for kind, (weight, is_joined, cut) in KINDS.items():
        pairs = [(f"{kind}{n}a", f"{kind}{n}b") for n in range(4)]
        for one, other in pairs:
            store.put_records(("kent", one, one), ("kent", other, one if is_joined else other))
        edges = [(f"kent/{one}", f"kent/{other}", weight) for one, other in pairs]
        store.put_edges(*edges, cut=cut)
    for n in range(2):
        store.put_records(("kent", f"x{n}", f"x{n}"), ("essex", f"x{n}", f"x{n}"))
    return store


def test_every_kind_of_pair_is_a_stratum_of_its_own(every_kind):
    sample = draw_sample(every_kind.con, pairs=10_000, seed=1)
    assert sample.height == 42
    named = sample.filter(pl.col("stratum") != "joined without an edge")
    assert (named["source_record_id_l"].str.starts_with(pl.Series(named["stratum"]))).all()
    assert set(sample["stratum"]) == set(BY_NAME)
    assert (sample["inclusion_probability"] == 1).all()
    assert set(sample["strata"]) == {len(STRATA)}


def test_a_pair_without_an_edge_says_so_and_one_with_an_edge_says_its_levels(every_kind):
    sample = draw_sample(every_kind.con, pairs=10_000, seed=1)
    [says] = sample.filter(stratum="joined without an edge")["says"].unique()
    assert says == "not scored: other records tie the two"
    [says] = sample.filter(stratum="link not laid")["says"].unique()
    assert says == "forename same"  # the birth is not known
    [band] = sample.filter(stratum="joined without an edge")["band"].unique()
    assert band == "no edge"


def test_the_same_seed_draws_the_same_pairs_and_another_draws_others(every_kind):
    one, again, other = (draw_sample(every_kind.con, 22, seed) for seed in (1, 1, 2))
    assert one.equals(again)
    assert one.height == other.height == 22
    assert not one.join(other, on=PAIR_KEY, how="anti").is_empty()


def test_the_inclusion_probability_is_the_share_of_the_stratum_that_was_drawn(every_kind):
    sample = draw_sample(every_kind.con, 22, seed=1)
    drawn = sample.group_by("stratum").agg(
        pl.len(),
        pl.col("stratum_pairs", "stratum_drawn", "inclusion_probability").first(),
    )
    assert (drawn["len"] == drawn["stratum_drawn"]).all()
    share = drawn["len"] / drawn["stratum_pairs"]
    assert (drawn["inclusion_probability"] - share).abs().max() < 1e-12


def test_each_stratum_counts_its_pairs_that_share_an_identifier(every_kind):
    for name, says in (("pnc", "same"), ("cro", "different"), ("papers", "same")):
        one, other = f"{name}a", f"{name}b"
        every_kind.put_records(("kent", one, one), ("kent", other, one))
        levels = f'{{"forename": "same", "{name}": "{says}"}}'
        every_kind.put_edges((f"kent/{one}", f"kent/{other}", 21.0), levels=levels)
    sample = draw_sample(every_kind.con, pairs=10_000, seed=1)
    identified = dict(sample.select("stratum", "stratum_identified").unique().iter_rows())
    assert identified == dict.fromkeys(BY_NAME, 0) | {"link, 10 bits or more above": 2}


def test_a_pair_of_records_that_are_no_longer_held_is_not_drawn(every_kind):
    every_kind.con.execute("DELETE FROM core.person_record WHERE source_record_id LIKE 'review%'")
    sample = draw_sample(every_kind.con, 10_000, seed=1)
    assert not sample["stratum"].str.starts_with("review").any()


def test_a_store_without_pairs_is_refused(store):
    with pytest.raises(UsageError, match="there are no pairs"):
        draw_sample(store.con, 100, seed=1)


def test_fewer_pairs_than_two_a_stratum_are_refused(every_kind):
    with pytest.raises(UsageError, match="22 or more are needed"):
        draw_sample(every_kind.con, 21, seed=1)


SIZES = st.lists(st.tuples(st.integers(1, 10**7), st.floats(0, 1)), min_size=1, max_size=11)


@given(sizes=SIZES, more=st.integers(0, 5000))
def test_what_is_drawn_adds_up_and_no_stratum_is_left_out_or_exceeded(sizes, more):
    frame = pl.DataFrame(sizes, schema=["pairs", "probability"], orient="row")
    pairs = 2 * len(sizes) + more
    drawn = allocate(frame, pairs)
    assert drawn.sum() == min(pairs, frame["pairs"].sum())
    assert (drawn >= 1).all()
    assert (drawn <= frame["pairs"]).all()


def test_near_the_threshold_a_larger_share_is_drawn():
    sizes = pl.DataFrame({"pairs": [500_000, 4_000], "probability": [0.9999, 0.9]})
    far, near = allocate(sizes, 400) / sizes["pairs"]
    assert near > 20 * far
