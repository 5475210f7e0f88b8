"""Figures of small stores, each worked out by hand or anew by plain Python."""

from collections.abc import Iterator
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.evaluation_tables import draw_evaluation
from linkage.evaluation.evaluate import evaluate
from linkage.evaluation.measures import OVER_GROUPS, OVER_PERSONS
from warehouse.errors import UsageError

from .conftest import Store, new_store, truth_of


def figures(store: Store, truth: pl.DataFrame, kind: str = "all", value: str = "all") -> dict:
    found = evaluate(store.con, truth, seed=1).figures.filter(kind=kind, value=value)
    return {row["measure"]: (row["numerator"], row["denominator"]) for row in found.to_dicts()}


@pytest.fixture
def merged(store):
    """Ana's two records and one of Bea's under one id; Bea's other, and Cleo's, alone."""
    store.put_records(("kent", "a1", "X"), ("kent", "a2", "X"), ("essex", "b1", "X"),
                      ("kent", "b2", "Y"), ("kent", "c1", "Z"))  # fmt: skip
    store.put_edges(("kent/a1", "kent/a2", 20.0), ("essex/b1", "kent/a1", 11.0),
                    ("essex/b1", "kent/b2", 6.0))  # fmt: skip
    return store


TRUTH = truth_of(a1="ANA", a2="ANA", b1="BEA", b2="BEA", c1="CLEO")


def test_pairs_are_counted_under_one_person_id_and_by_their_own_link(merged):
    found = figures(merged, TRUTH)
    assert found["pair_precision"] == (1, 3)
    assert found["pair_recall"] == (1, 2)
    assert found["pair_f1"] == (2, 5)
    assert found["link_precision"] == (1, 2)
    assert found["link_recall"] == (1, 2)
    assert found["link_f1"] == (2, 4)


def test_b_cubed_is_the_mean_over_records(merged):
    found = figures(merged, TRUTH)
    # Precision: a1 and a2 2/3, b1 1/3, b2 and c1 1. Recall: b1 and b2 1/2, the others 1.
    assert found["bcubed_precision"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1, 5))
    assert found["bcubed_recall"] == pytest.approx((4, 5))
    precision, recall = 11 / 15, 4 / 5
    f1 = 2 * precision * recall / (precision + recall)
    assert found["bcubed_f1"][0] / found["bcubed_f1"][1] == pytest.approx(f1)


def test_persons_are_merged_with_strangers_or_split(merged):
    found = figures(merged, TRUTH)
    assert found["merged_rate"] == (2, 3)  # Ana and Bea, not Cleo
    assert found["split_rate"] == (1, 2)  # Bea; Cleo has one record and cannot be


def test_a_link_that_was_not_laid_counts_as_none(store):
    store.put_records(("kent", "a1", "X"), ("kent", "a2", "Y"))
    store.put_edges(("kent/a1", "kent/a2", 20.0), cut="two births")
    truth = truth_of(a1="ANA", a2="ANA")
    found = figures(store, truth)
    assert "link_precision" not in found
    assert found["link_recall"] == (0, 1)
    [band] = evaluate(store.con, truth, seed=1).bands.to_dicts()
    assert band == {"band": "cut", "pairs": 1, "true": 1, "true_joined": 0, "true_missed": 1,
                    "wrong_joined": 0}  # fmt: skip


def test_bands_tell_where_the_missed_pairs_are_and_weights_what_a_bit_is_worth(merged):
    evaluation = evaluate(merged.con, TRUTH, seed=1)
    bands = {row["band"]: (row["true_missed"], row["wrong_joined"])
             for row in evaluation.bands.to_dicts()}  # fmt: skip
    assert bands == {"link": (0, 1), "review": (1, 0), "no edge": (0, 1)}
    weights = evaluation.weights.select("margin_from", "margin_to", "pairs", "true").rows()
    assert weights == [(-4, -2, 1, 1), (0, 2, 1, 0), (10, 12, 1, 1)]


def test_the_outermost_weights_are_open_and_say_so(store):
    store.put_records(*(("kent", f"a{n}", f"P{n}") for n in range(6)))
    weights = (-90.0, -8.5, -8.0, 39.5, 40.0, 90.0)  # 10 bits join.
    pairs = (("a0", "a1"), ("a0", "a2"), ("a0", "a3"), ("a0", "a4"), ("a0", "a5"), ("a1", "a2"))
    store.put_edges(
        *((f"kent/{a}", f"kent/{b}", bits) for (a, b), bits in zip(pairs, weights, strict=True))
    )
    truth = truth_of(**{f"a{n}": f"T{n}" for n in range(6)})
    evaluation = evaluate(store.con, truth, seed=1)
    rows = evaluation.weights.select("margin_from", "margin_to", "pairs").rows()
    assert rows == [(None, -18, 2), (-18, -16, 1), (28, 30, 1), (30, None, 2)]
    lines = [line.strip().split("  ")[0] for line in draw_evaluation(evaluation)[-1].splitlines()]
    said = [line for line in lines if line[:1] in "b+-" and line]
    assert said == ["bits", "below -18", "-18 to -16", "+28 to +30", "+30 and more"]


def test_forces_of_a_pair_and_of_the_person_are_strata(merged):
    assert figures(merged, TRUTH, "forces", "cross-force")["pair_recall"] == (0, 1)
    assert figures(merged, TRUTH, "forces", "same force")["pair_recall"] == (1, 1)
    assert figures(merged, TRUTH, "force pair", "essex + kent")["pair_precision"] == (0, 2)
    # Of all three persons, two are merged by a cross-force pair.
    assert figures(merged, TRUTH, "forces", "cross-force")["merged_rate"] == (2, 3)
    assert figures(merged, TRUTH, "held by", "several forces")["split_rate"] == (1, 1)
    assert figures(merged, TRUTH, "force", "essex")["bcubed_precision"] == pytest.approx((1 / 3, 1))


def test_a_wrong_pair_counts_against_the_strata_of_both_of_its_records(store):
    store.put_records(("kent", "a1", "X"), sex="F")
    store.put_records(("kent", "b1", "X"), ("kent", "b2", "Y"), sex="M")
    truth = truth_of(a1="ANA", b1="BEN", b2="BEN")
    assert figures(store, truth, "sex", "F")["pair_precision"] == (0, 1)
    assert figures(store, truth, "sex", "M")["pair_precision"] == (0, 1)
    assert figures(store, truth, "sex", "M")["pair_recall"] == (0, 1)
    assert "pair_recall" not in figures(store, truth, "sex", "F")


def test_a_person_is_what_most_of_the_records_say(store):
    store.put_records(("kent", "1", "X"), ("kent", "2", "X"), ethnicity_self_defined="A4")
    store.put_records(("kent", "3", "X"), ethnicity_self_defined="W1", sex="U")
    store.put_records(("kent", "4", "X"), ethnicity_self_defined="NS", birth_date=None,
                      birth_year=1991)  # fmt: skip
    store.put("reference.ethnicity", [
        {"code_set": "self_defined", "code": "A4", "name": "Asian or Asian British: Chinese"},
        {"code_set": "self_defined", "code": "W1", "name": "White: British"},
    ])  # fmt: skip
    ids = {"1": "ANA", "2": "ANA", "3": "ANA", "4": "ANA"}
    found = evaluate(store.con, truth_of(**ids), seed=1).figures
    values = dict(found.filter(measure="merged_rate").select("kind", "value").rows())
    assert values["ethnicity"] == "Asian or Asian British"
    assert values["sex"] == "F"
    assert values["age"] == "35 to 44"


def test_an_identifier_counts_where_it_is_not_known_to_be_wrong(store):
    store.put_records(*(("kent", ref, "X") for ref in ("1", "2", "3", "4")))
    store.put_identifier("kent", "1")
    store.put_identifier("kent", "2", type="passport", is_valid=None)
    store.put_identifier("kent", "3", is_valid=False)
    truth = truth_of(**dict.fromkeys(("1", "2", "3", "4"), "ANA"))
    pairs = {
        value: figures(store, truth, "identifiers", f"{value}")["pair_recall"][1]
        for value in ("present on both", "present on one", "absent on both")
    }
    assert pairs == {"present on both": 1, "present on one": 4, "absent on both": 1}
    assert figures(store, truth, "identifier", "absent")["bcubed_recall"] == (2, 2)


def test_what_was_planted_is_a_stratum_and_strangers_count_only_with_their_like(store):
    store.put_records(("kent", "1", "X"), ("kent", "2", "X"), ("kent", "3", "X"),
                      ("kent", "4", "Y"), ("kent", "5", "Y"))  # fmt: skip
    truth = pl.DataFrame({
        "source_record_id": ["1", "2", "3", "4", "5"],
        "truth_person_id": ["ANA", "BEA", "CLEO", "DORA", "EVE"],
        "traps": [["twins"], ["twins", "alias"], [], ["twins"], ["alias"]],
        "name_origin": ["welsh", "welsh", "irish", "irish", "irish"],
    })  # fmt: skip
    twins = figures(store, truth, "planted", "twins")
    assert twins["merged_rate"] == (3, 3)
    assert twins["merged_with_its_like_rate"] == (2, 3)
    assert "merged_with_its_like_rate" not in figures(store, truth, "planted", "alias")
    assert figures(store, truth, "name origin", "welsh")["merged_rate"] == (2, 2)


def test_records_that_only_one_side_knows_are_left_out_and_counted(merged):
    truth = truth_of(a1="ANA", a2="ANA", gone="BEA")
    about = evaluate(merged.con, truth, seed=1).about
    assert (about["records"], about["unlabelled"], about["not_held"]) == (2, 3, 1)
    assert figures(merged, truth)["pair_precision"] == (1, 1)
    assert "no evidence" in about["note"]


def test_a_truth_of_other_deliveries_is_refused(merged):
    with pytest.raises(UsageError, match="names no record that the store holds"):
        evaluate(merged.con, truth_of(z="ANA"), seed=1)


def test_a_truth_without_forces_is_refused_where_ids_are_not_unique(store):
    store.put_records(("kent", "1", "X"), ("essex", "1", "X"))
    with pytest.raises(UsageError, match="share such a name"):
        evaluate(store.con, truth_of(**{"1": "ANA"}), seed=1)


def test_person_ids_with_more_pairs_than_a_machine_holds_are_refused(merged, monkeypatch):
    monkeypatch.setattr("linkage.evaluation.pairs.MOST_PAIRS", 2)
    with pytest.raises(UsageError, match="the person ids hold 3 pairs"):
        evaluate(merged.con, TRUTH, seed=1)


def doubts(store: Store, truth: pl.DataFrame) -> str:
    return "; ".join(evaluate(store.con, truth, seed=1).about["doubts"])


def test_a_truth_that_fits_is_not_doubted(merged):
    assert doubts(merged, TRUTH) == ""
    # Labels may be of a few records.
    assert doubts(merged, truth_of(a1="ANA", b1="BEA")) == ""


def test_a_truth_of_records_that_the_store_hardly_holds_is_doubted(merged):
    other = truth_of(**{f"x{n}": f"{n}" for n in range(8)}, a1="ANA", a2="ANA")
    assert doubts(merged, other) == "the store holds 2 of the 10 records that it names"
    simulated = truth_of(a1="ANA", a2="ANA").with_columns(name_origin=pl.lit("welsh"))
    assert doubts(merged, simulated) == "it names 2 of the 5 records that the store holds"


def test_a_truth_under_which_nearly_every_joined_pair_is_wrong_is_doubted(store):
    names = [f"{n}" for n in range(20)]
    store.put_records(*(("kent", f"{name}{copy}", name) for name in names for copy in "ab"))
    truth = truth_of(**{f"{name}{copy}": f"{copy}{name}" for name in names for copy in "ab"})
    assert doubts(store, truth) == "of 20 pairs that the store joins it takes 0 for one person"


def test_intervals_hold_the_estimate_and_the_same_seed_gives_the_same(merged):
    found = evaluate(merged.con, TRUTH, seed=1).figures
    assert (found["low"] <= found["estimate"]).all()
    assert (found["estimate"] <= found["high"]).all()
    assert found.equals(evaluate(merged.con, TRUTH, seed=1).figures)
    assert set(found["interval"]) == {OVER_GROUPS, OVER_PERSONS}


def test_without_an_error_the_interval_is_that_of_so_many_groups(store):
    names = [f"{n}" for n in range(40)]
    store.put_records(*(("kent", f"{name}{copy}", name) for name in names for copy in "abc"))
    truth = truth_of(**{f"{name}{copy}": name for name in names for copy in "abc"})
    found = evaluate(store.con, truth, seed=1).figures
    [row] = found.filter(kind="all", value="all", measure="pair_precision").to_dicts()
    assert (row["numerator"], row["denominator"], row["high"]) == (120, 120, 1)
    # 40 persons, not 120 pairs: 40 / (40 + 1.96 squared).
    assert row["low"] == pytest.approx(0.9124, abs=1e-4)


PARTITIONS = st.integers(2, 12).flatmap(
    lambda size: st.tuples(
        st.lists(st.integers(0, 4), min_size=size, max_size=size),
        st.lists(st.integers(0, 4), min_size=size, max_size=size),
    )
)


@pytest.fixture(scope="module")
def one_store() -> Iterator[Store]:
    made = new_store()
    yield made
    made.con.close()


@settings(max_examples=40)
@given(partitions=PARTITIONS)
def test_any_two_partitions_are_compared_as_plain_python_compares_them(one_store, partitions):
    truths, persons = partitions
    store = one_store
    store.con.execute("DELETE FROM core.person_record")
    store.put_records(*(("kent", f"{i}", f"{p}") for i, p in enumerate(persons)))
    truth = truth_of(**{f"{i}": f"{t}" for i, t in enumerate(truths)})
    records = range(len(truths))
    true = {p for p in combinations(records, 2) if truths[p[0]] == truths[p[1]]}
    joined = {p for p in combinations(records, 2) if persons[p[0]] == persons[p[1]]}
    precision = [
        sum(truths[o] == truths[r] for o in records if persons[o] == persons[r])
        / persons.count(persons[r])
        for r in records
    ]
    people = set(truths)
    split = [t for t in people if len({persons[r] for r in records if truths[r] == t}) > 1]
    merged = {truths[r] for pair in joined - true for r in pair}
    found = figures(store, truth)
    assert found.get("pair_precision", (0, 0)) == (len(true & joined), len(joined))
    assert found.get("pair_recall", (0, 0)) == (len(true & joined), len(true))
    assert found["bcubed_precision"] == pytest.approx((sum(precision), len(truths)))
    assert found["merged_rate"] == (len(merged), len(people))
    assert found.get("split_rate", (0, 0))[0] == len(split)
