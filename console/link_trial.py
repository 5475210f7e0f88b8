"""``crimelink link evaluate --model``: what another model would link, and how well, beforehand."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from console.evaluation_tables import MEASURES, draw_table, percent
from console.link_evaluate import (
    as_json_text,
    as_told,
    figure_files,
    tell_figures,
    write_told,
)
from console.user import name_user
from linkage.evaluation.evaluate import Evaluation, evaluate
from linkage.evaluation.trial import Trial, evaluate_trial, try_model
from linkage.evaluation.truth import hash_truth, read_truth
from linkage.trials import Measured, keep_trial
from warehouse.home import Home
from warehouse.state import writer
from warehouse.store import open_newest
from warehouse.wording import counted

Tell = Callable[[str], None]

_CHANGES = {
    "persons": "persons",
    "pairs": "pairs of records of one person",
    "links": "links laid",
    "review": "pairs in the band review",
}


def tell_trial(
    home: Home,
    model_id: str,
    truth: Path | None,
    as_json: bool,
    out: Path | None,
    seed: int,
    user: str | None,
    tell: Tell,
) -> None:
    """Try a model on the home's current records, keep the trial, and say what it showed.

    Args:
        home: the home; of what is linked nothing is changed.
        model_id: the model.
        truth: as ``tell_evaluation`` takes it; None to say only what would differ.
        as_json: tell JSON instead of tables.
        out: folder to write the same into, and the records that would move; None writes nothing.
        seed: of the bootstrap.
        user: who tries it; None for the login name.
        tell: where the lines go.

    Raises:
        UsageError: there is no such model, truth or store, or nothing was linked yet.
        StoreError: the model's files, the state or the store are damaged.
        LockedError: another process holds the state.
    """
    by = name_user(user, "tried_by")
    persons = None if truth is None else read_truth(truth)
    trial = try_model(home, model_id)
    measured = present = None
    if truth is not None and persons is not None:
        with open_newest(home) as store:
            evaluation = evaluate_trial(store, trial, persons, seed)
            present = evaluate(store, persons, seed)
        measured = Measured(str(truth), hash_truth(truth), evaluation)
    with writer(home, "keeping a trial") as con:
        trial_id = keep_trial(con, trial, by, measured)
    told = {"trial": _plain(trial, trial_id)}
    if measured and present:
        told |= {"published": _of_everybody(present).to_dicts()} | as_told(measured.evaluation)
    if out is not None:
        files = figure_files(measured.evaluation) if measured else {}
        write_told(told, files | {"moved": trial.moved}, out)
    if as_json:
        tell(as_json_text(told))
        return
    for line in _say(trial):
        tell(line)
    tell("")
    if measured and present:
        tell(_compare(present, measured.evaluation) + "\n")
        tell_figures(measured.evaluation, tell)
    else:
        tell("How well it links is not known: no truth was named (--truth).")
    tell(_head(trial))
    tell(f"kept as trial {trial_id} in governance.model_trial, published with the next night")
    if out is not None:
        tell(f"written to {out}")
    if not _is_in_use(trial):
        tell(f"to use it from the next night: crimelink link approve {model_id} --reason '...'")


def _is_in_use(trial: Trial) -> bool:
    return trial.model.model_id == trial.model_in_use


def _plain(trial: Trial, trial_id: int) -> dict[str, Any]:
    return {
        "trial_id": trial_id,
        "model_id": trial.model.model_id,
        "is_in_use": _is_in_use(trial),
        "model_in_use": trial.model_in_use,
        "present_model_id": trial.present_model_id,
        "night": trial.night.isoformat(),
        "records": trial.records.height,
        "data_sha256": trial.data_sha256,
        "waiting_records": trial.waiting_records,
        "waiting_judgements": trial.waiting_judgements,
        "compared_pairs": trial.compared_pairs,
        "capped_keys": trial.capped_keys,
        "differences": asdict(trial.differences),
    }


def _compare(present: Evaluation, tried: Evaluation) -> str:
    """The figures of everybody as published and in the trial, side by side."""
    sides = [
        {row["measure"]: row["estimate"] for row in _of_everybody(each).to_dicts()}
        for each in (present, tried)
    ]
    rows = [
        (says, *(percent(side.get(name)) for side in sides))
        for name, says in MEASURES.items()
        if any(name in side for side in sides)
    ]
    about = present.about
    title = f"Against that truth, %, beside night {about['night']} as published"
    return draw_table(title, ("", about["model_id"], "the trial"), rows)


def _of_everybody(evaluation: Evaluation) -> pl.DataFrame:
    return evaluation.figures.filter(pl.col("kind") == "all")


def _head(trial: Trial) -> str:
    """What was tried, and that it is a trial: above the figures and below them."""
    model_id = trial.model.model_id
    if not _is_in_use(trial):
        use = f"It is NOT IN USE: {trial.model_in_use} is"
    elif model_id == trial.present_model_id:
        use = "It is the model in use"
    else:
        use = f"It is in use from the next night on: {trial.present_model_id} linked the last one"
    return f"TRIAL of {model_id}: nothing that is linked was changed. {use}"


def _say(trial: Trial) -> Iterator[str]:
    yield _head(trial)
    how, trained_on = trial.model.how, trial.model.report["records"]
    yield (
        f"{trial.records.height:,} records, as after night {trial.night}; the model is {how}"
        + (f" on {trained_on:,}" if how == "trained" else ", NOT TRAINED")
    )
    capped = ""
    if trial.capped_keys:
        capped = (
            f"; {counted(trial.capped_keys, 'block key')} that more than "
            f"{trial.model.most_records:,} records bear brought nobody together"
        )
    yield f"{counted(trial.compared_pairs, 'pair')} compared{capped}"
    if trial.waiting_records:
        yield (
            f"{trial.waiting_records:,} records were loaded or ended since that night: some of "
            "what differs comes of them, not of the model"
        )
    if trial.waiting_judgements:
        yield (
            f"{trial.waiting_judgements:,} judgements count that wait for the next night: some of "
            "what differs may come of them"
        )
    yield ""
    differences = trial.differences
    rows = [
        (says, *(f"{number:,}" for number in (of.before, of.after, of.gained, of.lost)))
        for name, says in _CHANGES.items()
        for of in [getattr(differences, name)]
    ]
    title = f"Beside what {trial.present_model_id} has linked"
    yield draw_table(title, ("", "now", "in the trial", "gained", "lost"), rows)
    moved, records = differences.records_moved, differences.records_compared
    share = f" ({percent(moved / records)}%)" if records else ""
    yield f"{moved:,} of {records:,} records{share} would be of one person with other records"
