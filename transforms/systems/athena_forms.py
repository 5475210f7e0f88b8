"""How an athena-like extract spells ids, names, days, times and places."""

import polars as pl

from transforms.contacts import postcode_traps, real_postcode
from transforms.mapping import Parsed, Trap
from transforms.names import clean_name, name_traps, real_name
from transforms.systems.readings import trimmed
from transforms.times import (
    is_ambiguous_local,
    iso_local,
    local_to_utc,
    parse_date,
    skipped_time_trap,
)

REGION_CODE = "00"
DAY = "%Y-%m-%d"
_IS_DAY = r"^\s*\d{4}-\d{2}-\d{2}\s*$"
_IS_MONTH = r"^\s*\d{4}-\d{2}\s*$"


def force_code() -> pl.Expr:
    """PNC code of the force whose row it is: ``ForceCode`` or ``OwningForce``, whichever the
    entity has; where that is blank, the first two digits of its URN, unless they are the region's.
    """
    given = pl.col("^(ForceCode|OwningForce)$").str.strip_chars().replace("", None)
    told = pl.col("^URN$").str.extract(r"^\s*(\d{2})/").replace(REGION_CODE, None)
    return pl.coalesce(given, told)


def urn(name: str) -> pl.Expr:
    """A URN; one that begins with the region's 00 with its owning force's code instead.

    A force's numbers are its own whatever stands before them, so that 00/000123/25 owned by 42 is
    42/000123/25.
    """
    owner = trimmed("OwningForce")
    own = pl.concat_str(owner, trimmed(name).str.slice(len(REGION_CODE)))
    is_region = is_region_urn(name) & owner.is_not_null()
    return pl.when(is_region).then(own).otherwise(trimmed(name))


def is_region_urn(name: str) -> pl.Expr:
    """True where a URN begins with the region's code; never null."""
    return trimmed(name).str.starts_with(f"{REGION_CODE}/").fill_null(value=False)


URN_TRAPS = (
    Trap("urn_force_00", "source_record_id", is_region_urn("URN"), "mended"),
    Trap("owning_force_missing", "force", trimmed("OwningForce").is_null(), "counted"),
)


def plain(name: str) -> pl.Expr:
    """Text whose full-width letters and other compatibility forms are the ordinary ones."""
    return pl.col(name).str.normalize("NFKC")


NAME = {
    "forename": real_name(plain("Forename1")),
    "middle_names": real_name(plain("Forename2")),
    "surname": real_name(plain("Surname")),
}
NAME_TRAPS = (
    *name_traps(plain("Forename1"), "forename"),
    *name_traps(plain("Surname"), "surname"),
    Trap(
        "name_full_width",
        "surname",
        pl.col("Surname").str.contains(r"[\uFF01-\uFF5E]").fill_null(value=False),
        "mended",
    ),
)


def line(name: str) -> pl.Expr:
    """A line of an address, as names are cleaned."""
    return clean_name(plain(name))


def day(name: str) -> Parsed:
    """``yyyy-mm-dd``."""
    return Parsed(pl.col(name), parse_date(pl.col(name), DAY), "not_a_date")


def time(name: str) -> Parsed:
    """``yyyy-mm-ddTHH:MM:SS``, local; midnight where only the day is given, the first of the month
    where only that is."""
    return Parsed(pl.col(name), local_to_utc(_wall_clock(name)), "not_a_time")


def _wall_clock(name: str) -> pl.Expr:
    text = pl.col(name)
    first = pl.when(text.str.contains(_IS_MONTH)).then(text.str.strip_chars() + "-01")
    return iso_local(pl.coalesce(first, text))


def _precision(name: str) -> pl.Expr:
    text = trimmed(name)
    return (
        pl.when(text.is_null()).then(pl.lit("unknown"))
        .when(text.str.contains(_IS_MONTH)).then(pl.lit("month"))
        .when(text.str.contains(_IS_DAY)).then(pl.lit("day"))
        .otherwise(pl.lit("minute"))
    )  # fmt: skip


_IS_AMBIGUOUS = is_ambiguous_local(_wall_clock("OccurredFrom"))
OCCURRENCE: dict[str, pl.Expr | Parsed] = {
    "occurred_from": time("OccurredFrom"),
    "occurred_to": time("OccurredTo"),
    "occurred_on": _wall_clock("OccurredFrom").dt.date(),
    "occurred_precision": _precision("OccurredFrom"),
    "is_time_ambiguous": _IS_AMBIGUOUS,
    "reported_at": time("ReportedAt"),
    "recorded_at": time("RecordedAt"),
}
OCCURRENCE_TRAPS = (
    skipped_time_trap(_wall_clock("OccurredFrom"), "occurred_from"),
    Trap("local_time_ambiguous", "occurred_from", _IS_AMBIGUOUS, "counted"),
)
PLACE: dict[str, pl.Expr | Parsed] = {
    "location_text": trimmed("LocationText"),
    "postcode": real_postcode(pl.col("Postcode")),
}
PLACE_TRAPS = (
    *postcode_traps(pl.col("Postcode")),
    Trap(
        "no_location",
        "location_text",
        trimmed("LocationText").is_null() & real_postcode(pl.col("Postcode")).is_null(),
        "counted",
    ),
)
