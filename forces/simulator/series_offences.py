"""The offences of series: each habit kept to, and broken at times."""

import numpy as np
import polars as pl

from forces.simulator.chance import Flags, Integers, chance
from forces.simulator.drafts import NO_OBJECTS, Stage
from forces.simulator.habits import HABIT_HOURS, Habit
from forces.simulator.methods import FACETS, write_methods
from forces.simulator.objects import ITEMS, draw_property
from forces.simulator.offence_kinds import KINDS
from forces.simulator.offences import METHODS, draw_codes_and_phrases, make_offences
from forces.simulator.places import place_at
from forces.simulator.shared_places import neighbours
from forces.simulator.times import DAYS_BACK, MINUTE, draw_minutes, habit_row, times_of

AT_OWN_HOURS = 0.75  # of offences, those near the habitual time of day
ON_OWN_DAYS = 0.5  # of offences, those moved to a favoured day of the week
OWN_PHRASE = 0.5  # of facets, those told in the habitual phrase
OWN_CODE = 0.65  # of offences, those with the code of the series' first
TAKES = 0.5  # of offences, those of which a thing taken is recorded
OWN_ITEM = 0.7  # of things taken, those liked
TAKERS = ("burglary", "vehicle-crime", "robbery", "theft-from-the-person", "bicycle-theft")


def commit_offences(
    stage: Stage, habits: list[Habit], of: Integers, is_away: Flags, random: np.random.Generator
) -> pl.DataFrame:
    """The offences that are delivered by the last night, in order of their series.

    Args:
        stage: of the world.
        habits: by series.
        of: series of each offence, ascending.
        is_away: whether each is in the series' other force.
        random: generator to draw from.

    Returns:
        Columns of ``make_offences``, ``force``, ``series``, and ``row`` (a running number).
    """
    days, minutes = _when(habits, of, random)
    setting = next(iter(stage.settings.values()))
    # A night brings what happened the day before it; the first night, all before.
    night = np.maximum(days + 1, 0)
    is_kept = (night < setting.nights) & (days > -DAYS_BACK)
    of, days, minutes, night = (values[is_kept] for values in (of, days, minutes, night))
    is_away = is_away[is_kept]
    kind = np.array([habits[series].kind for series in of], dtype=np.int64)
    code, phrases = _how(habits, of, kind, random)
    start = np.datetime64(setting.first_night, "D") + days
    times = times_of(
        start.astype("datetime64[m]") + minutes * MINUTE,
        night,
        np.array([one.longest_hours for one in KINDS])[kind],
        setting.first_night,
        random,
    )
    places, force = _where(stage, habits, of, is_away, random)
    placed, flags = place_at(places, random, setting.world)
    like = make_offences(setting, np.zeros(0, np.int64), "series")
    offences = pl.concat([times, placed], how="horizontal").with_columns(
        night=pl.Series(night),
        kind=pl.Series(kind),
        offence_code_raw=code,
        offence_code=code,
        offence_group=pl.Series([one.group for one in KINDS]).gather(kind),
        is_notifiable=pl.lit(value=True),
        method_text=write_methods(METHODS, kind, phrases),
        suspects=pl.lit(0, pl.Int64),
        **flags,
    )
    return offences.select(like.columns).with_columns(
        force=pl.Series(force, dtype=pl.String), series=pl.Series(of),
        row=pl.int_range(pl.len(), dtype=pl.Int64),
    )  # fmt: skip


def _when(
    habits: list[Habit], of: Integers, random: np.random.Generator
) -> tuple[Integers, Integers]:
    """Day of each offence against the first night, and minute of it."""
    size = len(of)
    start = np.array([habit.start for habit in habits])[of]
    span = np.array([habit.weeks for habit in habits])[of] * 7
    days = np.floor(start + random.random(size) * span).astype(np.int64)
    first = next(iter(habits), None)
    if first is None:
        return days, days
    liked = np.stack([habit.weekdays for habit in habits])[of]
    wanted = liked[np.arange(size), random.integers(0, liked.shape[1], size)]
    # To the favoured day that is nearest.
    moved = days + (wanted - days + 3) % 7 - 3
    days = np.where(chance(random, ON_OWN_DAYS, size), moved, days)
    own = np.array([habit.minute for habit in habits])[of]
    own = (own + random.normal(size=size) * HABIT_HOURS * 60) % 1440
    kinds = np.array([habit_row(KINDS[habit.kind].habit) for habit in habits])[of]
    return days, _minutes(own, kinds, random)


def _minutes(own: np.ndarray, kinds: Integers, random: np.random.Generator) -> Integers:
    is_own = chance(random, AT_OWN_HOURS, len(own))
    return np.where(is_own, own.astype(np.int64), draw_minutes(kinds, random))


def _how(
    habits: list[Habit], of: Integers, kind: Integers, random: np.random.Generator
) -> tuple[pl.Series, Integers]:
    code, phrases = draw_codes_and_phrases(kind, random, random)
    own = np.stack([habit.phrases for habit in habits])[of] if habits else phrases
    is_own = chance(random, OWN_PHRASE, len(of) * FACETS).reshape(len(of), FACETS)
    first = np.searchsorted(of, of)  # of sorted numbers, the row of the first of each
    is_same = chance(random, OWN_CODE, len(of))
    source = np.where(is_same, first, np.arange(len(of)))
    return code.gather(source), np.where(is_own, own, phrases)


def _where(
    stage: Stage, habits: list[Habit], of: Integers, is_away: Flags, random: np.random.Generator
) -> tuple[pl.DataFrame, list[str]]:
    """Postcode (row of the gazetteer) and force of each offence: about the anchor, or, away, in
    that part of the other force that lies nearest to it."""
    size = len(of)
    reach = np.array([habit.reach for habit in habits])[of]
    # Few offences lie at the anchor itself: distances have a mode, and a long tail.
    far = random.gamma(2.0, 0.5, size) * reach
    angle = random.random(size) * 2 * np.pi
    step = np.column_stack([np.cos(angle), np.sin(angle)]) * far[:, None]
    anchor = np.array([habit.anchor for habit in habits]).reshape(-1, 2)[of]
    force = [
        (habits[series].other or habits[series].force) if away else habits[series].force
        for series, away in zip(of, is_away, strict=True)
    ]
    rows = np.zeros(size, np.int64)
    names = np.array(force, dtype=object)
    for one, setting in stage.settings.items():
        mine = np.flatnonzero(names == one)
        if len(mine):
            at = anchor[mine]
            away = is_away[mine]
            if away.any():
                at = at.copy()
                centres = setting.places.select("easting", "northing").to_numpy()
                at[away] = centres[neighbours(setting.places, at[away])]
            rows[mine] = stage.gazetteer.first[one] + neighbours(setting.places, at + step[mine])
    return stage.gazetteer.places[rows], force


def list_taken(
    offences: pl.DataFrame, habits: list[Habit], random: np.random.Generator
) -> pl.DataFrame:
    """``NO_OBJECTS`` rows: property taken, of some offences."""
    is_taken = pl.col("offence_group").is_in(TAKERS) & pl.Series(
        chance(random, TAKES, offences.height)
    )
    taken = offences.filter(is_taken)
    size = taken.height
    if not size:
        return pl.DataFrame(schema=NO_OBJECTS)
    liked = np.stack([habit.items for habit in habits])[taken["series"].to_numpy()]
    own = liked[np.arange(size), random.integers(0, liked.shape[1], size)]
    item = np.where(chance(random, OWN_ITEM, size), own, random.integers(0, len(ITEMS), size))
    facts = draw_property(size, random).with_columns(property_type=pl.Series(ITEMS).gather(item))
    return pl.concat([taken.select("draft", "truth_offence_id"), facts], how="horizontal").select(
        "draft",
        object_type=pl.lit("property_record"),
        role=pl.lit("stolen"),
        truth_object_id=pl.lit("X") + "truth_offence_id",
        **{
            name: pl.col(name) if name in facts.columns else pl.lit(None, kind)
            for name, kind in NO_OBJECTS.items()
            if name not in ("draft", "object_type", "role", "truth_object_id")
        },
    )
