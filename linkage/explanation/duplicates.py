"""Records of one force that look like one offence recorded twice."""

import json
from collections.abc import Sequence

import duckdb

from linkage.explanation.facts import Duplicate, PairKey
from linkage.explanation.ledger import ask
from linkage.record_key import RecordKey

_DUPLICATES = """
WITH wanted AS (SELECT unnest($keys, recursive := true))
SELECT force, source_system_l, source_record_id_l, source_system_r, source_record_id_r,
       match_weight, levels
FROM link.offence_duplicate AS pair
WHERE EXISTS (
    FROM wanted WHERE wanted.force = pair.force
    AND (wanted.source_system, wanted.source_record_id) IN (
        (source_system_l, source_record_id_l), (source_system_r, source_record_id_r)
    )
)
ORDER BY match_weight DESC, force, source_system_l, source_record_id_l, source_system_r,
         source_record_id_r
"""


def duplicates_of(
    store: duckdb.DuckDBPyConnection, keys: Sequence[RecordKey]
) -> tuple[Duplicate, ...]:
    """The pairs of one force that one of the offence records is in, heaviest first."""
    rows = ask(store, _DUPLICATES, keys=[key._asdict() for key in keys]) if keys else []
    return tuple(
        Duplicate(
            PairKey.of(RecordKey(force, system_l, id_l), RecordKey(force, system_r, id_r)),
            weight,
            json.loads(levels),
        )
        for force, system_l, id_l, system_r, id_r, weight, levels in rows
    )
