"""What the published store says of persons and offences: members, events, judgements, models."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any, NamedTuple

import duckdb

from linkage.explanation.entity import Entity
from linkage.explanation.facts import Conflict, Decision, Event, ModelFacts, PairKey
from linkage.judgements.conflicts import effective
from linkage.judgements.judgement import Judgement
from linkage.record_key import RecordKey
from warehouse.contract.link import PAIR_KEY

Row = tuple[Any, ...]

_PAIR = ", ".join(PAIR_KEY)
_MEMBERS = """
SELECT force, source_system, source_record_id FROM link.{entity}_membership
WHERE valid_to IS NULL AND {entity}_id = $id
ORDER BY min(valid_from) OVER (PARTITION BY force, source_system, source_record_id),
         force, source_system, source_record_id
"""
_ID_OF = """
SELECT {entity}_id FROM link.{entity}_membership
WHERE valid_to IS NULL AND (force, source_system, source_record_id) = ($force, $system, $id)
"""
_LAST_ID_OF = """
SELECT {entity}_id, valid_to FROM link.{entity}_membership
WHERE (force, source_system, source_record_id) = ($force, $system, $id)
ORDER BY valid_to DESC LIMIT 1
"""
# The ids asked for, and those that were merged into them, into these, and so on.
_EVENTS = """
WITH RECURSIVE known AS (
    SELECT unnest($ids) AS {entity}_id
    UNION
    SELECT e.{entity}_id FROM link.{prefix}identity_event AS e
    JOIN known ON e.other_{entity}_id = known.{entity}_id WHERE e.event = 'merged'
)
SELECT night, {entity}_id, event, other_{entity}_id, records, cause, model_id
FROM link.{prefix}identity_event
WHERE {entity}_id IN (FROM known) OR other_{entity}_id IN (FROM known)
ORDER BY event_id
"""
_JUDGEMENTS = f"""
SELECT {_PAIR}, judgement_id, verdict, judged_by, judged_at, reason, source, night
FROM link.{{prefix}}judgement ORDER BY judged_at, judgement_id
"""
_DOUBTED = f"""
SELECT {_PAIR}, says FROM link.review_item
WHERE why = 'judged' AND (list_contains($ids, person_id_l)
                          OR list_contains($ids, person_id_r))
ORDER BY {_PAIR}
"""
_CONFLICTS = f"SELECT {_PAIR}, kind, judgement_ids, says FROM link.{{prefix}}judgement_conflict"
_MODEL_COLUMNS = (
    "model_id", "version", "status", "how", "trained_on_records", "first_night", "approved_by",
    "approved_at", "approval_reason", "definition_sha256", "code_sha256", "data_sha256",
    "training_report",
)  # fmt: skip
_MODEL = f"""
SELECT {", ".join(_MODEL_COLUMNS)} FROM governance.model_register WHERE model_id = $model
"""


class Past(NamedTuple):
    """The person or offence that a record belonged to last, and the night that ended it."""

    entity_id: str
    ended: Any


def ask(store: duckdb.DuckDBPyConnection, query: str, **known: object) -> list[Row]:
    """The rows of a query of the store."""
    return store.execute(query, known).fetchall()


def members(
    store: duckdb.DuckDBPyConnection, entity_id: str, entity: Entity = Entity.PERSON
) -> tuple[RecordKey, ...]:
    """The current records of a person or offence, that which came first to it first; empty where
    there is none of that id."""
    return tuple(RecordKey(*row) for row in ask(store, entity.sql(_MEMBERS), id=entity_id))


def id_of(
    store: duckdb.DuckDBPyConnection, record: RecordKey, entity: Entity = Entity.PERSON
) -> str | None:
    """The person or offence of a current record; None where no such record is linked."""
    rows = ask(store, entity.sql(_ID_OF), **_named(record))
    return rows[0][0] if rows else None


def last_id_of(
    store: duckdb.DuckDBPyConnection, record: RecordKey, entity: Entity = Entity.PERSON
) -> Past | None:
    """Where a record belonged last, one no longer held included; None where it was never
    linked."""
    rows = ask(store, entity.sql(_LAST_ID_OF), **_named(record))
    return Past(*rows[0]) if rows else None


def alike_id(
    store: duckdb.DuckDBPyConnection, record: RecordKey, entity: Entity = Entity.PERSON
) -> str | None:
    """The id of a record that was linked, written in other capital and small letters; None where
    there is none."""
    query = (
        "SELECT min(source_record_id) FROM link.{entity}_membership WHERE force = $force AND "
        "source_system = $system AND lower(source_record_id) = lower($id)"
    )
    found: str | None = ask(store, entity.sql(query), **_named(record))[0][0]
    return found


def ids_now(
    store: duckdb.DuckDBPyConnection, entity_id: str, entity: Entity = Entity.PERSON
) -> tuple[str, ...]:
    """Those that hold today what an id held when it was last alive."""
    query = "SELECT DISTINCT {entity}_id FROM link.{entity}_now($id) ORDER BY 1"
    return tuple(row[0] for row in ask(store, entity.sql(query), id=entity_id))


def was_given(
    store: duckdb.DuckDBPyConnection, entity_id: str, entity: Entity = Entity.PERSON
) -> bool:
    """True where the id was ever one of a person or offence, though it was superseded before the
    night ended that gave it, so that it never had a member in a store."""
    query = (
        "SELECT EXISTS (FROM link.{entity}_membership WHERE {entity}_id = $id) "
        "OR EXISTS (FROM link.{prefix}identity_event WHERE {entity}_id = $id)"
    )
    return bool(ask(store, entity.sql(query), id=entity_id)[0][0])


def events_of(
    store: duckdb.DuckDBPyConnection, ids: Sequence[str], entity: Entity = Entity.PERSON
) -> tuple[Event, ...]:
    """What happened to those of these ids and to those merged into them, in order of time."""
    return tuple(Event(*row) for row in ask(store, entity.sql(_EVENTS), ids=list(ids)))


def read_decisions(
    store: duckdb.DuckDBPyConnection, entity: Entity = Entity.PERSON
) -> tuple[Decision, ...]:
    """Every judgement ever made, in the order they were made."""
    return tuple(
        Decision(
            Judgement(
                judgement_id, _pair(row), verdict, by, at.replace(tzinfo=UTC), reason, source
            ),
            night,
        )
        for row in ask(store, entity.sql(_JUDGEMENTS))
        for judgement_id, verdict, by, at, reason, source, night in [row[6:]]
    )


def conflicts_on(
    store: duckdb.DuckDBPyConnection,
    records: Iterable[RecordKey],
    entity: Entity = Entity.PERSON,
) -> tuple[Conflict, ...]:
    """The contradictions between judgements that name one of the records."""
    wanted = set(records)
    found = (
        Conflict(kind, _pair(row), tuple(ids.split(",")), says)
        for row in ask(store, entity.sql(_CONFLICTS))
        for kind, ids, says in [row[6:]]
    )
    return tuple(conflict for conflict in found if wanted & set(conflict.key))


def doubted(
    store: duckdb.DuckDBPyConnection, ids: Sequence[str], entity: Entity = Entity.PERSON
) -> dict[PairKey, str]:
    """Pairs with a record of these persons that people judged the same, and that wait all the same:
    by pair, why. Offences have no guard that stands above a judgement: there it is empty."""
    if entity is Entity.OFFENCE:
        return {}
    return {_pair(row): row[6] for row in ask(store, _DOUBTED, ids=list(ids))}


def read_model_facts(store: duckdb.DuckDBPyConnection, model_id: str) -> ModelFacts:
    """What the register says of a model."""
    [row] = ask(store, _MODEL, model=model_id)
    known = dict(zip(_MODEL_COLUMNS, row, strict=True))
    report = json.loads(known.pop("training_report"))
    return ModelFacts(**known, training=_plain(report))


def verdicts(decisions: Iterable[Decision]) -> dict[PairKey, str]:
    """What the decisions come to on each pair: as ``facts.Compared.verdict`` says it."""
    come_to = effective(decision.judgement for decision in decisions)
    in_conflict = {conflict.pair for conflict in come_to.conflicts}
    said = {
        "unsure": come_to.unsure,
        "set aside": come_to.set_aside,
        "same": come_to.same,
        "not_same": come_to.not_same,
        "conflict": in_conflict,
    }
    return {PairKey(*pair): verdict for verdict, pairs in said.items() for pair in pairs}


def _named(record: RecordKey) -> dict[str, str]:
    return {"force": record.force, "system": record.source_system, "id": record.source_record_id}


def _pair(row: Row) -> PairKey:
    return PairKey.of(RecordKey(*row[:3]), RecordKey(*row[3:6]))


def _plain(report: Mapping[str, Any]) -> dict[str, str]:
    simple = (str, int, float)
    return {
        name.replace("_", " "): str(value)
        for name, value in report.items()
        if isinstance(value, simple)
    }
