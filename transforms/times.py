"""Dates and times: parsed by the formats a source declares, then put into UTC.

A local time in the hour that the clocks repeat is taken as the earlier instant; one in the hour
that they skip is moved an hour forward. Both can be told by an expression and counted. Results are
``Datetime("us")`` without a zone, UTC, as the contract has them.
"""

from datetime import date

import polars as pl

from transforms.mapping import Parsed, Trap
from warehouse.contract.placeholders import PLACEHOLDER_BIRTH_DATES

LONDON = "Europe/London"

_PLACEHOLDER_BIRTHS = [date.fromisoformat(text) for text in PLACEHOLDER_BIRTH_DATES.values]

_MIDNIGHT_24 = r"([ T])24:00(:00)?$"
_HAS_TIME_AND_ZONE = r"(?i)^\d{4}-\d{2}-\d{2}[ t]\d{2}:\d{2}.*(z|[+-]\d{2}:?\d{2})$"


def parse_date(raw: pl.Expr, *formats: str) -> pl.Expr:
    """Date read by the first format that fits; null where none does (31 February, say)."""
    text = raw.str.strip_chars()
    return pl.coalesce(text.str.to_date(format_, strict=False) for format_ in formats)


def parse_datetime(raw: pl.Expr, *formats: str) -> pl.Expr:
    """Naive date-time read by the first format that fits; null where none does.

    ``24:00`` at the end is midnight of the next day, which chrono's formats refuse.
    """
    text = raw.str.strip_chars()
    shown = text.str.replace(_MIDNIGHT_24, "${1}00:00${2}")
    parsed = pl.coalesce(
        shown.str.to_datetime(format_, strict=False, time_unit="us") for format_ in formats
    )
    return pl.when(text.str.contains(_MIDNIGHT_24)).then(parsed + pl.duration(days=1)).otherwise(
        parsed
    )  # fmt: skip


def local_to_utc(naive: pl.Expr, zone: str = LONDON) -> pl.Expr:
    """Local wall-clock time to UTC: the earlier instant where the clocks repeat, an hour later
    where they skip."""
    there = _in_zone(naive, zone, "earliest")
    shifted = _in_zone(naive + pl.duration(hours=1), zone, "earliest")
    return pl.coalesce(there, shifted).dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def is_ambiguous_local(naive: pl.Expr, zone: str = LONDON) -> pl.Expr:
    """True where the local time stands in the hour that the clocks repeat; never null."""
    twice = _in_zone(naive, zone, "earliest") != _in_zone(naive, zone, "latest")
    return twice.fill_null(value=False)


def is_skipped_local(naive: pl.Expr, zone: str = LONDON) -> pl.Expr:
    """True where the local time stands in the hour that the clocks skip; never null."""
    return naive.is_not_null() & _in_zone(naive, zone, "earliest").is_null()


def utc_to_local_date(utc: pl.Expr, zone: str = LONDON) -> pl.Expr:
    """The local date of an instant in UTC."""
    return utc.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()


def epoch_ms_to_utc(raw: pl.Expr) -> pl.Expr:
    """Milliseconds since 1970 (text or integer) to UTC; null where not a whole number."""
    milliseconds = raw.cast(pl.String).str.strip_chars().cast(pl.Int64, strict=False)
    # Years 1677 to 2262; beyond them it is no date of this world and would overflow.
    sane = pl.when(milliseconds.is_between(-9_223_372_036_854, 9_223_372_036_854)).then(
        milliseconds
    )
    return pl.from_epoch(sane, time_unit="ms").cast(pl.Datetime("us"))


def iso_to_utc(raw: pl.Expr, zone: str = LONDON) -> pl.Expr:
    """ISO 8601 text to UTC: by its own offset where it has one, else as local time of ``zone``.

    Seconds and their fraction may be left out, and so may the time: then it is midnight.
    """
    text = raw.str.strip_chars()
    with_zone = text.str.replace(r"(?i)z$", "+00:00").str.replace(" ", "T", literal=True)
    instants = pl.coalesce(
        with_zone.str.to_datetime(format_, strict=False, time_unit="us", time_zone="UTC")
        for format_ in ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z")
    ).dt.replace_time_zone(None)
    return pl.when(has_zone(raw)).then(instants).otherwise(local_to_utc(iso_local(raw), zone))


def iso_local(raw: pl.Expr) -> pl.Expr:
    """ISO 8601 text without offset as a naive date-time; null where it has one."""
    text = raw.str.strip_chars().str.replace(r"^(\d{4}-\d{2}-\d{2}) ", "${1}T")
    naive = pl.coalesce(
        parse_datetime(text, "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"),
        parse_date(text, "%Y-%m-%d").cast(pl.Datetime("us")),
    )
    return pl.when(~has_zone(raw)).then(naive)


def has_zone(raw: pl.Expr) -> pl.Expr:
    """True where ISO 8601 text ends with ``Z`` or an offset."""
    return raw.str.strip_chars().str.contains(_HAS_TIME_AND_ZONE)


def is_placeholder_birth(birth_date: pl.Expr) -> pl.Expr:
    """True where a date of birth is one that systems put for not known; never null."""
    return birth_date.is_in(_PLACEHOLDER_BIRTHS).fill_null(value=False)


def birth_date(raw: pl.Expr, *formats: str) -> Parsed:
    """Date of birth: placeholders become null, what is no date is quarantined
    (``birth_date_not_a_date``)."""
    parsed = parse_date(raw, *formats)
    is_known = ~is_placeholder_birth(parsed)
    return Parsed(
        raw=pl.when(is_known).then(raw),
        value=pl.when(is_known).then(parsed),
        rule="birth_date_not_a_date",
    )


def birth_date_trap(raw: pl.Expr, *formats: str, column: str = "birth_date") -> Trap:
    """Counts the births that ``birth_date`` makes null, as ``placeholder_birth_date``."""
    when = is_placeholder_birth(parse_date(raw, *formats))
    return Trap(PLACEHOLDER_BIRTH_DATES.rule, column, when, "mended")


def skipped_time_trap(naive: pl.Expr, column: str, zone: str = LONDON) -> Trap:
    """Counts local times in the hour that the clocks skip, as ``local_time_skipped``."""
    return Trap("local_time_skipped", column, is_skipped_local(naive, zone), "mended")


def _in_zone(naive: pl.Expr, zone: str, ambiguous: str) -> pl.Expr:
    return naive.dt.replace_time_zone(zone, ambiguous=pl.lit(ambiguous), non_existent="null")
