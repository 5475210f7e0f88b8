"""A layer of hotspots as GeoJSON and as GeoParquet."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from console.hotspot_layer import Layer
from warehouse.home import replacing

_ROWS_AT_A_TIME = 10_000


def write_geojson(layer: Layer, path: Path) -> None:
    """One feature a row, by RFC 7946: degrees, rings by the right-hand rule, one feature a line.

    Args:
        layer: what to write.
        path: file, written whole or not at all, mode 0600.
    """
    with replacing(path) as building, open(building, "w", encoding="utf-8") as out:
        out.write('{"type":"FeatureCollection","features":[')
        for number, feature in enumerate(_features(layer)):
            out.write(f"{',' if number else ''}\n{feature}")
        out.write("\n]}\n")


def _features(layer: Layer) -> Iterator[str]:
    texts = (json.dumps(json.loads(text), separators=(",", ":"))
             for text in shapely.to_geojson(layer.outlines))  # fmt: skip
    outline = dict(zip(layer.areas, texts, strict=True))
    for part in layer.rows.iter_slices(_ROWS_AT_A_TIME):
        for row in part.with_columns(pl.col(pl.Date).dt.to_string()).iter_rows(named=True):
            values = json.dumps(row, ensure_ascii=False, allow_nan=False)
            yield f'{{"type":"Feature","geometry":{outline[row["area"]]},"properties":{values}}}'


def write_geoparquet(layer: Layer, path: Path) -> None:
    """One row a row, with the outline as WKB, by GeoParquet 1.1 (geoparquet.org).

    Args:
        layer: what to write.
        path: file, written whole or not at all, mode 0600.
    """
    shapes = pl.DataFrame({"area": layer.areas, "geometry": list(shapely.to_wkb(layer.outlines))},
                          schema={"area": pl.String, "geometry": pl.Binary})  # fmt: skip
    rows = layer.rows.join(shapes, on="area", maintain_order="left")
    column: dict[str, object] = {
        "encoding": "WKB",
        "geometry_types": sorted({outline.geom_type for outline in layer.outlines}),
        "crs": CRS.from_epsg(4326).to_json_dict(),
    }
    if layer.areas:
        column["bbox"] = [float(bound) for bound in shapely.total_bounds(layer.outlines)]
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    # The oldest types, which every reader knows.
    table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    with replacing(path) as building:
        pq.write_table(  # type: ignore[no-untyped-call]
            table.replace_schema_metadata({"geo": json.dumps(geo)}), building,
                       compression="zstd")  # fmt: skip
