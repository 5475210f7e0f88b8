"""``crimelink link models`` and ``approve``: which models a home has, and who stands for them."""

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

import duckdb

from console.evaluation_tables import percent
from console.user import name_user
from linkage.approvals import Approval, approvals_of, write_approval
from linkage.model import Model
from linkage.model_file import approve_model, entity_of, load_model, model_in_use
from linkage.series import model_file as series_file
from linkage.series.model import ENTITY
from linkage.trials import Tried, trials_of
from warehouse.errors import StoreError
from warehouse.home import Home
from warehouse.state import reader, writer
from warehouse.wording import counted

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


def tell_models(home: Home, tell: Tell) -> None:
    """List the home's models.

    Raises:
        UsageError: there is no state yet.
    """
    with reader(home) as con:
        rows = con.execute(_MODELS).fetchall()
        in_use = {model_in_use(con, entity) for _, entity, *_ in rows}
        were_used = {model for entity in _LAST_USED for model in last_used(con, entity)}
    for model_id, entity, how, status, records, by, first_night, approvals in rows:
        times = f" ({approvals} approvals)" if approvals > 1 else ""
        since = f"first used {first_night}" if first_night else "not used yet"
        marks = f"{'*' if model_id in in_use else ' '}{'+' if model_id in were_used else ' '}"
        tell(f"{marks} {model_id}  {how} on {counted(records, 'record')}, "
             f"{status}{f' by {by}' if by else ''}{times}, {since}")  # fmt: skip
        try:
            (series_file.load_model if entity == ENTITY else load_model)(home, model_id)
        except StoreError as damage:
            tell(f"    DAMAGED: {damage}")
    tell("* the next night uses it   + the last night used it" if rows else
         "no model yet: the first night trains one")  # fmt: skip


def last_used(con: duckdb.DuckDBPyConnection, entity: str) -> list[str]:
    """The model of the entity that the last night used, if one has."""
    return [
        model for (model,) in con.execute(f"SELECT model_id FROM {_LAST_USED[entity]}").fetchall()
    ]


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
        was_used = last_used(con, entity) == [model_id]
    approved = f"{model_id} is approved by {by}"
    if not was_in_use:
        tell(f"{approved}: the next night {_DOES[entity]} with it")
    elif was_used:
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
    if tried.waiting_judgements:
        waited = counted(tried.waiting_judgements, "judgement")
        doubts += f"; {waited} that no night had taken in counted in it"
    return (
        f"{_say_when(tried)}, pairs: precision {precision}, recall {recall}, "
        f"of {counted(tried.records or 0, 'record')} against {tried.truth}{doubts}"
    )


def say_use(
    model_id: str,
    in_use: str | None,
    used: Sequence[str],
    approvals: Sequence[Approval],
    trial: str | None = None,
) -> Iterator[str]:
    """Whether the next night uses a model that was trained, and what is to be done that it does.

    Args:
        model_id: the model.
        in_use: the one that the next night uses.
        used: the one that the last night used, if one has.
        approvals: those given for the model before, for training may make one that is there.
        trial: the command that tries it; None where it cannot be tried.
    """
    given = f"approved {_say_approval(approvals[-1])}" if approvals else ""
    approve = f"  crimelink link approve {model_id} --reason '...'"
    if in_use == model_id and given:
        yield f"it is the model in use, {given}"
        return
    if in_use == model_id:
        when = "already: the last night used it, too" if model_id in used else "from the next night"
        yield f"in use {when}; provisional until somebody approves it:"
        yield approve
        return
    yield f"not in use: {in_use} is" + (f", approved since; this one was {given}" if given else "")
    if trial:
        yield f"to see what it would link, and how well:\n  {trial}"
    yield "to use it from the next night:"
    yield approve
