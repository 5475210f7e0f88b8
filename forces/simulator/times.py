"""When things happen: more by night and at the weekend, and each kind of offence at its hours."""

from datetime import date

import numpy as np
import polars as pl

from forces.simulator.chance import Floats, Integers, draw_index

DAYS_BACK = 730  # events before the first night lie within 24 months
MINUTE = np.timedelta64(1, "m")
# Weight of each hour of the day, by the habit of the offence.
HOURS = {
    "night": (9, 8, 7, 6, 4, 2, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 10),
    "evening": (6, 4, 3, 2, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 6, 7, 8, 8, 8, 8, 8, 7),
    "shop": (0, 0, 0, 0, 0, 0, 1, 2, 4, 6, 8, 10, 11, 11, 11, 12, 12, 11, 8, 6, 4, 3, 1, 0),
    "day": (2, 1, 1, 1, 1, 1, 2, 4, 6, 6, 6, 6, 7, 6, 6, 7, 7, 7, 6, 5, 4, 4, 3, 3),
}
WEEKDAYS = (0.95, 0.93, 0.94, 0.97, 1.08, 1.12, 1.01)  # Monday first
MONTHS = (0.94, 0.92, 0.98, 1.0, 1.04, 1.05, 1.07, 1.04, 1.0, 1.02, 0.98, 0.96)


def draw_days(night: Integers, first_night: date, random: np.random.Generator) -> np.ndarray:
    """Local day of each event (datetime64[D]): for those of the first night within the 24 months
    before it, for those of a later night mostly the day before that night, else within a month."""
    back = np.arange(1, DAYS_BACK + 1)
    days = np.datetime64(first_night, "D") - back
    weekday = (days.astype(int) + 3) % 7  # day 0 of the epoch was a Thursday
    month = days.astype("datetime64[M]").astype(int) % 12
    weights = np.array(WEEKDAYS)[weekday] * np.array(MONTHS)[month]
    at_first = days[draw_index(random, weights, len(night))]
    lag = np.where(random.random(len(night)) < 0.7, 1, random.integers(1, 31, len(night)))
    later = np.datetime64(first_night, "D") + night - lag
    return np.where(night == 0, at_first, later)


def draw_minutes(habit: Integers, random: np.random.Generator) -> Integers:
    """Minute of the local day of each event, by its habit (row of ``HOURS``); one in eight on the
    hour."""
    size = len(habit)
    cumulative = np.cumsum(np.array(list(HOURS.values()), dtype=np.float64), axis=1)
    drawn = random.random(size) * cumulative[habit, -1]
    hour = (drawn[:, None] >= cumulative[habit]).sum(axis=1)
    minute = random.integers(0, 60, size)
    minutes = hour * 60 + np.where(random.random(size) < 0.125, 0, minute)
    return np.asarray(minutes, dtype=np.int64)


def to_utc(local: pl.Expr) -> pl.Expr:
    """Wall-clock times of London as UTC instants; of the hour that repeats in October the earlier,
    of the hour that is lost in March as if the clocks had not gone forward."""
    aware = local.dt.replace_time_zone("Europe/London", ambiguous="earliest", non_existent="null")
    return aware.dt.convert_time_zone("UTC").dt.replace_time_zone(None).fill_null(local)


def date_events(
    night: Integers,
    habit: Integers,
    longest_hours: Floats,
    first_night: date,
    random: np.random.Generator,
) -> pl.DataFrame:
    """Times of events, all UTC to the minute, none after midnight of the night that brings them.

    Args:
        night: index of the night that each event is first delivered.
        habit: row of ``HOURS`` of each.
        longest_hours: longest span of each between the earliest and the latest time it can have
            happened; 0 where the time is known.
        first_night: the first night.
        random: generator to draw from.
    """
    start = draw_days(night, first_night, random).astype("datetime64[m]")
    start = start + draw_minutes(habit, random) * MINUTE
    return times_of(start, night, longest_hours, first_night, random)


def times_of(
    start: np.ndarray,
    night: Integers,
    longest_hours: Floats,
    first_night: date,
    random: np.random.Generator,
) -> pl.DataFrame:
    """As ``date_events``, of events that began at the local minutes given (datetime64[m])."""
    size = len(night)
    span = (random.beta(1, 2, size) * longest_hours * 60).astype(np.int64)
    delay = np.minimum(random.exponential(300, size), 20_000).astype(np.int64)
    recording = random.integers(5, 600, size)
    latest = (np.datetime64(first_night, "D") + night).astype("datetime64[m]") - 65 * MINUTE
    instants = {
        "occurred_from": start,
        "occurred_to": start + span,
        "reported_at": start + span + delay,
        "recorded_at": start + span + delay + recording,
    }
    local = {n: np.minimum(t, latest).astype("datetime64[us]") for n, t in instants.items()}
    return pl.DataFrame(local).with_columns(
        *(to_utc(pl.col(name)) for name in local),
        occurred_on=pl.col("occurred_from").dt.date(),
        occurred_precision=pl.lit("minute"),
        is_time_ambiguous=pl.lit(value=False),
    )


def habit_row(name: str) -> int:
    """Row of ``HOURS`` of a habit."""
    return list(HOURS).index(name)
