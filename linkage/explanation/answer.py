"""The answers that explanations give: of a person, an offence, or two records."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, fields, is_dataclass
from datetime import date

from linkage.explanation.entity import Entity
from linkage.explanation.facts import (
    Compared,
    Conflict,
    Contradiction,
    Decision,
    Duplicate,
    Event,
    ModelFacts,
    Path,
    Record,
    Tie,
)
from linkage.record_key import RecordKey


@dataclass(frozen=True)
class Identity:
    """Why the records of one person, or of one offence, are held to be one.

    Attributes:
        entity: which of the two.
        entity_id: the person or the offence.
        records: its records, the oldest first.
        pairs: every pair of its records that is published, and those compared for this
            explanation, in order of the records.
        tree: the ties that hold it together: the strongest that reach every record, strongest
            first.
        paths: between every two records, in order of the records; empty beyond a hundred.
        untied: records that no tie reaches; empty where the store is whole.
        contradictions: pairs that contradict each other.
        outside: pairs with records of others, heaviest first: not joined.
        events, judgements, conflicts: of it and of what was merged into it.
        is_compared: True where every pair of its records was compared directly.
        duplicates: pairs of one force with a record of the offence; of persons there are none.
    """

    entity: Entity
    entity_id: str
    records: tuple[Record, ...]
    pairs: tuple[Compared, ...]
    tree: tuple[Tie, ...]
    paths: tuple[Path, ...]
    untied: tuple[RecordKey, ...]
    contradictions: tuple[Contradiction, ...]
    outside: tuple[Compared, ...]
    events: tuple[Event, ...]
    judgements: tuple[Decision, ...]
    conflicts: tuple[Conflict, ...]
    is_compared: bool
    duplicates: tuple[Duplicate, ...] = ()


@dataclass(frozen=True)
class PairFacts:
    """Why two records are held to be one person or offence, or are not.

    Attributes:
        records: the two, in the order asked for, and between them those on the path.
        entity: which of the two.
        id_l, id_r: the person or offence of the first and of the last.
        direct: the two compared directly; None where the model is not at hand and the pair is not
            published.
        path: the ties between them; None where they are of two.
        steps: the pair behind each tie of the path, in order.
        why_not: why they are not joined, in plain words; empty where they are.
        blocks: the blocks that would bring the two together; None where that was not looked for.
        contradictions, judgements, conflicts: of the pairs on the path, and of the two themselves.
        events: of both.
    """

    entity: Entity
    records: tuple[Record, ...]
    id_l: str
    id_r: str
    direct: Compared | None
    path: Path | None
    steps: tuple[Compared, ...]
    why_not: tuple[str, ...]
    blocks: tuple[str, ...] | None
    contradictions: tuple[Contradiction, ...]
    judgements: tuple[Decision, ...]
    conflicts: tuple[Conflict, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Explanation:
    """An answer to what was asked, from one published store.

    Attributes:
        entity: what they are ids or records of.
        asked: the ids, as they were given.
        night: of the store.
        store: its file's name.
        notices: what a reader must know first, such as that an id was superseded.
        model: the model in use; None where nothing of the kind has been linked.
        identities: those asked about; several where an id was split.
        pair: the two records, where two were asked about.
        has_values: True where names, birth dates and other values are shown.
    """

    entity: Entity
    asked: tuple[str, ...]
    night: date
    store: str
    notices: tuple[str, ...]
    model: ModelFacts | None
    identities: tuple[Identity, ...]
    pair: PairFacts | None
    has_values: bool


def to_json(value: object, entity: Entity = Entity.PERSON) -> object:
    """``value`` as JSON has it: dataclasses as objects, records as their written key, and ids under
    names that say what they are of (``person_id``). Records of persons have no roles, and persons
    no duplicates.

    Args:
        value: what to write.
        entity: what its identities are.
    """
    names = {
        "identities": entity.many,
        "entity_id": f"{entity}_id",
        "other_id": f"other_{entity}_id",
        "id_l": f"{entity}_l",
        "id_r": f"{entity}_r",
    }
    # Empty for every person: it would read as if the person had no part in anything, and as if
    # somebody had looked for records that a force holds twice.
    of_offences = {(Record, "roles"), (Identity, "duplicates")}
    left_out = of_offences if entity is Entity.PERSON else set()
    return _to_json(value, names, left_out)


def _to_json(value: object, names: Mapping[str, str], left_out: Set[tuple[type, str]]) -> object:
    if isinstance(value, RecordKey):
        return str(value)
    if is_dataclass(value):
        return {
            names.get(field.name, field.name): _to_json(getattr(value, field.name), names, left_out)
            for field in fields(value)
            if (type(value), field.name) not in left_out
        }
    if isinstance(value, dict):
        return {str(key): _to_json(each, names, left_out) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json(each, names, left_out) for each in value]
    return value.isoformat() if isinstance(value, date) else value
