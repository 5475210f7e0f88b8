"""Records held to be one that hold what one person, or one offence, can hardly hold."""

from collections.abc import Sequence
from itertools import combinations

import duckdb
import polars as pl

from linkage import contradictions
from linkage.explanation.direct import number_records
from linkage.explanation.entity import Entity
from linkage.explanation.facts import Contradiction, PairKey
from linkage.explanation.source import Source
from linkage.record_key import RecordKey


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
        members = pl.DataFrame({"record": list(records)}).with_columns(component=0)
        found = contradictions.find_contradictions(con, "record", members)
    return tuple(
        Contradiction(PairKey.of(records[one], records[other]), reason)
        for one, other, reason in found
    )


def _of_one_force(keys: Sequence[RecordKey]) -> tuple[Contradiction, ...]:
    """Offences hold one record a force, unless people judged two of them the same."""
    pairs = (PairKey.of(*two) for two in combinations(keys, 2))
    return tuple(
        Contradiction(pair, "two records of one force, which counts them as two crimes")
        for pair in sorted(pairs)
        if pair.left.force == pair.right.force
    )
