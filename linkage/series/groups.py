"""Groups of offences that may be one series: average linkage over the pairs that were kept.

The most probable pair first: the two groups that it ties are joined where the bits of all pairs
between them are, on the average, those of ``join_at`` or more, and no more than ``most_offences``
come together. A pair that was not kept counts as one that was just kept: it has less. So chains of
offences of which the first and the last have nothing in common are no lead, and the same pairs give
the same leads in whatever order they came.
"""

import numpy as np
import polars as pl

from linkage.series.model import SeriesModel, to_bits

LEADS = {"offence": pl.Int64, "lead": pl.Int64}


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
