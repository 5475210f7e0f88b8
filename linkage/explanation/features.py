"""What the model compares, of a few records of the published store."""

from collections.abc import Sequence

import duckdb
import polars as pl

from linkage.features import select_features
from linkage.record_key import RecordKey

_WANTED = """
CREATE OR REPLACE TEMP TABLE wanted_record AS SELECT unnest($keys, recursive := true)
"""


def read_features(store: duckdb.DuckDBPyConnection, keys: Sequence[RecordKey]) -> pl.DataFrame:
    """The features of the records, as the night that linked them took them, in order of the key.

    Args:
        store: the published store: temporary tables are all that is written.
        keys: the records; such as are not held are left out.
    """
    store.execute(_WANTED, {"keys": [key._asdict() for key in keys]})
    [(places,)] = store.execute("SELECT count(*) FROM reference.postcode").fetchall()
    select_features(
        store,
        records="wanted_record",
        is_state=False,
        places="reference.postcode" if places else None,
        into="explained_feature",
    )
    order = ", ".join(RecordKey._fields)
    frame = store.sql(f"FROM explained_feature ORDER BY {order}").pl()
    store.execute("DROP TABLE explained_feature; DROP TABLE wanted_record")
    return frame
