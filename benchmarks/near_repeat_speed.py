"""Knox's closed form against Monte Carlo: the same mean and deviation, and how much faster.

    python benchmarks/near_repeat_speed.py [--points N]

Invented burglaries of one year in a metropolitan force of 900 square km (as West Midlands), half of
them near the middle of a town, the rest spread over it; first between one bound in space and one in
time, then in all the bands of ``mart.near_repeat`` at once. Monte Carlo deals the days to the
places anew each time; the pairs that are close in space are found once and sorted by band, so that
a simulation is two look-ups a pair and a comparison for each bound in time. All is done in one
process and on one core, one after the other; times are CPU seconds, that of the closed form the
median of nine. The deviation of 999 simulations is itself uncertain by 2.2%: five times as many are
drawn to compare with, and a fifth of their time is told. Prints Markdown.
"""

import argparse
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from benchmarks.measured import Meter, median_cpu
from warehouse.hotspots.knox import Knox, knox_bands
from warehouse.hotspots.near_repeat import DAYS, METRES

Banded = dict[tuple[int, int], Knox]

BOUNDS = (((100,), (7,)), ((200,), (14,)), ((400,), (28,)), (METRES, DAYS))
"""Ends of bands of metres and of days."""

TOWNS, REPEATS = 12, 9
SIMULATIONS, MORE = 999, 5


def main() -> None:
    """Print a row for each set of bands."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=45_000)
    arguments = parser.parse_args()
    points, days = invented(arguments.points)
    print(f"{arguments.points:,} points, {SIMULATIONS} simulations.\n\n"
          "| metres | days | pairs | mean apart by | deviation apart by | closed form, s "
          "| Monte Carlo, s | times as fast |\n|---|---|---|---|---|---|---|---|",
          flush=True)  # fmt: skip
    for metres, within in BOUNDS:
        found, seconds = median_cpu(partial(knox_bands, points, days, metres, within), REPEATS)
        meter = Meter()
        with meter:
            dealt = simulate(points, days, metres, within, MORE * SIMULATIONS)
        # On no two points that are the same there is nothing to compare.
        bands = [band for band in found if found[band].expected]
        told = [found[band] for band in bands]
        held = np.array([dealt[:, space, time] for space, time in bands]).T
        mean = np.array([each.expected for each in told]) / held.mean(axis=0) - 1
        deviation = np.array([each.deviation for each in told]) / held.std(axis=0, ddof=1) - 1
        print(f"| {' '.join(map(str, metres))} | {' '.join(map(str, within))} | "
              f"{sum(each.pairs for each in told):,} | {np.abs(mean).max():.2%} | "
              f"{np.abs(deviation).max():.1%} | {seconds:.3f} | {meter.cpu / MORE:.1f} | "
              f"{meter.cpu / MORE / seconds:.0f} |", flush=True)  # fmt: skip


def invented(events: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(events, 2) metres and (events,) days, more of them in winter."""
    rng = np.random.default_rng(1)
    towns = rng.uniform(2_000, 28_000, (TOWNS, 2))
    near = towns[rng.integers(0, TOWNS, events)] + rng.normal(0, 1_500, (events, 2))
    spread = rng.uniform(0, 30_000, (events, 2))
    points = np.where(rng.random((events, 1)) < 0.5, near, spread)
    season = 1 + 0.3 * np.cos(2 * np.pi * np.arange(365) / 365)
    return points, rng.choice(365, events, p=season / season.sum()).astype(np.float64)


def simulate(
    points: NDArray[np.float64],
    days: NDArray[np.float64],
    metres: Sequence[float],
    within: Sequence[float],
    simulations: int,
) -> NDArray[np.int64]:
    """(simulations, bands of distance, bands of days): pairs, the days dealt by chance."""
    rng = np.random.default_rng(2)
    near = KDTree(points).query_pairs(metres[-1], output_type="ndarray")
    band = np.searchsorted(metres, np.linalg.norm(points[near[:, 0]] - points[near[:, 1]], axis=1))
    near = near[np.argsort(band, kind="stable")]
    ends = np.append(0, np.cumsum(np.bincount(band, minlength=len(metres))))
    one, other = (np.ascontiguousarray(near[:, side]) for side in (0, 1))
    dealt = np.empty((simulations, len(metres), len(within)), dtype=np.int64)
    for number in range(simulations):
        order = rng.permutation(days)
        gap = np.abs(order[one] - order[other])
        for time, bound in enumerate(within):
            soon = gap <= bound
            for space in range(len(metres)):
                count = np.count_nonzero(soon[ends[space] : ends[space + 1]])
                dealt[number, space, time] = count
    return np.diff(dealt, axis=2, prepend=0)


if __name__ == "__main__":
    main()
