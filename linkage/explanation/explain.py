"""Explain persons and pairs of the published store."""

from collections.abc import Sequence

import duckdb

from linkage.explanation.answer import Explanation, PairFacts, PersonFacts
from linkage.explanation.asked import Asked, understand
from linkage.explanation.facts import ModelFacts
from linkage.explanation.ledger import (
    ask,
    doubted,
    events_of,
    read_decisions,
    read_model_facts,
    verdicts,
)
from linkage.explanation.pair import explain_pair
from linkage.explanation.person import MOST_RECORDS, explain_person
from linkage.explanation.source import Source
from linkage.model import Model

_NIGHT = "SELECT night, person_model_id FROM governance.night ORDER BY night DESC LIMIT 1"


def model_of(store: duckdb.DuckDBPyConnection) -> str | None:
    """Id of the model that linked the store; None where no persons have been linked."""
    model_id: str | None = ask(store, _NIGHT)[0][1]
    return model_id


def explain(
    store: duckdb.DuckDBPyConnection,
    name: str,
    model: Model | None,
    words: Sequence[str],
    *,
    has_values: bool = True,
) -> Explanation:
    """Why records are held to be one person, or are not.

    Args:
        store: the published store, read-only.
        name: of its file.
        model: the model that linked it; None where its file is not at hand: then records are not
            compared directly, which a notice says.
        words: a person id, a record, or two records.
        has_values: False leaves out names, birth dates and every other value.

    Raises:
        UsageError: an id is not known.
        StoreError: the weights of a pair do not sum to its total.
    """
    asked = understand(store, words)
    decisions = read_decisions(store)
    source = Source(store, model, decisions, verdicts(decisions), has_values)
    persons = tuple(explain_person(source, person_id) for person_id in asked.persons)
    persons += tuple(_gone(source, asked))
    facts = _model_facts(store)
    pair = explain_pair(source, *asked.records) if asked.records else None
    return Explanation(
        asked=tuple(words),
        night=ask(store, _NIGHT)[0][0],
        store=name,
        notices=(
            *asked.notices,
            *_notices(source, facts, persons),
            *_doubts(source, persons, pair),
        ),
        model=facts,
        persons=persons,
        pair=pair,
        has_values=has_values,
    )


def _model_facts(store: duckdb.DuckDBPyConnection) -> ModelFacts | None:
    model_id = model_of(store)
    return None if model_id is None else read_model_facts(store, model_id)


def _gone(source: Source, asked: Asked) -> list[PersonFacts]:
    if asked.gone is None:
        return []
    events = events_of(source.store, [asked.gone])
    return [PersonFacts(asked.gone, (), (), (), (), (), (), (), events, (), (), True)]


def _doubts(source: Source, persons: Sequence[PersonFacts], pair: PairFacts | None) -> list[str]:
    """What people judged the same and does not hold, of the persons that are told of."""
    ids = [person.person_id for person in persons]
    ids += [pair.person_l, pair.person_r] if pair else []
    return [
        f"{key.left} and {key.right} wait for a person's decision: {says}."
        for key, says in doubted(source.store, ids).items()
    ]


def _notices(source: Source, facts: ModelFacts | None, persons: Sequence[PersonFacts]) -> list[str]:
    said = []
    if facts is not None and facts.status != "approved":
        said.append(
            f"The model {facts.model_id} is {facts.status}: nobody has approved it. What it says "
            "is no evidence until it has passed its reliability test."
        )
    if source.model is None:
        said.append(
            "The model's file is not in this home: records were not compared directly, and what "
            "speaks against a link may be missing here."
        )
    if any(len(person.records) > MOST_RECORDS for person in persons):
        said.append(
            f"A person here has more than {MOST_RECORDS} records: its records were not all "
            "compared with each other. Ask about two of them."
        )
    return said
