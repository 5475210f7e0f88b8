"""The cells among which a force's hotspots are looked for, and the windows around them."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from warehouse.hotspots.arrays import Windows
from warehouse.hotspots.units import RING, Unit

SURROUNDINGS = 2
"""Steps that a cell's prior is drawn from."""


@dataclass(frozen=True)
class StudyArea:
    """Cells of one kind, in order of their names.

    Attributes:
        cells: (cells,) String, ascending.
        window: each cell and its ring.
        around: what lies within two rings, the cell itself apart.
    """

    cells: pl.Series
    window: Windows
    around: Windows


def study_area(unit: Unit, force: str, held: pl.Series) -> StudyArea:
    """The study area of a force, as the unit sees it.

    Args:
        unit: of what kind the cells are.
        force: whose.
        held: cells that ever held an event of it.
    """
    return area_of(unit, unit.study(force, held))


def area_of(unit: Unit, cells: pl.Series) -> StudyArea:
    """The area that these cells make, each counting once."""
    cells = cells.unique().sort()
    return StudyArea(
        cells,
        _windows(unit, cells, RING, itself=True),
        _windows(unit, cells, SURROUNDINGS, itself=False),
    )


def _windows(unit: Unit, cells: pl.Series, reach: int, *, itself: bool) -> Windows:
    named = pl.DataFrame({"cell": cells}).with_row_index("row")
    pairs = unit.near(cells, reach).join(named.rename({"cell": "near", "row": "column"}), on="near")
    if not itself:
        pairs = pairs.filter(pl.col("row") != pl.col("column"))
    pairs = pairs.sort("row", "column")
    places = (pairs["row"].to_numpy(), pairs["column"].to_numpy())
    return csr_array((np.ones(pairs.height), places), shape=(len(cells), len(cells)))
