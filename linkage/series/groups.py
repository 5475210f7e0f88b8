"""Groups of offences that may be one series: average linkage over the pairs that were kept.

The most probable pair first: the two groups that it ties are joined where the bits of all pairs
between them are, on the average, those of ``join_at`` or more, and no more than ``most_offences``
come together. A pair that was not kept counts as one that was just kept: it has less. So chains of
offences of which the first and the last have nothing in common are no lead, and the same pairs give
the same leads in whatever order they came.
"""

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linkage.series.model import SeriesModel, to_bits

LEADS = {"offence": pl.Int64, "lead": pl.Int64}


def touched_parts(
    pairs: pl.DataFrame, moved: pl.Series, model: SeriesModel
) -> tuple[pl.DataFrame, pl.Series]:
    """The pairs whose leads may be others than before.

    Leads lie within parts that pairs of ``join_at`` or more hold together; where no pair of a part
    has changed, its leads are as they were.

    Args:
        pairs: ``offence_l``, ``offence_r``, ``total``: all that are kept.
        moved: offences of which a pair is new, gone or has other bits.
        model: for its thresholds.

    Returns:
        The pairs of parts that have one of these offences; and all offences of these parts, and
        those that moved.
    """
    strong = pairs.filter(pl.col("total") >= to_bits(model.join_at))
    ends = pl.concat([strong["offence_l"], strong["offence_r"], moved]).unique().sort()
    at = ends.to_numpy()
    left, right = (
        np.searchsorted(at, strong[name].to_numpy()) for name in ("offence_l", "offence_r")
    )
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(len(at), len(at)))
    part = connected_components(graph.tocsr(), directed=False)[1]
    is_touched = np.zeros(int(part.max(initial=-1)) + 1, bool)
    is_touched[part[np.searchsorted(at, moved.to_numpy())]] = True
    touched = ends.filter(pl.Series(is_touched[part])).rename("offence")
    own = touched.to_frame()
    return (
        pairs.join(own, left_on="offence_l", right_on="offence", how="semi").join(
            own, left_on="offence_r", right_on="offence", how="semi"
        ),
        touched,
    )


def group_offences(pairs: pl.DataFrame, model: SeriesModel) -> pl.DataFrame:
    """Offences of groups of two or more.

    Args:
        pairs: ``offence_l``, ``offence_r``, ``total``, each pair once.
        model: for its thresholds.

    Returns:
        ``offence`` and ``lead``: a number of the group, the smallest of its offences' numbers.
    """
    join, keep = to_bits(model.join_at), model.keep_bits
    strong = pairs.filter(pl.col("total") >= join)
    ends = pl.concat([strong["offence_l"], strong["offence_r"]]).unique().to_frame("end")
    among = pairs.join(ends, left_on="offence_l", right_on="end", how="semi").join(
        ends, left_on="offence_r", right_on="end", how="semi"
    )
    bits = {
        (left, right): total
        for left, right, total in among.select("offence_l", "offence_r", "total").iter_rows()
    }
    group_of: dict[int, list[int]] = {}
    order = strong.sort("total", "offence_l", "offence_r", descending=[True, False, False]).select(
        "offence_l", "offence_r"
    )
    for left, right in order.iter_rows():
        one, other = group_of.get(left, [left]), group_of.get(right, [right])
        if one is other or len(one) + len(other) > model.most_offences:
            continue
        between = [bits.get((min(a, b), max(a, b)), keep) for a in one for b in other]
        # Sorted: a sum of the same numbers, whichever group grew first.
        if float(np.sort(between).sum()) >= join * len(between):
            joined = one + other
            group_of.update(dict.fromkeys(joined, joined))
    rows = [(offence, min(group)) for offence, group in group_of.items()]
    return pl.DataFrame(rows, schema=LEADS, orient="row").sort("offence")
