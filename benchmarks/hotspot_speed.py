"""Time and memory of filling the hotspot marts of an invented nation.

    python benchmarks/hotspot_speed.py OFFENCES [OFFENCES ...]

40 forces hold offences of every group over 36 months, at addresses of which three quarters are in
towns and some have far more than others; every one has a point of its own, and its minute, so that
they stand in cells of H3 and in squares, and near repeats are looked for. Addresses and their
weights are such that 203,016 offences stand in more cells than those of Northumbria in 13 months of
police.uk (4,895 cells of H3 at resolution 9, 29,180 of cell and group), as points of their own are
less lumped than public map points. Every size is a process of its own; all hotspot marts are
filled, of cells of H3 at resolution 9 alone and of all kinds. Prints Markdown.
"""

import argparse
import itertools
import math
import tempfile
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import polars_h3

from benchmarks.measured import Measured, Meter, measure
from warehouse.contract import hotspot, hotspot_cluster, near_repeat
from warehouse.contract.units import UNITS
from warehouse.hotspots.clusters import fill_clusters
from warehouse.hotspots.every_unit import every_unit
from warehouse.hotspots.fill import fill_hotspots
from warehouse.hotspots.near_repeat import fill_near_repeats
from warehouse.hotspots.places import places
from warehouse.reference import read_reference
from warehouse.schema import create_statements, store_tables

FORCES, TOWNS, ADDRESSES, MONTHS = 40, 12, 15_000, 36
NIGHT = date(2026, 3, 9)
MARTS = (*hotspot.TABLES, hotspot_cluster.HOTSPOT_CLUSTER, *near_repeat.TABLES)
SQUARE = 250


def main() -> None:
    """Measure every size asked for and print the table and the growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("offences", type=int, nargs="+")
    arguments = parser.parse_args()
    print("| offences | cells | wall, s | CPU, s | peak, GB | rows of mart.hotspot |\n"
          "|---|---|---|---|---|---|", flush=True)  # fmt: skip
    runs: list[tuple[int, Measured]] = []
    for offences in sorted(arguments.offences):
        with tempfile.TemporaryDirectory() as folder:
            store = str(Path(folder) / "store.duckdb")
            measure("benchmarks.hotspot_speed:prepare", store=store, offences=offences)
            for units in (["h3_r9"], list(UNITS)):
                run = measure("benchmarks.hotspot_speed:fill_marts", store=store, units=units)
                print(f"| {offences:,} | {' '.join(units)} | {run.wall:.1f} | {run.cpu:.1f} | "
                      f"{run.peak:.2f} | {run.found['rows']:,} |", flush=True)  # fmt: skip
                if len(units) == 1:
                    runs.append((offences, run))
    for (few, small), (many, large) in itertools.pairwise(runs):
        power = math.log(large.cpu / small.cpu) / math.log(many / few)
        print(f"\nFrom {few:,} to {many:,} offences CPU grows with exponent {power:.2f}.")


def prepare(_: Meter, store: str, offences: int) -> dict[str, object]:
    """Make a store that holds the offences."""
    with duckdb.connect(store) as con:
        for statement in create_statements(store_tables()):
            con.execute(statement.replace(" NOT NULL", ""))
        for name in ("offence_group", "offence_code"):
            con.register("facts", read_reference(name))
            con.execute(f"INSERT INTO reference.{name} BY NAME FROM facts")
        groups = read_reference("offence_group")["offence_group"].to_list()
        for number in range(FORCES):
            con.register("rows", _of_force(number, offences // FORCES, groups))
            con.execute("INSERT INTO core.offence_record BY NAME FROM rows")
    return {}


def _of_force(number: int, offences: int, groups: list[str]) -> pl.DataFrame:
    rng = np.random.default_rng(number)
    towns = rng.uniform(5_000, 55_000, (TOWNS, 2))
    near = towns[rng.integers(0, TOWNS, ADDRESSES)] + rng.normal(0, 1_500, (ADDRESSES, 2))
    spread = rng.uniform(0, 60_000, (ADDRESSES, 2))
    places = np.where(rng.random((ADDRESSES, 1)) < 0.75, near, spread)
    weights, shares = rng.lognormal(0, 1.2, ADDRESSES), 0.8 ** np.arange(len(groups))
    metres = places[rng.choice(ADDRESSES, offences, p=weights / weights.sum())]
    east, north = (100_000 + number * 10_000 + metres[:, 0], 200_000 + metres[:, 1])
    # Months of thirty days, each begun on its first: near enough.
    minute = rng.integers(0, 30 * 24 * 60, offences).astype("timedelta64[m]")
    month = (np.datetime64("2023-03") + rng.integers(0, MONTHS, offences)).astype("datetime64[m]")
    return (
        pl.DataFrame({
            "easting": east, "northing": north,
            "longitude": -4 + number * 0.15 + metres[:, 0] / 65_000,
            "latitude": 52 + metres[:, 1] / 111_000,
            "offence_group": rng.choice(groups, offences, p=shares / shares.sum()),
            "occurred_from": (month + minute).astype("datetime64[us]"),
        })
        .with_columns(
            occurred_on=pl.col("occurred_from").cast(pl.Date),
            occurred_precision=pl.lit("minute"),
            force=pl.lit(f"force-{number:02d}"), location_precision=pl.lit("exact"),
            is_notifiable=pl.col("offence_group") != "anti-social-behaviour",
            bng_250m=pl.format(
                "E{}N{}", *((pl.col(name) // SQUARE * SQUARE).cast(pl.Int64)
                            for name in ("easting", "northing"))
            ),
        )
        .with_columns(
            polars_h3.latlng_to_cell("latitude", "longitude", r, return_dtype=pl.Utf8)
            .alias(f"h3_r{r}") for r in (8, 9)
        )
    )  # fmt: skip


def fill_marts(meter: Meter, store: str, units: list[str]) -> dict[str, object]:
    """Fill the marts, of these kinds of cell."""
    with duckdb.connect(store) as con:
        for table in MARTS:
            con.execute(f"DELETE FROM {table.qualified}")
        with meter:
            with places(con):
                chosen = [unit for unit in every_unit(con) if unit.name in units]
                fill_hotspots(con, NIGHT, chosen)
                fill_clusters(con, NIGHT, chosen)
            fill_near_repeats(con, NIGHT)
        [(rows,)] = con.execute("SELECT count(*) FROM mart.hotspot").fetchall()
    return {"rows": rows}


if __name__ == "__main__":
    main()
