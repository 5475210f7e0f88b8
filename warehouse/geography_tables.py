"""What the store publishes of the reference data that the home has been given."""

import polars as pl
import shapely

from warehouse.areas import read_areas
from warehouse.contract import TABLES
from warehouse.home import Home
from warehouse.lsoas import read_lsoas
from warehouse.reference_files import FORCE_AREA, POSTCODE, STORED


def geography_tables(home: Home, forces: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Rows of ``reference.postcode``, ``lsoa``, ``area``, ``force_area`` and ``loaded``, by name.

    Args:
        home: whose reference data.
        forces: rows of ``reference.force``.
    """
    slugs = forces.select("ons_code", "force").drop_nulls().unique("ons_code", keep="none")
    made = {
        "postcode": POSTCODE.read(home),
        "lsoa": _with_force(read_lsoas(home), slugs),
        "area": _with_force(_as_geojson(read_areas(home)), slugs),
        "force_area": _force_areas(home, slugs),
        "loaded": _loaded(home),
    }
    return {
        name: frame.select(TABLES[f"reference.{name}"].names).sort(
            list(TABLES[f"reference.{name}"].key)
        )
        for name, frame in made.items()
        if frame is not None
    }


def _with_force(frame: pl.DataFrame, slugs: pl.DataFrame) -> pl.DataFrame:
    return frame.join(slugs, on="ons_code", how="left")


def _force_areas(home: Home, slugs: pl.DataFrame) -> pl.DataFrame | None:
    areas = FORCE_AREA.read(home)
    if areas is None:
        return None
    return _with_force(_as_geojson(areas), slugs)


def _as_geojson(areas: pl.DataFrame) -> pl.DataFrame:
    shapes = shapely.to_geojson(shapely.from_wkb(areas["boundary"].to_list()))
    return areas.with_columns(boundary=pl.Series(shapes.tolist(), dtype=pl.String()))


def _loaded(home: Home) -> pl.DataFrame:
    stored = [(kind, kind.said(home)) for kind in STORED if kind.is_stored(home)]
    rows = [
        (kind.name, said.get("file"), said.get("sha256"), _count(kind.path(home)))
        for kind, said in stored
    ]
    schema = TABLES["reference.loaded"].polars_schema()
    return pl.DataFrame(rows, schema=schema, orient="row")


def _count(path: object) -> int:
    counted: int = pl.scan_parquet(str(path), glob=False).select(pl.len()).collect().item()
    return counted
