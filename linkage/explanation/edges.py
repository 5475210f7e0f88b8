"""The pairs that the published store keeps, with every weight of their sums."""

import json
from collections.abc import Mapping
from dataclasses import replace

import duckdb

from linkage.explanation.entity import Entity
from linkage.explanation.facts import PRIOR, Compared, PairKey, Weight
from linkage.explanation.ledger import Row, ask
from linkage.record_key import RecordKey
from warehouse.contract.link import PAIR_KEY
from warehouse.errors import StoreError

_COLUMNS = (
    *PAIR_KEY, "weights", "levels", "match_weight", "link_at", "band", "cut", "match_key",
    "model_id", "night",
)  # fmt: skip
_PAIRS = f"""
WITH member AS (
    FROM link.{{entity}}_membership WHERE valid_to IS NULL AND {{entity}}_id = $id
)
SELECT {", ".join(f"e.{name}" for name in _COLUMNS)} FROM link.{{entity}}_edge AS e
LEFT JOIN member AS l ON (e.force_l, e.source_system_l, e.source_record_id_l)
                       = (l.force, l.source_system, l.source_record_id)
LEFT JOIN member AS r ON (e.force_r, e.source_system_r, e.source_record_id_r)
                       = (r.force, r.source_system, r.source_record_id)
WHERE l.{{entity}}_id IS NOT NULL OR r.{{entity}}_id IS NOT NULL
ORDER BY e.match_weight DESC, {", ".join(f"e.{name}" for name in PAIR_KEY)}
"""
_ONE_PAIR = f"""
SELECT {", ".join(_COLUMNS)} FROM link.{{entity}}_edge
WHERE ({", ".join(PAIR_KEY)}) = ($force_l, $system_l, $id_l, $force_r, $system_r, $id_r)
"""


def pairs_of(
    store: duckdb.DuckDBPyConnection, entity_id: str, entity: Entity = Entity.PERSON
) -> tuple[Compared, ...]:
    """Every kept pair that has a current record of the person or offence, heaviest first.

    Raises:
        StoreError: the weights of a pair do not sum to its total.
    """
    return tuple(_read(row, entity) for row in ask(store, entity.sql(_PAIRS), id=entity_id))


def pair_of(
    store: duckdb.DuckDBPyConnection, key: PairKey, entity: Entity = Entity.PERSON
) -> Compared | None:
    """The pair as it is kept; None where it is not.

    Raises:
        StoreError: its weights do not sum to its total.
    """
    (force_l, system_l, id_l), (force_r, system_r, id_r) = key
    rows = ask(store, entity.sql(_ONE_PAIR), force_l=force_l, system_l=system_l, id_l=id_l,
               force_r=force_r, system_r=system_r, id_r=id_r)  # fmt: skip
    return _read(rows[0], entity) if rows else None


def make_pair(
    key: PairKey, weights: Mapping[str, float], levels: Mapping[str, str], pair: Compared
) -> Compared:
    """``pair`` with its sum: the prior first, then the comparisons as ``weights`` orders them.

    Raises:
        StoreError: the weights do not sum to the total: nothing that was built on it is shown.
    """
    if sum(weights.values()) != pair.match_weight:
        raise StoreError(
            f"the weights of {key.left} and {key.right} do not sum to their total in "
            f"link.{pair.entity}_edge. Nothing is explained from it; go back to a version that is "
            "whole with `crimelink rollback`."
        )
    lines = (Weight(name, levels.get(name), bits) for name, bits in weights.items())
    return replace(pair, weights=tuple(sorted(lines, key=lambda line: line.comparison != PRIOR)))


def _read(row: Row, entity: Entity) -> Compared:
    key = PairKey.of(RecordKey(*row[:3]), RecordKey(*row[3:6]))
    weights, levels, match_weight, link_at, band, cut, match_key, model_id, night = row[6:]
    bare = Compared(key, (), match_weight, link_at, None, band, cut, match_key, model_id, night,
                    entity=entity)  # fmt: skip
    return make_pair(key, json.loads(weights), json.loads(levels), bare)
