"""Which blocks would bring two records together, and what keeps such a pair from being compared."""

from collections.abc import Sequence

import duckdb

from linkage.blocks import keys_sql
from linkage.explanation.entity import Entity
from linkage.explanation.facts import PairKey
from linkage.explanation.source import Source
from linkage.models.offence import MOST_DAYS_APART
from linkage.record_key import RecordKey


def shared_blocks(source: Source, left: RecordKey, right: RecordKey) -> tuple[str, ...] | None:
    """Names of the blocks in which the two share a key; None where the model is not at hand."""
    if source.model is None:
        return None
    with duckdb.connect() as con:
        features = source.features((left, right)).with_row_index("record")
        con.register("held", features)
        con.execute("CREATE TABLE record AS FROM held")
        found = con.execute(
            f"SELECT DISTINCT a.block FROM ({keys_sql(source.model, 'record')}) AS a "
            f"JOIN ({keys_sql(source.model, 'record')}) AS b ON a.key = b.key "
            "AND a.record < b.record ORDER BY 1"
        ).fetchall()
    return tuple(source.model.blocks[number].name for (number,) in found)


def bar_of(source: Source, key: PairKey, blocks: Sequence[str] | None) -> str | None:
    """Why two such offence records are not joined, or not even compared, whatever they weigh; None
    where nothing of the kind stands between them, as between records of persons.

    Args:
        source: where the records are.
        key: the two.
        blocks: the blocks that they share, as ``shared_blocks`` names them.
    """
    if source.entity is Entity.PERSON:
        return None
    if key.left.force == key.right.force:
        return (
            "Both are records of one force. Of a force an offence holds one record; a second one "
            "stays an offence of its own, and the force is told where the two look like one."
        )
    if "reference" in (blocks or ()):
        return None
    begins, ends = (source.features(key)[name].to_list() for name in ("begins", "ends"))
    if None in begins:
        why = "It is not known when one of the two happened"
    elif max(begins) - min(ends) > MOST_DAYS_APART * 24 * 60:
        why = f"More than {MOST_DAYS_APART} days lie between the two"
    else:
        return None
    return f"{why}, and neither quotes the other: such records are not compared."
