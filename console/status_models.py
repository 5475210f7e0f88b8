"""The models that ``crimelink status`` speaks of: which are in use, and whether their files are
those that were made."""

from collections.abc import Mapping
from typing import NamedTuple

from linkage.mark import is_relink_asked
from linkage.model_file import load_model, model_in_use
from linkage.series import model_file as series_file
from linkage.series.model import ENTITY as SERIES
from warehouse.errors import DamageError, LockedError, StoreError
from warehouse.home import Home
from warehouse.state import reader

_OTHERS = ("offence", SERIES)
_REGISTER = "SELECT model_id, how, status, approved_by FROM governance.model_register"


class Register(NamedTuple):
    """The state's register of models, newer than the store's.

    Attributes:
        in_use: the model that the next night links persons with; None where it is not known.
        others: the models of offences and of series, by entity, where the home has them.
        models: how each was made, its status and who approved it, by id.
        is_relink_asked: whether somebody asked that the next night link everything anew; None
            where the state could not be read.
        problem: why the state could not be read; empty where it was, or where there is none.
    """

    in_use: str | None
    others: dict[str, str]
    models: dict[str, tuple[str, str, str | None]]
    is_relink_asked: bool | None
    problem: str


class Damage(NamedTuple):
    """A model whose files are gone or not those that were made.

    Attributes:
        model_id: the model.
        says: which files, what is to be done, and what is not done meanwhile.
    """

    model_id: str
    says: str


def read_register(home: Home) -> Register:
    """What the state says of the models; a night that holds it is not waited for."""
    if not home.state.exists():
        return Register(None, {}, {}, False, "")
    try:
        with reader(home, wait_seconds=0) as state:
            rows = state.execute(_REGISTER).fetchall()
            found = {entity: model_in_use(state, entity) for entity in _OTHERS}
            others = {entity: model for entity, model in found.items() if model}
            models = {row[0]: row[1:] for row in rows}
            asked = is_relink_asked(state)
            return Register(model_in_use(state), others, models, asked, "")
    except LockedError as held:
        return Register(None, {}, {}, None, (
            f"{held.holder} holds the state. Nothing is wrong: ask again when it has ended"
        ))  # fmt: skip
    except StoreError as error:
        return Register(None, {}, {}, None, str(error))


def find_damage(home: Home, register: Register, of_store: Mapping[str, str | None]) -> list[Damage]:
    """Models that cannot be loaded: those of the next night, and those that made the store.

    Args:
        home: the home.
        register: what the state says.
        of_store: the models that the published store was made with, by entity.
    """
    # Where the state cannot be read, the next night's are most likely the store's.
    coming = {"person": register.in_use} | register.others if register.in_use else dict(of_store)
    wanted = [*coming.items(), *of_store.items()]
    found = []
    for entity, model_id in dict.fromkeys(each for each in wanted if each[1]):
        try:
            (series_file.load_model if entity == SERIES else load_model)(home, str(model_id))
        except DamageError as damage:
            until = (
                "no night runs"
                if (entity, model_id) in coming.items()
                else "explanations of this store compare nothing anew"
            )
            found.append(Damage(str(model_id), f"{damage}. Until then {until}"))
    return found


def say_status(status: str | None, how: str | None, by: str | None) -> str:
    """How a model was made, and whether anybody approved it."""
    if status is None:
        return "no persons linked yet"
    if status == "approved":
        return f"{how}, approved by {by}"
    return f"{how}, provisional: nobody has approved it; see crimelink link approve"
