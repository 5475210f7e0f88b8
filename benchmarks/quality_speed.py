"""The suite of person_record over one staged batch, with the ids of every row that fails.

    python benchmarks/quality_speed.py ROWS [ROWS ...] [--failing SHARE]

A force delivers everything it holds, which the store holds already; in SHARE of the rows (0.01
unless told) each fault of ``FAULTS`` is planted in rows of its own. Measured, beyond imports:
making the working database of the staged rows and of what the store holds, running the suite with
Great Expectations, and writing down which row breaks which rule. That every planted fault is found
is asserted. Every size is a process of its own. Prints Markdown.
"""

import argparse
import itertools
import math
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.measured import Measured, Meter, measure
from warehouse.batch import Batch
from warehouse.contract import STAGING_COLUMNS, delivered_table
from warehouse.home import Home

FORCE, SYSTEM = "alpha", "niche"
NIGHT = date(2026, 3, 2)
TABLE = delivered_table("person_record")

# Column, the value planted, the rule that finds it.
FAULTS: tuple[tuple[str, object, str], ...] = (
    ("sex", "Q", "allowed_values"),
    ("birth_date", date(1850, 1, 1), "range"),
    ("birth_date", date(1900, 1, 1), "placeholder_birth_date"),
    ("surname", "MIG_ERROR_1", "placeholder_name_mig_error"),
    ("surname", "UNKNOWN", "placeholder_name_unknown"),
    ("ethnicity_self_defined", "O1", "ethnicity_o1_is_a4"),
    ("ethnicity_observed", "A4", "ethnicity_of_the_other_set"),
    ("birth_year", 1901, "not_the_year_of"),
    ("updated_at", date(2001, 1, 1), "order_of_times"),
    ("recorded_at", date(2062, 1, 1), "not_in_the_future"),
)
HEAD = """
| rows | rows that fail | making the workspace, CPU s | suite and ids, CPU s | together, CPU s \
| wall, s | peak, GB |
|---|---|---|---|---|---|---|"""


def main() -> None:
    """Measure every size asked for and print the table and the growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int, nargs="+")
    parser.add_argument("--failing", type=float, default=0.01, help="share of rows that fail")
    arguments = parser.parse_args()
    print(HEAD, flush=True)
    runs: list[tuple[int, Measured]] = []
    for rows in sorted(arguments.rows):
        with tempfile.TemporaryDirectory() as folder:
            measure(
                "benchmarks.quality_speed:prepare",
                folder=folder, rows=rows, failing=arguments.failing,
            )  # fmt: skip
            run = measure("benchmarks.quality_speed:check_people", folder=folder, rows=rows)
        found = run.found
        print(f"| {rows:,} | {found['failing']:,} | {found['workspace']:.2f} | "
              f"{found['suite']:.2f} | {run.cpu:.2f} | {run.wall:.2f} | {run.peak:.2f} |",
              flush=True)  # fmt: skip
        runs.append((rows, run))
    for (few, small), (many, large) in itertools.pairwise(runs):
        exponent = math.log(large.cpu / small.cpu) / math.log(many / few)
        print(f"\nFrom {few:,} to {many:,} rows CPU grows with exponent {exponent:.2f}.")


def prepare(_: Meter, folder: str, rows: int, failing: float) -> dict[str, object]:
    """Stage the batch and publish a store that holds the same people."""
    home = Home.of(Path(folder))
    staged = home.staged(_batch(rows).batch_id)
    staged.mkdir(parents=True)
    _store(home).parent.mkdir(parents=True)
    each = max(1, int(rows * failing) // len(FAULTS))
    people = _people(rows)
    with duckdb.connect(_store(home)) as con:
        con.execute("CREATE SCHEMA core")
        con.register("people", people.select(TABLE.names))
        con.execute(f"CREATE TABLE {TABLE.qualified} AS SELECT * FROM people")
    _plant(people, each).write_parquet(staged / f"{TABLE.name}.parquet")
    _batch(rows).write(staged)
    return {}


def check_people(meter: Meter, folder: str, rows: int) -> dict[str, object]:
    """Check the batch as a night does; seconds of CPU of each part and how many rows fail."""
    from quality.connection import open_workspace
    from quality.rules.suites import rules_of
    from quality.run.failures import record_failures
    from quality.run.validation import find_broken_rules, open_source
    from quality.run.workspace import build_workspace
    from quality.source import Source

    home, batch, rules = Home.of(Path(folder)), _batch(rows), rules_of(TABLE)
    files = {TABLE.name: home.staged(batch.batch_id) / f"{TABLE.name}.parquet"}
    source = Source(0, batch, "GB", files, None, None)
    database = Path(folder) / "work.duckdb"
    with meter:
        begun = time.process_time()
        assert build_workspace(home, database, _store(home), [source]) == {}
        built = time.process_time()
        with open_source(database) as data:
            broken = find_broken_rules(data, TABLE.name, rules)
        with open_workspace(database, _store(home)) as con:
            record_failures(con, rules, broken)
            counts = {(column, rule): n for column, rule, n in con.sql(_COUNTS).fetchall()}
            failing = con.sql("SELECT count(DISTINCT row_no) FROM failure").fetchall()[0][0]
        checked = time.process_time()
    missed = [(column, rule) for column, _, rule in FAULTS if not counts.get((column, rule))]
    assert not missed, missed
    return {"workspace": built - begun, "suite": checked - built, "failing": failing}


_COUNTS = (
    "SELECT r.column_name, r.rule, count(*) FROM failure JOIN rule_list AS r USING (rule_no) "
    "GROUP BY ALL"
)


def _store(home: Home) -> Path:
    return home.store / "versions" / "crimelink.duckdb"


def _batch(rows: int) -> Batch:
    return Batch(
        "alpha-2026-03-02-1", "alpha-2026-03-02-1", FORCE, FORCE, SYSTEM, NIGHT, sequence="1",
        kind="full", environment="live", content_hash="1", bytes=1,
        covers={TABLE.name: None}, received={TABLE.name: rows},
    )  # fmt: skip


def _people(rows: int) -> pl.DataFrame:
    """Sound rows: as many names, births and codes as people have, none of them anybody's."""
    number = pl.int_range(rows, dtype=pl.Int64)
    born = pl.date(1930, 1, 2) + pl.duration(days=number * 7919 % 30_000)
    codes = pl.Series(["W1", "A4", "B2", "M9", "NS", None])
    seen = pl.Series(["IC1", "IC3", "IC6", None])
    frame = pl.select(
        force=pl.lit(FORCE),
        source_system=pl.lit(SYSTEM),
        record_key=pl.format("P{}", number),
        source_record_id=pl.format("P{}", number),
        forename=pl.format("FORENAME{}", number * 31 % 5_003),
        middle_names=pl.when(number % 3 == 0).then(pl.format("MIDDLE{}", number % 907)),
        surname=pl.format("SURNAME{}", number * 17 % 60_013),
        birth_date=born,
        birth_year=born.dt.year(),
        sex=pl.when(number % 2 == 0).then(pl.lit("M")).otherwise(pl.lit("F")),
        ethnicity_self_defined=pl.lit(codes).gather(number % len(codes)),
        ethnicity_observed=pl.lit(seen).gather(number % len(seen)),
        recorded_at=pl.datetime(2020, 1, 1) + pl.duration(minutes=number % 1_000_000),
        updated_at=pl.datetime(2024, 1, 1) + pl.duration(minutes=number % 1_000_000),
        batch_id=pl.lit("b"),
        source_file=pl.lit("people.csv"),
        source_row=number + 1,
        operation=pl.lit("upsert"),
    )
    schema = TABLE.polars_schema(STAGING_COLUMNS)
    given = set(frame.columns)
    return frame.select(
        (pl.col(name) if name in given else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    )


def _plant(people: pl.DataFrame, each: int) -> pl.DataFrame:
    """Each fault in ``each`` rows of its own, spread over the file."""
    stride = people.height // (each * len(FAULTS))
    at = pl.int_range(pl.len(), dtype=pl.Int64)
    for number, (column, value, _) in enumerate(FAULTS):
        is_planted = (at % stride == 0) & (at // stride % len(FAULTS) == number)
        kind = TABLE.column(column).kind.polars
        people = people.with_columns(
            pl.when(is_planted).then(pl.lit(value).cast(kind)).otherwise(column).alias(column)
        )
    return people


if __name__ == "__main__":
    main()
