"""Explain persons, offences and pairs of records of the published store."""

from collections.abc import Sequence

import duckdb

from linkage.explanation.answer import Explanation, Identity, PairFacts
from linkage.explanation.asked import Asked, understand
from linkage.explanation.entity import Entity
from linkage.explanation.facts import ModelFacts
from linkage.explanation.identity import MOST_RECORDS, explain_identity
from linkage.explanation.ledger import (
    ask,
    doubted,
    events_of,
    read_decisions,
    read_model_facts,
    verdicts,
)
from linkage.explanation.pair import explain_pair
from linkage.explanation.source import Source
from linkage.explanation.waiting import say_contradictions, say_waiting
from linkage.judgements.judgement import Judgement
from linkage.model import Model
from linkage.record_key import RecordKey

_NIGHT = "SELECT night, person_model_id FROM governance.night ORDER BY night DESC LIMIT 1"
_OFFENCE_MODEL = "SELECT model_id FROM link.offence_linkage_night ORDER BY run DESC LIMIT 1"


def model_of(store: duckdb.DuckDBPyConnection, entity: Entity = Entity.PERSON) -> str | None:
    """Id of the model that linked the store; None where nothing of the kind has been linked."""
    if entity is Entity.OFFENCE:
        runs = ask(store, _OFFENCE_MODEL)
        return str(runs[0][0]) if runs else None
    model_id: str | None = ask(store, _NIGHT)[0][1]
    return model_id


def explain(
    store: duckdb.DuckDBPyConnection,
    name: str,
    model: Model | None,
    words: Sequence[str],
    *,
    has_values: bool = True,
    entity: Entity = Entity.PERSON,
    is_damaged: bool = False,
    waiting: Sequence[Judgement] = (),
) -> Explanation:
    """Why records are held to be one person or one offence, or are not.

    Args:
        store: the published store, read-only.
        name: of its file.
        model: the model that linked it; None where its files are not at hand: then records are not
            compared directly, which a notice says.
        words: an id, a record, or two records.
        has_values: False leaves out names, birth dates and every other value.
        entity: what is asked about (``choose_entity``).
        is_damaged: True where there is no model because its files are not those that were made.
        waiting: what people decided since the store was published, oldest first.

    Raises:
        UsageError: an id is not known.
        StoreError: the weights of a pair do not sum to its total.
    """
    asked = understand(store, words, entity)
    decisions = read_decisions(store, entity)
    published = [each.judgement for each in decisions]
    source = Source(store, model, decisions, verdicts(decisions), has_values, entity)
    found = tuple(explain_identity(source, entity_id) for entity_id in asked.ids)
    found += tuple(_gone(source, asked))
    facts = _model_facts(store, entity)
    pair = explain_pair(source, *asked.records) if asked.records else None
    return Explanation(
        entity=entity,
        asked=tuple(words),
        night=ask(store, _NIGHT)[0][0],
        store=name,
        notices=(
            *asked.notices,
            *_notices(source, facts, found, is_damaged=is_damaged),
            *_earlier_models(facts, found, pair),
            *_doubts(source, found, pair),
            *say_waiting(waiting, _shown(found, pair)),
            *say_contradictions(published, waiting, _shown(found, pair)),
        ),
        model=facts,
        identities=found,
        pair=pair,
        has_values=has_values,
    )


def _model_facts(store: duckdb.DuckDBPyConnection, entity: Entity) -> ModelFacts | None:
    model_id = model_of(store, entity)
    return None if model_id is None else read_model_facts(store, model_id)


def _gone(source: Source, asked: Asked) -> list[Identity]:
    if asked.gone is None:
        return []
    events = events_of(source.store, [asked.gone], source.entity)
    empty = Identity(source.entity, asked.gone, (), (), (), (), (), (), (), events, (), (), True)
    return [empty]


def _doubts(source: Source, found: Sequence[Identity], pair: PairFacts | None) -> list[str]:
    """What people judged the same and does not hold, of those that are told of."""
    ids = [identity.entity_id for identity in found]
    ids += [pair.id_l, pair.id_r] if pair else []
    return [
        f"{key.left} and {key.right} wait for a person's decision: {says}."
        for key, says in doubted(source.store, ids, source.entity).items()
    ]


def _shown(found: Sequence[Identity], pair: PairFacts | None) -> frozenset[RecordKey]:
    """The records that are told of."""
    records = [record for identity in found for record in identity.records]
    return frozenset(record.key for record in (*records, *(pair.records if pair else ())))


def _notices(
    source: Source, facts: ModelFacts | None, found: Sequence[Identity], *, is_damaged: bool
) -> list[str]:
    said = []
    if facts is not None and facts.status != "approved":
        said.append(
            f"The model {facts.model_id} is {facts.status}: nobody had approved it when this "
            "store was published (crimelink link models knows who did since). What it says is no "
            "evidence until it has passed its reliability test."
        )
    if source.model is None:
        said.append(
            f"{_say_why_no_model(facts, is_damaged=is_damaged)} Records were not compared "
            "directly, and what speaks against a link may be missing here."
        )
    if any(len(identity.records) > MOST_RECORDS for identity in found):
        said.append(
            f"{source.entity.a.capitalize()} here has more than {MOST_RECORDS} records: its "
            "records were not all compared with each other. Ask about two of them."
        )
    return said


def _earlier_models(
    facts: ModelFacts | None, found: Sequence[Identity], pair: PairFacts | None
) -> list[str]:
    """That what is told of was in part the work of a model whose weights are gone."""
    told = [event for identity in found for event in identity.events] + list(
        pair.events if pair else ()
    )
    # What people decided is no model's work, whichever it was that laid the links that night.
    others = [
        event
        for event in told
        if facts and event.model_id != facts.model_id and event.cause != "judgement"
    ]
    if facts is None or not others:
        return []
    models = ", ".join(sorted({event.model_id for event in others}))
    last = max(event.night for event in others)
    says = (
        f"What the history tells of up to night {last} is the work of another model ({models}), "
        "which may have linked later nights, too, that changed nothing here. Its weights are "
        f"not kept in this store: every weight here is {facts.model_id}'s, which linked everything "
        "anew. The store of such a night, while it still stands in store/versions, holds them."
    )
    return [says]


def _say_why_no_model(facts: ModelFacts | None, *, is_damaged: bool) -> str:
    if facts is None or not is_damaged:
        return "The model's files are not in this home."
    return (
        f"The files of the model {facts.model_id} in this home are not those that were made, or "
        f"cannot be read: restore the folder models/{facts.model_id} from backup."
    )
