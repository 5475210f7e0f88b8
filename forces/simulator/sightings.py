"""Things that are met again: one vehicle, telephone or item in several events, in one force or two.

What is stolen is found later, or seen; what is used is used again. A mark is noted again with a
space in it, or with a letter for the digit that looks like it, and an IMEI or a serial number with
a wrong digit, at the rates of ``[world]``.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from forces.simulator.chance import chance, draw_index, stream
from forces.simulator.drafts import NO_OBJECTS
from forces.simulator.objects import draw_phones, draw_property, draw_vehicles
from forces.simulator.records import pull_of_neighbours
from forces.simulator.setting import Setting
from forces.simulator.times import DAYS_BACK
from forces.simulator.typos import wrong_digit

TABLES = {"vehicle_record": 0.5, "phone_record": 0.2, "property_record": 0.3}
MEETINGS = {2: 0.65, 3: 0.25, 4: 0.1}
ELSEWHERE = 0.45  # of later meetings, those in another force
STOLEN_FIRST = {"vehicle_record": 0.5, "phone_record": 0.4, "property_record": 1.0}
LONGEST = 90  # days from one meeting to the next
ALIKE = {"0": "O", "O": "0", "1": "I", "I": "1", "5": "S", "S": "5"}


def plan_sightings(
    settings: Mapping[str, Setting], offences: Mapping[str, int], seed: int
) -> pl.DataFrame:
    """One row a meeting: ``force``, ``day`` (before the first night) and what a record of the thing
    says, as ``NO_OBJECTS`` without ``draft``."""
    random = stream(seed, "sightings")
    forces = list(settings)
    setting = settings[forces[0]]
    wanted = [round(setting.rates.life["things_met_again"] * offences[force]) for force in forces]
    home = np.repeat(np.arange(len(forces)), wanted)
    size = len(home)
    table = draw_index(random, np.array(list(TABLES.values())), size)
    meetings = np.array(list(MEETINGS))[draw_index(random, np.array(list(MEETINGS.values())), size)]
    of = np.repeat(np.arange(size), meetings)
    turn = np.arange(len(of)) - np.repeat(np.cumsum(meetings) - meetings, meetings)
    first = random.uniform(LONGEST * max(MEETINGS), DAYS_BACK, size)
    day = first[of] - turn * random.uniform(1, LONGEST, len(of))
    away = chance(random, ELSEWHERE, len(of)) & (turn > 0) & (len(forces) > 1)
    pull = np.cumsum(pull_of_neighbours([s.declaration for s in settings.values()]), axis=1)
    drawn = random.random(len(of)) * pull[home[of], -1]
    other = (drawn[:, None] >= pull[home[of]]).sum(axis=1)
    names = pl.Series(list(TABLES))
    is_stolen = random.random(size) < np.array(list(STOLEN_FIRST.values()))[table]
    role = np.where(
        is_stolen[of],
        np.where(turn == 0, "stolen", np.where(turn == meetings[of] - 1, "recovered", "seen")),
        np.where(random.random(len(of)) < 0.5, "used", "seen"),
    )
    rows = _described(names.gather(table), random)[of].with_columns(
        force=pl.Series(forces, dtype=pl.String).gather(np.where(away, other, home[of])),
        day=pl.Series(day),
        turn=pl.Series(turn),
        role=pl.Series(role, dtype=pl.String),
        truth_object_id=pl.format("T{}", pl.Series(of)),
    )
    return _misread(rows, setting.world, random).select(
        "force", "day", *(name for name in NO_OBJECTS if name != "draft")
    )


def _described(table: pl.Series, random: np.random.Generator) -> pl.DataFrame:
    size = len(table)
    serial = pl.Series(random.integers(10**7, 10**9, size)).cast(pl.String)
    nobody = pl.Series([None] * size, dtype=pl.String)
    facts = pl.concat(
        [draw_vehicles(size, random), draw_phones(nobody, random), draw_property(size, random)],
        how="horizontal",
    ).with_columns(serial_number=pl.lit("SN") + serial, object_type=table)
    of = {"vehicle_record": ("vrm", "make", "model", "colour"), "phone_record": ("number", "imei"),
          "property_record": ("property_type", "serial_number", "value_gbp")}  # fmt: skip
    return facts.with_columns(
        pl.when(pl.col("object_type") == kind).then(name).alias(name)
        for kind, names in of.items()
        for name in names
    )


def _misread(
    rows: pl.DataFrame, rates: Mapping[str, float], random: np.random.Generator
) -> pl.DataFrame:
    """The meetings with ``trap``, which says how the record's number is wrong, null where it is
    not; the first meeting of each thing is right."""
    drawn, share = random.random(rows.height), random.random(rows.height)
    later = rows["turn"].to_numpy() > 0
    spaced, confused = rates["vrm_spaced"], rates["vrm_confused"]
    vrm = rows["vrm"]
    places = [[i for i, letter in enumerate(one or "") if letter in ALIKE] for one in vrm]
    trap: list[str | None] = []
    told: list[str | None] = []
    for one, at, value, pick, is_later in zip(vrm, places, drawn, share, later, strict=True):
        wrong, name = one, None
        if one is not None and is_later and value < spaced:
            wrong, name = f"{one[:4]} {one[4:]}", "vrm_spaced"
        elif one is not None and is_later and value < spaced + confused and at:
            place = at[int(pick * len(at))]
            wrong, name = one[:place] + ALIKE[one[place]] + one[place + 1 :], "vrm_confused"
        told.append(wrong)
        trap.append(name)
    rows = rows.with_columns(
        vrm=pl.Series(told, dtype=pl.String), trap=pl.Series(trap, dtype=pl.String)
    )
    slips = (("imei", "imei_mistyped", 7), ("serial_number", "serial_mistyped", 4))
    for column, name, digit in slips:
        changed = wrong_digit(rows[column].fill_null("SN0000000000000"), digit, random)
        is_hit = pl.lit(pl.Series(later & (drawn < rates[name]))) & pl.col(column).is_not_null()
        rows = rows.with_columns(
            pl.when(is_hit).then(pl.lit(changed)).otherwise(column).alias(column),
            trap=pl.when(is_hit).then(pl.lit(name)).otherwise("trap"),
        )
    return rows


def meet_again(sightings: pl.DataFrame, offences: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """A force's meetings, each at the offence of the first night that was recorded nearest after
    its day: objects of a plot, by ``source_record_id``."""
    first = offences.filter(pl.col("night") == 0).sort("recorded_at", maintain_order=True)
    if first.is_empty():
        return sightings.clear().with_columns(source_record_id=pl.lit(None, pl.String)).drop("day")
    start = np.datetime64(setting.first_night, "us")
    minutes = (sightings["day"].to_numpy() * 1440).astype("timedelta64[m]")
    at = np.searchsorted(first["recorded_at"].to_numpy(), start - minutes)
    events = first["source_record_id"].gather(np.minimum(at, first.height - 1))
    return sightings.drop("day").with_columns(source_record_id=events)
