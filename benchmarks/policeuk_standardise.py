"""Count the traps of the five-force cluster of data.police.uk, and time standardising it.

    python benchmarks/policeuk_standardise.py SRC [--by-month]

SRC holds the site's files, gzipped or not. All months of a force come as one delivery; with
``--by-month``, one a month, as ``crimelink lay-out`` lays them out. Prints seconds and peak memory,
every trap's count, and what the questions of docs/run-police-uk.md give over all staged rows,
beside the counts known of the cluster of 2021-03 to 2022-03. Exit code 1 where one differs.
"""

import argparse
import re
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb

from forces.declaration import load_declarations
from transforms.collect import collect
from transforms.layout import lay_out_policeuk
from transforms.planning import plan_night
from transforms.standardise import standardise
from warehouse.batch import Batch
from warehouse.home import Home

NIGHT = date(2022, 4, 1)
DOCUMENT = Path(__file__).parents[1] / "docs" / "run-police-uk.md"
_FIGURE = re.compile(r"^\| ([^|]+) \| ([\d,]+) \| `(SELECT [^`]+)` \|$", re.MULTILINE)


def main() -> int:
    """Lay out, take in, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--by-month", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        forces = lay_out_policeuk(arguments.source, root / "deliveries")
        if not arguments.by_month:
            _gather(root / "deliveries")
        began = time.perf_counter()
        home = Home.of(root / "home")
        batches = _take_in(home, root / "deliveries")
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        received = sum(sum(batch.received.values()) for batch in batches)
        print(f"{len(forces)} forces, {len(batches)} batches, {received:,} rows")
        print(f"collect and standardise: {seconds:.1f} s, peak memory {peak:,.0f} MiB")
        _print_traps(batches)
        return _print_figures(home)


def _gather(deliveries: Path) -> None:
    """Move the files of every force's months into one delivery of the night."""
    for force in deliveries.iterdir():
        whole = force / NIGHT.isoformat()
        files = sorted(force.rglob("*.csv*"))
        whole.mkdir()
        for file in files:
            file.rename(whole / file.name)
        for month in force.iterdir():
            if month != whole:
                shutil.rmtree(month)


def _take_in(home: Home, deliveries: Path) -> list[Batch]:
    declarations = load_declarations()
    batches = []
    for deliverer in plan_night(home, deliveries, NIGHT, declarations):
        collect(home, NIGHT, deliverer)
        ids = standardise(home, NIGHT, deliverer, declarations)
        batches += [Batch.read(home.staged(batch_id)) for batch_id in ids]
    return batches


def _print_traps(batches: list[Batch]) -> None:
    traps: Counter[tuple[str, str, str]] = Counter()
    for batch in batches:
        for finding in batch.findings:
            traps[finding.table, finding.rule, finding.action] += finding.failed
    print("\ntraps, counted in each delivery by itself")
    for (table, rule, action), failed in traps.items():
        if failed:
            print(f"  {table:16}{rule:34}{action:12}{failed:>10,}")


def _print_figures(home: Home) -> int:
    is_wrong = False
    print("\nfigures over all staged rows")
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        for table in ("offence_record", "outcome"):
            con.execute(f"CREATE VIEW core.{table} AS FROM '{home.staged('*')}/{table}.parquet'")
        for name, count, question in _FIGURE.findall(DOCUMENT.read_text(encoding="utf-8")):
            known, found = int(count.replace(",", "")), con.sql(question).fetchall()[0][0]
            is_wrong |= found != known
            print(f"  {name:50}{found:>10,}{'' if found == known else f'   not {known:,}'}")
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main())
