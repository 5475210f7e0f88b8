import esda
import libpysal
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import false_discovery_control, poisson

from tests.warehouse.hotspots.squares import windows
from warehouse.hotspots.hot import (
    false_discovery,
    getis_ord,
    is_hot,
    is_hot_sparse,
    poisson_tail,
)

WINDOW = windows(30, 30, 1, itself=True)


def counts_with_a_hotspot(rate, series=1):
    counts = np.random.default_rng(5).poisson(rate, (900, series)).astype(float)
    counts[[404, 405, 434, 435]] += 12
    return counts


def test_gi_star_is_that_of_esda():
    counts = counts_with_a_hotspot(0.7)
    weights = libpysal.weights.lat2W(30, 30, rook=False)
    # Row-standardised, which is its default, the analytic z is deflated.
    known = esda.G_Local(counts[:, 0], weights, transform="B", star=True, permutations=0)
    assert np.abs(getis_ord(counts, WINDOW)[:, 0] - known.Zs).max() < 1e-9


def test_gi_star_of_one_value_everywhere_is_nothing():
    assert np.all(getis_ord(np.full((900, 1), 2.0), WINDOW) == 0)


def test_tail_is_that_of_the_poisson():
    counts = counts_with_a_hotspot(0.7)
    around = WINDOW @ counts[:, 0]
    members = np.asarray(WINDOW.sum(axis=1))
    expected = poisson.sf(around - 1, counts.mean() * members)
    assert poisson_tail(counts, WINDOW)[:, 0] == pytest.approx(expected, rel=1e-10)


def test_q_is_that_of_benjamini_and_hochberg():
    p = poisson_tail(counts_with_a_hotspot(0.7, 2), WINDOW)
    known = np.column_stack([false_discovery_control(p[:, s]) for s in range(2)])
    assert false_discovery(p) == pytest.approx(known, rel=1e-12)


def test_what_is_hot_is_found_and_all_of_it_is_close_to_it():
    hot = np.flatnonzero(is_hot(counts_with_a_hotspot(0.3), WINDOW)[:, 0])
    assert {404, 405, 434, 435} <= set(hot)
    assert all(12 <= cell // 30 <= 15 and 13 <= cell % 30 <= 16 for cell in hot)


@pytest.mark.parametrize("scale", [1.0, 0.07, 3.3])
@pytest.mark.parametrize("rate", [0.02, 0.4, 3.0])
def test_sparse_and_dense_find_what_the_false_discovery_rate_says(rate, scale):
    counts = counts_with_a_hotspot(rate, 4) * scale
    counts[:, 3] = 0
    q = false_discovery(poisson_tail(counts, WINDOW))
    assert np.array_equal(is_hot(counts, WINDOW), q <= 0.05)
    assert np.array_equal(
        is_hot_sparse(csr_array(counts), WINDOW).toarray() == 1, is_hot(counts, WINDOW)
    )


@pytest.mark.parametrize("rate", [0.05, 0.2, 1.0, 5.0])
def test_pure_noise_of_offences_that_do_unlike_harm_has_no_more(rate):
    rng = np.random.default_rng(12)
    sizes, shares = [1.0, 10.0, 194.0, 1460.0, 5475.0], [0.45, 0.35, 0.17, 0.028, 0.002]
    harm = sum(
        size * rng.poisson(rate * share, (900, 200))
        for size, share in zip(sizes, shares, strict=True)
    )
    # Counted in offences as large as the largest: Panel.caution.
    assert is_hot(harm / sizes[-1], WINDOW).any(axis=0).mean() <= 0.05


@pytest.mark.parametrize("rate", [0.05, 0.2, 1.0, 5.0])
def test_pure_noise_has_a_hotspot_in_no_more_than_one_run_of_twenty(rate):
    runs = np.random.default_rng(11).poisson(rate, (900, 200)).astype(float)
    assert is_hot(runs, WINDOW).any(axis=0).mean() <= 0.05
