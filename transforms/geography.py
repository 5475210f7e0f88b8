"""The places that a home knows: centres of postcodes and areas of forces, as loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from warehouse.home import Home

POSTCODES = "postcode.parquet"
AREAS = "force_area.parquet"


@dataclass(frozen=True)
class Geography:
    """What a delivery's places are held against.

    Attributes:
        postcodes: ``postcode`` and its centre (easting, northing, longitude, latitude), or None.
        areas: by ONS code the force's area as WKB, degrees; empty where none is loaded.
    """

    postcodes: pl.DataFrame | None = None
    areas: Mapping[str, bytes] = field(default_factory=dict)


def read_geography(home: Home) -> Geography:
    """What the home's reference deliveries have brought so far."""
    postcodes, areas = home.reference / POSTCODES, home.reference / AREAS
    return Geography(
        postcodes=pl.read_parquet(postcodes) if postcodes.exists() else None,
        areas=dict(pl.read_parquet(areas).iter_rows()) if areas.exists() else {},
    )
