"""Months as numbers, and how many of them a force's data tell of."""

from collections.abc import Sequence
from datetime import date

from warehouse.hotspots.methods import YEAR

MOST_MONTHS = 120
"""Months that are looked at: an event of ten years ago counts for a thousandth."""


def history(months: Sequence[int]) -> tuple[int, int]:
    """First and last month that are looked at, of the months that have an offence, ascending.

    Before a whole year without one there is no history but dates that were mistyped: counted in,
    they would make months of nothing of all the years between.
    """
    last = first = months[-1]
    for month in reversed(months):
        if first - month > YEAR:
            break
        first = month
    return max(first, last - MOST_MONTHS + 1), last


def month_of(number: int) -> date:
    """First day of a month that is numbered from year 0."""
    return date(number // 12, number % 12 + 1, 1)
