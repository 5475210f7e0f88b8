"""Records held to be one that hold what one person, or one offence, can hardly hold."""

from collections.abc import Sequence
from itertools import combinations

import duckdb

from linkage.explanation.direct import number_records
from linkage.explanation.entity import Entity
from linkage.explanation.facts import Contradiction, PairKey
from linkage.explanation.source import Source
from linkage.guards import PNCS, TWO_PNCS, apart_sql, tie_pncs
from linkage.record_key import RecordKey

# The guard looks at components of three and more, and leaves what the model linked itself. Here
# every pair is told of: nothing is laid, and two who are nobody stand by.
_STAGE = """
CREATE TABLE laid (record_l BIGINT, record_r BIGINT);
CREATE TABLE grouped AS SELECT 0 AS component, record FROM record UNION ALL VALUES (0, -1), (0, -2);
"""


def find_contradictions(source: Source, keys: Sequence[RecordKey]) -> tuple[Contradiction, ...]:
    """The pairs of records that contradict each other, as the guard sees it.

    The guard leaves a contradiction where the model links the two: it has weighed what speaks
    against them. An explanation tells it all the same.
    """
    if source.entity is Entity.OFFENCE:
        return _of_one_force(keys)
    if len(keys) < 2:
        return ()
    features = source.features(keys)
    records = {number: key for key, number in number_records(features).items()}
    with duckdb.connect() as con:
        con.register("held", features.with_row_index("record"))
        con.execute("CREATE TABLE record AS FROM held")
        con.execute(_STAGE)
        apart = con.execute(
            f"SELECT record_l, record_r, reason FROM ({apart_sql('record')})"
        ).fetchall()
        bearers = dict(con.execute(f"SELECT record, {PNCS} AS pnc FROM record").fetchall())
    stands = tie_pncs(list(bearers.values()))

    def are_tied(one: int, other: int) -> bool:
        return bool({stands[p] for p in bearers[one]} & {stands[p] for p in bearers[other]})

    return tuple(
        Contradiction(PairKey.of(records[one], records[other]), reason)
        for one, other, reason in apart
        if not (reason == TWO_PNCS and are_tied(one, other))
    )


def _of_one_force(keys: Sequence[RecordKey]) -> tuple[Contradiction, ...]:
    """Offences hold one record a force, unless people judged two of them the same."""
    pairs = (PairKey.of(*two) for two in combinations(keys, 2))
    return tuple(
        Contradiction(pair, "two records of one force, which counts them as two crimes")
        for pair in sorted(pairs)
        if pair.left.force == pair.right.force
    )
