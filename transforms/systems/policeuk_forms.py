"""How the files of data.police.uk spell months, places and outcomes."""

from functools import cache

import polars as pl

from transforms.mapping import Parsed, Trap
from transforms.systems.policeuk_files import FILE_MONTH, ROW_KEY
from transforms.systems.policeuk_traps import IS_NO_LOCATION
from transforms.systems.readings import number, trimmed
from transforms.times import local_to_utc, parse_date
from warehouse.reference import read_policeuk_outcomes


def identity() -> dict[str, pl.Expr | Parsed]:
    """The row's key, and the Crime ID, which is none."""
    return {"source_record_id": pl.col(ROW_KEY), "crime_ref": trimmed("Crime ID")}


def scope_of(kind: str) -> pl.Expr:
    """The month's file that a row belongs to: ``street/2021-03``."""
    return pl.format("{}/{}", pl.lit(kind), FILE_MONTH)


def first_of_month() -> Parsed:
    """The date that stands for the month of a row."""
    first = parse_date(pl.concat_str("Month", pl.lit("-01")), "%Y-%m-%d")
    return Parsed(pl.col("Month"), first, "not_a_month")


def whole_month(zone: str) -> dict[str, pl.Expr | Parsed]:
    """A whole month: from its first instant to its last, in local time."""
    first = first_of_month()
    start = first.value.cast(pl.Datetime("us"))
    after = local_to_utc(start.dt.offset_by("1mo"), zone)
    return {
        "occurred_from": local_to_utc(start, zone),
        "occurred_to": after - pl.duration(microseconds=1),
        "occurred_on": first,
        "occurred_precision": pl.lit("month"),
        "is_time_ambiguous": pl.lit(value=False),
    }


def point() -> dict[str, pl.Expr | Parsed]:
    """Degrees, snapped by the site."""
    return {
        "longitude": number("Longitude"),
        "latitude": number("Latitude"),
        # Where there is no point, locating says none.
        "location_precision": pl.lit("snapped"),
    }


def place() -> dict[str, pl.Expr | Parsed]:
    """Point, words and LSOA of a crime or its outcome."""
    text = pl.when(~IS_NO_LOCATION).then(trimmed("Location"))
    return {"location_text": text, **point(), "lsoa_code": trimmed("LSOA code")}


@cache
def _phrases() -> dict[str, str | None]:
    """Home Office outcome of each phrase, in lower case; None where it covers several or none."""
    known = read_policeuk_outcomes()
    return dict(zip(known["phrase"].str.to_lowercase(), known["outcome_code"], strict=True))


def outcome_code(phrase: pl.Expr) -> pl.Expr:
    """Home Office outcome of a phrase; null where it covers several or is not known."""
    known = {text: code for text, code in _phrases().items() if code is not None}
    return _plain(phrase).replace_strict(
        list(known), list(known.values()), default=None, return_dtype=pl.String
    )


def outcome_traps(phrase: pl.Expr, column: str) -> tuple[Trap, Trap]:
    """Phrases that stand for no single outcome, or are not known; the words are kept."""
    several = [text for text, code in _phrases().items() if code is None]
    is_unknown = phrase.is_not_null() & ~_plain(phrase).is_in(list(_phrases()))
    return (
        Trap("outcome_without_one_code", column, _plain(phrase).is_in(several), "counted"),
        Trap("outcome_phrase_unknown", column, is_unknown, "counted"),
    )


def _plain(phrase: pl.Expr) -> pl.Expr:
    return phrase.str.strip_chars().str.to_lowercase()
