"""How a Niche-like file spells days, times and places."""

import polars as pl

from transforms.contacts import postcode_traps, real_postcode
from transforms.mapping import Parsed, Trap
from transforms.systems.readings import number, trimmed
from transforms.times import (
    is_ambiguous_local,
    local_to_utc,
    parse_date,
    parse_datetime,
    skipped_time_trap,
)

DAY = "%d/%m/%Y"
TIME = "%d/%m/%Y %H:%M"
_DAY_ALONE = r"^\s*\d{2}/\d{2}/\d{4}\s*$"


def day(name: str) -> Parsed:
    """``dd/mm/yyyy``."""
    return Parsed(pl.col(name), parse_date(pl.col(name), DAY), "not_a_date")


def time(name: str) -> Parsed:
    """``dd/mm/yyyy HH:MM``, local; midnight where only the day is given."""
    return Parsed(pl.col(name), local_to_utc(_wall_clock(name)), "not_a_time")


def _wall_clock(name: str) -> pl.Expr:
    text = pl.col(name)
    return pl.coalesce(parse_datetime(text, TIME), parse_date(text, DAY).cast(pl.Datetime("us")))


def _precision(name: str) -> pl.Expr:
    text = pl.col(name)
    return (
        pl.when(text.is_null())
        .then(pl.lit("unknown"))
        .when(text.str.contains(_DAY_ALONE))
        .then(pl.lit("day"))
        .otherwise(pl.lit("minute"))
    )


OCCURRENCE: dict[str, pl.Expr | Parsed] = {
    "occurred_from": time("DateFrom"),
    "occurred_to": time("DateTo"),
    "occurred_on": _wall_clock("DateFrom").dt.date(),
    "occurred_precision": _precision("DateFrom"),
    "is_time_ambiguous": is_ambiguous_local(_wall_clock("DateFrom")),
    "reported_at": time("ReportedOn"),
    "recorded_at": time("RecordedOn"),
}
OCCURRENCE_TRAPS = (skipped_time_trap(_wall_clock("DateFrom"), "occurred_from"),)
PLACE: dict[str, pl.Expr | Parsed] = {
    "location_text": trimmed("Location"),
    "postcode": real_postcode(pl.col("Postcode")),
    "easting": number("Easting"),
    "northing": number("Northing"),
}
PLACE_TRAPS = (
    *postcode_traps(pl.col("Postcode")),
    Trap("no_location", None, pl.col("Easting").is_null() | pl.col("Northing").is_null(),
         "counted"),
)  # fmt: skip
