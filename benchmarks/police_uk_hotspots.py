"""How well hotspots of data.police.uk told the next month, and what each force's are ranked by.

    python benchmarks/police_uk_hotspots.py SHARED_DATA

Brings the files of five forces, March 2021 to March 2022, with the official geography, through the
steps of a night into a home in a temporary folder, and prints in Markdown what the store then says
in ``mart.hotspot_backtest`` and ``mart.hotspot_gate``. Thirteen months allow one month to be told,
March 2022, from the twelve before: it illustrates, and proves nothing. Points are snapped to public
map points.
"""

import argparse
import tempfile
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from console.take_in import finish, take_in
from forces.declaration import load_declarations
from transforms.layout import lay_out_policeuk
from transforms.reference_folder import load_folder
from warehouse.home import Home
from warehouse.hotspots.panel import ALL_CRIME

NIGHT = date(2022, 4, 1)
MONTHS = "ne_cluster_2021-03_2022-03"
LARGEST = 4
"""Groups shown besides all crime, those with most offences in the month told."""

_UNITS = {"h3_r8": True, "bng_500m": False, "lsoa": False}
"""By unit, whether the largest groups are shown, too."""

_TESTED = """
    PIVOT (
        SELECT force, method, area_share, hit_rate, pai, pei FROM mart.hotspot_backtest
        WHERE unit = $unit AND offence_group = $group
    ) ON area_share IN (0.01, 0.05, 0.2) USING first(hit_rate) AS hits, first(pai) AS pai,
    first(pei) AS pei GROUP BY force, method ORDER BY force,
    list_position(['eb', 'count_12m', 'gi_star', 'kde'], method)
"""
_GROUPS = f"""
    SELECT offence_group FROM mart.hotspot_gate
    WHERE unit = 'h3_r8' AND offence_group <> '{ALL_CRIME}'
    GROUP BY ALL ORDER BY sum(events) DESC, offence_group LIMIT {LARGEST}
"""
_GATE = """
    SELECT force, offence_group, events, pei_eb, pei_count, ranked_by FROM mart.hotspot_gate
    WHERE unit = 'h3_r8' ORDER BY force, offence_group
"""
_AREA = """
    SELECT force, unit, offences, placed, elsewhere, areas FROM mart.hotspot_unit
    WHERE placed > 0 ORDER BY force, unit
"""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared_data", type=Path)
    parser.add_argument("--home", type=Path, help="an empty folder to keep the home in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home.of(arguments.home or Path(folder) / "home")
        bring(home, arguments.shared_data, Path(folder) / "deliveries")
        with duckdb.connect(str(home.store / "current.duckdb"), read_only=True) as con:
            show(con)


def bring(home: Home, shared_data: Path, deliveries: Path) -> None:
    """Take all files in and publish the store."""
    lay_out_policeuk(shared_data / "police_uk" / MONTHS, deliveries)
    load_folder(home, shared_data / "geo", "benchmark")
    declarations = load_declarations()
    take_in(home, deliveries, NIGHT, declarations)
    finish(home, NIGHT, declarations)


def show(con: duckdb.DuckDBPyConnection) -> None:
    """Print what the store says."""
    groups = [ALL_CRIME, *(group for (group,) in con.execute(_GROUPS).fetchall())]
    for unit, with_groups in _UNITS.items():
        for group in groups if with_groups else [ALL_CRIME]:
            print(f"\n{unit}, {group}: share of the cells 1%, 5%, 20%\n")
            found = con.execute(_TESTED, {"unit": unit, "group": group}).pl()
            _print_table(found.select(
                "force", "method",
                *(pl.col(f"{share}_{name}").map_elements(form.format, pl.String)
                  .alias(f"{name} {float(share):.0%}")
                  for name, form in (("hits", "{:.1%}"), ("pai", "{:.1f}"), ("pei", "{:.3f}"))
                  for share in ("0.01", "0.05", "0.2")),
            ))  # fmt: skip
    print("\nGate, h3_r8\n")
    _print_table(con.execute(_GATE).pl().with_columns(pl.col("pei_eb", "pei_count").round(3)))
    print("\nWhat is looked at\n")
    _print_table(con.execute(_AREA).pl())


def _print_table(frame: pl.DataFrame) -> None:
    print(f"| {' | '.join(frame.columns)} |\n|{'---|' * frame.width}")
    for row in frame.iter_rows():
        print(f"| {' | '.join('' if each is None else str(each) for each in row)} |")


if __name__ == "__main__":
    main()
