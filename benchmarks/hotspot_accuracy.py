"""How well each ranking of cells tells where next month's offences are, on real points.

    python benchmarks/hotspot_accuracy.py SHARED_DATA

Aggravated assaults of Chicago, 2010 to 2019 (City of Chicago open data), with exact times and
places, in squares of 250 m of the local UTM grid whose centre lies in the city. Each month of 2019
is told from all months before, by the code that fills ``mart.hotspot_backtest``. Prints Markdown.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from pyproj import Transformer

from benchmarks.measured import Meter
from warehouse.hotspots.backtest import AREA_SHARES, Month
from warehouse.hotspots.grids import GRIDS
from warehouse.hotspots.methods import METHODS, Past
from warehouse.hotspots.panel import Panel, make_panel
from warehouse.hotspots.study_area import area_of

METRES = 250
UTM_16N = "EPSG:32616"
TOLD = range(108, 120)
"""The months of 2019, the first of 2010 being 0."""

SQUARES = next(grid for grid in GRIDS if grid.name == "bng_250m")


def main() -> None:
    """Print the hit rates at each share of the area."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared_data", type=Path)
    folder = parser.parse_args().shared_data / "exact_points"
    meter = Meter()
    panel = chicago(folder)
    print(f"{len(panel.area.cells):,} cells, {panel.events.sum():,.0f} offences\n")
    print("| method | " + " | ".join(f"hit rate at {share:.0%} of area" for share in AREA_SHARES)
          + " | CPU, s |\n|---|" + "---|" * (len(AREA_SHARES) + 1))  # fmt: skip
    for name in METHODS:
        before = meter.cpu
        with meter:
            found = hit_rates(panel, name)
        cells = [f"{100 * rate:.1f}" for rate in found]
        print(f"| {name} | {' | '.join(cells)} | {meter.cpu - before:.2f} |")


def hit_rates(panel: Panel, method: str) -> list[float]:
    """Share of the year's offences in the cells ranked first, by share of the area."""
    hits, offences = np.zeros(len(AREA_SHARES)), 0.0
    for number in TOLD:
        past = Past(panel, number)
        month = Month(past.year, panel.during(number, number + 1))
        found = month.measure(METHODS[method](past))
        hits += [float(each.hits[0]) for each in found]
        offences += float(month.events[0])
    return [float(each) for each in hits / offences]


def chicago(folder: Path) -> Panel:
    """The assaults as a panel of one group: offences inside the city's boundary."""
    project = Transformer.from_crs("EPSG:4326", UTM_16N, always_xy=True)
    degrees = json.loads((folder / "chicago_boundary.geojson").read_text())["features"][0]
    city = shapely.transform(
        shapely.from_geojson(json.dumps(degrees["geometry"])),
        lambda points: np.column_stack(project.transform(points[:, 0], points[:, 1])),
    )
    offences = pl.read_csv(folder / "chicago_aggravated_assaults.csv.gz")
    east, north = project.transform(
        offences["longitude"].to_numpy(), offences["latitude"].to_numpy()
    )
    when = offences["date"].str.to_datetime("%Y-%m-%d %H:%M")
    area = area_of(SQUARES, _squares_in(city))
    counts = (
        pl.DataFrame({
            "cell": _named(east, north),
            "month": (when.dt.year() - 2010).cast(pl.Int64) * 12 + when.dt.month() - 1,
        })
        .filter(pl.col("cell").is_in(area.cells.implode()))
        .group_by("cell", "month").agg(offences=pl.len())
        .with_columns(
            offence_group=pl.lit("violence-and-sexual-offences"), is_crime=False,
            harm_days=0.0, harm_squared=0.0, harm_most=0.0,
        )
    )  # fmt: skip
    return make_panel(area, counts, 120)


def _squares_in(city: shapely.Geometry) -> pl.Series:
    west, south, east, north = (int(edge // METRES) * METRES for edge in shapely.bounds(city))
    x, y = np.meshgrid(
        np.arange(west, east + METRES, METRES), np.arange(south, north + METRES, METRES)
    )
    inside = shapely.contains_xy(city, x + METRES / 2, y + METRES / 2)
    return _named(x[inside], y[inside])


def _named(east: np.ndarray, north: np.ndarray) -> pl.Series:
    corners = (np.floor_divide(each, METRES).astype(np.int64) * METRES for each in (east, north))
    frame = pl.DataFrame(dict(zip(("east", "north"), corners, strict=True)))
    return frame.select(pl.format("E{}N{}", "east", "north").alias("cell"))["cell"]


if __name__ == "__main__":
    main()
