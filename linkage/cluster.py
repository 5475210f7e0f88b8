"""Connected components of the linked pairs."""

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def find_components(records: int, edges: pl.DataFrame) -> pl.Series:
    """The component of each record, named by its oldest record.

    Args:
        records: how many records there are; their ids run from 1.
        edges: linked pairs, ``unique_id_l`` and ``unique_id_r``.

    Returns:
        Int64, one value a record in order of id: the smallest id of its component.
    """
    left = edges["unique_id_l"].to_numpy() - 1
    right = edges["unique_id_r"].to_numpy() - 1
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(records, records))
    _, labels = connected_components(graph, directed=False)
    oldest = np.full(labels.max(initial=-1) + 1, records, dtype=np.int64)
    np.minimum.at(oldest, labels, np.arange(records, dtype=np.int64))
    return pl.Series("component", oldest[labels] + 1, dtype=pl.Int64)
