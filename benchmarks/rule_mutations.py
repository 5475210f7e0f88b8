"""A fault for every rule, planted at a known rate: is it found, and are the right rows kept out?

    python benchmarks/rule_mutations.py [--write docs/quality-rules.md]

Forces of a home deliver sound rows of every table for two nights, which load without a failure.
Then, in a copy of the home, each force delivers with one rule broken in every tenth row of its
table, and the check of that night must name those rows and no others under the rule, and keep out
exactly them and what cannot do without them. The same rows are then broken in files, which are
taken in by every step up to the load. Rules about batches as a whole have a delivery each too, and
so has every check of the finished store, in a store of its own that is not published yet. Last, a
simulated nation without dirt runs its nights: nothing of it may be held or kept out.
Ends with exit code 1 where a fault is missed or a row kept out that should not be.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from benchmarks.batch_faults import BATCH_FAULTS, HELD, failed_rows
from benchmarks.clean_nights import run_clean_nights
from benchmarks.faults import Row, dependents
from benchmarks.file_mutations import plant_in_files
from benchmarks.rule_outcome import BatchOutcome, Outcome
from benchmarks.rules_page import AnyOutcome, render
from benchmarks.sound_nights import CLEAN_NIGHTS, FORCES, SoundNights
from benchmarks.staged_nights import batch_id_of, check_night, stage
from benchmarks.store_mutations import plant_in_store
from quality.catalogue import night_rules
from quality.rules.rule import Rule
from warehouse.batch import Batch
from warehouse.home import Home


def main() -> None:
    """Plant every fault, print what became of it, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, help="Markdown file to write")
    parser.add_argument("--folder", type=Path, help="where to keep the home of the sound nights")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as working:
        nights = SoundNights(arguments.folder or Path(working))
        of_batches = list(_plant_in_batches(nights))
        of_rows = list(_plant_in_rows(nights, night_rules()))
        of_files = list(plant_in_files(nights, night_rules()))
    with tempfile.TemporaryDirectory() as folder:
        of_store = list(plant_in_store(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        clean = run_clean_nights(Path(folder))
    print(clean)
    outcomes: list[AnyOutcome] = [*of_batches, *of_rows, *of_files, *of_store]
    wrong = [outcome for outcome in outcomes if not outcome.is_right]
    for outcome in wrong:
        print("WRONG", outcome)
    print(f"{len(outcomes)} faults, {len(wrong)} not found or not acted on as they should be")
    if arguments.write:
        page = render(of_rows, of_batches, of_store, of_files, CLEAN_NIGHTS, clean)
        arguments.write.write_text(page, encoding="utf-8")
    sys.exit(0 if clean.is_right and not wrong else 1)


def _plant_in_batches(nights: SoundNights) -> Iterator[BatchOutcome]:
    with nights.copied() as home:
        for force, fault in zip(nights.forces, BATCH_FAULTS, strict=False):
            tables = fault.plant(nights.sound(force))
            batch = stage(home, nights.night, force, tables, fault.kind)
            if fault.is_torn:
                (home.staged(batch.batch_id) / "person_record.parquet").write_bytes(b"PAR1")
        check_night(home, nights.night, nights.forces)
        for force, fault in zip(nights.forces, BATCH_FAULTS, strict=False):
            folder = home.checked(batch_id_of(force, nights.night))
            results = pl.read_parquet(folder / "check_result.parquet")
            yield BatchOutcome(fault, failed_rows(results, fault), Batch.read(folder).is_held)


def _plant_in_rows(nights: SoundNights, rules: Sequence[Rule]) -> Iterator[Outcome]:
    for begin in range(0, len(rules), FORCES):
        group = dict(zip(nights.forces, rules[begin : begin + FORCES], strict=False))
        with nights.copied() as home:
            planted = {force: _plant(nights, home, force, rule) for force, rule in group.items()}
            check_night(home, nights.night, nights.forces)
            for force, rule in group.items():
                yield _judge(home, batch_id_of(force, nights.night), rule, *planted[force])


def _plant(
    nights: SoundNights, home: Home, force: str, rule: Rule
) -> tuple[frozenset[Row], frozenset[Row]]:
    """Rows that the rule must name, and rows that must be kept out."""
    broken = nights.broken(force, rule)
    stage(home, nights.night, force, broken.tables)
    out = broken.lost | (frozenset() if rule.severity == "info" else broken.failing)
    return broken.failing, dependents(nights.sound(force), out, HELD)


def _judge(
    home: Home, batch_id: str, rule: Rule, failing: frozenset[Row], lost: frozenset[Row]
) -> Outcome:
    folder = home.checked(batch_id)
    result = pl.read_parquet(folder / "check_result.parquet").filter(
        pl.col("table_name") == rule.table,
        pl.col("rule") == rule.name,
        pl.col("column_name").eq_missing(pl.lit(rule.column)),
    )
    quarantine = pl.read_parquet(folder / "quarantine.parquet")
    found = {*quarantine.select("table_name", "source_row").iter_rows()}
    return Outcome(
        rule,
        len(failing),
        int(result["failed"].sum()),
        len(lost),
        len(found & lost),
        len(found - lost),
        result["action"][0] if result.height else "absent",
        Batch.read(folder).is_held,
    )


if __name__ == "__main__":
    main()
