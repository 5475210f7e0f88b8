"""How an iHub-like resource spells days, times, constrained values and places."""

import polars as pl

from transforms.codes import boolean, recode
from transforms.contacts import postcode_traps, real_postcode
from transforms.mapping import Parsed, Trap
from transforms.times import (
    is_ambiguous_local,
    iso_local,
    iso_to_utc,
    parse_date,
    utc_to_local_date,
)
from warehouse.code_sets import CodeSet

DAY = "%Y-%m-%d"
_DAY_ALONE = r"^\s*\d{4}-\d{2}-\d{2}\s*$"


def attribute(name: str) -> pl.Expr:
    """An attribute of a resource."""
    return pl.col(f"attributes.{name}")


def attributes(*names: str) -> tuple[str, ...]:
    """Columns of attributes of a resource."""
    return tuple(f"attributes.{name}" for name in names)


def constrained(prefix: str, *values: str) -> CodeSet:
    """Constrained values ``PREFIX_MEANING`` of these meanings."""
    return {f"{prefix}_{value.upper().replace(' ', '_')}": value for value in values}


def coded(raw: pl.Expr, codes: CodeSet, rule: str) -> Parsed:
    """A constrained value by its list; one that is not on it is quarantined."""
    return Parsed(raw, recode(raw, codes), rule)


def day(raw: pl.Expr) -> Parsed:
    """``yyyy-mm-dd``."""
    return Parsed(raw, parse_date(raw, DAY), "not_a_date")


def time(raw: pl.Expr) -> Parsed:
    """ISO 8601; local midnight where only the day is given."""
    return Parsed(raw, iso_to_utc(raw), "not_a_time")


def flag(raw: pl.Expr) -> Parsed:
    """``true`` or ``false``."""
    return Parsed(raw, boolean(raw), "not_true_or_false")


def number(raw: pl.Expr) -> Parsed:
    """A decimal number."""
    return Parsed(raw, raw.str.strip_chars().cast(pl.Float64, strict=False), "not_a_number")


_FROM = attribute("occurredFrom")
WHEN = attributes("occurredFrom", "occurredTo", "reportedAt", "recordedAt")
OCCURRENCE: dict[str, pl.Expr | Parsed] = {
    "occurred_from": time(_FROM),
    "occurred_to": time(attribute("occurredTo")),
    "occurred_on": utc_to_local_date(iso_to_utc(_FROM)),
    "occurred_precision": pl.when(_FROM.is_null())
    .then(pl.lit("unknown"))
    .when(_FROM.str.contains(_DAY_ALONE))
    .then(pl.lit("day"))
    .otherwise(pl.lit("minute")),
    "is_time_ambiguous": is_ambiguous_local(iso_local(_FROM)),
    "reported_at": time(attribute("reportedAt")),
    "recorded_at": time(attribute("recordedAt")),
}

_LOCATION = pl.col("relationships.location.data.id")
WHERE = ("relationships.location.data.id", "location.id", "location.description",
         "location.postcode", "location.longitude", "location.latitude")  # fmt: skip
PLACE: dict[str, pl.Expr | Parsed] = {
    "location_text": pl.col("location.description"),
    "postcode": real_postcode(pl.col("location.postcode")),
    "longitude": number(pl.col("location.longitude")),
    "latitude": number(pl.col("location.latitude")),
}
PLACE_TRAPS = (
    *postcode_traps(pl.col("location.postcode")),
    Trap("location_not_included", None, _LOCATION.is_not_null() & pl.col("location.id").is_null(),
         "counted"),
    Trap("no_location", None, pl.col("location.longitude").is_null()
         | pl.col("location.latitude").is_null(), "counted"),
)  # fmt: skip
