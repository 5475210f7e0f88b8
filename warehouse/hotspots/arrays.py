"""The arrays that hotspots are made of: one row a cell of a study area, one column a series."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Values = NDArray[np.float64]
"""(cells, series): a series is an offence group and measure."""

Flags = NDArray[np.bool_]

Windows = csr_array
"""(cells, cells) of ones: which cells a cell's window holds, its own among them or not."""
