"""What is hot now: Gi* for comparison, and a test that keeps its word where counts are small.

Gi* after Ord, J. K. and Getis, A. (1995), "Local spatial autocorrelation statistics", Geographical
Analysis 27(4), 286-306, with binary weights. Its normal p-values call false hotspots where events
are few, so that none is used: a window is hot by the tail of a Poisson with the area's mean, under
the false discovery rate of Benjamini, Y. and Hochberg, Y. (1995), J. R. Statist. Soc. B 57(1),
289-300.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.special import gammainc, gammaincinv

from warehouse.hotspots.arrays import Flags, Values, Windows

FALSE_DISCOVERY_RATE = 0.05


def getis_ord(values: Values, window: Windows) -> Values:
    """(cells, series): z of Gi*, 0 where all cells are the same or a window is the whole area.

    Args:
        values: (cells, series).
        window: each cell's window with the cell itself.
    """
    n = values.shape[0]
    members = np.asarray(window.sum(axis=1)).reshape(-1, 1)
    mean = values.mean(axis=0)
    spread = np.sqrt(np.maximum((values**2).mean(axis=0) - mean**2, 0.0))
    around: Values = np.asarray(window @ values)
    # Of binary weights the sum and the sum of squares are one.
    scale = spread * np.sqrt(np.maximum((n * members - members**2) / max(n - 1, 1), 0.0))
    above: Values = np.asarray(around - mean * members)
    z: Values = np.divide(above, scale, out=np.zeros_like(above), where=scale > 0)
    return z


def poisson_tail(counts: Values, window: Windows) -> Values:
    """(cells, series): probability that a window holds as many events as it does, or more, were
    they spread over the area by chance; 1 where it holds none.

    Args:
        counts: (cells, series): events; harm by what one event of harm counts for (``panel.py``).
        window: each cell's window with the cell itself.
    """
    members = np.asarray(window.sum(axis=1)).reshape(-1, 1)
    return _tail(np.asarray(window @ counts), counts.mean(axis=0) * members)


def _tail(counts: Values, expected: Values) -> Values:
    """P(X >= counts) of a Poisson, which the incomplete gamma function gives between whole numbers
    too."""
    p = np.ones(counts.shape)
    some = counts > 0
    p[some] = gammainc(counts[some], np.broadcast_to(expected, counts.shape)[some])
    return p


def false_discovery(p: Values) -> Values:
    """(cells, series): of each p-value the smallest false discovery rate at which it still counts
    (q), the cells of a series being one family."""
    n = p.shape[0]
    order = np.argsort(p, axis=0, kind="stable")
    rank = np.arange(1, n + 1, dtype=np.float64).reshape(-1, 1)
    raised = np.take_along_axis(p, order, axis=0) * n / rank
    lowest = np.minimum.accumulate(raised[::-1], axis=0)[::-1]
    q = np.empty_like(p)
    np.put_along_axis(q, order, np.minimum(lowest, 1.0), axis=0)
    return q


def _may_be_hot(counts: Values, expected: Values) -> Flags:
    """All whose tail is no more than ``FALSE_DISCOVERY_RATE``, and few others: the tails of all are
    dear. Counts are rounded up to a quarter, for which it is known how much may be expected."""
    quarters = np.ceil(counts * 4).astype(np.int64)
    most = gammaincinv(np.arange(quarters.max(initial=0) + 1) / 4, FALSE_DISCOVERY_RATE)
    return np.asarray(expected <= most[quarters] * (1 + 1e-9))


def discoveries(p: Values) -> Flags:
    """(cells, series): p-values that count under the false discovery rate, as those of which
    ``false_discovery`` gives no more than ``FALSE_DISCOVERY_RATE``; without sorting them."""
    most = FALSE_DISCOVERY_RATE / p.shape[0]
    count = np.full(p.shape[1], p.shape[0])
    # So many count, if any, as are under the bound that so many give: from above, the first such
    # number is the largest.
    while not np.array_equal(count, fewer := np.count_nonzero(p <= most * count, axis=0)):
        count = fewer
    return np.asarray(p <= most * count)


def is_hot(counts: Values, window: Windows) -> Flags:
    """(cells, series): windows that hold more than chance explains."""
    return discoveries(poisson_tail(counts, window))


def is_hot_sparse(counts: csr_array, window: Windows) -> csr_array:
    """``is_hot`` of counts that are mostly zeros, as one column a month and series are.

    Args:
        counts: (cells, columns).
        window: each cell's window with the cell itself.

    Returns:
        (cells, columns) of ones where hot.
    """
    n, columns = counts.shape
    members = np.asarray(window.sum(axis=1)).ravel()
    mean = np.asarray(counts.sum(axis=0)).ravel() / n
    around = (window @ counts).tocoo()
    expected = mean[around.col] * members[around.row]
    few = np.flatnonzero(_may_be_hot(around.data, expected))
    row, column = around.row[few], around.col[few]
    p = _tail(around.data[few], expected[few])
    most = FALSE_DISCOVERY_RATE / n
    count = np.full(columns, n)
    # As in ``discoveries``; what is over a bound is over all that follow.
    while not np.array_equal(count, fewer := np.bincount(column, minlength=columns)):
        count = fewer
        under = p <= most * count[column]
        row, column, p = row[under], column[under], p[under]
    return csr_array((np.ones(len(row)), (row, column)), shape=(n, columns))
