"""``crimelink link evaluate``, ``sample`` and ``estimate``: how well persons are linked."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from console.evaluation_tables import draw_evaluation, draw_table, percent
from linkage.evaluation.estimate import Estimate, estimate_accuracy, read_blocking
from linkage.evaluation.evaluate import Evaluation, evaluate
from linkage.evaluation.sample import STRATA, draw_sample
from linkage.evaluation.sample_csv import pairs_of, read_reviewed, write_sample
from linkage.evaluation.sample_id import read_nights
from linkage.evaluation.truth import read_truth
from linkage.explanation.values import read_records
from linkage.judgements.csv_rows import disarm
from warehouse.errors import UsageError
from warehouse.home import Home, write_text_atomic
from warehouse.store import open_store
from warehouse.wording import counted

Tell = Callable[[str], None]

# What a spreadsheet needs to see that a file is UTF-8.
BOM = "\ufeff"
# Every table that an evaluation or a trial may write.
_TABLES = frozenset({"figures", "bands", "weights", "moved"})
INTERVALS = (
    "Percentages, with 95% intervals. Persons: Wilson. Pairs and clusters: at each end the wider "
    "of Wilson, with groups as trials, and a bootstrap of {resamples:,} resamples over groups "
    "(seed {seed}); a group is the true persons and person ids that hang together. A pair counts "
    "in every stratum that either of its records bears."
)
ESTIMATES = {
    "link_precision": "pairs joined by their own link that are one person",
    "pair_precision": "pairs under one person id that are one person",
    "recall_of_scored": "true pairs among those scored or joined that are joined",
    "recall": "true pairs, those never compared included, that are joined",
}


def tell_evaluation(
    home: Home, truth: Path, as_json: bool, out: Path | None, seed: int, tell: Tell
) -> None:
    """Say how well the published store links the records of which the truth is known.

    Args:
        home: the home.
        truth: a simulation's deliveries or their ``truth`` folder, or a Parquet or CSV file.
        as_json: tell JSON instead of tables.
        out: folder to write the same into, as CSV and JSON; None writes nothing.
        seed: of the bootstrap.
        tell: where the lines go.

    Raises:
        UsageError: there is no truth, it is not of this store, or no store.
    """
    persons = read_truth(truth)
    with open_store(home) as store:
        evaluation = evaluate(store, persons, seed)
    told = as_told(evaluation)
    if out is not None:
        write_told(told, figure_files(evaluation), out)
    if as_json:
        tell(as_json_text(told))
        return
    tell_figures(evaluation, tell)
    if out is not None:
        tell(f"written to {out}")


def tell_figures(evaluation: Evaluation, tell: Tell) -> None:
    """Say what was measured, as tables."""
    about = evaluation.about
    tell(f"night {about['night']}, model {about['model_id']}: {about['records']:,} records of "
         f"{about['true_persons']:,} true persons under {about['person_ids']:,} person ids"
         )  # fmt: skip
    unnamed, unheld = (counted(about[name], "record") for name in ("unlabelled", "not_held"))
    tell(f"left out: {unnamed} of the store that the truth does not name; {unheld} that the truth "
         "names and the store does not hold (never delivered, kept out by a check, or deleted "
         "since)\n")  # fmt: skip
    doubts = "; ".join(about["doubts"])
    if doubts:
        tell(f"IS THIS THE TRUTH OF THESE DELIVERIES? {doubts}. If not, no figure below means "
             "anything.\n")  # fmt: skip
    for table in draw_evaluation(evaluation):
        tell(table + "\n")
    tell(INTERVALS.format(**about))
    tell(about["note"])
    if doubts:
        tell(f"IS THIS THE TRUTH OF THESE DELIVERIES? {doubts}.")


def as_told(evaluation: Evaluation) -> dict[str, Any]:
    """What was measured, as JSON has it."""
    frames = {name: frame.to_dicts() for name, frame in figure_files(evaluation).items()}
    return {"about": evaluation.about, **frames}


def figure_files(evaluation: Evaluation) -> dict[str, pl.DataFrame]:
    """The tables of what was measured, by the names of their files."""
    return {"figures": evaluation.figures, "bands": evaluation.bands, "weights": evaluation.weights}


def as_json_text(told: dict[str, Any]) -> str:
    """JSON for people and programs to read."""
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False)


def write_told(told: dict[str, Any], files: dict[str, pl.DataFrame], out: Path) -> None:
    """Write ``evaluation.json`` and a CSV a table into a folder, for their owner only.

    A table of an earlier evaluation that this one has not is removed: it would be read as its own.
    """
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _TABLES.difference(files):
        (out / f"{name}.csv").unlink(missing_ok=True)
    for name, frame in files.items():
        # Ids are their source's words and strata may be: no spreadsheet shall run one.
        text = pl.col(pl.String).map_elements(disarm, return_dtype=pl.String)
        write_text_atomic(out / f"{name}.csv", frame.with_columns(text).write_csv())
    write_text_atomic(out / "evaluation.json", as_json_text(told) + "\n")


def tell_sample(home: Home, pairs: int, seed: int, out: Path | None, tell: Tell) -> None:
    """Draw a sample of pairs to review.

    Args:
        home: the home.
        pairs: how many.
        seed: the same store, number and seed give the same sample.
        out: CSV file to write, for its owner only, which must not exist; None tells the CSV.
        tell: where the lines go.

    Raises:
        UsageError: ``out`` exists, there are no pairs or too few are asked for, or no store.
    """
    if out is not None and os.path.lexists(out):
        raise UsageError(f"--out {out}: the file is there already, and may hold verdicts")
    with open_store(home) as store:
        sample = draw_sample(store, pairs, seed)
        night = read_nights(store)[-1]
        keys = sorted({record for pair in pairs_of(sample) for record in pair})
        records = {record.key: record for record in read_records(store, keys, has_values=True)}
    text = write_sample(sample, records, night)
    if out is None:
        tell(text.rstrip("\r\n"))
        return
    write_text_atomic(out, BOM + text)
    for stratum, drawn, size in _drawn(sample).iter_rows():
        tell(f"  {drawn:6,} of {size:12,}  {stratum}")
    tell(
        f"{sample.height:,} pairs written to {out}. It holds personal data. Fill in verdict (same, "
        "not same, unsure) from the top down, leave the other columns as they are and every row in "
        f"the file; then: crimelink link estimate {out}"
    )


def _drawn(sample: pl.DataFrame) -> pl.DataFrame:
    """Each stratum with the pairs drawn and those there are, as ``STRATA`` orders them."""
    order = {stratum.name: place for place, stratum in enumerate(STRATA)}
    return (
        sample.group_by("stratum")
        .agg(drawn=pl.len(), size=pl.col("stratum_pairs").first())
        .sort(pl.col("stratum").replace_strict(order, return_dtype=pl.Int64))
    )


def tell_estimate(home: Home, file: Path, as_json: bool, tell: Tell) -> None:
    """Estimate precision and recall from a sample that was reviewed.

    Args:
        home: the home; the published store knows the recall of blocking.
        file: the sample with verdicts.
        as_json: tell JSON instead of tables.
        tell: where the lines go.

    Raises:
        UsageError: the file is no sample of this home's, rows of it are lacking, a stratum of it
            has no verdict, nobody was sure of any pair, or there is no store.
    """
    text = _read(file)
    with open_store(home) as store:
        nights = read_nights(store)
        night, strata = read_reviewed(text, file.name, nights)
        blocking = read_blocking(store, night.model_id)
    estimates = estimate_accuracy(strata, blocking)
    if as_json:
        about = {"night": night.night.isoformat(), "model_id": night.model_id}
        told = {"estimates": [asdict(e) for e in estimates], "strata": strata.to_dicts()}
        tell(json.dumps(about | told, indent=1, ensure_ascii=False))
        return
    tell(f"persons as night {night.night} published them, model {night.model_id}")
    if night.model_id != nights[-1].model_id:
        tell(f"SINCE THEN ANOTHER MODEL: {nights[-1].model_id}, of which this sample says nothing")
    tell("")
    tell(draw_table("What reviewers found", [name.replace("_", " ") for name in strata.columns],
                    [tuple(map(_cell, row)) for row in strata.iter_rows()]) + "\n")  # fmt: skip
    tell(draw_table("Estimates", ("", "%", "95% interval"), list(map(_row, estimates))) + "\n")
    tell("Estimates from a sample, as good as its verdicts. The lower end counts every unsure pair "
         "against the linkage, the upper end for it.")  # fmt: skip
    for line in _say_doubts(strata):
        tell(line)
    tell(_say_blocking(blocking[0] if blocking else None))


def _say_doubts(strata: pl.DataFrame) -> Iterator[str]:
    doubtful = strata.filter(pl.col("same") + pl.col("not_same") == 0)["stratum"].to_list()
    if doubtful:
        yield (
            f"NOBODY WAS SURE about any pair of: {'; '.join(doubtful)}. Half of each is counted as "
            "of one person; what is of nothing else is not known."
        )


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file.name} is not UTF-8: save it as CSV UTF-8") from None


def _say_blocking(recall: float | None) -> str:
    if recall is None:
        return (
            "Recall is of the pairs that were scored and kept, or joined. What no block brought "
            "together is not in it: the training of this model measured no recall of blocking."
        )
    return (
        "The last line takes it that of true pairs without a verified identifier in common blocks "
        f"find as many as those of other things find of pairs with one: {percent(recall)}%. True "
        "pairs that weigh too little to be kept are not in it."
    )


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _row(estimate: Estimate) -> tuple[str, str, str]:
    span = f"{percent(estimate.low)}–{percent(estimate.high)}"
    share = "not known" if estimate.estimate is None else percent(estimate.estimate)
    return ESTIMATES[estimate.measure], share, span
