"""Open a file of reference data as a table: CSV, Parquet or GeoJSON, gzipped or not."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import shapely
from shapely.errors import ShapelyError

from transforms.mapping import Entity
from transforms.readers import read_delimited, read_edge_lines
from warehouse.errors import DeliveryError

BOUNDARY = "boundary"
ROW = "source_row"
_PARQUET = b"PAR1"


@dataclass(frozen=True)
class GivenTable:
    """A file of reference data, opened.

    Attributes:
        columns: its columns, or the properties of its features.
        has_boundaries: True for GeoJSON: ``read`` then gives ``boundary`` (WKB), too.
        read: the given columns as they stand, and ``source_row`` from 1. Raises ``DeliveryError``.
    """

    columns: tuple[str, ...]
    has_boundaries: bool
    read: Callable[[Sequence[str]], pl.DataFrame]


def open_table(path: Path, file: str) -> GivenTable:
    """The table that a plain file holds; told by its content, not by its name.

    Args:
        path: the unpacked file.
        file: what messages call it.

    Raises:
        DeliveryError: ``empty_file``, ``reference_damaged`` where it is cut short or the like,
            ``reference_form`` where it is sound JSON of something else.
    """
    with open(path, "rb") as handle:
        head = handle.read(4096)
    if not head.strip():
        raise DeliveryError("empty_file", f"{file}: the file is empty")
    if head.startswith(_PARQUET):
        return _open_parquet(path, file)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return _open_geojson(path, file)
    return _open_csv(path, file)


def _open_csv(path: Path, file: str) -> GivenTable:
    header, _ = read_edge_lines(path)
    names = tuple(name.strip() for name in next(csv.reader([header]), []))

    def read(columns: Sequence[str]) -> pl.DataFrame:
        records = read_delimited(path, file=file, entity=Entity("reference", tuple(columns)))
        if records.rejects.height:
            row, rule = records.rejects.select("source_row", "rule").row(0)
            raise DeliveryError("reference_row", f"{file}: row {row}: {rule}")
        return records.frame.select(*columns, ROW)

    return GivenTable(names, has_boundaries=False, read=read)


def _open_parquet(path: Path, file: str) -> GivenTable:
    def refuse(error: Exception) -> DeliveryError:
        return DeliveryError(
            "reference_damaged", f"{file}: not a sound Parquet file ({type(error).__name__})"
        )

    def read(columns: Sequence[str]) -> pl.DataFrame:
        try:
            frame = pl.read_parquet(path, columns=list(columns), glob=False)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise refuse(error) from error
        return frame.with_row_index(ROW, offset=1)

    try:
        names = tuple(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise refuse(error) from error
    return GivenTable(names, has_boundaries=False, read=read)


def _open_geojson(path: Path, file: str) -> GivenTable:
    features = _features(path, file)
    names = tuple(dict.fromkeys(name for feature in features for name in feature["properties"]))

    def read(columns: Sequence[str]) -> pl.DataFrame:
        given = {
            name: [_text(feature["properties"].get(name)) for feature in features]
            for name in columns
        }
        shapes = [_boundary(feature, row, file) for row, feature in enumerate(features, 1)]
        schema = dict.fromkeys(columns, pl.String()) | {BOUNDARY: pl.Binary()}
        return pl.DataFrame(given | {BOUNDARY: shapes}, schema=schema).with_row_index(ROW, offset=1)

    return GivenTable(names, has_boundaries=True, read=read)


def _features(path: Path, file: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise DeliveryError(
            "reference_damaged", f"{file}: not sound JSON ({type(error).__name__})"
        ) from error
    try:
        features = document["features"]
        is_sound = all(isinstance(feature["properties"], dict) for feature in features)
    except (KeyError, TypeError, AttributeError) as error:
        raise DeliveryError(
            "reference_form", f"{file}: not a GeoJSON file of areas ({type(error).__name__})"
        ) from error
    if not is_sound or not isinstance(features, list) or not features:
        raise DeliveryError("reference_form", f"{file}: not a GeoJSON file of areas (no features)")
    return features


def _text(value: object) -> str | None:
    """A property as text; blank text says nothing."""
    text = "" if value is None else str(value).strip()
    return text or None


def _boundary(feature: dict[str, Any], row: int, file: str) -> bytes:
    """The feature's polygon as WKB. Publishers simplify, so it may touch itself: it is kept."""
    try:
        shape = shapely.geometry.shape(feature["geometry"])
    except (ValueError, KeyError, TypeError, AttributeError, ShapelyError) as error:
        raise DeliveryError(
            "reference_value", f"{file}: geometry of feature {row}: {type(error).__name__}"
        ) from error
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise DeliveryError("reference_value", f"{file}: geometry of feature {row} is no polygon")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise DeliveryError(
            "reference_value",
            f"{file}: geometry of feature {row} is not in degrees (EPSG:4326)",
        )
    wkb: bytes = shapely.to_wkb(shape)
    return wkb
