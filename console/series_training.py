"""What ``crimelink link train --series`` does and says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from console.model_approval import last_used, say_use
from console.page_file import refuse_taken
from linkage.approvals import approvals_of
from linkage.series.features import gather_offences
from linkage.series.model import ENTITY
from linkage.series.model_file import model_in_use, register_model, save_model
from linkage.series.training import train
from linkage.workspace import workspace
from warehouse.errors import UsageError
from warehouse.home import Home, write_text_atomic
from warehouse.state import writer

Tell = Callable[[str], None]


def tell_series_training(home: Home, report: Path | None, tell: Tell) -> None:
    """Train a model of series on the home's solved offences; register it; say how good it is.

    Raises:
        UsageError: there are too few solved offences to train on, or the file of the report is
            there already.
    """
    refuse_taken(report, "--report")
    with writer(home, "training a model of series", is_made=True) as con, workspace(con):
        gather_offences(con)
        trained = train(con)
        if trained.model is None:
            raise UsageError(f"no model of series can be trained: {trained.why}")
        save_model(home, trained.model)
        register_model(con, trained.model)
        in_use = model_in_use(con)
        used = last_used(con, ENTITY)
        approvals = approvals_of(con, trained.model.model_id)
    model = trained.model
    if report:
        write_text_atomic(report, json.dumps(model.report, indent=1, sort_keys=True))
    tell(f"model   {model.model_id}, on {model.report['records']:,} solved offences: "
         f"{model.report['linked_pairs']:,} pairs that share a suspect, of "
         f"{model.report['series']:,} offenders or groups of them")  # fmt: skip
    tell("        on offenders that it has not seen, by folds, with 95% intervals:")
    for row in model.report["measures"]:
        tell(f"  {row['measure']:36} {row['score']:15} {_say(row)}")
    for line in say_use(model.model_id, in_use, used, approvals):
        tell(line)


def _say(row: dict[str, Any]) -> str:
    return f"{row['estimate']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
