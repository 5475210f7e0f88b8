"""Knox's closed form against Monte Carlo: the same mean and deviation, and how much faster.

    python benchmarks/near_repeat_speed.py [--points N] [--simulations N]

Invented burglaries of one year, half of them near the middle of a town, the rest spread over the
force. Monte Carlo deals the days to the places anew each time; the pairs that are close in space
are found once, so that a simulation is two look-ups and a comparison a pair. Both count the same
pairs, in one process and on one core, one after the other; times are CPU seconds, that of the closed
form the median of nine. Prints Markdown.
"""

import argparse
import statistics
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from benchmarks.measured import Meter
from warehouse.hotspots.knox import Knox, knox

BOUNDS = ((100, 7), (200, 14), (400, 28))
"""Metres and days."""

TOWNS, REPEATS = 12, 9


def main() -> None:
    """Print a row for each pair of bounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=45_000)
    parser.add_argument("--simulations", type=int, default=999)
    arguments = parser.parse_args()
    points, days = invented(arguments.points)
    print(f"{arguments.points:,} points, {arguments.simulations} simulations.\n\n"
          "| metres, days | pairs | expected | by Monte Carlo | apart | deviation | by Monte Carlo "
          "| apart | closed form, s | Monte Carlo, s | times as fast |\n"
          "|---|---|---|---|---|---|---|---|---|---|---|", flush=True)  # fmt: skip
    for metres, within in BOUNDS:
        found, seconds = timed(lambda m=metres, w=within: knox(points, days, m, w))
        meter = Meter()
        with meter:
            dealt = simulate(points, days, metres, within, arguments.simulations)
        mean, deviation = float(dealt.mean()), float(dealt.std(ddof=1))
        print(f"| {metres} m, {within} d | {found.pairs:,} | {found.expected:,.1f} | {mean:,.1f} | "
              f"{found.expected / mean - 1:+.2%} | {found.deviation:,.2f} | {deviation:,.2f} | "
              f"{found.deviation / deviation - 1:+.1%} | {seconds:.3f} | {meter.cpu:.1f} | "
              f"{meter.cpu / seconds:.0f} |", flush=True)  # fmt: skip


def invented(events: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(events, 2) metres and (events,) days, more of them in winter."""
    rng = np.random.default_rng(1)
    towns = rng.uniform(2_000, 58_000, (TOWNS, 2))
    near = towns[rng.integers(0, TOWNS, events)] + rng.normal(0, 1_500, (events, 2))
    spread = rng.uniform(0, 60_000, (events, 2))
    points = np.where(rng.random((events, 1)) < 0.5, near, spread)
    season = 1 + 0.3 * np.cos(2 * np.pi * np.arange(365) / 365)
    return points, rng.choice(365, events, p=season / season.sum()).astype(np.float64)


def timed(run: Callable[[], Knox]) -> tuple[Knox, float]:
    """What it found, and its median CPU seconds."""
    seconds = []
    for _ in range(REPEATS):
        meter = Meter()
        with meter:
            found = run()
        seconds.append(meter.cpu)
    return found, statistics.median(seconds)


def simulate(
    points: NDArray[np.float64],
    days: NDArray[np.float64],
    metres: float,
    within: float,
    simulations: int,
) -> NDArray[np.int64]:
    """(simulations,): pairs close in both, the days dealt by chance."""
    rng = np.random.default_rng(2)
    near = KDTree(points).query_pairs(metres, output_type="ndarray")
    one, other = (np.ascontiguousarray(near[:, side]) for side in (0, 1))
    # Days of a byte or two lie closer together in memory than floats.
    short = days.astype(np.int16)
    dealt = np.empty(simulations, dtype=np.int64)
    for number in range(simulations):
        order = rng.permutation(short)
        dealt[number] = np.count_nonzero(np.abs(order[one] - order[other]) <= within)
    return dealt


if __name__ == "__main__":
    main()
