"""A batch of which every row is bad, in several rules: checked, held and reported.

Run: ``python -m benchmarks.quality_bad_batch [ROWS]`` (1,000,000). It prints what the check took
beyond its imports, its largest memory, and how many rows stand in the feedback file.
"""

import json
import sys
import tempfile
from datetime import date
from typing import Any

import polars as pl

from benchmarks.measured import Meter, measure
from forces.declaration import load_declarations
from warehouse.batch import Batch
from warehouse.contract import STAGING_COLUMNS, delivered_table
from warehouse.home import Home
from warehouse.night import write_handover

NIGHT = date(2026, 3, 2)
FORCE = "durham"
ROWS_AT_A_TIME = 100_000


def stage(root: str, rows: int) -> str:
    """Stage a full batch of persons of which each breaks six rules: sex and birth date are none,
    it is dated in the future, its ethnicities are none, and it says two things of one key."""
    home, table = Home.of(root), delivered_table("person_record")
    batch_id = f"{FORCE}-{NIGHT}-bad"
    folder = home.staged(batch_id)
    folder.mkdir(parents=True)
    schema = table.polars_schema(STAGING_COLUMNS)
    parts = folder.parent / "parts"
    parts.mkdir()
    for begin in range(0, rows, ROWS_AT_A_TIME):
        number = pl.int_range(begin, min(rows, begin + ROWS_AT_A_TIME), eager=True)
        given = {
            "force": pl.lit(FORCE), "source_system": pl.lit("niche"), "batch_id": pl.lit(batch_id),
            # Two rows of each key, at odds.
            "source_record_id": pl.format("N{}", pl.col("n") // 2),
            "record_key": pl.format("N{}", pl.col("n") // 2),
            "forename": pl.format("FORENAME {}", "n"), "surname": pl.format("SURNAME {}", "n"),
            "birth_date": pl.lit(date(1066, 10, 14)), "sex": pl.lit("?"),
            "ethnicity_self_defined": pl.lit("?"), "ethnicity_observed": pl.lit("?"),
            "updated_at": pl.lit("2099-01-01").str.to_datetime(time_unit="us"),
            "source_file": pl.lit("nominal.csv"), "source_row": pl.col("n") + 1,
            "operation": pl.lit("upsert"),
        }  # fmt: skip
        columns = [
            given.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in schema.items()
        ]
        pl.DataFrame({"n": number}).select(columns).write_parquet(parts / f"{begin:012}.parquet")
    pl.scan_parquet(parts).sink_parquet(folder / "person_record.parquet")
    batch = Batch(
        batch_id=batch_id, delivery_id=batch_id, deliverer=FORCE, force=FORCE,
        source_system="niche", delivery_date=NIGHT, sequence="1", kind="full", environment="live",
        content_hash="0" * 64, bytes=1, received={"person_record": rows},
        covers={"person_record": None},
    )  # fmt: skip
    batch.write(folder)
    write_handover(home, NIGHT, "standardise", FORCE, [batch_id])
    return batch_id


def check_bad(meter: Meter, root: str) -> dict[str, Any]:
    """Check the staged night and say what became of it."""
    import great_expectations  # noqa: F401 - its import is measured of nobody

    from quality.check import check

    home = Home.of(root)
    declarations = load_declarations()
    with meter:
        check(home, NIGHT, declarations)
    [checked] = home.checked("x").parent.glob(f"{FORCE}-*")
    feedback = home.feedback(FORCE, checked.name) / "feedback.csv"
    results = pl.read_parquet(checked / "check_result.parquet").filter(pl.col("failed") > 0)
    with feedback.open("rb") as lines:
        told = sum(1 for _ in lines) - 1
    return {
        "held": Batch.read(checked).held_rule,
        "rules_broken": results.height,
        "feedback_rows": told,
        "feedback_mb": round(feedback.stat().st_size / 1e6, 1),
        "quarantine_mb": round((checked / "quarantine.parquet").stat().st_size / 1e6, 1),
    }


def main(rows: int) -> None:
    """Stage, check and print."""
    with tempfile.TemporaryDirectory() as root:
        stage(root, rows)
        measured = measure("benchmarks.quality_bad_batch:check_bad", root=root)
    print(
        f"{rows:,} rows, every one bad: {measured.wall:.1f} s, {measured.cpu:.1f} CPU seconds, "
        f"{measured.peak:.2f} GB at most\n{json.dumps(measured.found)}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
