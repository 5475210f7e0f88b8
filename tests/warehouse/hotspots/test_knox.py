from itertools import combinations, permutations

import numpy as np
import pytest

from warehouse.hotspots.knox import knox

POINTS = np.array([[0, 0], [50, 0], [90, 0], [400, 0], [430, 30], [400, 60], [1000, 0]], float)
DAYS = np.array([1, 3, 30, 31, 35, 60, 2], float)


def close_pairs(points, days):
    return sum(
        np.hypot(*(points[a] - points[b])) <= 100 and abs(days[a] - days[b]) <= 7
        for a, b in combinations(range(len(days)), 2)
    )


def test_pairs_are_counted_with_both_bounds_included():
    points, days = np.array([[0, 0], [100, 0], [200.5, 0], [0, 50]], float), [0, 7, 8, 7.5]
    assert knox(points, np.array(days), 100, 7).pairs == 1


def test_moments_are_those_of_every_way_to_deal_the_days():
    dealt = [close_pairs(POINTS, DAYS[list(order)]) for order in permutations(range(7))]
    found = knox(POINTS, DAYS, 100, 7)
    assert found.pairs == close_pairs(POINTS, DAYS)
    assert found.expected == pytest.approx(np.mean(dealt), rel=1e-12)
    assert found.deviation == pytest.approx(np.std(dealt), rel=1e-12)


def test_repeats_close_by_are_told_from_chance():
    rng = np.random.default_rng(2)
    points, days = rng.uniform(0, 5000, (600, 2)), rng.uniform(0, 365, 600)
    repeats = rng.choice(600, 60, replace=False)
    both = knox(
        np.vstack([points, points[repeats] + rng.normal(0, 30, (60, 2))]),
        np.concatenate([days, days[repeats] + rng.uniform(0, 7, 60)]),
        100, 7,
    )  # fmt: skip
    assert both.ratio > 3
    assert both.p < 1e-6
    alone = knox(points, days, 100, 7)
    assert alone.p > 0.01


def test_too_few_events_are_no_pattern():
    found = knox(POINTS[:3], DAYS[:3], 100, 7)
    assert (found.pairs, found.z) == (0, 0.0)
