"""The kinds of cell that the store's offences are put into, with what is loaded of geography."""

import duckdb

from warehouse.hotspots.areal import read_areals
from warehouse.hotspots.force_areas import read_boundaries
from warehouse.hotspots.grids import grids_within
from warehouse.hotspots.units import Unit


def every_unit(con: duckdb.DuckDBPyConnection) -> tuple[Unit, ...]:
    """All but the force as one. Which areas touch is worked out here, and takes a while where
    boundaries are loaded.

    Args:
        con: connection that has the store open.
    """
    return (*grids_within(read_boundaries(con)), *read_areals(con))
