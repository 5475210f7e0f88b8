"""The cells among which a force's hotspots are looked for, and the windows around them."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from warehouse.hotspots.arrays import Windows
from warehouse.hotspots.grids import Grid

RING, SURROUNDINGS = 1, 2
"""Steps that a window reaches, and steps that a cell's prior is drawn from."""


@dataclass(frozen=True)
class StudyArea:
    """Cells of a grid, in order of their names.

    Attributes:
        cells: (cells,) String, ascending.
        window: each cell and its ring.
        around: what lies within two rings, the cell itself apart.
    """

    cells: pl.Series
    window: Windows
    around: Windows


def study_area(grid: Grid, held: pl.Series) -> StudyArea:
    """Every cell that ever held an event, and the ring around these.

    What lies farther off is country where nothing was recorded: with it every town would be a
    hotspot.

    Args:
        grid: of what kind the cells are.
        held: cells that ever held an event.
    """
    near = held.unique().to_frame("cell").select(grid.disk(pl.col("cell"), RING).alias("cell"))
    return area_of(grid, near.explode("cell")["cell"])


def area_of(grid: Grid, cells: pl.Series) -> StudyArea:
    """The area that these cells make, each counting once."""
    cells = cells.unique().sort()
    return StudyArea(
        cells,
        _windows(grid, cells, RING, itself=True),
        _windows(grid, cells, SURROUNDINGS, itself=False),
    )


def _windows(grid: Grid, cells: pl.Series, reach: int, *, itself: bool) -> Windows:
    named = pl.DataFrame({"cell": cells}).with_row_index("row")
    pairs = (
        named.select("row", near=grid.disk(pl.col("cell"), reach))
        .explode("near")
        .join(named.rename({"cell": "near", "row": "column"}), on="near")
    )
    if not itself:
        pairs = pairs.filter(pl.col("row") != pl.col("column"))
    pairs = pairs.sort("row", "column")
    places = (pairs["row"].to_numpy(), pairs["column"].to_numpy())
    return csr_array((np.ones(pairs.height), places), shape=(len(cells), len(cells)))
