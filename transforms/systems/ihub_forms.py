"""How an iHub-like resource spells attributes, days, times and places."""

import polars as pl

from transforms.contacts import postcode_traps, real_postcode
from transforms.mapping import Parsed, Trap
from transforms.systems.readings import number, trimmed
from transforms.times import (
    is_ambiguous_local,
    iso_local,
    iso_to_utc,
    parse_date,
    utc_to_local_date,
)

DAY = "%Y-%m-%d"
_DAY_ALONE = r"^\s*\d{4}-\d{2}-\d{2}\s*$"


def attribute(name: str) -> str:
    """Column of an attribute of a resource."""
    return f"attributes.{name}"


def attributes(*names: str) -> tuple[str, ...]:
    """Columns of attributes of a resource."""
    return tuple(map(attribute, names))


def day(name: str) -> Parsed:
    """``yyyy-mm-dd``."""
    return Parsed(pl.col(name), parse_date(pl.col(name), DAY), "not_a_date")


def time(name: str) -> Parsed:
    """ISO 8601; local midnight where only the day is given."""
    return Parsed(pl.col(name), iso_to_utc(pl.col(name)), "not_a_time")


_FROM = pl.col(attribute("occurredFrom"))
WHEN = attributes("occurredFrom", "occurredTo", "reportedAt", "recordedAt")
OCCURRENCE: dict[str, pl.Expr | Parsed] = {
    "occurred_from": time(attribute("occurredFrom")),
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
    "location_text": trimmed("location.description"),
    "postcode": real_postcode(pl.col("location.postcode")),
    "longitude": number("location.longitude"),
    "latitude": number("location.latitude"),
}
PLACE_TRAPS = (
    *postcode_traps(pl.col("location.postcode")),
    Trap("location_not_included", None, _LOCATION.is_not_null() & pl.col("location.id").is_null(),
         "counted"),
    Trap("no_location", None, pl.col("location.longitude").is_null()
         | pl.col("location.latitude").is_null(), "counted"),
)  # fmt: skip
