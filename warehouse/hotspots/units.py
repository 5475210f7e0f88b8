"""What the marts need to know of a kind of cell: grids (``grids.py``) and areas (``areal.py``)."""

from collections.abc import Callable
from typing import Protocol

import polars as pl
import shapely

from warehouse.hotspots.outlines import Geometries

ANY, EXACT, SNAPPED = (
    "true", "location_precision <> 'snapped'", "location_precision = 'snapped'",
)  # fmt: skip
"""Which offence records are put into cells. Public map points stand for eight or more addresses
each: cells smaller than these tell nothing of them."""

RING = 1
"""Steps that a cell's window reaches."""


class Unit(Protocol):
    """A kind of cell."""

    @property
    def name(self) -> str:
        """As ``unit`` in the marts (``warehouse/contract/units.py``)."""

    @property
    def sql(self) -> str:
        """The cell of an offence record, as an SQL expression over ``held``, the record, and, if
        ``is_placed``, ``place``, where it is (``places.py``); null where it has none."""

    @property
    def where(self) -> str:
        """SQL condition: which offence records are put into its cells."""

    @property
    def is_placed(self) -> bool:
        """True where the cell is not on the record itself."""

    @property
    def is_compared(self) -> bool:
        """True where a cell's rate is drawn towards those around it, and it is tested for being
        hot: the cells are many, and much alike in what can happen there."""

    def is_cell(self, cell: pl.Expr) -> pl.Expr:
        """Whether a text is the name of such a cell: what is none is left out."""

    def study(self, force: str, held: pl.Series) -> pl.Series:
        """The cells among which a force's hotspots are looked for; events in others are left out.

        Args:
            force: whose.
            held: cells that ever held an event of it.
        """

    def near(self, cells: pl.Series, reach: int) -> pl.DataFrame:
        """Which cells are no more than so many steps from which: ``row`` (place in ``cells``, from
        0) and ``near``, the cell itself among them; others than ``cells`` may be."""

    def facts(self, cells: pl.Series) -> pl.DataFrame:
        """Of each cell, as ``area``: ``km2`` and ``persons``, null where not known."""

    def outlines(self, cells: pl.Series) -> Geometries:
        """(cells,): their polygons, degrees (EPSG:4326); None where not known."""

    @property
    def union(self) -> Callable[..., shapely.Geometry]:
        """Of outlines into one."""

    def unknown(self, cells: pl.Series) -> pl.Series | None:
        """Those of the cells that the loaded geography does not know; None where nothing is loaded
        to hold them against, as of a grid."""
