"""What ``crimelink link train``, ``verify`` and ``relink`` do and say."""

import json
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from console.model_approval import last_used, say_use
from console.page_file import refuse_taken
from console.take_in import take_in
from forces.declaration import load_declarations
from linkage.approvals import approvals_of
from linkage.mark import forget_signatures, gazetteer, last_mark
from linkage.model import Model
from linkage.model_file import (
    load_model,
    model_in_use,
    register_model,
    save_model,
)
from linkage.training import train
from linkage.verification import verify_links
from linkage.workspace import workspace
from transforms.planning import pending_nights, refuse_none
from warehouse.batch import Batch
from warehouse.errors import UsageError
from warehouse.home import Home, write_text_atomic
from warehouse.release import night_batches
from warehouse.state import writer
from warehouse.wording import counted

Tell = Callable[[str], None]
WIDTH = 100


def tell_training(
    home: Home,
    deliveries: Path | None,
    force_config: Path | None,
    report: Path | None,
    tell: Tell,
    note: Tell,
) -> None:
    """Train a model on the home's records, or on deliveries; register it; say what it is.

    Args:
        home: the home.
        deliveries: what to train on; None for the home's records.
        force_config: declarations of the deliveries' forces; None for those known.
        report: file for the training report; None for none.
        tell: where the lines go.
        note: where what is being done is said meanwhile.

    Raises:
        UsageError: there are no records to train on, or the file of the report is there already.
        TrainingError: a level that the model needs was never seen.
    """
    refuse_taken(report, "--report")
    if deliveries is None:
        model = _train_on(home, note)
    else:
        with tempfile.TemporaryDirectory() as folder:
            apart = Home.of(Path(folder) / "home")
            note("taking in the deliveries")
            for held in _take_in_newest(apart, deliveries, force_config):
                tell(_say_held(held))
            model = _train_on(apart, note)
    save_model(home, model)
    with writer(home, "registering a model") as con, workspace(con):
        register_model(con, model)
        in_use = model_in_use(con)
        used = last_used(con, "person")
        approvals = approvals_of(con, model.model_id)
    if report:
        write_text_atomic(report, json.dumps(model.report, indent=1, sort_keys=True))
    _tell_model(model, tell)
    trial = f"crimelink link evaluate --model {model.model_id} --truth ..."
    for line in say_use(model.model_id, in_use, used, approvals, trial):
        tell(line)


def _train_on(home: Home, note: Tell) -> Model:
    with writer(home, "training a model", is_made=True) as con, workspace(con):
        if not con.execute("SELECT 1 FROM core.person_record LIMIT 1").fetchall():
            raise UsageError("there are no person records to train on: run a night first, or name "
                             "deliveries with --deliveries")  # fmt: skip
        return train(con, gazetteer(home), tell=note)


def _take_in_newest(home: Home, deliveries: Path, force_config: Path | None) -> list[Batch]:
    """Load the deliveries into a home of their own, as their newest night would; those that are
    held, and not loaded."""
    declarations = load_declarations(force_config)
    refuse_none(deliveries, declarations)
    nights = pending_nights(home, deliveries, declarations)
    take_in(home, deliveries, nights[-1], declarations)
    staged = night_batches(home, nights[-1])
    checked = (Batch.read(home.checked(batch.batch_id)) for batch in staged)
    return [batch for batch in checked if batch.is_held]


def _say_held(batch: Batch) -> str:
    """Which delivery, how many records of persons that were to be trained on, and why."""
    records = batch.received.get("person_record")
    missed = counted(records, "person record") if records else "how many records is not known"
    return (f"held    {batch.force} {batch.delivery_date}, not trained on: {missed}. "
            f"{batch.held_rule}: {batch.held_reason}")  # fmt: skip


def _tell_model(model: Model, tell: Tell) -> None:
    report = model.report
    tell(f"model   {model.model_id}, {model.how}, on {counted(report['records'], 'record')}")
    if model.how == "typed":
        tell(f"        its numbers are the typed ones: {report['why']}")
    for line in say_left_out(report["left_out"]):
        tell(line)
    tell("blocks  pairs brought, and the share found of pairs that share a verified identifier")
    for row in report["blocks"]:
        tell(f"  {row['block']:34} {row['pairs']:>12,} {_share(row):>22}{_capped(row)}")
    links = [row for row in report.get("precision", []) if row["links"]]
    if links:
        tell(f"links   about {links[0]['links']:,} pairs; of them, by the model's own estimate, "
             f"{links[0]['precision']:.4f} of one person")  # fmt: skip


def say_left_out(left_out: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """What these records give no reason to compare: a line a reason, not one a part."""
    by_reason: dict[str, list[str]] = {}
    for part in left_out:
        by_reason.setdefault(part["why"], []).append(f"{part['what']} {part['name']}")
    if by_reason:
        yield f"without {counted(len(left_out), 'part')} that a model may have:"
    for why, parts in by_reason.items():
        yield textwrap.fill(
            f"{why}: {'; '.join(parts)}", WIDTH, initial_indent="  ", subsequent_indent="    "
        )


def _share(row: dict[str, Any]) -> str:
    if row["recall"] is None:
        return "not known"
    return f"{row['recall']:.3f} [{row['recall_low']:.3f}, {row['recall_high']:.3f}]"


def _capped(row: dict[str, Any]) -> str:
    if not row["capped_keys"]:
        return ""
    return f"  left out: {row['capped_keys']:,} keys that too many share"


def tell_verification(home: Home, tell: Tell) -> None:
    """Compare the state with linking everything anew.

    Raises:
        StoreError: something differs.
        UsageError: nothing has been linked yet.
    """
    with writer(home, "verifying links", is_made=True) as con, workspace(con):
        mark = last_mark(con)
        verify_links(con, home, load_model(home, mark.model_id), mark)
    tell(f"linking everything anew gives the same edges and persons (night {mark.night})")


def tell_relink(home: Home, tell: Tell) -> None:
    """Have the next night link everything anew."""
    with writer(home, "asking for a full relink", is_made=True) as con, workspace(con):
        last_mark(con)
        forget_signatures(con)
    tell("the next night links everything anew")
