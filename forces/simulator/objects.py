"""Vehicles, telephones and property, each with its part in an event."""

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, draw_index
from forces.simulator.roles import Cast
from forces.simulator.setting import Setting

MODELS = ("FORD FIESTA", "FORD FOCUS", "VAUXHALL CORSA", "VAUXHALL ASTRA", "VOLKSWAGEN GOLF",
          "VOLKSWAGEN POLO", "BMW 3 SERIES", "AUDI A3", "NISSAN QASHQAI", "TOYOTA YARIS",
          "RENAULT CLIO", "PEUGEOT 208", "FORD TRANSIT", "HONDA CBR")  # fmt: skip
COLOURS = ("BLACK", "WHITE", "GREY", "SILVER", "BLUE", "RED", "GREEN")
ITEMS = ("MOBILE PHONE", "PEDAL CYCLE", "LAPTOP", "JEWELLERY", "POWER TOOL", "WALLET", "CLOTHING",
         "CASH", "ALCOHOL", "KEYS")  # fmt: skip
VRM_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXY"
ROLES = {"vehicle_record": ("stolen", "used", "seen", "recovered"),
         "phone_record": ("stolen", "used", "recovered"),
         "property_record": ("stolen", "recovered", "seen")}  # fmt: skip


def make_objects(
    setting: Setting, offences: pl.DataFrame, cast: Cast, records: int
) -> dict[str, pl.DataFrame]:
    """``vehicle_record``, ``phone_record``, ``property_record`` and ``event_object``."""
    random = setting.random("objects")
    life = setting.rates.life
    tables: dict[str, pl.DataFrame] = {}
    parts = []
    for table, rate, make in (
        ("vehicle_record", "vehicles_per_record", lambda n, _, r: draw_vehicles(n, r)),
        ("phone_record", "phones_per_record", _phones),
        ("property_record", "property_per_record", lambda n, _, r: draw_property(n, r)),
    ):
        count = min(round(records * life[rate]), 2 * offences.height)
        event = offences[np.sort(random.integers(0, offences.height, count))]
        objects = make(count, cast, random).with_columns(
            night=event["night"], source_record_id=setting.event_ids(event["recorded_at"].dt.year())
        )
        tables[table] = objects
        parts.append(_parts(event, objects, table, random))
    return tables | {"event_object": pl.concat(parts)}


def _parts(
    events: pl.DataFrame, objects: pl.DataFrame, table: str, random: np.random.Generator
) -> pl.DataFrame:
    roles = ROLES[table]
    weights = 1.0 / np.arange(1, len(roles) + 1)
    return pl.select(
        source_record_id=pl.lit(events["source_record_id"]),
        event_type=pl.lit("offence_record"),
        object_type=pl.lit(table),
        object_source_record_id=pl.lit(objects["source_record_id"]),
        role=pl.lit(pl.Series(roles).gather(draw_index(random, weights, events.height))),
    )


def _letters(size: int, count: int, random: np.random.Generator) -> list[pl.Series]:
    letters = pl.Series(list(VRM_LETTERS))
    return [letters.gather(random.integers(0, len(VRM_LETTERS), size)) for _ in range(count)]


def draw_vehicles(size: int, random: np.random.Generator) -> pl.DataFrame:
    """So many vehicles: ``vrm``, ``make``, ``model``, ``colour``."""
    model = pl.Series(MODELS).gather(draw_index(random, 1.0 / np.arange(2, 16), size))
    year = pl.Series(random.integers(2, 26, size) + 50 * (random.random(size) < 0.5))
    front, back = _letters(size, 2, random), _letters(size, 3, random)
    return pl.select(
        vrm=pl.concat_str(
            *map(pl.lit, front), pl.lit(year).cast(pl.String).str.zfill(2), *map(pl.lit, back)
        ),
        make=pl.lit(model).str.split(" ").list.first(),
        model=pl.lit(model).str.splitn(" ", 2).struct.field("field_1"),
        colour=pl.lit(pl.Series(COLOURS).gather(random.integers(0, len(COLOURS), size))),
    )


def _phones(size: int, cast: Cast, random: np.random.Generator) -> pl.DataFrame:
    """Numbers of people whom the force knows where they have one, others' besides."""
    holder = cast.records[random.integers(0, cast.records.height, size)]
    return draw_phones(holder["phone"], random)


def draw_phones(numbers: pl.Series, random: np.random.Generator) -> pl.DataFrame:
    """Handsets: ``number``, another where null is given, and ``imei``."""
    size = len(numbers)
    other = pl.Series(random.integers(300_000_000, 999_999_999, size)).cast(pl.String)
    serial = random.integers(10**13, 10**14, size)
    return pl.select(
        number=pl.lit(numbers).fill_null(pl.concat_str(pl.lit("+447"), pl.lit(other))),
        imei=pl.lit(pl.Series(serial * 10 + _luhn(serial))).cast(pl.String),
    )


def _luhn(serial: Integers) -> Integers:
    """The check digit of 14-digit numbers."""
    digits = np.stack([serial // 10**place % 10 for place in range(14)])
    digits[::2] *= 2  # every other digit, from the last
    return np.asarray(-(digits // 10 + digits % 10).sum(axis=0) % 10, dtype=np.int64)


def draw_property(size: int, random: np.random.Generator) -> pl.DataFrame:
    """So many items: ``property_type``, ``serial_number`` (of half), ``value_gbp``."""
    serial = pl.Series(random.integers(10**7, 10**9, size))
    has_serial = pl.lit(pl.Series(random.random(size) < 0.5))
    return pl.select(
        property_type=pl.lit(pl.Series(ITEMS).gather(random.integers(0, len(ITEMS), size))),
        serial_number=pl.when(has_serial).then(
            pl.concat_str(pl.lit("SN"), pl.lit(serial).cast(pl.String))
        ),
        value_gbp=pl.lit(pl.Series(np.round(random.lognormal(4.5, 1.1, size), 2))),
    )
