"""Months as numbers, and how many of them a force's data tell of."""

from datetime import date

import polars as pl

from warehouse.hotspots.methods import YEAR

MOST_MONTHS = 120
"""Months that are looked at: an event of ten years ago counts for a thousandth."""


LEAST_SHARE = 0.1
"""Share of what a month usually holds above which a month is the last one, and not a few dates that
were mistyped into it."""


def history(counts: pl.DataFrame) -> tuple[int, int]:
    """First and last month that are looked at.

    The last is the latest that holds more than a tenth of the median of the months that hold any:
    a stray date in a later one would make months of nothing of all before it. Before a whole year
    without an offence there is no history but mistyped dates either.

    Args:
        counts: ``month`` and ``offences``, not empty.
    """
    held = counts.group_by("month").agg(pl.col("offences").sum()).sort("month")
    usual = held["offences"].median()
    assert isinstance(usual, float)
    months = held.filter(pl.col("offences") > LEAST_SHARE * usual)["month"].to_list()
    last = first = months[-1]
    for month in reversed(months):
        if first - month > YEAR:
            break
        first = month
    return max(first, last - MOST_MONTHS + 1), last


def month_of(number: int) -> date:
    """First day of a month that is numbered from year 0."""
    return date(number // 12, number % 12 + 1, 1)
