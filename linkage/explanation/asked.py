"""What was asked about: a person or an offence, a record, or two records."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from linkage.explanation.entity import Entity
from linkage.explanation.ledger import alike_id, id_of, ids_now, last_id_of, was_given
from linkage.identity import OFFENCES
from linkage.record_key import RecordKey, read_id
from warehouse.errors import UsageError

_FORCES = "SELECT force FROM reference.force ORDER BY force"


@dataclass(frozen=True)
class Asked:
    """What to explain, and what its reader must know first.

    Attributes:
        ids: persons or offences asked about; empty where two records were, or where it is gone.
        records: the two records; empty where one or an id was asked about.
        gone: an id that no record belongs to any more; None otherwise.
        notices: such as that an id was superseded.
    """

    ids: tuple[str, ...] = ()
    records: tuple[RecordKey, ...] = ()
    gone: str | None = None
    notices: tuple[str, ...] = ()


def choose_entity(store: duckdb.DuckDBPyConnection, words: Sequence[str]) -> Entity:
    """Of what the words are ids or records: offences where they name those and no persons.

    Raises:
        UsageError: a word with a slash names no record.
    """

    def is_named(entity: Entity) -> bool:
        return bool(words) and all(_is_known(store, word, entity) for word in words)

    # An id that nobody bears says by its letter what it was meant to be.
    letter = f"{OFFENCES.letter}-"
    means_offence = bool(words) and all(read_id(word).startswith(letter) for word in words)
    is_offence = not is_named(Entity.PERSON) and (is_named(Entity.OFFENCE) or means_offence)
    return Entity.OFFENCE if is_offence else Entity.PERSON


def understand(
    store: duckdb.DuckDBPyConnection, words: Sequence[str], entity: Entity = Entity.PERSON
) -> Asked:
    """What the words of a command ask about.

    Raises:
        UsageError: an id is not known, or the words are neither an id, a record nor two records.
    """
    if len(words) == 2:
        return _two_records(store, words, entity)
    if len(words) != 1:
        raise UsageError(f"explain one {entity}, one record or two records")
    [word] = words
    if "/" in word:
        return _record(store, RecordKey.parse(word), entity)
    return _id(store, read_id(word), entity)


def refuse_unknown_force(store: duckdb.DuckDBPyConnection, force: str, word: str) -> None:
    """Refuse a force that the published store does not know.

    Args:
        store: the published store.
        force: the force, in small letters.
        word: what was asked in which it stands.

    Raises:
        UsageError: there is no such force.
    """
    known = [name for (name,) in store.execute(_FORCES).fetchall()]
    if force not in known:
        raise UsageError(
            f"{word}: no such force in the published store. Forces: {', '.join(known) or 'none'}"
        )


def _is_known(store: duckdb.DuckDBPyConnection, word: str, entity: Entity) -> bool:
    if "/" in word:
        return last_id_of(store, RecordKey.parse(word), entity) is not None
    return was_given(store, read_id(word), entity)


def _two_records(store: duckdb.DuckDBPyConnection, words: Sequence[str], entity: Entity) -> Asked:
    if all(_is_known(store, word, entity) and "/" not in word for word in words):
        raise UsageError(
            f"{' '.join(words)}: two records are compared, not {entity}s. Explain each by itself; "
            "then name a record of each"
        )
    one, other = (RecordKey.parse(word) for word in words)
    if one == other:
        raise UsageError(f"{one}: the same record twice. Name two records, or one for its {entity}")
    for record in (one, other):
        _id_of(store, record, entity)
    return Asked(records=(one, other), notices=_namesakes(store, words, entity))


def _record(store: duckdb.DuckDBPyConnection, record: RecordKey, entity: Entity) -> Asked:
    entity_id = _id_of(store, record, entity)
    belongs = f"Record {record} belongs to {entity} {entity_id}."
    return Asked((entity_id,), notices=(belongs, *_namesakes(store, [str(record)], entity)))


def _namesakes(
    store: duckdb.DuckDBPyConnection, words: Sequence[str], entity: Entity
) -> tuple[str, ...]:
    """That the words name offence records, too, where records of persons are told of."""
    if entity is Entity.PERSON and all(_is_known(store, word, Entity.OFFENCE) for word in words):
        told = "Offence records are" if len(words) > 1 else "An offence record is"
        return (f"{told} named so, too: crimelink explain --offences {' '.join(words)}",)
    return ()


def _id_of(store: duckdb.DuckDBPyConnection, record: RecordKey, entity: Entity) -> str:
    entity_id = id_of(store, record, entity)
    if entity_id is not None:
        return entity_id
    past = last_id_of(store, record, entity)
    if past is None:
        refuse_unknown_force(store, record.force, str(record))
        raise UsageError(
            f"{record}: no such {entity} record is linked in the published store"
            f"{_say_alike(store, record, entity)}. Records are "
            'named force/source_system/source_record_id; to find one: crimelink sql "SELECT force, '
            f'source_system, source_record_id FROM core.{entity}_record WHERE …"'
        )
    raise UsageError(
        f"{record}: no longer held since {past.ended}; it last belonged to {entity} "
        f"{past.entity_id}. Try: crimelink explain {past.entity_id}"
    )


def _say_alike(store: duckdb.DuckDBPyConnection, record: RecordKey, entity: Entity) -> str:
    """A record whose id differs in capital and small letters alone: ids are their source's own."""
    alike = alike_id(store, record, entity)
    return f"; did you mean {record._replace(source_record_id=alike)}?" if alike else ""


def _id(store: duckdb.DuckDBPyConnection, entity_id: str, entity: Entity) -> Asked:
    if not was_given(store, entity_id, entity):
        raise UsageError(
            f"{entity_id}: no {entity} ever had this id in the published store; one that an "
            "unmerge gave since is in the next night's. To find "
            f'{entity.a}: crimelink sql "SELECT {entity}_id FROM core.{entity} WHERE …"; a record '
            "is named force/source_system/source_record_id"
        )
    now = ids_now(store, entity_id, entity)
    if now == (entity_id,):
        return Asked(now)
    if not now:
        return Asked(
            gone=entity_id,
            notices=(f"No record belongs to {entity} {entity_id} any more.",),
        )
    return Asked(now, notices=(_superseded(entity_id, now, entity),))


def _superseded(entity_id: str, now: Sequence[str], entity: Entity) -> str:
    if entity_id in now:
        others = ", ".join(each for each in now if each != entity_id)
        return (
            f"Records that {entity} {entity_id} once held belong to {others} today; all are shown."
        )
    return (
        f"The id {entity_id} is superseded: the records that it held last belong to "
        f"{', '.join(now)} today."
    )
