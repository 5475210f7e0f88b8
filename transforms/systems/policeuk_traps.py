"""The traps of data.police.uk files, each by its name, with what it means and what is done.

Traps are counted within a delivery: a Crime ID that repeats across months is seen where the months
come together. Where a trap is about a Crime ID rather than a row, one row stands for each id, its
first, so that the count is of ids.
"""

import polars as pl

from forces.declaration import Declaration
from transforms.mapping import Trap
from transforms.systems.policeuk_files import CRIME_IS_HERE, FILE_MONTH, ROW_KEY
from transforms.times import iso_to_utc, utc_to_local_date

_CRIME_ID = pl.col("Crime ID")
_HAS_POINT = pl.col("Longitude").is_not_null() & pl.col("Latitude").is_not_null()
_IS_ASB = (pl.col("Crime type").str.to_lowercase() == "anti-social behaviour").fill_null(
    value=False
)
IS_NO_LOCATION = (pl.col("Location").str.to_lowercase() == "no location").fill_null(value=False)

# A row equal to an earlier one of its file in every column. The site gives no time, no number of
# the house and, for anti-social behaviour, no id: equal rows are distinct events.
_IS_REPEATED = ~pl.col(ROW_KEY).str.ends_with(":1")
REPEATED_ROW = Trap("repeated_row", None, _IS_REPEATED, "counted")
REPEATED_CRIME = Trap("repeated_row_of_a_crime", None, _IS_REPEATED & ~_IS_ASB, "counted")

NO_LOCATION = Trap("no_location", "location_text", ~_HAS_POINT, "mended")
NO_LSOA = Trap(
    "point_without_lsoa", "lsoa_code", _HAS_POINT & pl.col("LSOA code").is_null(), "counted"
)
NO_POINT = Trap("no_location", None, ~_HAS_POINT, "counted")

_IS_FIRST_OF_ID = _CRIME_ID.is_not_null() & _CRIME_ID.is_first_distinct()
_HAS_SEVERAL = _IS_FIRST_OF_ID & _CRIME_ID.is_duplicated()
_HAS_SEVERAL_MONTHS = _HAS_SEVERAL & (pl.col("Month").n_unique().over("Crime ID") > 1)

CRIME_ID = (
    Trap("null_crime_id", "crime_ref", _CRIME_ID.is_null(), "counted"),
    Trap("null_crime_id_of_a_crime", "crime_ref", _CRIME_ID.is_null() & ~_IS_ASB, "counted"),
    Trap("crime_id_repeated", "crime_ref", _HAS_SEVERAL, "counted"),
    Trap("crime_id_repeated_across_months", "crime_ref", _HAS_SEVERAL_MONTHS, "counted"),
)
OUTCOME_CRIME_ID = (
    Trap("null_crime_id", "crime_ref", _CRIME_ID.is_null(), "counted"),
    Trap("crime_id_with_several_outcomes", "crime_ref", _HAS_SEVERAL, "counted"),
    Trap("crime_not_in_delivery", "crime_ref", pl.col(CRIME_IS_HERE) == "no", "counted"),
)
CONTEXT = (
    Trap("context_always_null", None, pl.col("Context").is_null(), "counted"),
    # Nowhere to keep it: if the site begins to fill it, this says so.
    Trap("context_given", None, pl.col("Context").is_not_null(), "counted"),
)

# A row of another month stands in that month's own file too, which brings it again.
MONTH_DIFFERS = Trap(
    "month_differs_from_file", "occurred_on", pl.col("Month").ne_missing(FILE_MONTH), "quarantined"
)


def date_differs() -> Trap:
    """A stop outside the month of its file, by the local calendar and by UTC.

    The site writes every time with the offset +00:00, and forces differ in whether they mean it:
    a stop in the last hour of a summer month may stand in either file.
    """
    instant = iso_to_utc(pl.col("Date"))
    months = [day.dt.strftime("%Y-%m") for day in (utc_to_local_date(instant), instant.dt.date())]
    is_other = pl.all_horizontal((month != FILE_MONTH) for month in months)
    return Trap("month_differs_from_file", "occurred_on", is_other, "quarantined")


def reporting_traps(declaration: Declaration) -> tuple[Trap, Trap]:
    """Rows reported by another force, which are that force's records and would be counted twice:
    out. Rows that fall within another force's area: kept, as they are the reporting force's."""
    names = [name.casefold() for name in (declaration.name, *declaration.aliases)]
    reported, within = (
        ~pl.col(name).str.strip_chars().str.to_lowercase().is_in(names).fill_null(value=False)
        for name in ("Reported by", "Falls within")
    )
    return (
        Trap("reported_by_other_force", "force", reported, "quarantined"),
        Trap("falls_within_other_force", None, within, "counted"),
    )
