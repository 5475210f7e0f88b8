"""Columns that say where something was, and when: shared by every event that has a place or time.

They stand on the event itself rather than in a table of locations, so that a map needs no join
(docs/adr/0002-place-on-the-event.md).
"""

from warehouse.contract.constraint import Order
from warehouse.contract.model import Column, Kind
from warehouse.contract.placeholders import PLACEHOLDER_POSTCODES

PLACE = (
    Column("location_text", Kind.TEXT, "Place in the source's own words.", sensitivity="personal"),
    Column(
        "postcode",
        Kind.TEXT,
        "Postcode, upper case, one space before the last three.",
        pattern=r"^([A-Z][A-HJ-Y]?\d[A-Z\d]? \d[A-Z]{2}|GIR 0AA)$",
        profile="GB",
        refused=(PLACEHOLDER_POSTCODES,),
        sensitivity="personal",
    ),
    Column(
        "easting",
        Kind.DOUBLE,
        "British National Grid easting, metres (EPSG:27700).",
        minimum=0,
        maximum=700_000,
        profile="GB",
        sensitivity="personal",
    ),
    Column(
        "northing",
        Kind.DOUBLE,
        "British National Grid northing, metres (EPSG:27700).",
        minimum=0,
        maximum=1_300_000,
        profile="GB",
        sensitivity="personal",
    ),
    Column(
        "longitude",
        Kind.DOUBLE,
        "Longitude, degrees east (WGS 84, EPSG:4326).",
        minimum=-180,
        maximum=180,
        sensitivity="personal",
    ),
    Column(
        "latitude",
        Kind.DOUBLE,
        "Latitude, degrees north (WGS 84, EPSG:4326).",
        minimum=-90,
        maximum=90,
        sensitivity="personal",
    ),
    Column(
        "location_precision",
        Kind.TEXT,
        "How exact the coordinates are: exact, postcode "
        "(centre of the postcode), snapped (moved to a public map point that stands for eight "
        "or more addresses), none (no coordinates).",
        required=True,
        allowed=("exact", "postcode", "snapped", "none"),
    ),
    Column(
        "lsoa_code",
        Kind.TEXT,
        "Lower-layer Super Output Area code as the source gives it.",
        pattern=r"^[EW]01\d{6}$",
        profile="GB",
    ),
    Column("h3_r8", Kind.TEXT, "H3 cell at resolution 8 (about 0.7 square km)."),
    Column("h3_r9", Kind.TEXT, "H3 cell at resolution 9 (about 0.1 square km)."),
    Column(
        "bng_250m",
        Kind.TEXT,
        "British National Grid square of 250 m: easting and northing of "
        "its south-west corner in metres, as E426250N563500.",
    ),
)

# One coordinate without the other is no place.
PLACE_TOGETHER = (("longitude", "latitude"), ("easting", "northing"))

OCCURRENCE = (
    Column(
        "occurred_from",
        Kind.TIMESTAMP,
        "Earliest instant it can have happened, UTC.",
        not_after_delivery=True,
    ),
    Column("occurred_to", Kind.TIMESTAMP, "Latest instant it can have happened, UTC."),
    Column(
        "occurred_on",
        Kind.DATE,
        "Local date of occurred_from; for data dated to a month, the first of the month.",
        minimum="1900-01-01",
        not_after_delivery=True,
    ),
    Column(
        "occurred_precision",
        Kind.TEXT,
        "minute, day, month or unknown.",
        required=True,
        allowed=("minute", "day", "month", "unknown"),
    ),
    Column(
        "is_time_ambiguous",
        Kind.BOOLEAN,
        "True where the local time stands in the hour that "
        "the clocks repeat in October and the source gave no zone: the earlier instant is "
        "taken.",
        required=True,
    ),
    Column(
        "reported_at",
        Kind.TIMESTAMP,
        "When it was reported to the force, UTC.",
        not_after_delivery=True,
    ),
    Column(
        "recorded_at", Kind.TIMESTAMP, "When the force recorded it, UTC.", not_after_delivery=True
    ),
)

# occurred_from is the earliest instant that it can have happened, whatever it is dated to, so that
# what is dated to a day or a month is not before its report by mistake.
OCCURRENCE_ORDERS = (
    Order("occurred_to", ("occurred_from",)),
    Order("reported_at", ("occurred_from",)),
    Order("recorded_at", ("occurred_from", "reported_at")),
)
