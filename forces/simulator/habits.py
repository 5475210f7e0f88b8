"""What an offender does again and again."""

from dataclasses import dataclass

import numpy as np

from forces.simulator.chance import Floats, Integers, draw_index, zipf_weights
from forces.simulator.drafts import Stage
from forces.simulator.methods import FACETS, NONE, count_phrases
from forces.simulator.objects import ITEMS
from forces.simulator.offence_kinds import KINDS
from forces.simulator.times import HOURS

# Sections of ``methods.toml`` with their shares of series.
SERIES_KINDS = {"burglary": 0.26, "vehicle-crime": 0.2, "robbery": 0.12, "shoplifting": 0.16,
                "theft-from-the-person": 0.12, "bicycle-theft": 0.08,
                "sexual-offence-by-stranger": 0.06}  # fmt: skip
REACH = {"burglary": 2500.0, "vehicle-crime": 3500.0, "robbery": 1800.0, "shoplifting": 3000.0,
         "theft-from-the-person": 2200.0, "bicycle-theft": 2000.0,
         "sexual-offence-by-stranger": 2500.0}  # fmt: skip
REACH_SPREAD = 0.9  # of the logarithm of the distance that an offender keeps to
AT_HOME = 0.65  # of offenders, those whose anchor is their home
HABIT_HOURS = 1.8  # standard deviation
WEEKS, WEEKS_SPREAD, MOST_WEEKS = 10.0, 0.7, 40.0  # median, spread of its logarithm
FAVOURED_DAYS = 3  # of the week
COMMONNESS = 0.35  # Zipf exponent of the phrases that habits are made of
ITEMS_LIKED = 2


@dataclass(frozen=True)
class Habit:
    """One series.

    Attributes:
        force: where it is.
        other: a further force that it goes to, if any.
        offenders: true persons, one or two.
        kind: row of ``KINDS``.
        anchor: easting and northing, metres.
        reach: mean distance from it, metres.
        minute: of the day, local.
        weekdays: favoured ones, Monday 0.
        phrases: of the method, by facet; ``NONE`` where there is no facet.
        items: rows of ``ITEMS`` that are taken by preference.
        start, weeks: day against the first night, and duration.
    """

    force: str
    other: str | None
    offenders: tuple[int, ...]
    kind: int
    anchor: Floats
    reach: float
    minute: float
    weekdays: Integers
    phrases: Integers
    items: Integers
    start: float
    weeks: float


def draw_habit(
    stage: Stage,
    force: str,
    offenders: tuple[int, ...],
    other: str | None,
    series_kind: int,
    random: np.random.Generator,
) -> Habit:
    """A habit of the offenders, who are at home in the force; ``series_kind`` by its place in
    ``SERIES_KINDS``."""
    words = list(SERIES_KINDS)[series_kind]
    kind = next(row for row, one in enumerate(KINDS) if one.methods == words)
    setting = stage.settings[force]
    places = setting.places.select("easting", "northing").to_numpy()
    at = int(random.integers(len(places)))
    own = int(stage.people["place"][offenders[0]]) - stage.gazetteer.first[force]
    # Who lives in another force, as some prisoners do, offends about another place here.
    if random.random() < AT_HOME and 0 <= own < len(places):
        at = own
    phrases = np.full(FACETS, NONE, np.int64)
    for facet, count in enumerate(count_phrases(words)):
        phrases[facet] = draw_index(random, zipf_weights(count, COMMONNESS), 1)[0]
    weeks = float(min(WEEKS * np.exp(random.normal() * WEEKS_SPREAD), MOST_WEEKS))
    hours = np.array(HOURS[KINDS[kind].habit], dtype=np.float64)
    return Habit(
        force=force,
        other=other,
        offenders=offenders,
        kind=kind,
        anchor=places[at],
        reach=float(REACH[words] * np.exp(random.normal() * REACH_SPREAD)),
        minute=float(draw_index(random, hours, 1)[0] * 60 + random.integers(0, 60)),
        weekdays=random.permutation(7)[:FAVOURED_DAYS],
        phrases=phrases,
        items=random.permutation(len(ITEMS))[:ITEMS_LIKED],
        start=float(random.uniform(-700, setting.nights) - weeks * 7 / 2),
        weeks=weeks,
    )
