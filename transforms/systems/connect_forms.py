"""How a connect-like change event spells its order, names, instants, days and places."""

from collections.abc import Iterable

import polars as pl

from forces.code_sets import connect as connect_codes
from transforms.contacts import postcode_traps, real_postcode
from transforms.mapping import Parsed, TableMapping, Trap
from transforms.names import name_traps, real_name
from transforms.places import is_swapped
from transforms.systems.readings import coded, number, trimmed
from transforms.times import epoch_ms_to_utc, utc_to_local_date
from warehouse.contract import delivered_table

# Attributes of every event.
EVENT = ("seq", "op")
OPERATION = trimmed("op").str.to_lowercase()
SEQUENCE = trimmed("seq").cast(pl.Int64, strict=False)
IS_UPSERT = (OPERATION == "upsert").fill_null(value=False)

_EVENT_TRAPS = (
    Trap("operation_unknown", None,
         ~OPERATION.is_in(["upsert", "delete"]).fill_null(value=False), "quarantined"),
    Trap("sequence_not_a_number", None, SEQUENCE.is_null(), "quarantined"),
)  # fmt: skip


def change(
    table: str,
    entity: str,
    columns: dict[str, pl.Expr | Parsed],
    traps: Iterable[Trap] = (),
) -> TableMapping:
    """Rows of ``table`` out of the change events of ``entity``.

    A deletion has only its ids: the traps look at upserts alone. What belongs to a record comes
    once a delivery, whole, however many events the record itself has: it has no order.
    """
    of_upserts = tuple(
        Trap(trap.rule, trap.column, IS_UPSERT & trap.when, trap.action) for trap in traps
    )
    return TableMapping(
        table=table,
        entity=entity,
        columns=columns,
        operation=OPERATION,
        sequence=SEQUENCE if delivered_table(table).owner is None else None,
        traps=(*_EVENT_TRAPS, *of_upserts),
    )


NAME: dict[str, pl.Expr] = {
    "forename": real_name(pl.col("GivenName")),
    "middle_names": real_name(pl.col("MiddleNames")),
    "surname": real_name(pl.col("FamilyName")),
}
NAME_TRAPS = (
    *name_traps(pl.col("GivenName"), "forename"),
    *name_traps(pl.col("FamilyName"), "surname"),
)


def time(name: str) -> Parsed:
    """Milliseconds since 1970."""
    return Parsed(pl.col(name), epoch_ms_to_utc(pl.col(name)), "not_a_time")


def day(name: str) -> Parsed:
    """Milliseconds since 1970 of a day's midnight in UTC."""
    return Parsed(pl.col(name), epoch_ms_to_utc(pl.col(name)).dt.date(), "not_a_date")


_FROM = epoch_ms_to_utc(pl.col("OccurredFrom"))
_ACCURACY = coded("OccurredAccuracy", connect_codes.ACCURACY, "accuracy_unknown")
_UNSAID = pl.when(_FROM.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("minute"))
OCCURRENCE: dict[str, pl.Expr | Parsed] = {
    "occurred_from": time("OccurredFrom"),
    "occurred_to": time("OccurredTo"),
    "occurred_on": utc_to_local_date(_FROM),
    "occurred_precision": Parsed(
        _ACCURACY.raw,
        pl.when(trimmed("OccurredAccuracy").is_null()).then(_UNSAID).otherwise(_ACCURACY.value),
        _ACCURACY.rule,
    ),
    # An instant has its zone: the clocks cannot repeat it.
    "is_time_ambiguous": pl.lit(value=False),
    "reported_at": time("ReportedOn"),
    "recorded_at": time("RecordedOn"),
}

_X, _Y = number("Longitude"), number("Latitude")
_IS_SWAPPED = is_swapped(_X.value, _Y.value)
PLACE: dict[str, pl.Expr | Parsed] = {
    "location_text": trimmed("Location"),
    "postcode": real_postcode(pl.col("Postcode")),
    "longitude": Parsed(_X.raw, pl.when(_IS_SWAPPED).then(_Y.value).otherwise(_X.value), _X.rule),
    "latitude": Parsed(_Y.raw, pl.when(_IS_SWAPPED).then(_X.value).otherwise(_Y.value), _Y.rule),
}
PLACE_TRAPS = (
    Trap("swapped_coordinates", "longitude", _IS_SWAPPED, "mended"),
    *postcode_traps(pl.col("Postcode")),
    Trap(
        "no_location",
        "location_text",
        trimmed("Location").is_null()
        & real_postcode(pl.col("Postcode")).is_null()
        & trimmed("Longitude").is_null(),
        "counted",
    ),
)
