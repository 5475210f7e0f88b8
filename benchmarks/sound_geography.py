"""Invented geography around the places of ``sound_rows``, so that the rules about it can be run."""

import json
from pathlib import Path

from transforms.reference_folder import load_folder
from warehouse.home import Home

FORCE_CODE, OTHER_FORCE_CODE = "E23000099", "E23000098"
LSOA, LSOA_ELSEWHERE, LSOA_OF_ANOTHER_FORCE = "E01000001", "E01000002", "E01000003"

# West, south, east, north, degrees.
_AREA, _ELSEWHERE = (-2.5, 52.0, -1.5, 53.0), (-2.5, 51.0, -1.5, 51.5)


def load_geography(home: Home, folder: Path) -> None:
    """Give the home the area of one force, which all have in common, and three LSOAs."""
    folder.mkdir(parents=True)
    _write_areas(folder / "force.geojson", "PFA23CD", {FORCE_CODE: _AREA})
    _write_areas(
        folder / "lsoa.geojson",
        "LSOA21CD",
        {LSOA: _AREA, LSOA_ELSEWHERE: _ELSEWHERE, LSOA_OF_ANOTHER_FORCE: _AREA},
    )
    (folder / "lsoa.csv").write_text(
        "LSOA21CD,WD22CD,LAD22CD\n"
        f"{LSOA},E05000001,E07000001\n"
        f"{LSOA_ELSEWHERE},E05000001,E07000001\n"
        f"{LSOA_OF_ANOTHER_FORCE},E05000002,E07000002\n",
        encoding="utf-8",
    )
    (folder / "authority.csv").write_text(
        f"LAD22CD,PFA22CD\nE07000001,{FORCE_CODE}\nE07000002,{OTHER_FORCE_CODE}\n",
        encoding="utf-8",
    )
    outcomes = load_folder(home, folder, "benchmark")
    assert {outcome.state for outcome in outcomes} == {"loaded"}, outcomes


def _write_areas(
    path: Path, code: str, areas: dict[str, tuple[float, float, float, float]]
) -> None:
    features = [
        {"type": "Feature", "properties": {code: name}, "geometry": _box(*area)}
        for name, area in areas.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def _box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
