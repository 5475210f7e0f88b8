"""A rectangle of square cells and their windows, for tests."""

import numpy as np
from scipy.sparse import csr_array


def windows(rows, columns, reach, *, itself):
    """Cells no more than ``reach`` steps away, by row and by column."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    steps = np.maximum(abs(row[:, None] - row), abs(column[:, None] - column))
    return csr_array(((steps <= reach) & ((steps > 0) | itself)).astype(float))
