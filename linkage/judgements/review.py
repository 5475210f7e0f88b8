"""Which pairs wait for a person's decision, and what was decided about them already."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

import duckdb

from linkage.explanation.entity import Entity
from linkage.judgements.conflicts import Conflict, effective
from linkage.judgements.journal import read_journal, read_judgements
from linkage.judgements.judgement import Judgement
from linkage.record_key import Pair, RecordKey
from warehouse.contract.link import PAIR_KEY, RECORD_PARTS
from warehouse.home import Home
from warehouse.review_queue import TOO_LITTLE

ROWS_AT_A_TIME = 1000

_PAIR = ", ".join(PAIR_KEY)
_ITEMS = f"""
SELECT {_PAIR}, person_id_l, person_id_r, match_weight, why, says, priority, model_id, night
FROM link.review_item
WHERE ($ids IS NULL OR list_contains($ids, person_id_l) OR list_contains($ids, person_id_r))
  AND ($force IS NULL OR $force IN (force_l, force_r))
ORDER BY priority DESC, {_PAIR}
"""
# Of offences: contradictions, then what the model leaves to people, the heaviest first. Who said
# same or not the same has settled a pair; one that nobody could tell waits on.
_OFFENCE_ITEMS = f"""
WITH said AS (
    SELECT {_PAIR}, judged_by, arg_max(verdict, (judged_at, judgement_id)) AS verdict
    FROM link.offence_judgement GROUP BY ALL
),
settled AS (SELECT {_PAIR} FROM said WHERE verdict <> 'unsure'),
item AS (
    SELECT {_PAIR}, 'conflict' AS why, string_agg(says, '; ' ORDER BY kind) AS says, 0 AS place
    FROM link.offence_judgement_conflict GROUP BY {_PAIR}
    UNION ALL
    SELECT {_PAIR}, if(said.judged_by IS NULL, 'weight', 'unsure'),
           if(said.judged_by IS NULL,
              {TOO_LITTLE},
              'somebody looked and could not tell'), 1
    FROM link.offence_edge ANTI JOIN settled USING ({_PAIR})
    LEFT JOIN (SELECT {_PAIR}, min(judged_by) AS judged_by FROM said GROUP BY ALL) AS said
      USING ({_PAIR})
    WHERE band = 'review'
),
held AS (
    SELECT force, source_system, source_record_id, offence_id FROM link.offence_membership
    WHERE valid_to IS NULL
)
SELECT {_PAIR}, l.offence_id, r.offence_id, match_weight, why, says,
       if(place = 0, 4000.0, coalesce(match_weight, 0.0)) AS priority, model_id, night
FROM item LEFT JOIN link.offence_edge USING ({_PAIR})
JOIN held AS l ON (l.force, l.source_system, l.source_record_id)
                = (force_l, source_system_l, source_record_id_l)
JOIN held AS r ON (r.force, r.source_system, r.source_record_id)
                = (force_r, source_system_r, source_record_id_r)
WHERE ($ids IS NULL OR list_contains($ids, l.offence_id) OR list_contains($ids, r.offence_id))
  AND ($force IS NULL OR $force IN (force_l, force_r))
  AND (l.offence_id <> r.offence_id OR why = 'conflict')
ORDER BY place, match_weight DESC NULLS LAST, {_PAIR}
"""
_CONFLICTING = f"""
SELECT judgement_ids FROM link.{{prefix}}judgement_conflict
WHERE ({_PAIR}) = ({", ".join(f"${name}" for name in PAIR_KEY)})
"""
_KEY = ", ".join(RECORD_PARTS)
_KNOWN = f"""
WITH wanted AS (SELECT unnest($keys, recursive := true))
SELECT {_KEY}, bool_or(is_held) FROM (
    SELECT {_KEY}, true AS is_held FROM core.{{entity}}_record SEMI JOIN wanted USING ({_KEY})
    UNION ALL
    SELECT {_KEY}, false FROM link.{{entity}}_membership SEMI JOIN wanted USING ({_KEY})
) GROUP BY ALL
"""


@dataclass(frozen=True)
class ReviewItem:
    """A pair that waits, as ``link.review_item`` has it of persons.

    Attributes:
        id_l, id_r: the person or offence of each record.
        match_weight: bits; None where no model scored the pair.
        why: ``weight``, ``identifier``, ``guard``, ``conflict``, ``judged`` or ``unsure``.
        says: the same in plain words.
        priority: larger first.
    """

    pair: Pair
    id_l: str
    id_r: str
    match_weight: float | None
    why: str
    says: str
    priority: float
    model_id: str | None
    night: date | None


@dataclass(frozen=True)
class Decided:
    """Every decision, those that no store shows yet included.

    Attributes:
        judgements: by id.
        since: pairs decided upon since the store was published.
        damaged: lines of the journal that are no decision.
        entity: what the records are of.
        waiting: the decisions made since the store was published, oldest first.
    """

    judgements: Mapping[str, Judgement]
    since: frozenset[Pair]
    damaged: tuple[int, ...]
    entity: Entity = Entity.PERSON
    waiting: tuple[Judgement, ...] = ()

    def on(self, pair: Pair) -> list[Judgement]:
        """The decisions on a pair, oldest first."""
        return [each for each in self.judgements.values() if each.pair == pair]


def read_decided(
    store: duckdb.DuckDBPyConnection, home: Home, entity: Entity = Entity.PERSON
) -> Decided:
    """What the published store and the journal hold."""
    published = {each.judgement_id: each for each in read_judgements(store, entity)}
    journal = read_journal(home, entity=entity)
    new = {j.judgement_id: j for j in journal.judgements if j.judgement_id not in published}
    since = frozenset(each.pair for each in new.values())
    ordered = sorted((published | new).items(), key=lambda each: (each[1].judged_at, each[0]))
    waiting = tuple(each for judgement_id, each in ordered if judgement_id in new)
    return Decided(dict(ordered), since, tuple(journal.damaged), entity, waiting)


def open_items(
    store: duckdb.DuckDBPyConnection,
    without: Collection[Pair] = (),
    ids: Sequence[str] | None = None,
    force: str | None = None,
    limit: int | None = None,
    entity: Entity = Entity.PERSON,
) -> list[ReviewItem]:
    """The pairs that wait, the most useful first.

    Args:
        store: the published store.
        without: pairs to leave out, such as those decided upon since it was published.
        ids: only pairs with a record of one of these persons or offences.
        force: only pairs with a record of this force.
        limit: how many at most.
        entity: what the pairs are records of.
    """
    return list(islice(_open(store, without, ids, force, entity), limit))


def count_open(
    store: duckdb.DuckDBPyConnection,
    without: Collection[Pair] = (),
    ids: Sequence[str] | None = None,
    force: str | None = None,
    entity: Entity = Entity.PERSON,
) -> int:
    """How many pairs wait, of those that ``open_items`` would list without a limit."""
    return sum(1 for _ in _open(store, without, ids, force, entity))


def _open(
    store: duckdb.DuckDBPyConnection,
    without: Collection[Pair],
    ids: Sequence[str] | None,
    force: str | None,
    entity: Entity,
) -> Iterator[ReviewItem]:
    of = None if ids is None else list(ids)
    items = _OFFENCE_ITEMS if entity is Entity.OFFENCE else _ITEMS
    answer = store.execute(items, {"ids": of, "force": force})
    return (each for each in _items(answer) if each.pair not in without)


def _items(answer: duckdb.DuckDBPyConnection) -> Iterator[ReviewItem]:
    while rows := answer.fetchmany(ROWS_AT_A_TIME):
        for row in rows:
            yield ReviewItem((RecordKey(*row[:3]), RecordKey(*row[3:6])), *row[6:])


def said_on(
    store: duckdb.DuckDBPyConnection, decided: Decided, item: ReviewItem
) -> list[Judgement]:
    """What was decided on a pair that waits, and what contradicts it, oldest first."""
    key = [part for record in item.pair for part in record]
    rows = store.execute(
        decided.entity.sql(_CONFLICTING), dict(zip(PAIR_KEY, key, strict=True))
    ).fetchall()
    against = {each for (ids,) in rows for each in ids.split(",")}
    on = {each.judgement_id for each in decided.on(item.pair)}
    return [j for j in decided.judgements.values() if j.judgement_id in against | on]


def known_records(
    store: duckdb.DuckDBPyConnection, decided: Decided, records: Iterable[RecordKey]
) -> dict[RecordKey, bool]:
    """Those of the records that may be judged, and whether the published store holds them.

    A record that is gone may be judged as long as anything is known of it, that it was linked once
    or what was decided about it: a decision about it could not be taken back otherwise.
    """
    wanted = set(records)
    if not wanted:
        return {}
    keys = [record._asdict() for record in sorted(wanted)]
    rows = store.execute(decided.entity.sql(_KNOWN), {"keys": keys}).fetchall()
    judged = {record for each in decided.judgements.values() for record in each.pair}
    return dict.fromkeys(wanted & judged, False) | {RecordKey(*row[:3]): row[3] for row in rows}


def new_conflicts(decided: Decided, judgements: Iterable[Judgement]) -> list[Conflict]:
    """The contradictions that new decisions make, beside those that were there."""
    before = effective(decided.judgements.values()).conflicts
    after = effective([*decided.judgements.values(), *judgements]).conflicts
    had = {(each.conflict_id, each.judgement_ids) for each in before}
    return [each for each in after if (each.conflict_id, each.judgement_ids) not in had]
