"""A sample as a CSV file for reviewers, in the form of the review queue's, and as it comes back."""

import csv
import io
from collections.abc import Iterable, Mapping

import polars as pl

from linkage.evaluation.sample import BY_NAME, PLAN_COLUMNS
from linkage.explanation.facts import Record
from linkage.explanation.values import KINDS
from linkage.judgements.csv_rows import DECISION, VALUES, disarm, name_pair, read_rows
from linkage.record_key import Pair, RecordKey
from warehouse.contract.judgement import VERDICTS
from warehouse.contract.link import PAIR_KEY
from warehouse.errors import UsageError

COLUMNS = (*DECISION, "says", "match_weight", "band", *VALUES, *PAIR_KEY, "pair", *PLAN_COLUMNS)
NEEDED = ("pair", "verdict", "stratum", "stratum_pairs", "strata")


def pairs_of(sample: pl.DataFrame) -> list[Pair]:
    """The two records of every row of ``draw_sample``."""
    rows = sample.select(PAIR_KEY).iter_rows()
    return [(RecordKey(*row[:3]), RecordKey(*row[3:])) for row in rows]


def write_sample(sample: pl.DataFrame, records: Mapping[RecordKey, Record]) -> str:
    """The sample as CSV: the decision left to the reader, what each record holds, then the plan.

    Args:
        sample: what ``draw_sample`` gives.
        records: what each record of it holds.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    plan = sample.select(PLAN_COLUMNS).iter_rows()
    said = sample.select("says", "match_weight", "band").iter_rows()
    for pair, (says, weight, band), planned in zip(pairs_of(sample), said, plan, strict=True):
        held = [records[record].values for record in pair]
        values = ["; ".join(side.get(kind, ())) for kind in KINDS for side in held]
        shown = "" if weight is None else f"{weight:.3f}"
        words = map(disarm, (*values, *pair[0], *pair[1]))
        writer.writerow(["", "", "", disarm(says), shown, band, *words, name_pair(pair), *planned])
    return text.getvalue()


def read_reviewed(text: str, name: str) -> pl.DataFrame:
    """Verdicts by stratum.

    Args:
        text: what ``write_sample`` gave, with verdicts: ``same``, ``not_same``, ``unsure``, or none
            yet.
        name: of the file, for messages.

    Returns:
        ``stratum``, ``pairs`` (in all), ``same``, ``not_same``, ``unsure``, ``unreviewed`` (rows).

    Raises:
        UsageError: the file is none of that form, or a stratum has no verdict.
    """
    rows = _read(text, name)
    _refuse_rows(name, rows)
    strata = rows.group_by("stratum").agg(
        pl.col("stratum_pairs").first().alias("pairs"),
        *((pl.col("verdict") == verdict).sum().alias(verdict) for verdict in VERDICTS),
        pl.col("verdict").is_null().sum().alias("unreviewed"),
    )
    order = {stratum: place for place, stratum in enumerate(BY_NAME)}
    strata = strata.sort(pl.col("stratum").replace_strict(order, return_dtype=pl.Int64))
    _refuse_strata(name, rows, strata)
    return strata


def _read(text: str, name: str) -> pl.DataFrame:
    rows, bad = read_rows(text, name)
    if bad:
        raise UsageError(f"{name}, row {bad[0].number}: {bad[0].says}")
    lacking = [column for column in NEEDED if not rows or column not in rows[0].cells]
    if lacking:
        raise UsageError(
            f"{name}: no rows, or no column {', '.join(lacking)}: it is no sample of "
            "`crimelink link sample`"
        )
    held = pl.DataFrame(
        [{"row": row.number, **{column: row.cells[column] for column in NEEDED}} for row in rows]
    )
    verdict = pl.col("verdict").str.strip_chars().str.to_lowercase()
    verdict = verdict.str.replace_all(r"[-_\s]+", "_").str.replace("_the_", "_", literal=True)
    return held.with_columns(
        pl.when(verdict != "").then(verdict).alias("verdict"),
        pl.col("stratum_pairs", "strata").cast(pl.Int64, strict=False),
    )


def _refuse_rows(name: str, rows: pl.DataFrame) -> None:
    strange = {
        f"a verdict is {', '.join(VERDICTS)}, or empty": ~pl.col("verdict").is_in(VERDICTS),
        "no stratum of a sample": ~pl.col("stratum").is_in(list(BY_NAME)),
        "stratum_pairs and strata are no whole numbers": pl.any_horizontal(
            pl.col("stratum_pairs", "strata").is_null()
        ),
        "the pair stands twice": pl.col("pair").is_duplicated(),
        "stratum_pairs differs from another row of the stratum": (
            pl.col("stratum_pairs").n_unique().over("stratum") > 1
        ),
    }
    for rule, is_strange in strange.items():
        found = rows.filter(is_strange)["row"].to_list()
        if found:
            raise UsageError(f"{name}, row {_listed(found)}: {rule}")


def _listed(rows: Iterable[int]) -> str:
    """The first five row numbers."""
    numbers = [str(row) for row in rows]
    return ", ".join(numbers[:5]) + (", …" if len(numbers) > 5 else "")


def _refuse_strata(name: str, rows: pl.DataFrame, strata: pl.DataFrame) -> None:
    drawn = rows["strata"].unique().to_list()
    if drawn != [strata.height]:
        raise UsageError(
            f"{name}: rows of {strata.height} strata are there, {drawn} were drawn: without the "
            "others nothing can be estimated"
        )
    reviewed = pl.sum_horizontal(*VERDICTS)
    if not strata.filter(reviewed > pl.col("pairs")).is_empty():
        raise UsageError(f"{name}: a stratum has more verdicts than pairs")
    silent = strata.filter(reviewed == 0)["stratum"].to_list()
    if silent:
        raise UsageError(
            f"{name}: no verdict yet in: {'; '.join(silent)}. Nothing can be said of pairs of "
            "which none was looked at: judge at least one of each, better twenty"
        )
