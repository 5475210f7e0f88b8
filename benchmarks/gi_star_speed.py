"""Our Gi* against esda's on the same cells and the same neighbours.

    python benchmarks/gi_star_speed.py [--rings N]

Counts of a disk of H3 cells of resolution 9, one in four of which has any, in the windows that
``mart.hotspot`` has. esda is given its weights ready made, binary and with the cell itself
(``transform="B"``, ``star=True``), and draws no permutation. Both in one process and on one core;
times are the medians of five, CPU. Prints Markdown.
"""

import argparse

import numpy as np
import polars as pl
from esda.getisord import G_Local
from libpysal.weights import WSP, W

from benchmarks.measured import median_cpu
from warehouse.hotspots.grids import GRIDS
from warehouse.hotspots.hot import getis_ord
from warehouse.hotspots.study_area import StudyArea, area_of

CENTRE = "89195da49b7ffff"
H3_R9 = next(grid for grid in GRIDS if grid.name == "h3_r9")
REPEATS = 5


def main() -> None:
    """Print the largest difference and both times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rings", type=int, default=115, help="of the disk; 115 are 40,021 cells")
    area = disk(parser.parse_args().rings)
    cells = len(area.cells)
    rng = np.random.default_rng(3)
    counts = rng.poisson(rng.gamma(0.2, 5, cells)).astype(np.float64)
    weights = as_esda(area)
    ours, our_seconds = median_cpu(
        lambda: getis_ord(counts.reshape(-1, 1), area.window).ravel(), REPEATS
    )
    theirs, their_seconds = median_cpu(
        lambda: G_Local(counts, weights, transform="B", star=True, permutations=0, n_jobs=1).Zs,
        REPEATS,
    )
    print(f"| cells | largest difference of z | ours, ms | esda, ms | times as fast |\n"
          f"|---|---|---|---|---|\n"
          f"| {cells:,} | {np.abs(ours - theirs).max():.1e} | {our_seconds * 1e3:.2f} | "
          f"{their_seconds * 1e3:.1f} | {their_seconds / our_seconds:.0f} |")  # fmt: skip


def disk(rings: int) -> StudyArea:
    """A disk of cells, with their windows."""
    return area_of(H3_R9, H3_R9.near(pl.Series([CENTRE]), rings)["near"])


def as_esda(area: StudyArea) -> W:
    """The windows as esda's weights."""
    weights = WSP(area.window.tocsr()).to_W(silence_warnings=True)
    weights.transform = "B"
    return weights


if __name__ == "__main__":
    main()
