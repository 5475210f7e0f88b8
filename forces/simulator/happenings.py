"""Incidents, and stops and searches, of a force."""

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, chance, draw_index, draw_words
from forces.simulator.places import place_events
from forces.simulator.roles import Cast
from forces.simulator.setting import Setting
from forces.simulator.times import date_events, habit_row
from warehouse.reference import read_reference

INCIDENTS = {"DOMESTIC": 0.15, "ANTI-SOCIAL BEHAVIOUR": 0.22, "CONCERN FOR SAFETY": 0.16,
             "ROAD TRAFFIC COLLISION": 0.1, "SUSPICIOUS CIRCUMSTANCES": 0.12, "ALARM": 0.05,
             "MISSING PERSON": 0.06, "THEFT": 0.08, "NOISE": 0.06}  # fmt: skip
GRADES = {"emergency": 0.3, "priority": 0.35, "scheduled": 0.2, "telephone": 0.15}
ATTEND_MINUTES = {"emergency": 11.0, "priority": 45.0, "scheduled": 900.0, "telephone": 60.0}
SEARCHES = {
    ("MISUSE OF DRUGS ACT 1971 (SECTION 23)", "CONTROLLED DRUGS"): 0.62,
    ("POLICE AND CRIMINAL EVIDENCE ACT 1984 (SECTION 1)", "STOLEN GOODS"): 0.15,
    ("POLICE AND CRIMINAL EVIDENCE ACT 1984 (SECTION 1)", "OFFENSIVE WEAPONS"): 0.14,
    ("CRIMINAL JUSTICE AND PUBLIC ORDER ACT 1994 (SECTION 60)", "ANYTHING TO THREATEN"): 0.09,
}
FOUND = {"A NO FURTHER ACTION DISPOSAL": 0.72, "ARREST": 0.12, "COMMUNITY RESOLUTION": 0.1,
         "PENALTY NOTICE FOR DISORDER": 0.02, "SUMMONS / CHARGED BY POST": 0.04}  # fmt: skip
SEARCH_TYPES = {"person": 0.75, "vehicle": 0.03, "person and vehicle": 0.22}
IDENTIFIED = 0.7  # of people stopped, those whom a record is made of


def _dated_and_placed(
    setting: Setting, kind: str, habit: str, night: Integers, random: np.random.Generator
) -> pl.DataFrame:
    size = len(night)
    habits = np.full(size, habit_row(habit))
    times = date_events(night, habits, np.zeros(size), setting.first_night, random)
    alike = np.zeros(size, np.int64)
    places, flags = place_events(setting.places, [kind], alike, setting.world, random)
    frame = pl.concat([times, places], how="horizontal").with_columns(
        night=pl.Series(night), **flags
    )
    return frame.with_columns(source_record_id=setting.event_ids(frame["recorded_at"].dt.year()))


def make_incidents(setting: Setting, cast: Cast, records: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``incident`` and its roles."""
    random = setting.random("incidents")
    per_record = setting.rates.life["incidents_per_record"]
    night = setting.spread_over_nights(records * per_record, random)
    incidents = _dated_and_placed(setting, "incident", "evening", night, random)
    size = incidents.height
    grade = draw_words(GRADES, size, random)
    wait = grade.replace_strict(ATTEND_MINUTES, return_dtype=pl.Float64).to_numpy()
    minutes = pl.Series((wait * random.gamma(2, 0.5, size)).astype(np.int64) + 1)
    busy = pl.Series(random.integers(10, 240, size))
    reported = pl.col("reported_at")
    incidents = incidents.with_columns(
        incident_ref=setting.refs(incidents["recorded_at"].dt.year()),
        incident_type=draw_words(INCIDENTS, size, random),
        grade=grade,
        attended_at=reported + pl.duration(minutes=pl.lit(minutes)),
        closed_at=reported + pl.duration(minutes=pl.lit(minutes + busy)),
    )
    reporters = chance(random, 0.6, size).astype(np.int64)
    return incidents, cast.roles(incidents, "incident", "reporter", reporters, random)


def make_stops(setting: Setting, cast: Cast, records: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``stop_search`` and its roles; what is said of the person is what the force's record says."""
    random = setting.random("stops")
    night = setting.spread_over_nights(records * setting.rates.life["stops_per_record"], random)
    stops = _dated_and_placed(setting, "stop", "evening", night, random)
    size = stops.height
    drawn = cast.draw(night, random, as_suspect=True)
    person = cast.records[drawn.clip(0)]
    legislation = draw_index(random, np.array(list(SEARCHES.values())), size)
    found = draw_words(FOUND, size, random)
    words = read_reference("ethnicity")
    own = words.filter(pl.col("code_set") == "self_defined")
    stops = stops.with_columns(
        search_type=draw_words(SEARCH_TYPES, size, random),
        is_part_of_operation=pl.Series(chance(random, 0.04, size)),
        gender=person["sex"].replace_strict(
            {"M": "male", "F": "female", "U": "other"}, return_dtype=pl.String
        ),
        age_range=_age_range(person["birth_date"], stops["occurred_on"]),
        ethnicity_self_defined=person["ethnicity_self_defined"].replace_strict(
            own["code"], own["name"], return_dtype=pl.String
        ),
        ethnicity_observed=person["ethnicity_observed"],
        legislation=pl.Series([law for law, _ in SEARCHES]).gather(legislation),
        object_of_search=pl.Series([thing for _, thing in SEARCHES]).gather(legislation),
        outcome_text=found,
        is_outcome_linked=(found != next(iter(FOUND))) & pl.Series(chance(random, 0.8, size)),
        is_more_than_outer_clothing=pl.Series(chance(random, 0.04, size)),
    )
    known = chance(random, IDENTIFIED, size) & (drawn >= 0)
    roles = pl.select(
        source_record_id=pl.lit(stops["source_record_id"]),
        event_type=pl.lit("stop_search"),
        person_source_record_id=pl.lit(person["source_record_id"]),
        role=pl.lit("searched"),
    ).filter(pl.Series(known))
    return stops, roles


def _age_range(birth: pl.Series, on: pl.Series) -> pl.Series:
    age = (on - birth).dt.total_days() / 365.25
    years = pl.col("age")
    return age.to_frame("age").select(
        pl.when(years < 10).then(pl.lit("under 10"))
        .when(years < 18).then(pl.lit("10-17"))
        .when(years < 25).then(pl.lit("18-24"))
        .when(years < 35).then(pl.lit("25-34"))
        .when(years >= 35).then(pl.lit("over 34"))
    ).to_series()  # fmt: skip
