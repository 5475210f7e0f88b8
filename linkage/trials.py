"""Trials of models: who tried one, when, on what, and what it showed, for ever.

``governance.model_trial`` and ``governance.model_trial_figure`` are only ever added to: whoever
approves a model, and whoever asks later, finds every trial of it, not the best one. One that could
not be measured against the truth it was given told nobody anything, and is not kept.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import NamedTuple

import duckdb
import polars as pl

from linkage.evaluation.evaluate import Evaluation
from linkage.evaluation.trial import Trial
from warehouse.connect import transaction
from warehouse.contract.governance import MODEL_TRIAL, MODEL_TRIAL_FIGURE
from warehouse.decisions import check_name
from warehouse.given import lent
from warehouse.schema import quote


@dataclass(frozen=True)
class Measured:
    """A trial measured against a truth.

    Attributes:
        truth: how the truth was named.
        sha256: of the file that holds it.
        evaluation: what was measured.
    """

    truth: str
    sha256: str
    evaluation: Evaluation


class Tried(NamedTuple):
    """One trial of a model, as it is kept.

    Attributes:
        tried_by: who tried it.
        tried_at: when, UTC, without a zone.
        night: the last that had been linked.
        truth: what it was measured against; None where nothing told how good it is.
        doubts: why that may be the truth of other records; None where nothing speaks for it.
        records: that were measured; None without a truth.
        waiting_judgements: decisions that counted and that no night had taken in.
        precision: of the pairs of one person; None without a truth, or where nobody was joined.
        recall: the same; None without a truth, or where nobody should be joined.
    """

    tried_by: str
    tried_at: datetime
    night: date
    truth: str | None
    doubts: str | None
    records: int | None
    waiting_judgements: int
    precision: float | None
    recall: float | None


def trials_of(con: duckdb.DuckDBPyConnection, model_id: str) -> list[Tried]:
    """Every trial of the model, in the order in which they ended."""
    figures = ", ".join(
        f"(SELECT estimate FROM {MODEL_TRIAL_FIGURE.qualified} AS figure WHERE measure = "
        f"'{measure}' AND kind = 'all' AND figure.trial_id = trial.trial_id)"
        for measure in ("pair_precision", "pair_recall")
    )
    rows = con.execute(
        f"SELECT tried_by, tried_at, night, truth, truth_doubts, truth_records, "
        f"waiting_judgements, {figures} "
        f"FROM {MODEL_TRIAL.qualified} AS trial WHERE model_id = {quote(model_id)} "
        "ORDER BY trial_id"
    ).fetchall()
    return [Tried(*row) for row in rows]


def keep_trial(
    con: duckdb.DuckDBPyConnection, trial: Trial, by: str, measured: Measured | None
) -> int:
    """Add a trial and its figures: all, or nothing.

    Args:
        con: the state, without an open transaction.
        trial: the trial.
        by: who tried the model.
        measured: against what, and how well it did; None where there was no truth.

    Returns:
        The number of the trial.

    Raises:
        UsageError: nobody stands for the trial.
    """
    by = check_name("tried_by", by)
    with transaction(con):
        # Whoever writes holds the state alone, so no two trials get one number.
        [(trial_id,)] = con.execute(
            f"SELECT coalesce(max(trial_id), 0) + 1 FROM {MODEL_TRIAL.qualified}"
        ).fetchall()
        row = pl.DataFrame(
            [_row(trial, measured) | {"trial_id": trial_id, "tried_by": by}],
            schema=MODEL_TRIAL.polars_schema(),
        )
        with lent(con, kept=row):
            con.execute(f"INSERT INTO {MODEL_TRIAL.qualified} BY NAME FROM kept")
        if measured:
            figures = measured.evaluation.figures.with_columns(trial_id=pl.lit(trial_id))
            with lent(con, kept=figures.select(MODEL_TRIAL_FIGURE.names)):
                con.execute(f"INSERT INTO {MODEL_TRIAL_FIGURE.qualified} BY NAME FROM kept")
    return int(trial_id)


def _row(trial: Trial, measured: Measured | None) -> dict[str, object]:
    """The columns of a trial but for its number and who tried it."""
    differences = trial.differences
    changes = {
        f"{name}_{part}": getattr(getattr(differences, name), part)
        for name in ("persons", "pairs", "links", "review")
        for part in ("before", "gained", "lost")
    }
    row: dict[str, object] = {
        "model_id": trial.model.model_id,
        "tried_at": datetime.now(UTC).replace(tzinfo=None),
        "crimelink_version": version("crimelink"),
        "night": trial.night,
        "records": trial.records.height,
        "data_sha256": trial.data_sha256,
        "waiting_records": trial.waiting_records,
        "waiting_judgements": trial.waiting_judgements,
        "present_model_id": trial.present_model_id,
        "records_compared": differences.records_compared,
        "records_moved": differences.records_moved,
        "compared_pairs": trial.compared_pairs,
        "capped_keys": trial.capped_keys,
        **changes,
    }
    if measured is None:
        return row
    about = measured.evaluation.about
    return row | {
        "truth": measured.truth,
        "truth_sha256": measured.sha256,
        "truth_records": about["records"],
        "truth_doubts": "; ".join(about["doubts"]) or None,
        "seed": about["seed"],
    }
