"""A fault for every rule, planted at a known rate: is it found, and are the right rows kept out?

    python benchmarks/rule_mutations.py [--write docs/quality-rules.md] [--rows N]

Forces of a home deliver sound rows of every table for two nights, which load without a failure.
Then, in a copy of the home, each force delivers with one rule broken in every tenth row of its
table, and the check of that night must name those rows and no others under the rule, and keep out
exactly them and what cannot do without them. Ends with exit code 1 where a fault is missed or a
row kept out that should not be.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from benchmarks.faults import Row, dependents
from benchmarks.rule_faults import plant
from benchmarks.rule_outcome import Outcome
from benchmarks.rules_page import render
from benchmarks.sound_geography import FORCE_CODE, load_geography
from benchmarks.sound_rows import sound_tables
from benchmarks.staged_nights import (
    batch_id_of,
    check_night,
    close_staged_night,
    declare,
    stage,
)
from quality.catalogue import night_rules
from quality.rule import Rule
from warehouse.batch import Batch
from warehouse.home import Home

FIRST = date(2026, 3, 2)
CLEAN_NIGHTS = 2
FORCES = 40
EVERY = 10
NEW = 10
"""Records of the night with the faults that the store does not hold yet."""


def main() -> None:
    """Plant every fault, print what became of it, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=60, help="rows of each table and force")
    parser.add_argument("--write", type=Path, help="Markdown file to write")
    parser.add_argument("--folder", type=Path, help="where to keep the home of the sound nights")
    parser.add_argument("--only", help="only rules of this name")
    arguments = parser.parse_args()
    rules = [rule for rule in night_rules() if arguments.only in (None, rule.name)]
    with tempfile.TemporaryDirectory() as working:
        outcomes = list(_plant_all(arguments.folder or Path(working), rules, arguments.rows))
    wrong = [outcome for outcome in outcomes if not outcome.is_right]
    for outcome in wrong:
        print("WRONG", outcome)
    print(f"{len(outcomes)} faults, {len(wrong)} not found or not acted on as they should be")
    if arguments.write:
        arguments.write.write_text(render(outcomes, CLEAN_NIGHTS), encoding="utf-8")
    sys.exit(1 if wrong else 0)


def _plant_all(folder: Path, rules: Sequence[Rule], rows: int) -> Iterator[Outcome]:
    base = Home.of(folder / "base")
    held = rows - NEW
    forces = {f"force-{n:02d}": declare(f"force-{n:02d}", FORCE_CODE) for n in range(FORCES)}
    if not base.reference.exists():
        load_geography(base, folder / "geography")
    for index in range(0 if base.current.exists() else CLEAN_NIGHTS):
        night = FIRST + timedelta(days=index)
        for force in forces:
            stage(base, night, force, sound_tables(force, batch_id_of(force, night), held))
        close_staged_night(base, night, forces)
    night = FIRST + timedelta(days=CLEAN_NIGHTS)
    for number, begin in enumerate(range(0, len(rules), FORCES)):
        group = rules[begin : begin + FORCES]
        home = Home.of(folder / f"group-{number}")
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.copytree(base.root, home.root, symlinks=True)
        planted = {}
        for force, rule in zip(forces, group, strict=False):
            sound = sound_tables(force, batch_id_of(force, night), rows)
            broken = plant(rule, sound, [*range(EVERY // 2, rows + 1, EVERY)], FIRST)
            stage(home, night, force, broken.tables)
            out = broken.lost | (frozenset() if rule.severity == "info" else broken.failing)
            planted[force] = broken.failing, dependents(sound, out, held)
        check_night(home, night, forces)
        for force, rule in zip(forces, group, strict=False):
            yield _judge(home, batch_id_of(force, night), rule, *planted[force])
        shutil.rmtree(home.root)


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
