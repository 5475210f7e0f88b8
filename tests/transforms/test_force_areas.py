import json

import polars as pl
import pytest
import shapely

from transforms.force_areas import count_outside, read_force_areas
from warehouse.errors import DeliveryError

SQUARE = {"type": "Polygon", "coordinates": [[[0, 50], [1, 50], [1, 51], [0, 51], [0, 50]]]}


def geojson(tmp_path, *features: tuple[str, object]):
    path = tmp_path / "force_area.geojson"
    made = [{"type": "Feature", "properties": {"id": c}, "geometry": g} for c, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}))
    return path


def test_rows_outside_their_forces_area_are_counted_once_each(tmp_path):
    areas = read_force_areas(geojson(tmp_path, ("E23000001", SQUARE)), "f")
    rows = pl.DataFrame(
        {"longitude": [0.5, 2.0, 2.0, 0.5, None], "latitude": [50.5, 50.5, 50.5, 52.0, None]}
    )
    found = count_outside("offence_record", rows, areas["boundary"][0])
    assert (found.checked, found.failed, found.action) == (4, 3, "counted")


def test_a_table_without_places_is_not_wrong(tmp_path):
    rows = pl.DataFrame({"longitude": [None], "latitude": [None]}, schema_overrides={
        "longitude": pl.Float64, "latitude": pl.Float64})  # fmt: skip
    found = count_outside("incident", rows, shapely.to_wkb(shapely.box(0, 0, 1, 1)))
    assert (found.checked, found.failed) == (0, 0)


@pytest.mark.parametrize(
    "features",
    [
        [("E23000001", SQUARE), ("E23000001", SQUARE)],
        [("E23000001", {"type": "Point", "coordinates": [0, 0]})],
        [("E23000001", {"type": "Polygon"})],
        [("E23000001", None)],
    ],
)
def test_a_file_that_is_not_areas_is_refused_by_name(tmp_path, features):
    with pytest.raises(DeliveryError, match=r"force_area\.geojson"):
        read_force_areas(geojson(tmp_path, *features), "force_area.geojson")


def test_text_that_is_not_json_is_refused(tmp_path):
    path = tmp_path / "force_area.geojson"
    path.write_text("no json")
    with pytest.raises(DeliveryError, match="not a GeoJSON"):
        read_force_areas(path, "force_area.geojson")
