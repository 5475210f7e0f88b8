from itertools import combinations, permutations

import numpy as np
import pytest

from warehouse.hotspots.hot import FALSE_DISCOVERY_RATE, false_discovery
from warehouse.hotspots.knox import Knox, knox, knox_bands

METRES, WITHIN = (0, 100, 400), (7, 28)
POINTS = np.array([[0, 0], [50, 0], [50, 0], [400, 0], [430, 30], [400, 60], [0, 0]], float)
DAYS = np.array([1, 3, 10, 31, 35, 60, 2])


def in_bands(points, days):
    """Pairs by band, one by one."""
    counts = dict.fromkeys(((s, t) for s in range(3) for t in range(2)), 0)
    for a, b in combinations(range(len(days)), 2):
        metres, gap = np.hypot(*(points[a] - points[b])), abs(days[a] - days[b])
        if metres <= METRES[-1] and gap <= WITHIN[-1]:
            space = next(s for s, end in enumerate(METRES) if metres <= end)
            counts[space, next(t for t, end in enumerate(WITHIN) if gap <= end)] += 1
    return counts


def test_the_moments_of_every_band_are_those_of_every_way_to_deal_the_days():
    dealt = [in_bands(POINTS, DAYS[list(order)]) for order in permutations(range(7))]
    for band, found in knox_bands(POINTS, DAYS, METRES, WITHIN).items():
        counts = [each[band] for each in dealt]
        assert found.expected == pytest.approx(np.mean(counts), rel=1e-12)
        assert found.deviation == pytest.approx(np.std(counts), rel=1e-9)


@pytest.mark.parametrize("most_pairs", [1, 500, 20_000_000])
def test_pairs_are_those_counted_one_by_one_however_small_the_parts(most_pairs):
    rng = np.random.default_rng(3)
    points = np.round(rng.uniform(0, 2000, (300, 2)), -2)
    days = rng.integers(0, 120, 300)
    found = knox_bands(points, days, METRES, WITHIN, most_pairs)
    assert {band: each.pairs for band, each in found.items()} == in_bands(points, days)


def test_one_band_is_what_both_bounds_give():
    rng = np.random.default_rng(4)
    points, days = rng.uniform(0, 3000, (400, 2)), rng.integers(0, 200, 400)
    [found] = knox_bands(points, days, (150,), (10,)).values()
    assert found == knox(points, days.astype(float), 150, 10)


def test_the_tail_is_no_lighter_than_what_dealing_the_days_gives():
    rng = np.random.default_rng(5)
    where = rng.normal(0, 800, (60, 2))[rng.choice(60, 400)]
    days, within = rng.integers(0, 365, 400), 7
    far = np.linalg.norm(where[:, None] - where[None], axis=2)
    one, other = np.nonzero(np.triu(far <= 100, 1))
    dealt = []
    for _ in range(4_000):
        order = rng.permutation(days)
        dealt.append(np.count_nonzero(abs(order[one] - order[other]) <= within))
    chance = knox(where, days.astype(float), 100, within)
    for share in (0.9, 0.99, 0.999):
        pairs = int(np.quantile(dealt, share))
        seen = np.mean(np.array(dealt) >= pairs)
        told = Knox(400, pairs, chance.expected, chance.deviation).p
        assert seen / 2 < told < 2 * seen + 0.001


def test_noise_has_no_near_repeats():
    false = 0
    for run in range(40):
        rng = np.random.default_rng(run)
        events = (60, 600)[run % 2]
        points, days = rng.normal(0, 1500, (events, 2)), rng.integers(0, 365, events)
        bands = knox_bands(points, days, (0, 100, 200, 400), (7, 14, 28)).values()
        p = np.array([[each.p] for each in bands])
        false += (false_discovery(p) <= FALSE_DISCOVERY_RATE).any()
    assert false <= 2


def test_one_pair_where_few_were_expected_is_no_pattern():
    assert Knox(60, 1, 0.06, 0.25).z > 3
    assert 0.04 < Knox(60, 1, 0.06, 0.25).p < 0.08
    assert Knox(60, 0, 0.06, 0.25).p == 1


def test_pairs_are_the_same_where_places_are_crowded_and_where_they_are_far_apart():
    # Far apart: more cubes than a table of them would be kept for.
    rng = np.random.default_rng(8)
    near = np.round(rng.uniform(0, 1_500, (150, 2)), -1)
    days = rng.integers(0, 60, 300)
    for away in (0, 5_000_000):
        points = np.concatenate([near, near + away])
        found = knox_bands(points, days, METRES, WITHIN)
        assert {band: each.pairs for band, each in found.items()} == in_bands(points, days)
