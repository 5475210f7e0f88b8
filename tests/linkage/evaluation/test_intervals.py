import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.evaluation.intervals import percentiles, resample, wilson


def test_wilson_gives_the_published_example():
    # R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998: 81 of 263.
    low, high = wilson(81 / 263, 263.0)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@given(trials=st.integers(1, 10**7), share=st.floats(0, 1))
def test_wilson_holds_the_share_and_stays_between_0_and_1(trials, share):
    low, high = wilson(share, float(trials))
    assert 0 <= low <= share <= high <= 1


def test_drawing_kinds_of_groups_is_drawing_groups():
    """Mean and spread of a total over resampled groups are those that theory gives."""
    sums, counts, groups = np.array([[1.0], [3.0]]), np.array([40, 10]), 200
    drawn = resample(sums, counts, groups, np.random.default_rng(1))[:, 0]
    each = np.repeat([1.0, 3.0, 0.0], [40, 10, 150])
    assert drawn.mean() == pytest.approx(each.sum(), rel=0.02)
    assert drawn.std() == pytest.approx(each.std() * groups**0.5, rel=0.1)


def test_samples_without_a_ratio_are_left_out_of_the_percentiles():
    assert percentiles(np.array([0.5, np.nan, 0.5])) == (0.5, 0.5)
    assert all(np.isnan(percentiles(np.array([np.nan]))))
