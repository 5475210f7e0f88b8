import polars as pl
import pytest

from benchmarks.cluster_accuracy import compare_clusters


def test_pairs_and_b_cubed_of_a_small_case_worked_by_hand():
    # One cluster holds both records of A and one of B, whose other record stands alone, as C does.
    found = pl.Series(["x", "x", "x", "y", "z"])
    true = pl.Series(["A", "A", "B", "B", "C"])
    accuracy = compare_clusters(found, true)
    assert accuracy.precision == pytest.approx(1 / 3)
    assert accuracy.recall == pytest.approx(1 / 2)
    assert accuracy.f1 == pytest.approx(0.4)
    assert accuracy.b_precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert accuracy.b_recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1) / 5)


def test_records_left_alone_are_precise_and_find_nothing():
    accuracy = compare_clusters(pl.Series([1, 2]), pl.Series([7, 7]))
    assert (accuracy.precision, accuracy.recall, accuracy.f1) == (1.0, 0.0, 0.0)
