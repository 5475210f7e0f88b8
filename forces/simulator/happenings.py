"""Incidents, stops and searches, detentions and intelligence reports of a force."""

from datetime import timedelta

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, chance, draw_index
from forces.simulator.places import place_events
from forces.simulator.roles import Cast
from forces.simulator.setting import Setting
from forces.simulator.times import date_events, habit_row
from warehouse.identifiers import CHECK_ALPHABET
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
DISPOSALS = {"charged": 0.38, "bailed": 0.12, "released under investigation": 0.26,
             "no further action": 0.2, "other": 0.04}  # fmt: skip
REPORTS = ("SAID TO BE SELLING CLASS A DRUGS FROM AN ADDRESS IN {}",
           "SEEN WITH OTHERS AROUND PARKED VEHICLES IN {} AT NIGHT",
           "SAID TO CARRY A KNIFE WHEN OUT IN {}",
           "BELIEVED TO BE STORING STOLEN CYCLES IN {}",
           "IN DISPUTE WITH A GROUP FROM {} OVER MONEY",
           "HAS MOVED TO {} AND NOW USES ANOTHER PHONE")  # fmt: skip
ARREST_MINUTES = 5 * 1440  # mean from recording to arrest
ARREST_MINUTES_NEW = 180  # the same for offences recorded the day before
OLD_GRADING = 0.06
ASN_SYSTEM = "01"


def _drawn(weights: dict[str, float], size: int, random: np.random.Generator) -> pl.Series:
    return pl.Series(list(weights)).gather(
        draw_index(random, np.array(list(weights.values())), size)
    )


def _identified(frame: pl.DataFrame, setting: Setting, at: str = "recorded_at") -> pl.DataFrame:
    return frame.with_columns(source_record_id=setting.event_ids(frame[at].dt.year()))


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
    return _identified(frame, setting)


def make_incidents(setting: Setting, cast: Cast, records: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``incident`` and its roles."""
    random = setting.random("incidents")
    per_record = setting.rates.life["incidents_per_record"]
    night = setting.spread_over_nights(records * per_record, random)
    incidents = _dated_and_placed(setting, "incident", "evening", night, random)
    size = incidents.height
    grade = _drawn(GRADES, size, random)
    wait = grade.replace_strict(ATTEND_MINUTES, return_dtype=pl.Float64).to_numpy()
    minutes = pl.Series((wait * random.gamma(2, 0.5, size)).astype(np.int64) + 1)
    busy = pl.Series(random.integers(10, 240, size))
    reported = pl.col("reported_at")
    incidents = incidents.with_columns(
        incident_ref=setting.refs(incidents["recorded_at"].dt.year()),
        incident_type=_drawn(INCIDENTS, size, random),
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
    found = _drawn(FOUND, size, random)
    words = read_reference("ethnicity")
    own = words.filter(pl.col("code_set") == "self_defined")
    stops = stops.with_columns(
        search_type=_drawn(SEARCH_TYPES, size, random),
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


def make_custody(
    setting: Setting, offences: pl.DataFrame, roles: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``custody`` of some suspects, and the role ``detained`` of each."""
    random = setting.random("custody")
    share = setting.rates.life["custody_per_suspect"]
    suspects = roles.filter(pl.col("role") == "suspect")
    suspects = suspects.filter(pl.Series(chance(random, share, suspects.height)))
    columns = ("source_record_id", "recorded_at", "night")
    held = suspects.join(offences.select(columns), on="source_record_id", how="left")
    is_later = held["night"].to_numpy() > 0
    wait = np.where(is_later, ARREST_MINUTES_NEW, ARREST_MINUTES)
    lag = pl.Series((random.exponential(1.0, held.height) * wait).astype(np.int64) + 30)
    night = pl.lit(setting.first_night).cast(pl.Datetime("us")) + pl.duration(days="night")
    held = held.with_columns(
        offence_source_record_id="source_record_id",
        arrested_at=pl.col("recorded_at") + pl.duration(minutes=pl.lit(lag)),
    )
    # Whom the police had not found by then is not in custody.
    held = held.filter(pl.col("arrested_at") < night - timedelta(hours=1)).sort(
        "night", "arrested_at", "offence_source_record_id", "person_source_record_id"
    )
    size = held.height
    hours = pl.Series(random.integers(3 * 60, 24 * 60, size))
    released_at = pl.col("arrested_at") + pl.duration(minutes=pl.lit(hours) + 45)
    is_released = released_at < night  # who is not is still detained
    held = held.with_columns(
        custody_ref=setting.refs(held["arrested_at"].dt.year()),
        detained_at=pl.col("arrested_at") + timedelta(minutes=45),
        released_at=pl.when(is_released).then(released_at),
        disposal=pl.when(is_released).then(pl.lit(_drawn(DISPOSALS, size, random))),
        asn=_asn(held["arrested_at"], setting),
    )
    held = _identified(held, setting, "arrested_at")
    detained = held.select(
        "source_record_id",
        event_type=pl.lit("custody"),
        person_source_record_id="person_source_record_id",
        role=pl.lit("detained"),
    )
    return held.drop("person_source_record_id", "event_type", "role", "recorded_at"), detained


def _asn(arrested: pl.Series, setting: Setting) -> pl.Series:
    """Arrest/summons numbers: year, force and unit, system and serial, check letter."""
    own = next(code for code in (*setting.declaration.pnc_codes, "00"))
    serial = pl.int_range(pl.len(), dtype=pl.Int64) * setting.slots + setting.slot + 1
    letter = (serial % 23).replace_strict(
        list(range(23)), list(CHECK_ALPHABET), return_dtype=pl.String
    )
    return arrested.to_frame("at").select(
        pl.concat_str(
            (pl.col("at").dt.year() % 100).cast(pl.String).str.zfill(2),
            pl.lit(f"{own}A1{ASN_SYSTEM}"),
            serial.cast(pl.String).str.zfill(11),
            letter,
        )
    ).to_series()  # fmt: skip


def make_intelligence(
    setting: Setting, cast: Cast, records: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``intelligence_report`` graded 3x5x2, a few by the old 5x5x5, and its subjects."""
    random = setting.random("intelligence")
    per_record = setting.rates.life["intelligence_per_record"]
    night = setting.spread_over_nights(records * per_record, random)
    size = len(night)
    day = np.full(size, habit_row("day"))
    times = date_events(night, day, np.zeros(size), setting.first_night, random)
    old = pl.lit(pl.Series(chance(random, OLD_GRADING, size) & (night == 0)))
    towns = setting.places["locality"].gather(random.integers(0, setting.places.height, size))
    template = pl.Series(REPORTS).gather(random.integers(0, len(REPORTS), size))
    source, assessed, handled = (
        draw_index(random, np.array(weights), size)
        for weights in ((0.35, 0.55, 0.1), (0.2, 0.25, 0.25, 0.28, 0.02), (0.75, 0.25))
    )

    def graded(index: Integers, new: str, before: str) -> pl.Expr:
        return (
            pl.when(old)
            .then(pl.lit(pl.Series(list(before)).gather(index)))
            .otherwise(pl.lit(pl.Series(list(new)).gather(index)))
        )

    reports = times.select("reported_at", night=pl.Series(night)).with_columns(
        grading=pl.when(old).then(pl.lit("5x5x5")).otherwise(pl.lit("3x5x2")),
        source_evaluation=graded(source, "123", "BCE"),
        intelligence_assessment=graded(assessed, "ABCDE", "12345"),
        handling_code=graded(handled, "PC", "15"),
        report_text=pl.lit(template).str.replace("{}", pl.lit(towns), literal=True),
    )
    reports = _identified(reports, setting, "reported_at").with_columns(
        report_ref=setting.refs(reports["reported_at"].dt.year())
    )
    subjects = random.integers(1, 3, size)
    return reports, cast.roles(reports, "intelligence_report", "subject", subjects, random)
