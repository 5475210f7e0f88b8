"""A sample as a CSV file for reviewers, in the form of the review queue's, and as it comes back."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from linkage.evaluation.sample import BY_NAME, PLAN_COLUMNS
from linkage.evaluation.sample_id import Night, name_sample, night_of
from linkage.explanation.facts import Record
from linkage.explanation.values import KINDS
from linkage.judgements.csv_rows import DECISION, VALUES, disarm, name_pair, read_rows
from linkage.judgements.judgement import read_verdict
from linkage.record_key import Pair, RecordKey
from warehouse.contract.judgement import VERDICTS
from warehouse.contract.link import PAIR_KEY
from warehouse.errors import UsageError

COLUMNS = (*DECISION, "says", "match_weight", "band", *VALUES, *PAIR_KEY, "pair", *PLAN_COLUMNS,
           "sample")  # fmt: skip
# What the name of a sample is a hash of, row by row.
NAMED = ("pair", "stratum", "stratum_pairs", "stratum_identified", "stratum_drawn", "strata")
NUMBERS = ("stratum_pairs", "stratum_identified", "stratum_drawn", "strata")
NEEDED = ("verdict", *NAMED, "sample")


class Reviewed(NamedTuple):
    """A sample that came back.

    Attributes:
        night: whose store it was drawn from.
        strata: ``stratum``, ``pairs`` (in all), ``identified`` (of them, those that share an
            identifier), ``same``, ``not_same``, ``unsure``, ``unreviewed`` (rows).
    """

    night: Night
    strata: pl.DataFrame


def pairs_of(sample: pl.DataFrame) -> list[Pair]:
    """The two records of every row of ``draw_sample``."""
    rows = sample.select(PAIR_KEY).iter_rows()
    return [(RecordKey(*row[:3]), RecordKey(*row[3:])) for row in rows]


def write_sample(sample: pl.DataFrame, records: Mapping[RecordKey, Record], night: Night) -> str:
    """The sample as CSV: the decision left to the reader, what each record holds, then the plan.

    Args:
        sample: what ``draw_sample`` gives.
        records: what each record of it holds.
        night: whose store it was drawn from.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    pairs = pairs_of(sample)
    named = sample.with_columns(pair=pl.Series(map(name_pair, pairs), dtype=pl.String))
    name = name_sample(night, named.select(NAMED).iter_rows())
    plan = sample.select(PLAN_COLUMNS).iter_rows()
    said = sample.select("says", "match_weight", "band").iter_rows()
    for pair, (says, weight, band), planned in zip(pairs, said, plan, strict=True):
        held = [records[record].values for record in pair]
        values = ["; ".join(side.get(kind, ())) for kind in KINDS for side in held]
        shown = "" if weight is None else f"{weight:.3f}"
        words = map(disarm, (*values, *pair[0], *pair[1]))
        decision = ["", "", "", disarm(says), shown, band]
        writer.writerow([*decision, *words, name_pair(pair), *planned, name])
    return text.getvalue()


def read_reviewed(text: str, name: str, nights: Sequence[Night]) -> Reviewed:
    """Verdicts by stratum.

    Args:
        text: what ``write_sample`` gave, with verdicts: ``same``, ``not_same``, ``unsure``, or none
            yet.
        name: of the file, for messages.
        nights: that the store knows.

    Raises:
        UsageError: the file is none of that form, it was drawn from a store that is none of the
            nights', rows came or went, what they say of the draw was changed, a stratum has no
            verdict, or every verdict is ``unsure``.
    """
    rows = _read(text, name)
    _refuse_rows(name, rows)
    strata = rows.group_by("stratum").agg(
        pl.col("stratum_pairs").first().alias("pairs"),
        pl.col("stratum_identified").first().alias("identified"),
        *((pl.col("verdict") == verdict).sum().alias(verdict) for verdict in VERDICTS),
        pl.col("verdict").is_null().sum().alias("unreviewed"),
    )
    order = {stratum: place for place, stratum in enumerate(BY_NAME)}
    strata = strata.sort(pl.col("stratum").replace_strict(order, return_dtype=pl.Int64))
    _refuse_draw(name, rows)
    night = _night(name, rows, nights)
    _refuse_verdicts(name, strata)
    return Reviewed(night, strata)


def _read(text: str, name: str) -> pl.DataFrame:
    rows, bad = read_rows(text, name)
    if bad:
        raise UsageError(f"{name}, row {bad[0].number}: {bad[0].says}")
    lacking = [column for column in NEEDED if not rows or column not in rows[0].cells]
    if lacking:
        raise UsageError(
            f"{name}: no rows, or no column {', '.join(lacking)}: it is no sample of "
            "`crimelink link sample`, or one of an earlier version: draw it again with its seed "
            "and copy the verdicts into it"
        )
    held = pl.DataFrame(
        [{"row": row.number, **{column: row.cells[column] for column in NEEDED}} for row in rows]
    )
    said = [read_verdict(text) if text.strip() else None for text in held["verdict"]]
    return held.with_columns(
        pl.Series("verdict", said, dtype=pl.String),
        pl.col(NUMBERS).cast(pl.Int64, strict=False),
    )


def _refuse_rows(name: str, rows: pl.DataFrame) -> None:
    strange = {
        f"a verdict is {', '.join(VERDICTS)}, or empty": ~pl.col("verdict").is_in(VERDICTS),
        "no stratum of a sample": ~pl.col("stratum").is_in(list(BY_NAME)),
        f"{', '.join(NUMBERS)}: whole numbers are needed": pl.any_horizontal(
            pl.col(NUMBERS).is_null()
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


def _refuse_draw(name: str, rows: pl.DataFrame) -> None:
    """Every pair that was drawn is there, with a verdict or without, and no other."""
    there = rows["stratum"].n_unique()
    drawn = rows["strata"].unique().to_list()
    if drawn != [there]:
        raise UsageError(
            f"{name}: rows of {there} strata are there, {drawn} were drawn: without the others "
            "nothing can be estimated"
        )
    counted = rows.group_by("stratum", maintain_order=True).agg(
        pl.len().alias("there"), pl.col("stratum_drawn").first().alias("drawn")
    )
    for stratum, here, wanted in counted.filter(pl.col("there") != pl.col("drawn")).iter_rows():
        raise UsageError(
            f"{name}: of the stratum '{stratum}' {wanted} rows were drawn and {here} are there. "
            "What is not judged yet stays in the file, without a verdict: put the verdicts into a "
            "copy that is whole"
        )


def _night(name: str, rows: pl.DataFrame, nights: Sequence[Night]) -> Night:
    names = rows["sample"].str.strip_chars().unique().to_list()
    if len(names) > 1:
        raise UsageError(f"{name}: rows of {len(names)} samples: one at a time")
    night = night_of(names[0], nights)
    if night is None:
        raise UsageError(
            f"{name}: it was not drawn from this home's store, or from one that was rolled back: "
            "estimate where it was drawn"
        )
    if name_sample(night, rows.select(NAMED).iter_rows()) != names[0]:
        raise UsageError(
            f"{name}: what a row says of the draw ({', '.join(NAMED)}) is not what was written: "
            "put the verdicts into a copy that is whole"
        )
    return night


def _refuse_verdicts(name: str, strata: pl.DataFrame) -> None:
    silent = strata.filter(pl.sum_horizontal(*VERDICTS) == 0)["stratum"].to_list()
    if silent:
        raise UsageError(
            f"{name}: no verdict yet in: {'; '.join(silent)}. Nothing can be said of pairs of "
            "which none was looked at: judge at least one of each, better twenty"
        )
    if not strata.select(pl.sum_horizontal("same", "not_same").sum()).item():
        raise UsageError(f"{name}: every verdict is unsure: nothing can be estimated from it")
