"""Connected components of the linked pairs."""

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def find_components(records: pl.Series, left: pl.Series, right: pl.Series) -> pl.Series:
    """The component of each record, named by its smallest record.

    Args:
        records: Int64, ascending, each once.
        left, right: the two ends of each link, all among ``records``.

    Returns:
        Int64 ``component``, one value a record in the order of ``records``.
    """
    numbers = records.to_numpy()
    ends = [np.searchsorted(numbers, side.to_numpy()) for side in (left, right)]
    size = len(numbers)
    graph = coo_array((np.ones(len(ends[0]), dtype=np.int8), tuple(ends)), shape=(size, size))
    count, labels = connected_components(graph, directed=False)
    smallest = np.full(count, size, dtype=np.int64)
    np.minimum.at(smallest, labels, np.arange(size, dtype=np.int64))
    return pl.Series("component", numbers[smallest[labels]] if size else [], dtype=pl.Int64)
