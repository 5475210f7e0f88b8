import numpy as np
import pytest

from warehouse.hotspots.backtest import Month


def column(*values):
    return np.array(values, float).reshape(-1, 1)


def measure(score, before, after, share):
    [found] = Month(before, after, [share]).measure(score)
    return found


def hits_within(score, events, places):
    return measure(score, events, events, places / len(score)).hits


def test_hits_are_those_of_the_first_cells():
    assert hits_within(column(3, 1, 2, 0), column(5, 1, 2, 9), 2) == pytest.approx([7])


def test_of_cells_tied_for_the_last_place_the_expected_hits_count():
    # One place is left among the three cells that score 1, which hold 6 events between them.
    assert hits_within(column(3, 1, 1, 1, 0), column(5, 1, 2, 3, 9), 2) == pytest.approx([7])


def test_part_of_a_place_holds_part_of_its_events():
    assert hits_within(column(3, 2, 1), column(4, 2, 1), 1.5) == pytest.approx([5])


def test_all_tied_is_no_better_than_chance():
    found = measure(column(*[0] * 20), column(*range(20)), column(*range(20)), 0.05)
    assert found.pai == pytest.approx([1.0])
    assert found.rri == pytest.approx([1.0])


def test_measures_by_hand():
    score, before = column(4, 3, 2, 1, 0), column(6, 2, 1, 1, 0)
    after = column(3, 0, 5, 1, 1)
    found = measure(score, before, after, 0.2)
    assert found.best_hits == [5]
    assert found.hits == [3]
    assert found.hit_rate == pytest.approx([0.3])
    assert found.pai == pytest.approx([1.5])
    assert found.pei == pytest.approx([3 / 5])
    assert found.rri == pytest.approx([(3 / 6) / (10 / 10)])


def test_nothing_to_tell_is_not_a_number():
    found = measure(column(2, 1), column(1, 1), column(0, 0), 0.5)
    assert np.isnan(found.hit_rate).all()
    assert np.isnan(found.pei).all()


def test_shares_are_measured_together_as_alone():
    rng = np.random.default_rng(4)
    score, before, after = (rng.poisson(2.0, (40, 3)).astype(float) for _ in range(3))
    together = list(Month(before, after, [0.05, 0.2, 1.0]).measure(score))
    for share, found in zip([0.05, 0.2, 1.0], together, strict=True):
        alone = measure(score, before, after, share)
        assert np.allclose(np.array(found), np.array(alone))
    assert together[-1].hit_rate == pytest.approx([1, 1, 1])
