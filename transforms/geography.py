"""The places that a home knows: centres of postcodes, as loaded."""

from dataclasses import dataclass

import polars as pl

from warehouse.home import Home
from warehouse.reference_files import POSTCODE


@dataclass(frozen=True)
class Geography:
    """What a delivery's places are completed from.

    Attributes:
        postcodes: ``postcode`` and its centre (easting, northing, longitude, latitude), or None.
    """

    postcodes: pl.DataFrame | None = None


def read_geography(home: Home) -> Geography:
    """What the home has been given so far."""
    return Geography(postcodes=POSTCODE.read(home))
