"""What the dates of the LFR table mean, told from the whole table, and the keys that follow.

The table was kept in a spreadsheet of a locale that puts the month first. Where the day of
``dd/mm/yyyy`` is 12 or less, such a spreadsheet takes it for ``mm/dd/yyyy`` and makes a date of it,
which comes out as ISO with day and month swapped; where it is above 12 there is no such month, and
the text stays as it was typed.

That it happened is certain where the file shows both marks of it:

- the split: no ISO date has a day above 12, no ``dd/mm/yyyy`` has one of 12 or less, and there are
  dates of both forms;
- the order: some ISO date cannot stand where it stands as written, and can with day and month
  swapped back. A date can stand between the nearest dates above and below it that can be read in
  one way only: ``dd/mm/yyyy`` with a day above 12 and the row's own year. The last are followed by
  the delivery's date.

Then each ISO date is swapped back if so read it can stand where it stands and is of the row's year;
one that cannot is unclear. Without these marks none is swapped: an ISO date counts as written,
unless only the swapped date can stand there, and then it is unclear. Unclear dates are never
stored.

A date whose year is not the row's is right, and the year wrong, where the date can stand where it
stands and cannot with the row's year; otherwise that row is unclear too.
"""

from datetime import date

import polars as pl

from transforms.row_keys import number_repeats

KIND = "row kind"
DEPLOYED_ON = "deployed on"
DATE_READING = "date reading"
YEAR_READING = "year reading"
ROW_KEY = "row key"
DERIVED = (KIND, DEPLOYED_ON, DATE_READING, YEAR_READING, ROW_KEY)
"""Columns that ``add_dates`` adds, all text."""

DEPLOYMENT, TOTALS = "deployment", "totals"
AS_WRITTEN, SWAPPED, UNCLEAR, MISFILED = "as written", "swapped back", "unclear", "misfiled"

_MIDNIGHT = r"[T ]00:00(:00)?$"
_LAST_SHARED_DAY = 12
_BEFORE_ALL = date(1, 1, 1)


def add_dates(frame: pl.DataFrame, delivery_date: date) -> pl.DataFrame:
    """``frame`` with the columns of ``DERIVED``.

    Args:
        frame: the table's rows in the file's order: ``Year``, ``Date`` and ``Deployment`` as text.
        delivery_date: no deployment is later.

    Returns:
        ``row kind`` (deployment or totals), ``deployed on`` (ISO text, null where ``Date`` is
        none), ``date reading`` (as written, swapped back, unclear), ``year reading`` (as written,
        misfiled, unclear) and ``row key``: day, place and number among those of that day and
        place, null where the day is not known.
    """
    dated = _read_forms(frame.with_columns(_kind())).with_columns(_anchors(delivery_date))
    read = dated.with_columns(_date_reading()).with_columns(_day())
    judged = read.with_columns(_year_reading())
    keyed = judged.with_columns(_key()).with_columns(
        pl.col("day").dt.to_string("%Y-%m-%d").alias(DEPLOYED_ON)
    )
    return keyed.select(*frame.columns, *DERIVED)


def _kind() -> pl.Expr:
    """Totals stand below the last row that has a date, and have no year, date or place."""
    names = ("Year", "Date", "Deployment")
    is_bare = pl.all_horizontal(pl.col(name).is_null() for name in names)
    is_below = pl.col("Date").is_not_null().cum_sum(reverse=True) == 0
    return (
        pl.when(is_bare & is_below).then(pl.lit(TOTALS)).otherwise(pl.lit(DEPLOYMENT)).alias(KIND)
    )


def _read_forms(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("Date").str.strip_chars()
    plain = text.str.replace(_MIDNIGHT, "")
    iso = plain.str.to_date("%Y-%m-%d", strict=False)
    return frame.with_columns(
        iso=iso,
        swapped=pl.when(iso.is_not_null()).then(plain.str.to_date("%Y-%d-%m", strict=False)),
        slashed=text.str.to_date("%d/%m/%Y", strict=False),
        year=pl.col("Year").str.strip_chars().cast(pl.Int32, strict=False),
    )


def _anchors(delivery_date: date) -> list[pl.Expr]:
    """The nearest dates above and below that can be read in one way only."""
    slashed = pl.col("slashed")
    is_sure = (slashed.dt.day() > _LAST_SHARED_DAY) & (slashed.dt.year() == pl.col("year"))
    sure = pl.when(is_sure).then(slashed)
    return [
        sure.shift(1).forward_fill().fill_null(pl.lit(_BEFORE_ALL)).alias("above"),
        sure.shift(-1).backward_fill().fill_null(pl.lit(delivery_date)).alias("below"),
    ]


def _can_stand(day: pl.Expr) -> pl.Expr:
    """True where a date lies between those around it; never null."""
    return day.is_between(pl.col("above"), pl.col("below")).fill_null(value=False)


def _is_file_swapped() -> pl.Expr:
    iso, slashed = pl.col("iso"), pl.col("slashed")
    is_split = (
        (iso.dt.day() <= _LAST_SHARED_DAY).all()
        & (slashed.dt.day() > _LAST_SHARED_DAY).all()
        & iso.is_not_null().any()
        & slashed.is_not_null().any()
    )
    return is_split & (~_can_stand(iso) & _can_stand(pl.col("swapped"))).any()


def _date_reading() -> pl.Expr:
    iso, swapped = pl.col("iso"), pl.col("swapped")
    is_of_year = (iso.dt.year() == pl.col("year")).fill_null(value=False)
    only_swapped = ~_can_stand(iso) & _can_stand(swapped)
    by_swap = (
        pl.when(_can_stand(swapped) & is_of_year).then(pl.lit(SWAPPED)).otherwise(pl.lit(UNCLEAR))
    )
    by_text = pl.when(only_swapped).then(pl.lit(UNCLEAR)).otherwise(pl.lit(AS_WRITTEN))
    return (
        pl.when(iso.is_not_null() & _is_file_swapped())
        .then(by_swap)
        .when(iso.is_not_null())
        .then(by_text)
        .when(pl.col("slashed").is_not_null())
        .then(pl.lit(AS_WRITTEN))
        .alias(DATE_READING)
    )


def _day() -> pl.Expr:
    back = pl.when(pl.col(DATE_READING) == SWAPPED).then(pl.col("swapped"))
    return pl.coalesce(back, "iso", "slashed").alias("day")


def _year_reading() -> pl.Expr:
    day = pl.col("day")
    by_row = pl.format("{}-{}", pl.col("year"), day.dt.to_string("%m-%d")).str.to_date(
        "%Y-%m-%d", strict=False
    )
    is_date_right = _can_stand(day) & ~_can_stand(by_row)
    return (
        pl.when(day.is_null() | pl.col("year").is_null() | (day.dt.year() == pl.col("year")))
        .then(pl.lit(AS_WRITTEN))
        .when(is_date_right)
        .then(pl.lit(MISFILED))
        .otherwise(pl.lit(UNCLEAR))
        .alias(YEAR_READING)
    )


def _key() -> pl.Expr:
    """Of a row whose day is unclear there is none, so that what is held of it stays."""
    place = pl.col("Deployment").str.strip_chars().fill_null("")
    is_clear = (pl.col(DATE_READING) != UNCLEAR) & (pl.col(YEAR_READING) != UNCLEAR)
    number = number_repeats(pl.col("day"), place)
    return (
        pl.when(pl.col(KIND) == TOTALS)
        .then(pl.format("totals:{}", number_repeats(pl.col(KIND))))
        .when(is_clear)
        .then(pl.format("{}:{}:{}", pl.col("day"), place, number))
        .alias(ROW_KEY)
    )
