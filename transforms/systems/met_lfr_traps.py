"""The traps of the LFR table, each by its name, with what it means and what is done.

Totals rows are quarantined rather than left out of what was received: a line that was read is then
in the account, and stands as it came. What is a rule of any deployment, whoever delivers it, stands
in the contract and in quality instead.
"""

from datetime import date

import polars as pl

from transforms.contacts import postcode_traps
from transforms.mapping import Trap
from transforms.systems.met_lfr_dates import (
    DATE_READING,
    DEPLOYED_ON,
    MISFILED,
    SWAPPED,
    UNCLEAR,
    YEAR_READING,
)
from transforms.systems.met_lfr_files import FILE
from transforms.systems.met_lfr_forms import (
    ALL_ALERTS,
    COUNTS,
    IS_DEPLOYMENT,
    KINDS_OF_ALERT,
    decimal,
    is_token,
    is_zero,
    own,
    whole,
)

_DAY = pl.col(DEPLOYED_ON).str.to_date("%Y-%m-%d", strict=False)
_CUMULATIVE = "Cumulative faces seen"

DATES = (
    # Which dates, and why that is certain: transforms/systems/met_lfr_dates.py.
    Trap("date_day_month_swapped", "deployed_on", pl.col(DATE_READING) == SWAPPED, "mended"),
    Trap("date_day_month_unclear", "deployed_on", pl.col(DATE_READING) == UNCLEAR, "quarantined"),
    Trap("misfiled_year", "deployed_on", pl.col(YEAR_READING) == MISFILED, "mended"),
    Trap("misfiled_year_unclear", "deployed_on", pl.col(YEAR_READING) == UNCLEAR, "quarantined"),
    Trap(
        "date_missing", "deployed_on", IS_DEPLOYMENT & pl.col("Date").is_null(), "quarantined"
    ),
    # The table is in order of dates.
    Trap("date_out_of_order", "deployed_on", _DAY.cum_max().forward_fill().shift(1) > _DAY,
         "counted"),
)  # fmt: skip

TOTALS_ROW = Trap("totals_row", None, ~IS_DEPLOYMENT, "quarantined")


def totals_differ() -> tuple[Trap, ...]:
    """Totals rows that give a whole number that is not the sum of their column."""
    return tuple(
        Trap("totals_differ", column, _is_not_the_sum(name), "counted")
        for column, name in COUNTS.items()
    )


def _is_not_the_sum(name: str) -> pl.Expr:
    given = pl.col(name).str.strip_chars().cast(pl.Int64, strict=False)
    # The second of the real table's totals rows has no watchlist and tells a ratio.
    is_of_sums = ~IS_DEPLOYMENT & pl.col("Watchlist size").is_not_null()
    return is_of_sums & given.is_not_null() & (given != whole(name).sum())


def tokens() -> tuple[Trap, ...]:
    """Tokens for nothing by column, and of those and of blanks the ones that are certainly 0."""
    several = COUNTS | {_CUMULATIVE: _CUMULATIVE}
    missing = [Trap("missing_token", column, is_token(name), "mended")
               for column, name in several.items()]  # fmt: skip
    zeros = [Trap("zero_not_written", column, is_zero(name), "mended")
             for column, name in COUNTS.items()
             if name in (*KINDS_OF_ALERT, ALL_ALERTS)]  # fmt: skip
    return (*missing, *zeros)


SPREADSHEET_ERROR = Trap(
    "spreadsheet_error",
    None,
    pl.any_horizontal(
        own(name).str.contains(r"^#(DIV/0!|VALUE!|REF!|N/A|NAME\?|NUM!|NULL!)$").fill_null(
            value=False
        )
        for name in (*FILE.required, *FILE.optional)
    ),
    "counted",
)  # fmt: skip


def faces_not_cumulative() -> Trap:
    """The running total is not that of the row above and this row's faces."""
    running = whole(_CUMULATIVE)
    before = running.shift(1).forward_fill().fill_null(0)
    differs = running != before + whole("Faces seen").fill_null(0)
    return Trap("faces_not_cumulative", "faces_seen", differs, "counted")


def repeats() -> tuple[Trap, ...]:
    """Rows that repeat others: whole, which is a copy since it saw faces and the running total is
    the same; in day and place, which are distinct deployments (in the real table all differ in
    alerts and faces); and days on which watchlists differ, one row standing for each day."""
    place = pl.struct(_DAY, own("Deployment"))
    is_placed = _DAY.is_not_null() & IS_DEPLOYMENT
    whole_row = pl.struct(*(pl.col(name) for name in (*FILE.required, *FILE.optional)))
    has_moved = whole(_CUMULATIVE).is_not_null() & (whole("Faces seen") > 0)
    is_copy = is_placed & has_moved & ~whole_row.is_first_distinct()
    sizes = whole("Watchlist size").drop_nulls().n_unique().over(_DAY)
    return (
        Trap("repeated_row", None, is_copy, "quarantined"),
        Trap("same_day_and_place", None, is_placed & ~place.is_first_distinct(), "counted"),
        Trap("watchlists_differ_on_a_day", "watchlist_size",
             is_placed & (sizes > 1) & _DAY.is_first_distinct(), "counted"),
    )  # fmt: skip


# Until and including that day, the Metropolitan Police's threshold; 0.64 since. Source: the
# project's domain notes, after the force's publications.
_THRESHOLDS = ((date(2024, 7, 10), 0.60), (date(2024, 7, 24), 0.62))
_LAST_THRESHOLD = 0.64


def threshold_differs() -> Trap:
    """A threshold other than the one that the force has published for the day."""
    known = pl.lit(_LAST_THRESHOLD)
    for until, threshold in reversed(_THRESHOLDS):
        known = pl.when(until >= _DAY).then(threshold).otherwise(known)
    given = decimal("Min Threshold setting").value
    differs = _DAY.is_not_null() & ((given - known).abs() > 1e-9)
    return Trap("threshold_differs_from_published", "threshold", differs, "counted")


def places() -> tuple[Trap, ...]:
    """Postcodes of no valid form, and wards whose name is spelled in several ways, one row standing
    for each ward."""
    code = own("Ward Code")
    names = own("Ward (approx)").drop_nulls().n_unique().over("Ward Code")
    is_several = code.is_not_null() & (names > 1) & code.is_first_distinct()
    return (
        *postcode_traps(own("Post code (approx)")),
        Trap("ward_name_spelled_in_several_ways", "ward_name", is_several, "counted"),
    )


def all_traps() -> tuple[Trap, ...]:
    """Every trap of the table."""
    return (
        *DATES,
        TOTALS_ROW,
        *totals_differ(),
        *tokens(),
        SPREADSHEET_ERROR,
        faces_not_cumulative(),
        *repeats(),
        threshold_differs(),
        *places(),
    )
