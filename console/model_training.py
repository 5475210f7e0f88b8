"""What ``crimelink link train``, ``models``, ``approve``, ``verify`` and ``relink`` do and say."""

import json
import tempfile
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from console.evaluation_tables import percent
from console.take_in import take_in
from console.user import name_user
from forces.declaration import load_declarations
from linkage.approvals import Approval, approvals_of, write_approval
from linkage.mark import forget_signatures, gazetteer, last_mark
from linkage.model import Model
from linkage.model_file import (
    approve_model,
    entity_of,
    load_model,
    model_in_use,
    register_model,
    save_model,
)
from linkage.series import model_file as series_file
from linkage.series.model import ENTITY
from linkage.training import train
from linkage.trials import Tried, trials_of
from linkage.verification import verify_links
from linkage.workspace import workspace
from transforms.collect import pending_nights
from warehouse.errors import StoreError, UsageError
from warehouse.home import Home, write_text_atomic
from warehouse.state import reader, writer

Tell = Callable[[str], None]

# Trials that are told one by one: those of a model that was tried often would hide the rest.
_TRIALS = 10

_MODELS = """
SELECT model_id, entity, how, status, trained_on_records, approved_by, first_night,
       (SELECT count(*) FROM governance.model_approval AS given
        WHERE given.model_id = model.model_id) AS approvals
FROM governance.model_register AS model ORDER BY model.rowid
"""
# What a night does with another model of each entity, and where the state notes the last one's.
_DOES = {
    "person": "links everything",
    "offence": "links all offences",
    ENTITY: "finds all series leads",
}
_LAST_USED = {
    "person": "linkage.mark",
    "offence": "offence_linkage.mark",
    ENTITY: "linkage.series_mark",
}


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
    refuse_taken(report)
    if deliveries is None:
        model = _train_on(home, note)
    else:
        with tempfile.TemporaryDirectory() as folder:
            apart = Home.of(Path(folder) / "home")
            note("taking in the deliveries")
            _take_in_newest(apart, deliveries, force_config)
            model = _train_on(apart, note)
    save_model(home, model)
    with writer(home, "registering a model") as con, workspace(con):
        register_model(con, model)
        in_use = model_in_use(con)
    if report:
        write_text_atomic(report, json.dumps(model.report, indent=1, sort_keys=True))
    _tell_model(model, tell)
    if in_use == model.model_id:
        tell("in use from the next night, provisional until somebody approves it:")
    else:
        tell(f"not in use: {in_use} is. To see what it would link, and how well:")
        tell(f"  crimelink link evaluate --model {model.model_id} --truth ...")
        tell("to use it from the next night:")
    tell(f"  crimelink link approve {model.model_id} --reason '...'")


def refuse_taken(report: Path | None) -> None:
    """Refuse, before anything is trained, to write a report over a file: it may be another
    model's.

    Raises:
        UsageError: the file is there already.
    """
    if report is not None and report.exists():
        raise UsageError(f"--report {report}: the file is there already; name another or move it")


def _train_on(home: Home, note: Tell) -> Model:
    with writer(home, "training a model", is_made=True) as con, workspace(con):
        if not con.execute("SELECT 1 FROM core.person_record LIMIT 1").fetchall():
            raise UsageError("there are no person records to train on: run a night first, or name "
                             "deliveries with --deliveries")  # fmt: skip
        return train(con, gazetteer(home), tell=note)


def _take_in_newest(home: Home, deliveries: Path, force_config: Path | None) -> None:
    """Load the deliveries into a home of their own, as their newest night would."""
    declarations = load_declarations(force_config)
    nights = pending_nights(home, deliveries, declarations)
    if not nights:
        raise UsageError(f"no deliveries in {deliveries}: expected <deliverer>/<YYYY-MM-DD>/")
    take_in(home, deliveries, nights[-1], declarations)


def _tell_model(model: Model, tell: Tell) -> None:
    report = model.report
    tell(f"model   {model.model_id}, {model.how}, on {report['records']:,} records")
    if model.how == "typed":
        tell(f"        its numbers are the typed ones: {report['why']}")
    for part in report["left_out"]:
        tell(f"without {part['what']} {part['name']}: {part['why']}")
    tell("blocks  pairs brought, and the share found of pairs that share a verified identifier")
    for row in report["blocks"]:
        tell(f"  {row['block']:34} {row['pairs']:>12,} {_share(row):>22}{_capped(row)}")
    links = [row for row in report.get("precision", []) if row["links"]]
    if links:
        tell(f"links   about {links[0]['links']:,} pairs; of them, by the model's own estimate, "
             f"{links[0]['precision']:.4f} of one person")  # fmt: skip


def _share(row: dict[str, Any]) -> str:
    if row["recall"] is None:
        return "not known"
    return f"{row['recall']:.3f} [{row['recall_low']:.3f}, {row['recall_high']:.3f}]"


def _capped(row: dict[str, Any]) -> str:
    if not row["capped_keys"]:
        return ""
    return f"  left out: {row['capped_keys']:,} keys that too many share"


def tell_models(home: Home, tell: Tell) -> None:
    """List the home's models.

    Raises:
        UsageError: there is no state yet.
    """
    with reader(home) as con:
        rows = con.execute(_MODELS).fetchall()
        in_use = {model_in_use(con, entity) for _, entity, *_ in rows}
    for model_id, entity, how, status, records, by, first_night, approvals in rows:
        times = f" ({approvals} approvals)" if approvals > 1 else ""
        since = f"first used {first_night}" if first_night else "not used yet"
        tell(f"{'*' if model_id in in_use else ' '} {model_id}  {how} on {records:,} records, "
             f"{status}{f' by {by}' if by else ''}{times}, {since}")  # fmt: skip
        try:
            (series_file.load_model if entity == ENTITY else load_model)(home, model_id)
        except StoreError as damage:
            tell(f"    DAMAGED: {damage}")
    tell("* in use" if rows else "no model yet: the first night trains one")


def tell_approval(home: Home, model_id: str, reason: str, user: str | None, tell: Tell) -> None:
    """Approve a model and say from when it counts; who approved it before, and who tried it.

    Raises:
        UsageError: there is no such model, or the reason is none.
        StoreError: the model's files are gone or damaged.
    """
    by = name_user(user)
    model: Model | None = None
    with writer(home, "approving a model", is_made=True) as con:
        entity = entity_of(con, model_id)
        was_in_use = model_in_use(con, entity) == model_id
        earlier, trials = approvals_of(con, model_id), trials_of(con, model_id)
        if entity == ENTITY:
            series_file.load_model(home, model_id)
            write_approval(con, model_id, by, reason)
        else:
            model = approve_model(con, home, model_id, by, reason)
        last_used = con.execute(f"SELECT model_id FROM {_LAST_USED[entity]}").fetchall()
    approved = f"{model_id} is approved by {by}"
    if not was_in_use:
        tell(f"{approved}: the next night {_DOES[entity]} with it")
    elif last_used == [(model_id,)]:
        tell(f"{approved}. It is the model in use already: nothing is linked anew for it")
    else:
        tell(f"{approved}. It is the model in use already, from the next night on: that "
             f"{_DOES[entity]} with it, as it would have without this approval")  # fmt: skip
    for approval in earlier:
        tell(f"  approved before {_say_approval(approval)}")
    if entity == "person":
        for line in _say_trials(model_id, trials):
            tell(line)
    else:
        tell(f"NEVER TRIED on this home's records: models of {entity} cannot be tried beforehand")
    if model is not None and model.how == "typed":
        tell(f"TYPED, NOT TRAINED: its numbers were not estimated from records: "
             f"{model.report['why']}")  # fmt: skip


def _say_approval(given: Approval) -> str:
    return f"by {given.approved_by}, {given.approved_at:%Y-%m-%d %H:%M} UTC: {given.reason}"


def _say_trials(model_id: str, trials: list[Tried]) -> Iterator[str]:
    """What the trials showed: of many too the worst and the best, whichever came last."""
    if not trials:
        yield (
            "NEVER TRIED on this home's records: "
            f"crimelink link evaluate --model {model_id} --truth ..."
        )
        return
    times = "once" if len(trials) == 1 else f"{len(trials):,} times"
    measured = [trial for trial in reversed(trials) if trial.truth is not None]
    if not measured:
        yield (
            f"tried {times}, WITHOUT A TRUTH: nothing tells how well it links. "
            f"The last {_say_when(trials[-1])}"
        )
        return
    without = len(trials) - len(measured)
    untold = f", {without:,} of them WITHOUT A TRUTH" if without else ""
    yield f"tried {times}{untold}. Against a truth, newest first:"
    for trial in measured[:_TRIALS]:
        yield f"  {_say_figures(trial)}"
    more = len(measured) - _TRIALS
    if more <= 0:
        return
    yield f"  and {more:,} more, in governance.model_trial from the next night on. Of all of them:"
    known = [(trial.precision, trial) for trial in measured if trial.precision is not None]
    for which, choose in (("lowest", min), ("highest", max)):
        if known:
            _, trial = choose(known, key=itemgetter(0))
            yield f"  {which} precision: {_say_figures(trial)}"


def _say_when(tried: Tried) -> str:
    when = f"{tried.tried_at:%Y-%m-%d %H:%M} UTC"
    return f"by {tried.tried_by}, {when}, on the records of night {tried.night}"


def _say_figures(tried: Tried) -> str:
    precision, recall = (
        "not known" if share is None else f"{percent(share)}%"
        for share in (tried.precision, tried.recall)
    )
    doubts = f"; THAT TRUTH IS IN DOUBT: {tried.doubts}" if tried.doubts else ""
    return (
        f"{_say_when(tried)}, pairs: precision {precision}, recall {recall}, "
        f"against {tried.truth}{doubts}"
    )


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
