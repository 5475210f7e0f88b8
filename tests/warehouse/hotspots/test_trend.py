import numpy as np
import pytest
from scipy.stats import binom

from tests.warehouse.hotspots.squares import windows
from warehouse.hotspots.trend import (
    CLASSES,
    ESRI_LABELS,
    classify,
    compare_recent,
    label_as_esri,
)

ALONE = windows(3, 3, 0, itself=True)


def column(*values):
    return np.array(values, float).reshape(-1, 1)


def test_windows_are_held_to_the_whole_areas_change():
    recent, previous = column(9, 1, 1, 1, 1, 1, 1, 1, 1), column(*[8] * 9)
    found = compare_recent(recent, previous, ALONE)
    share = 17 / 89
    assert found.rising[0, 0] == pytest.approx(binom.sf(8, 17, share))
    assert found.falling[1, 0] == pytest.approx(binom.cdf(1, 9, share))
    assert found.ratio[0, 0] == pytest.approx((9 / 8) / (17 / 72))


def test_what_doubles_everywhere_emerges_nowhere():
    found = compare_recent(column(*[10] * 9), column(*[20] * 9), ALONE)
    assert found.ratio == pytest.approx(np.ones((9, 1)))
    assert (found.rising > 0.4).all()


def test_a_window_without_events_says_nothing():
    found = compare_recent(column(0, 1, 2, 3, 1, 1, 1, 1, 1), column(0, *[8] * 8), ALONE)
    assert (found.rising[0, 0], found.falling[0, 0]) == (1, 1)
    assert np.isnan(found.ratio[0, 0])


def test_classes():
    yes, no = np.array([[True]]), np.array([[False]])
    for hot, share, rising, falling, kind in (
        (no, 0.0, no, no, "none"),
        (no, 0.9, no, yes, "none"),
        (yes, 0.2, no, no, "hot"),
        (yes, 0.6, no, no, "persistent"),
        (yes, 0.6, no, yes, "diminishing"),
        (yes, 0.6, yes, no, "emerging"),
        (no, 0.0, yes, no, "emerging"),
    ):
        [[found]] = classify(hot, np.array([[share]]), rising, falling)
        assert CLASSES[found] == kind


@pytest.mark.parametrize(
    ("months", "rising", "falling", "label"),
    [
        ("....................", False, False, "no pattern detected"),
        ("#.#.................", False, False, "no pattern detected"),
        ("...................#", False, False, "new hot spot"),
        (".................###", True, False, "consecutive hot spot"),
        ("..#..............###", False, False, "sporadic hot spot"),
        (".###################", False, False, "persistent hot spot"),
        (".###################", True, False, "intensifying hot spot"),
        (".###################", False, True, "diminishing hot spot"),
        ("#################...", False, False, "no pattern detected"),
        ("###################.", False, False, "historical hot spot"),
    ],
)
def test_esri_names(months, rising, falling, label):
    hot = np.array([[month == "#" for month in months]])
    [found] = label_as_esri(hot, np.array([rising]), np.array([falling]))
    assert ESRI_LABELS[found] == label
