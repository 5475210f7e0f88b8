"""Offences of one offender, or of a pair, with a habit: where, when, how and what for.

An offender has an anchor (home, or a place they go to), a distance that they mostly keep to it,
hours and days of the week that suit them, phrases of the method that come back and things that they
like to take. A habit is a tendency: every part of it is broken at times, and everybody else's
offences are described in the same words. That offenders' distances fall off from an anchor, and
that distance, time and method tell series apart to some degree, is the finding of Bennell and
Canter (2002) and of Tonkin, Woodhams and others (2012); the rates here are plausible, not measured.
"""

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, draw_index, draw_without_repeats
from forces.simulator.drafts import NO_ROLES, Drafts, Stage
from forces.simulator.habits import SERIES_KINDS, Habit, draw_habit
from forces.simulator.records import pull_of_neighbours
from forces.simulator.roles import suspect_weights
from forces.simulator.series_offences import commit_offences, list_taken

FEWEST, MOST, MEAN = 3, 15, 7.0  # offences of a series
PAIR = 0.2  # of series, those of two offenders
BOTH_NAMED = 0.6  # of solved offences of a pair
UNSOLVED = 0.25  # of series, those of which no offence is solved
SOLVED = 0.4  # of offences of the others
WITH_NEIGHBOUR = 0.3  # of series, those that go over the border
OVER_BORDER = 0.35  # of offences of those

OF_SERIES = ("series", "home", "offender", "partner", "other", "is_hopeless", "row", "is_solved",
             "is_both")  # fmt: skip


def plan_series(stage: Stage) -> Drafts:
    """The drafts of every force's series."""
    random = stage.random("series")
    habits = _draw_series(stage, random)
    series = pl.DataFrame(
        {
            "series": np.arange(len(habits)),
            "home": [habit.force for habit in habits],
            "offender": [habit.offenders[0] for habit in habits],
            "partner": [(*habit.offenders, None)[1] for habit in habits],
            "other": [habit.other for habit in habits],
            "is_hopeless": random.random(len(habits)) < UNSOLVED,
        },
        schema_overrides={"home": pl.String, "offender": pl.Int64, "partner": pl.Int64,
                          "other": pl.String},
    )  # fmt: skip
    of = np.repeat(np.arange(len(habits)), _sizes(len(habits), random))
    is_away = (series["other"].is_not_null().to_numpy()[of]) & (
        random.random(len(of)) < OVER_BORDER
    )
    offences = commit_offences(stage, habits, of, is_away, random)
    numbered = series[offences["series"]]
    offences = pl.concat([offences.drop("series"), numbered], how="horizontal")
    offences, roles = _named(offences, stage, random)
    return Drafts(
        offences.drop(*OF_SERIES),
        roles,
        list_taken(offences, habits, random),
    )


def _sizes(series: int, random: np.random.Generator) -> Integers:
    more = random.geometric(1 / (MEAN - FEWEST + 1), series) - 1
    return np.minimum(FEWEST + more, MOST)


def _draw_series(stage: Stage, random: np.random.Generator) -> list[Habit]:
    """The series, force by force, each offender in one alone."""
    forces = list(stage.settings)
    settings = list(stage.settings.values())
    pull = pull_of_neighbours([setting.declaration for setting in settings])
    weights = suspect_weights(stage.people, settings[0].first_night)
    home = stage.people["home"].to_numpy()
    elsewhere = stage.known.group_by("person").agg("force")
    known_in = dict(elsewhere.filter(pl.col("force").list.len() > 1).iter_rows())
    habits: list[Habit] = []
    for row, (force, setting) in enumerate(stage.settings.items()):
        wanted = round(setting.rates.life["series_per_record"] * stage.offences[force])
        known = stage.known_by[force]
        local = known[home[known] == force]
        offenders = draw_without_repeats(local, weights[local], 2 * wanted, random)
        kinds = draw_index(random, np.array(list(SERIES_KINDS.values())), wanted)
        for first, partner, kind in zip(offenders[::2], offenders[1::2], kinds, strict=False):
            pair = (int(first), int(partner)) if random.random() < PAIR else (int(first),)
            others = sorted(f for f in known_in.get(int(first), []) if f != force)
            other = None
            if len(forces) > 1 and random.random() < WITH_NEIGHBOUR:
                drawn = forces[int(draw_index(random, pull[row], 1)[0])]
                other = others[0] if others else drawn
            habits.append(draw_habit(stage, force, pair, other, int(kind), random))
    return habits


def _named(
    offences: pl.DataFrame, stage: Stage, random: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The offences with ``draft`` and what the truth says of them, and the suspects named: of a
    share of the offences, where the force knows them."""
    size = offences.height
    offences = offences.with_columns(
        draft=pl.int_range(pl.len(), dtype=pl.Int64), quotes=pl.lit(None, pl.Int64),
        quote_form=pl.lit(None, pl.Int64), late_recording=pl.lit(value=False),
        truth_offence_id=pl.format("{}-R{}", "home", "row"),
        truth_series_id=pl.format("{}-{}", "home", "series"),
        truth_offenders=pl.concat_list("offender", "partner").list.drop_nulls(),
        is_victim_open=pl.lit(value=True),
        is_solved=pl.lit(pl.Series(random.random(size) < SOLVED)) & ~pl.col("is_hopeless"),
        is_both=pl.lit(pl.Series(random.random(size) < BOTH_NAMED)),
    )  # fmt: skip
    by_one = pl.concat_list("offender")
    suspects = (
        offences.filter("is_solved")
        .select(
            "draft", "force", person=pl.when("is_both").then("truth_offenders").otherwise(by_one)
        )
        .explode("person", empty_as_null=False, keep_nulls=False)
        .join(stage.known, on=["force", "person"], how="semi", maintain_order="left")
        .select("draft", "person", role=pl.lit("suspect"))
    )
    counts = suspects.group_by("draft").agg(suspects=pl.len())
    named = offences.drop("suspects").join(counts, on="draft", how="left", maintain_order="left")
    return (
        named.with_columns(pl.col("suspects").cast(pl.Int64).fill_null(0)),
        suspects.select(*NO_ROLES),
    )
