import numpy as np
import pytest
from scipy.stats import gamma, nbinom

from tests.warehouse.hotspots.squares import windows
from warehouse.hotspots.empirical_bayes import Rates, estimate_rates, recency_weights

ROWS, COLUMNS = 6, 5
AROUND = windows(ROWS, COLUMNS, 2, itself=False)


def some_counts(months=24, series=2):
    rng = np.random.default_rng(3)
    level = rng.gamma(0.8, 1.5, (ROWS * COLUMNS, 1, series))
    return rng.poisson(level, (ROWS * COLUMNS, months, series)).astype(float)


def estimated(counts):
    weights = recency_weights(counts.shape[1])
    return estimate_rates(np.einsum("cms,m->cs", counts, weights), weights.sum(), AROUND)


def test_an_event_counts_half_after_a_year_and_whole_in_the_last_month():
    weights = recency_weights(25)
    assert weights[-1] == 1
    assert weights[-13] == pytest.approx(0.5)
    assert weights[0] == pytest.approx(0.25)


def test_score_is_the_formula_cell_by_cell():
    counts = some_counts()
    rates = estimated(counts)
    weights = [0.5 ** (age / 12) for age in range(23, -1, -1)]
    w = sum(weights)
    for series in range(2):
        s = [sum(x * y for x, y in zip(counts[c, :, series], weights, strict=True))
             for c in range(30)]  # fmt: skip
        rate = [each / w for each in s]
        area = sum(rate) / 30
        m = []
        for cell in range(30):
            near = [
                rate[other]
                for other in range(30)
                if other != cell
                and abs(other // COLUMNS - cell // COLUMNS) <= 2
                and abs(other % COLUMNS - cell % COLUMNS) <= 2
            ]
            m.append(0.999 * sum(near) / len(near) + 0.001 * area)
        mean = sum(m) / 30
        off = [r - each for r, each in zip(rate, m, strict=True)]
        spread = sum((each - sum(off) / 30) ** 2 for each in off) / 30
        k = mean / (spread - mean / w)
        for cell in range(30):
            score = (s[cell] + k * m[cell]) / (w + k)
            assert rates.score[cell, series] == pytest.approx(score, rel=1e-12)


def test_interval_and_probability_are_those_of_the_posterior():
    rates = estimated(some_counts())
    low, high = rates.interval()
    above = rates.above_area()
    for cell, series in ((0, 0), (7, 1), (29, 0)):
        posterior = gamma(rates.shape[cell, series], scale=1 / rates.pace[series])
        assert low[cell, series] == pytest.approx(posterior.ppf(0.05))
        assert high[cell, series] == pytest.approx(posterior.ppf(0.95))
        assert above[cell, series] == pytest.approx(posterior.sf(3 * rates.area_mean[series]))


def test_where_cells_differ_by_chance_alone_they_take_the_rate_around_them():
    counts = np.random.default_rng(1).poisson(2.0, (30, 24, 1)).astype(float)
    rates = estimated(counts)
    # The prior is worth years of a cell's own events.
    assert rates.pace[0] > 10 * recency_weights(24).sum()
    assert np.ptp(rates.score) < np.ptp(counts.mean(axis=1)) / 3


def test_a_series_without_events_has_a_rate_of_nothing():
    rates = estimated(np.zeros((30, 24, 1)))
    assert np.all(rates.score < 1e-9)
    assert np.isfinite(np.concatenate(rates.interval())).all()


def test_the_next_months_interval_is_that_of_the_negative_binomial():
    shape = np.array([1e-12, 0.004, 0.3, 1.0, 7.5, 120.0, 5e4]).reshape(-1, 1)
    for pace in (1.0, 17.3, 4000.0):
        low, high = Rates(shape, np.array([pace]), np.array([1.0])).next_month()
        assert np.array_equal(low, nbinom.ppf(0.05, shape, pace / (pace + 1)))
        assert np.array_equal(high, nbinom.ppf(0.95, shape, pace / (pace + 1)))


def test_of_nothing_nothing_is_forecast_and_of_an_even_chance_one():
    # Shape 1 and pace 1: geometric of one half, P(0) = 1/2, P(0 to 3) = 15/16, P(0 to 4) = 31/32.
    low, high = Rates(np.array([1e-12, 1.0]), np.ones(2), np.ones(2)).next_month()
    assert low.tolist() == [0, 0]
    assert high.tolist() == [0, 4]


@pytest.mark.parametrize("level", [0.05, 0.5, 8.0])
def test_nine_of_ten_next_months_or_more_are_in_their_interval(level):
    """Rates differ as a Gamma; what is seen of cells is Poisson, as is the month after."""
    rng = np.random.default_rng(11)
    side, months = 60, 36
    rate = rng.gamma(1.2, level / 1.2, (side * side, 1))
    counts = rng.poisson(rate, (side * side, months)).astype(float)
    weights = recency_weights(months)
    around = windows(side, side, 2, itself=False)
    rates = estimate_rates((counts @ weights)[:, None], weights.sum(), around)
    low, high = rates.next_month()
    after = rng.poisson(rate)
    inside = np.mean((low <= after) & (after <= high))
    # Three deviations of chance below nine of ten; whole numbers make it more, where few are seen.
    assert inside > 0.9 - 3 * np.sqrt(0.9 * 0.1 / side**2)
    assert after.mean() == pytest.approx(rates.score.mean(), rel=0.15)
    if level > 1:
        assert inside < 0.96
