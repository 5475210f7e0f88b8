# The contract's instants are naive UTC.
# ruff: noqa: DTZ001
"""Times: formats, the two changes of the clock, epochs, ISO, and births that stand for nothing."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.times import (
    birth_date,
    birth_date_trap,
    epoch_ms_to_utc,
    is_ambiguous_local,
    is_skipped_local,
    iso_to_utc,
    local_to_utc,
    parse_date,
    parse_datetime,
    utc_to_local_date,
)

RAW = pl.col("raw")
UK = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")


def read(expression: pl.Expr, raw: object) -> object:
    return pl.DataFrame({"raw": [raw]}).select(expression).item()


@pytest.mark.parametrize(
    ("raw", "parsed"),
    [
        ("29/02/2024", date(2024, 2, 29)),
        (" 01/12/1985 ", date(1985, 12, 1)),
        ("31/02/1990", None),
        ("1990-02-01", None),
        ("01/02/90x", None),
    ],
)
def test_a_date_is_read_by_its_format_or_not_at_all(raw, parsed):
    assert read(parse_date(RAW, "%d/%m/%Y"), raw) == parsed


@pytest.mark.parametrize(
    ("raw", "parsed"),
    [
        ("01/07/2024 09:05", datetime(2024, 7, 1, 9, 5)),
        ("01/07/2024 09:05:59", datetime(2024, 7, 1, 9, 5, 59)),
        ("31/12/2024 24:00", datetime(2025, 1, 1)),
        ("31/12/2024 24:00:00", datetime(2025, 1, 1)),
        ("31/12/2024 24:01", None),
        ("31/02/2024 10:00", None),
        ("01/07/2024", None),
    ],
)
def test_a_time_may_lack_seconds_and_end_at_24(raw, parsed):
    assert read(parse_datetime(RAW, *UK), raw) == parsed


@pytest.mark.parametrize(
    ("local", "utc", "is_ambiguous", "is_skipped"),
    [
        (datetime(2024, 1, 15, 12), datetime(2024, 1, 15, 12), False, False),
        (datetime(2024, 7, 15, 12), datetime(2024, 7, 15, 11), False, False),
        # 27 October 2024: 01:00 to 02:00 comes twice; the first time is summer time.
        (datetime(2024, 10, 27, 0, 59), datetime(2024, 10, 26, 23, 59), False, False),
        (datetime(2024, 10, 27, 1, 0), datetime(2024, 10, 27, 0, 0), True, False),
        (datetime(2024, 10, 27, 1, 59), datetime(2024, 10, 27, 0, 59), True, False),
        (datetime(2024, 10, 27, 2, 0), datetime(2024, 10, 27, 2, 0), False, False),
        # 31 March 2024: 01:00 to 02:00 does not come; an hour later is summer time.
        (datetime(2024, 3, 31, 0, 59), datetime(2024, 3, 31, 0, 59), False, False),
        (datetime(2024, 3, 31, 1, 30), datetime(2024, 3, 31, 1, 30), False, True),
        (datetime(2024, 3, 31, 2, 0), datetime(2024, 3, 31, 1, 0), False, False),
    ],
)
def test_local_time_is_put_into_utc_over_the_changes_of_the_clock(
    local, utc, is_ambiguous, is_skipped
):
    assert read(local_to_utc(RAW), local) == utc
    assert read(is_ambiguous_local(RAW), local) is is_ambiguous
    assert read(is_skipped_local(RAW), local) is is_skipped


def test_a_missing_time_is_neither_ambiguous_nor_skipped():
    frame = pl.DataFrame({"raw": [None]}, schema={"raw": pl.Datetime("us")})
    flags = frame.select(a=is_ambiguous_local(RAW), s=is_skipped_local(RAW), u=local_to_utc(RAW))
    assert flags.row(0) == (False, False, None)


@settings(max_examples=50)
@given(st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)))
def test_every_instant_comes_back_from_local_time_unless_it_is_the_second_of_two(instant):
    local = instant.replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/London"))
    back = read(local_to_utc(RAW), local.replace(tzinfo=None))
    assert (back == instant) == (local.fold == 0)
    assert read(utc_to_local_date(RAW), instant) == local.date()


def test_the_zone_is_the_profiles():
    local = datetime(2024, 7, 1, 12)
    assert read(local_to_utc(RAW, "UTC"), local) == local
    assert read(local_to_utc(RAW, "Europe/Madrid"), local) == datetime(2024, 7, 1, 10)


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("2024-07-01T10:00:00Z", datetime(2024, 7, 1, 10)),
        ("2024-07-01T10:00Z", datetime(2024, 7, 1, 10)),
        ("2024-07-01T10:00:00+01:00", datetime(2024, 7, 1, 9)),
        ("2024-07-01T10:00:00.250000-0500", datetime(2024, 7, 1, 15, 0, 0, 250_000)),
        ("2024-07-01 10:00:00+00:00", datetime(2024, 7, 1, 10)),
        ("2024-07-01T10:00:00", datetime(2024, 7, 1, 9)),
        ("2024-07-01 10:00", datetime(2024, 7, 1, 9)),
        ("2024-01-01", datetime(2024, 1, 1)),
        ("2024-02-31T10:00:00", None),
        ("2024-02-31T10:00:00Z", None),
        ("yesterday", None),
    ],
)
def test_iso_text_is_read_with_its_offset_or_as_local_time(raw, utc):
    assert read(iso_to_utc(RAW), raw) == utc


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("1719828000123", datetime(2024, 7, 1, 10, 0, 0, 123_000)),
        ("-1000", datetime(1969, 12, 31, 23, 59, 59)),
        ("1719828000.5", None),
        ("99999999999999999999", None),
        ("9999999999999999", None),
        ("soon", None),
    ],
)
def test_epoch_milliseconds_are_utc(raw, utc):
    assert read(epoch_ms_to_utc(RAW), raw) == utc


@pytest.mark.parametrize(
    ("raw", "value", "is_given", "is_placeholder"),
    [
        ("01/02/1985", date(1985, 2, 1), True, False),
        ("01/01/1900", None, False, True),
        ("01/01/1970", None, False, True),
        ("31/02/1985", None, True, False),
        (None, None, False, False),
    ],
)
def test_a_placeholder_birth_is_null_by_name_and_a_wrong_one_is_quarantined(
    raw, value, is_given, is_placeholder
):
    frame = pl.DataFrame({"raw": [raw]}, schema={"raw": pl.String})
    parsed = birth_date(RAW, "%d/%m/%Y")
    trap = birth_date_trap(RAW, "%d/%m/%Y")
    assert frame.select(parsed.value).item() == value
    # What is given and has no value is what the engine quarantines.
    assert (frame.select(parsed.raw.alias("given")).item() is not None) == is_given
    assert frame.select(trap.when).item() is is_placeholder
    assert trap.rule == "placeholder_birth_date"
