"""The estimator: by hand where verdicts are whole, and how often its intervals hold the truth."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.evaluation.estimate import Counts, divide, estimate_accuracy, read_blocking
from linkage.evaluation.sample import STRATA, allocate

from .conftest import Store

LINK, NO_EDGE, REVIEW = STRATA[2].name, STRATA[4].name, STRATA[7].name


def verdicts(*rows: tuple[str, int, int, int, int], identified: int = 0) -> pl.DataFrame:
    """Strata with their verdicts; so many pairs of the first one share an identifier."""
    columns = ["stratum", "pairs", "same", "not_same", "unsure"]
    of_first = [identified, *[0] * (len(rows) - 1)]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        identified=pl.Series(of_first[: len(rows)], dtype=pl.Int64)
    )


def estimates(strata: pl.DataFrame, blocking=None) -> dict:
    return {each.measure: each for each in estimate_accuracy(strata, blocking)}


def test_a_share_judged_the_same_counts_for_its_whole_stratum():
    found = estimates(
        verdicts((LINK, 900, 9, 1, 0), (NO_EDGE, 100, 5, 5, 0), (REVIEW, 50, 4, 6, 0))
    )
    assert found["link_precision"].estimate == pytest.approx(0.9)
    assert found["pair_precision"].estimate == pytest.approx((810 + 50) / 1000)
    assert found["recall_of_scored"].estimate == pytest.approx(860 / (860 + 20))
    assert "recall" not in found


def test_recall_of_blocking_makes_recall_absolute():
    rows = verdicts((LINK, 1000, 50, 0, 0), (REVIEW, 500, 5, 45, 0))
    found = estimates(rows, (0.9, (0.88, 0.92)))
    relative, absolute = found["recall_of_scored"], found["recall"]
    assert absolute.estimate == pytest.approx(0.9 * relative.estimate)
    assert absolute.low == pytest.approx(0.88 * relative.low)
    assert absolute.high == pytest.approx(0.92 * relative.high)


def test_pairs_that_share_an_identifier_are_missed_by_no_block():
    """Of 1,000 true pairs 600 share one. Blocks found 4 in 5 of the others, 400: there are 500."""
    rows = verdicts((LINK, 800, 80, 0, 0), (REVIEW, 400, 20, 20, 0), identified=600)
    found = estimates(rows, (0.8, (0.7, 0.9)))
    assert found["recall_of_scored"].estimate == pytest.approx(0.8)
    assert found["recall"].estimate == pytest.approx(800 / 1100)
    assert found["recall"].low < 800 / 1100 < found["recall"].high


def test_the_ends_of_recall_take_the_worst_and_the_best_of_what_is_not_known():
    """The more true pairs there are beside those identified, the more of them blocks miss."""
    rows = verdicts((LINK, 800, 30, 2, 0), (REVIEW, 400, 20, 20, 0), identified=600)
    found, counts = estimates(rows, (0.8, (0.7, 0.9))), Counts.of(rows)
    low, high = counts.bounds(unsure_is_same=False)[1], counts.bounds(unsure_is_same=True)[2]
    relative, absolute = found["recall_of_scored"], found["recall"]
    assert absolute.low == pytest.approx(relative.low * high / (600 + (high - 600) / 0.7))
    assert absolute.high == pytest.approx(relative.high * low / (600 + (low - 600) / 0.9))


def test_where_every_true_pair_shares_an_identifier_blocks_miss_none():
    found = estimates(verdicts((LINK, 100, 100, 0, 0), identified=100), (0.5, (0.4, 0.6)))
    assert found["recall"].estimate == found["recall_of_scored"].estimate == 1


def test_a_review_of_every_pair_leaves_no_doubt():
    found = estimates(verdicts((LINK, 100, 99, 1, 0), (REVIEW, 10, 1, 9, 0)))
    precision, recall = found["link_precision"], found["recall_of_scored"]
    assert (precision.low, precision.high) == pytest.approx((0.99, 0.99))
    assert (recall.low, recall.high) == pytest.approx((0.99, 0.99))


def test_an_unsure_pair_widens_the_interval_on_both_sides_and_moves_no_estimate():
    sure = verdicts((LINK, 900, 45, 5, 0), (REVIEW, 500, 5, 45, 0))
    unsure = verdicts((LINK, 900, 45, 5, 5), (REVIEW, 500, 5, 45, 5))
    for measure, one in estimates(sure).items():
        other = estimates(unsure)[measure]
        assert other.estimate == pytest.approx(one.estimate)
        assert other.low < one.low < one.high < other.high


def test_where_nobody_was_sure_anything_is_possible():
    found = estimates(verdicts((LINK, 10, 0, 0, 10), (REVIEW, 10, 2, 3, 0)))
    precision, recall = found["link_precision"], found["recall_of_scored"]
    assert (precision.low, precision.estimate, precision.high) == (0, None, 1)
    assert recall.estimate is None


def test_where_nobody_was_sure_of_one_stratum_of_several_half_of_it_counts():
    found = estimates(verdicts((LINK, 30, 10, 0, 0), (NO_EDGE, 10, 0, 0, 5)))
    assert found["link_precision"].estimate == 1
    assert found["pair_precision"].estimate == pytest.approx(35 / 40)


def test_without_links_there_is_no_precision_and_no_pair_of_one_person_gives_no_recall():
    found = estimates(verdicts((REVIEW, 500, 0, 50, 0)))
    assert found["link_precision"].estimate is None
    assert found["recall_of_scored"].estimate is None
    assert (found["recall_of_scored"].low, found["recall_of_scored"].high) == (0, 1)


def test_no_error_found_still_leaves_room_for_some():
    found = estimates(verdicts((LINK, 10_000, 50, 0, 0)))["link_precision"]
    assert found.estimate == found.high == 1
    assert 0.9 < found.low < 0.95


COUNTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 10**6)),
    min_size=len(STRATA),
    max_size=len(STRATA),
)  # fmt: skip


@given(COUNTS)
def test_every_estimate_lies_in_its_interval_and_that_between_0_and_1(counts):
    rows = [
        (stratum.name, same + other + unsure + more, same, other, unsure)
        for stratum, (same, other, unsure, more) in zip(STRATA, counts, strict=True)
        if same + other + unsure
    ]
    for found in estimate_accuracy(verdicts(*rows), (0.9, (0.8, 1.0))):
        assert 0 <= found.low <= found.high <= 1
        if found.estimate is not None:
            assert found.low - 1e-9 <= found.estimate <= found.high + 1e-9


def test_a_divisor_that_may_be_nothing_has_no_upper_end():
    low, high = divide((10.0, 5.0, 20.0), (1.0, 0.0, 3.0))
    assert low >= 0
    assert high == float("inf")


# Pairs of every stratum, the share of them that are one person, and what the model thinks of it.
NATION = (
    [600_000, 50_000, 9_000, 5_000, 20_000, 300, 100, 8_000, 20_000, 200_000, 2_000_000],
    [0.9999, 0.998, 0.97, 0.9, 0.9, 0.8, 0.6, 0.4, 0.1, 0.02, 0.001],
)
POOR = (
    [9_000, 3_000, 800, 400, 600, 50, 30, 600, 1_500, 9_000, 40_000],
    [0.9, 0.8, 0.7, 0.5, 0.6, 0.5, 0.5, 0.5, 0.4, 0.3, 0.1],
)
SMALL = ([900, 300, 80, 40, 60, 5, 3, 60, 150, 900, 4_000], NATION[1])


@pytest.mark.parametrize(
    ("population", "pairs", "unsure"),
    [(NATION, 600, 0.0), (SMALL, 200, 0.0), (POOR, 300, 0.0), (POOR, 300, 0.05)],
    ids=["a nation, 600 pairs", "a force, 200 pairs", "a poor model", "one in twenty unsure"],
)
def test_in_simulated_reviews_the_intervals_hold_the_truth_about_as_often_as_they_say(
    population, pairs, unsure
):
    """92% at least, of 95%: where errors are one in thousands no interval does much better."""
    reviews, random = 500, np.random.default_rng(7)
    size = np.array(population[0])
    true = np.round(size * population[1]).astype(int)
    is_joined = np.array([stratum.is_joined for stratum in STRATA])
    is_link = np.array([stratum.is_link for stratum in STRATA])
    truth = {
        "link_precision": true[is_link].sum() / size[is_link].sum(),
        "pair_precision": true[is_joined].sum() / size[is_joined].sum(),
        "recall_of_scored": true[is_joined].sum() / true.sum(),
    }
    drawn = allocate(pl.DataFrame({"pairs": size, "probability": population[1]}), pairs).to_numpy()
    held, total = dict.fromkeys(truth, 0), dict.fromkeys(truth, 0.0)
    for _ in range(reviews):
        same = random.hypergeometric(true, size - true, drawn)
        doubted, other = random.binomial(same, unsure), random.binomial(drawn - same, unsure)
        rows = pl.DataFrame({
            "stratum": [stratum.name for stratum in STRATA], "pairs": size,
            "same": same - doubted, "not_same": drawn - same - other, "unsure": doubted + other,
        })  # fmt: skip
        for found in estimate_accuracy(rows, None):
            held[found.measure] += found.low <= truth[found.measure] <= found.high
            total[found.measure] += found.estimate
    assert {m: n for m, n in held.items() if n < 0.91 * reviews} == {}
    for measure, share in truth.items():
        assert total[measure] / reviews == pytest.approx(share, abs=0.01)


def test_the_recall_of_blocking_is_that_of_the_model_asked_for(store: Store):
    assert read_blocking(store.con, "person-test") is None
    numbers = dict.fromkeys(("pairs", "new_pairs", "capped_keys", "capped_pairs"), 0)
    rows = [
        {"model_id": model, "block": block, **numbers, "true_pairs": 10, "found": 9,
         "recall": recall, "recall_low": 0.6, "recall_high": 0.99}
        for model, block, recall in (("person-test", "all rules", 0.9),
                                     ("person-test", "names", 0.5), ("older", "all rules", 0.1))
    ]  # fmt: skip
    store.put("link.block_recall", rows)
    assert read_blocking(store.con, "person-test") == (0.9, (0.6, 0.99))
