"""What was asked about: a person, a record, or two records."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from linkage.explanation.ledger import last_person_of, person_of, persons_now, was_given
from linkage.record_key import RecordKey
from warehouse.errors import UsageError


@dataclass(frozen=True)
class Asked:
    """What to explain, and what its reader must know first.

    Attributes:
        persons: persons asked about; empty where two records were, or where the person is gone.
        records: the two records; empty where a person was asked about.
        gone: the id of a person that no record belongs to any more; None otherwise.
        notices: such as that an id was superseded.
    """

    persons: tuple[str, ...] = ()
    records: tuple[RecordKey, ...] = ()
    gone: str | None = None
    notices: tuple[str, ...] = ()


def understand(store: duckdb.DuckDBPyConnection, words: Sequence[str]) -> Asked:
    """What the words of a command ask about.

    Raises:
        UsageError: an id is not known, or the words are neither a person, a record nor two records.
    """
    if len(words) == 2:
        return _two_records(store, words)
    if len(words) != 1:
        raise UsageError("explain one person, one record or two records")
    [word] = words
    return _record(store, RecordKey.parse(word)) if "/" in word else _person(store, word)


def _two_records(store: duckdb.DuckDBPyConnection, words: Sequence[str]) -> Asked:
    one, other = (RecordKey.parse(word) for word in words)
    if one == other:
        raise UsageError(f"{one}: the same record twice. Name two records, or one for its person")
    for record in (one, other):
        _person_of(store, record)
    return Asked(records=(one, other))


def _record(store: duckdb.DuckDBPyConnection, record: RecordKey) -> Asked:
    person_id = _person_of(store, record)
    return Asked((person_id,), notices=(f"Record {record} belongs to person {person_id}.",))


def _person_of(store: duckdb.DuckDBPyConnection, record: RecordKey) -> str:
    person_id = person_of(store, record)
    if person_id is not None:
        return person_id
    past = last_person_of(store, record)
    if past is None:
        raise UsageError(
            f"{record}: no such person record is linked in the published store. Records are named "
            'force/source_system/source_record_id; to find one: crimelink sql "SELECT force, '
            'source_system, source_record_id FROM core.person_record WHERE …"'
        )
    raise UsageError(
        f"{record}: no longer held since {past.ended}; it last belonged to person "
        f"{past.person_id}. Try: crimelink explain {past.person_id}"
    )


def _person(store: duckdb.DuckDBPyConnection, person_id: str) -> Asked:
    if not was_given(store, person_id):
        raise UsageError(
            f"{person_id}: no person ever had this id in the published store. To find a person: "
            'crimelink sql "SELECT person_id FROM core.person WHERE …"; a record is named '
            "force/source_system/source_record_id"
        )
    now = persons_now(store, person_id)
    if now == (person_id,):
        return Asked(now)
    if not now:
        return Asked(
            gone=person_id,
            notices=(f"No record belongs to person {person_id} any more.",),
        )
    return Asked(now, notices=(_superseded(person_id, now),))


def _superseded(person_id: str, now: Sequence[str]) -> str:
    if person_id in now:
        others = ", ".join(each for each in now if each != person_id)
        return f"Records that person {person_id} once held belong to {others} today; all are shown."
    return (
        f"The id {person_id} is superseded: the records that it held last belong to "
        f"{', '.join(now)} today."
    )
