"""Which blocks would bring two records together."""

import duckdb

from linkage.blocks import keys_sql
from linkage.explanation.source import Source
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
