"""What the model compares, of a few records of the published store."""

from collections.abc import Sequence

import duckdb
import polars as pl

from linkage import features as persons
from linkage.explanation.entity import Entity
from linkage.offences import features as offences
from linkage.record_key import RecordKey

_INTO = "explained_feature"
_WANTED = """
CREATE OR REPLACE TEMP TABLE wanted_record AS SELECT unnest($keys, recursive := true)
"""


def read_features(
    store: duckdb.DuckDBPyConnection, keys: Sequence[RecordKey], entity: Entity = Entity.PERSON
) -> pl.DataFrame:
    """The features of the records, as the night that linked them took them, in order of the key.

    Args:
        store: the published store: temporary tables are all that is written.
        keys: the records; such as are not held are left out.
        entity: what they are records of.
    """
    store.execute(_WANTED, {"keys": [key._asdict() for key in keys]})
    if entity is Entity.OFFENCE:
        offences.select_features(store, into=_INTO, only="wanted_record", is_state=False)
    else:
        [(places,)] = store.execute("SELECT count(*) FROM reference.postcode").fetchall()
        persons.select_features(
            store,
            records="wanted_record",
            is_state=False,
            places="reference.postcode" if places else None,
            into=_INTO,
        )
    order = ", ".join(RecordKey._fields)
    frame = store.sql(f"FROM {_INTO} ORDER BY {order}").pl()
    store.execute(f"DROP TABLE {_INTO}; DROP TABLE wanted_record")
    return frame
