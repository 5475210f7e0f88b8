"""Official areas of forces, and the points that a force reports outside its own.

The areas come as a reference delivery, ``force_area.geojson``: a feature a force, its ONS code as
the property ``id``, longitude and latitude. Publishers simplify boundaries, so a point near one may
be counted wrongly: such points are counted and kept.
"""

import json
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from shapely.errors import ShapelyError

from warehouse.batch import Finding
from warehouse.errors import DeliveryError

SCHEMA = {"ons_code": pl.String(), "boundary": pl.Binary()}
RULE = "point_outside_force_area"


def read_force_areas(path: Path, file: str) -> pl.DataFrame:
    """The areas of a GeoJSON file: ``ons_code`` and ``boundary`` (WKB), sorted by code.

    Raises:
        DeliveryError: ``reference_value`` where it is no such file, an area is not a sound polygon
            or a code stands twice.
    """
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        codes = [str(feature["properties"]["id"]) for feature in features]
        shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, ShapelyError) as error:
        raise DeliveryError(
            "reference_value", f"{file}: not a GeoJSON file of areas ({type(error).__name__})"
        ) from error
    for code, shape in zip(codes, shapes, strict=True):
        if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
            raise DeliveryError("reference_value", f"{file}: the area of {code} is no polygon")
    if len(set(codes)) < len(codes):
        raise DeliveryError("reference_repeated", f"{file}: an ONS code stands twice")
    rows = {"ons_code": codes, "boundary": [shapely.to_wkb(shape) for shape in shapes]}
    return pl.DataFrame(rows, schema=SCHEMA).sort("ons_code")


def count_outside(name: str, rows: pl.DataFrame, boundary: bytes) -> Finding:
    """How many of a table's placed rows lie outside the force's own area.

    Args:
        name: delivered table.
        rows: with ``longitude`` and ``latitude``, degrees, null where there is no place.
        boundary: the force's area as WKB, degrees.
    """
    placed = rows.select("longitude", "latitude").drop_nulls()
    points = placed.group_by("longitude", "latitude").len()
    area = shapely.from_wkb(boundary)
    shapely.prepare(area)
    is_outside = ~shapely.contains_xy(
        area, points["longitude"].to_numpy(), points["latitude"].to_numpy()
    )
    outside = int(np.sum(points["len"].to_numpy(), where=is_outside))
    return Finding(name, "longitude", RULE, placed.height, outside, "counted")
