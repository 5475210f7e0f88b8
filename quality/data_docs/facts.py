"""What a night's Data Docs tell, read from what its steps left: no person's value is among it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from quality.catalogue import RULE
from quality.rules.reading_rule import DELIVERY
from quality.run.results import CHECK_RESULT
from warehouse.batch import Batch
from warehouse.contract import DELIVERED
from warehouse.home import Home
from warehouse.night import rules_path, staged_batches
from warehouse.verify import read_answers

_KEY = ["table_name", "column_name", "rule"]
# Results about a delivery as a whole bear a name that no table has.
TABLE_ORDER = {table.name: number for number, table in enumerate(DELIVERED)}


@dataclass(frozen=True)
class NightFacts:
    """A night's checks.

    Attributes:
        night: which.
        batches: what was checked, held ones with the rule that holds them; those whose check has
            not ended are left out.
        unchecked: how many of the night's batches those are.
        rules: the columns of ``quality.rule``, and of every rule that was looked at ``checked`` and
            ``failed`` rows over all batches, ``failed_batches``, and ``severity`` of the results.
            A rule of reading stands where it was looked at, and under ``DELIVERY`` where it was
            not; ``owner`` and what stands beside it are null for what no rule states.
        failures: columns of ``quality.check_result`` where a row failed.
        store: ``name``, ``says`` and ``failed`` of every check of the finished store; None where
            they have not been asked.
    """

    night: date
    batches: Sequence[Batch]
    unchecked: int
    rules: pl.DataFrame
    failures: pl.DataFrame
    store: Sequence[dict[str, Any]] | None


def read_facts(home: Home, night: date) -> NightFacts:
    """Read a night's facts; of a night that was stopped, as far as it came."""
    staged = staged_batches(home, night)
    checked = [b for b in staged if (home.checked(b.batch_id) / "check_result.parquet").exists()]
    batches = [Batch.read(home.checked(batch.batch_id)) for batch in checked]
    results = _read_results(home, batches)
    answers = read_answers(home, night)
    return NightFacts(
        night,
        sorted(batches, key=lambda batch: (batch.force, batch.batch_id)),
        len(staged) - len(checked),
        _join_rules(home, night, results),
        results.filter(pl.col("failed") > 0).sort(*_KEY, "batch_id"),
        answers["checks"] if answers else None,
    )


def _read_results(home: Home, batches: Sequence[Batch]) -> pl.DataFrame:
    schema = CHECK_RESULT.polars_schema()
    frames = [
        pl.read_parquet(home.checked(batch.batch_id) / "check_result.parquet", glob=False).select(
            pl.col(name).cast(kind) for name, kind in schema.items()
        )
        for batch in batches
    ]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _join_rules(home: Home, night: date, results: pl.DataFrame) -> pl.DataFrame:
    """Rules that were looked at and those that were not, the ones that failed first."""
    path = rules_path(home, night)
    rules = (
        pl.read_parquet(path, glob=False)
        if path.exists()
        else pl.DataFrame(schema=RULE.polars_schema())
    )
    has_failed = pl.col("failed") > 0
    looked_at = results.group_by(_KEY).agg(
        pl.first("severity").alias("found_as"),
        pl.sum("checked"),
        pl.sum("failed"),
        has_failed.sum().cast(pl.Int64).alias("failed_batches"),
        (pl.col("action") == "not_run").any().alias("was_not_run"),
    )
    return (
        _place_reading(rules, looked_at)
        .join(looked_at, on=_KEY, how="full", coalesce=True, nulls_equal=True)
        .with_columns(
            pl.coalesce("severity", "found_as").alias("severity"),
            pl.col("checked", "failed", "failed_batches").fill_null(0),
            pl.col("was_not_run").fill_null(False),
        )
        .drop("found_as")
        .sort(
            pl.col("table_name").replace_strict(TABLE_ORDER, default=len(TABLE_ORDER)),
            "failed",
            *_KEY,
            descending=[False, True, False, False, False],
            nulls_last=True,
        )
    )


def _place_reading(rules: pl.DataFrame, looked_at: pl.DataFrame) -> pl.DataFrame:
    """The rules, those of reading once for each table and column where their name was looked at and
    no other rule bears it, with the severity that they had there."""
    reading = rules.filter(pl.col("table_name") == DELIVERY)
    others = rules.filter(pl.col("table_name") != DELIVERY)
    found = looked_at.select(*_KEY, severity="found_as").join(
        others, on=_KEY, how="anti", nulls_equal=True
    )
    said = reading.drop("table_name", "column_name", "severity")
    return pl.concat(
        [
            others,
            found.join(said, on="rule").select(rules.columns),
            reading.join(found, on="rule", how="anti"),
        ]
    )
