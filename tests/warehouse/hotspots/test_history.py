import polars as pl

from warehouse.hotspots.history import MOST_MONTHS, history

JANUARY_2024 = 2024 * 12


def counted(*offences, first=JANUARY_2024):
    return pl.DataFrame(
        {"month": range(first, first + len(offences)), "offences": offences}
    ).filter(pl.col("offences") > 0)


def test_the_last_month_is_the_last_that_holds_more_than_a_few():
    assert history(counted(*[20] * 12)) == (JANUARY_2024, JANUARY_2024 + 11)


def test_a_stray_date_after_all_others_is_no_month():
    assert history(counted(*[20] * 12, 0, 0, 0, 1)) == (JANUARY_2024, JANUARY_2024 + 11)


def test_few_offences_are_months_all_the_same():
    assert history(counted(1, 0, 2, 0, 1)) == (JANUARY_2024, JANUARY_2024 + 4)


def test_what_lies_before_a_year_of_nothing_is_no_history():
    assert history(counted(3, *[0] * 13, 5, 6)) == (JANUARY_2024 + 14, JANUARY_2024 + 15)


def test_no_more_than_ten_years_are_looked_at():
    first, last = history(counted(*[2] * 200))
    assert last - first + 1 == MOST_MONTHS
