"""The answers that explanations give: what a person's records, or two records, come to."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date

from linkage.explanation.facts import (
    Compared,
    Conflict,
    Contradiction,
    Decision,
    Event,
    ModelFacts,
    Path,
    Record,
    Tie,
)
from linkage.record_key import RecordKey


@dataclass(frozen=True)
class PersonFacts:
    """Why the records of one person are held to be one.

    Attributes:
        person_id: the person.
        records: its records, the oldest first.
        pairs: every pair of its records that is published, and those compared for this
            explanation, in order of the records.
        tree: the ties that hold it together: the strongest that reach every record, strongest
            first.
        paths: between every two records, in order of the records; empty beyond a hundred.
        untied: records that no tie reaches; empty where the store is whole.
        contradictions: pairs that contradict each other.
        outside: pairs with records of other persons, heaviest first: not joined.
        events, judgements, conflicts: of the person and of what was merged into it.
        is_compared: True where every pair of its records was compared directly.
    """

    person_id: str
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


@dataclass(frozen=True)
class PairFacts:
    """Why two records are held to be one person, or are not.

    Attributes:
        records: the two, in the order asked for, and between them those on the path.
        person_l, person_r: the person of the first and of the last.
        direct: the two compared directly; None where the model is not at hand and the pair is not
            published.
        path: the ties between them; None where they are of two persons.
        steps: the pair behind each tie of the path, in order.
        why_not: why they are not joined, in plain words; empty where they are.
        blocks: the blocks that would bring the two together; None where that was not looked for.
        contradictions, judgements, conflicts: of the pairs on the path, and of the two themselves.
        events: of both persons.
    """

    records: tuple[Record, ...]
    person_l: str
    person_r: str
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
        asked: the ids, as they were given.
        night: of the store.
        store: its file's name.
        notices: what a reader must know first, such as that an id was superseded.
        model: the model in use; None where no persons have been linked.
        persons: those asked about; several where an id was split.
        pair: the two records, where two were asked about.
        has_values: True where names, birth dates and other values are shown.
    """

    asked: tuple[str, ...]
    night: date
    store: str
    notices: tuple[str, ...]
    model: ModelFacts | None
    persons: tuple[PersonFacts, ...]
    pair: PairFacts | None
    has_values: bool


def to_json(value: object) -> object:
    """``value`` as JSON has it: dataclasses as objects, records as their written key."""
    if isinstance(value, RecordKey):
        return str(value)
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): to_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
