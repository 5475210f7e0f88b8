"""Offences of a force, and their outcomes."""

from functools import cache

import numpy as np
import polars as pl

from forces.simulator.chance import Floats, Integers, chance, draw_index, draw_words
from forces.simulator.methods import FACETS, count_methods, draw_phrases, write_methods
from forces.simulator.offence_kinds import KINDS, NAMED, NOT_NAMED, POSITIVE
from forces.simulator.places import place_events
from forces.simulator.setting import Setting
from forces.simulator.times import date_events, habit_row
from warehouse.outcome_limits import refused_outcomes
from warehouse.reference import read_reference

CLOSED = 0.85  # of offences with an outcome
CANCELLED = 0.02
HAS_OUTCOME = 0.72
OUTCOME_DAYS = 40.0  # mean days from recording to outcome
TWO_OUTCOMES = 0.05
CHARGED = "1"


METHODS = tuple(one.methods for one in KINDS)


def draw_kinds(size: int, random: np.random.Generator) -> Integers:
    """Kinds (rows of ``KINDS``) of so many offences."""
    return draw_index(random, np.array([k.share for k in KINDS]), size)


def make_offences(
    setting: Setting, night: Integers, purpose: str, kind: Integers | None = None
) -> pl.DataFrame:
    """Offences, one for each night index given, ascending, without ids; of the kinds given (rows of
    ``KINDS``), or of kinds as they come.

    Columns: those of ``offence_record`` that do not depend on its id or outcome, ``night``,
    ``kind`` (row of ``KINDS``), and flags of spoilt postcodes.
    """
    random = setting.random(purpose)
    size = len(night)
    kind = draw_kinds(size, random) if kind is None else kind
    habit = np.array([habit_row(k.habit) for k in KINDS])[kind]
    longest = np.array([k.longest_hours for k in KINDS])[kind]
    times = date_events(night, habit, longest, setting.first_night, random)
    groups = [k.group for k in KINDS]
    places, flags = place_events(setting.places, groups, kind, setting.world, random)
    code, phrases = draw_codes_and_phrases(kind, random, setting.random(f"{purpose}: methods"))
    suspects = random.poisson(np.array([k.suspects for k in KINDS])[kind]).clip(0, 4)
    return pl.concat([times, places], how="horizontal").with_columns(
        night=pl.Series(night),
        kind=pl.Series(kind),
        offence_code_raw=code,
        offence_code=code,
        offence_group=pl.Series(groups).gather(kind),
        is_notifiable=pl.lit(value=True),
        method_text=write_methods(METHODS, kind, phrases),
        suspects=pl.Series(suspects),
        **flags,
    )


def draw_codes_and_phrases(
    kind: Integers, random: np.random.Generator, of_phrases: np.random.Generator
) -> tuple[pl.Series, Integers]:
    """Offence code and phrases of the method (``draw_phrases``) of each offence, by its kind."""
    codes: list[str] = []
    code_at = np.zeros(len(kind), np.int64)
    phrases = np.zeros((len(kind), FACETS), np.int64)
    for index, one in enumerate(KINDS):
        rows = np.flatnonzero(kind == index)
        known, weights = codes_of(index)
        code_at[rows] = len(codes) + draw_index(random, weights, len(rows))
        phrases[rows] = draw_phrases(one.methods, len(rows), of_phrases)
        phrases[rows, 0] = random.integers(0, count_methods(one.methods), len(rows))
        codes += known
    return pl.Series(codes).gather(code_at), phrases


@cache
def codes_of(kind: int) -> tuple[list[str], Floats]:
    """Codes of a kind that every record system can write, and their weights: the more harm, the
    rarer."""
    one = KINDS[kind]
    written = read_reference("offence_code").drop_nulls(["cjs_code", "npcc_code"])
    rows = written.filter(pl.col("offence_group") == one.group)
    if one.codes:
        rows = rows.filter(pl.col("offence_code").is_in(one.codes))
    harm = rows["harm_days"].fill_null(30.0).to_numpy()
    return rows["offence_code"].to_list(), 1.0 / (harm + 8.0) ** 1.2


def draw_outcomes(
    offences: pl.DataFrame, setting: Setting, purpose: str = "outcomes"
) -> pl.DataFrame:
    """The offences with ``outcome_code`` and ``outcome_date`` (null where none was given before
    the night that brings them), and ``status``; what is transferred is another force's to
    conclude."""
    random = setting.random(purpose)
    size = offences.height
    positive = np.array([kind.positive for kind in KINDS])[offences["kind"].to_numpy()]
    is_named = offences["suspects"].to_numpy() > 0
    # Only where somebody is named can an offender be dealt with.
    is_positive = is_named & (random.random(size) < np.minimum(positive * 2.2, 0.9))
    code = draw_words(NOT_NAMED, size, random)
    code = draw_words(NAMED, size, random).zip_with(pl.Series(is_named), code)
    code = draw_words(POSITIVE, size, random).zip_with(pl.Series(is_positive), code)
    code = _allowed(offences["offence_code"], code)
    days = pl.Series(np.ceil(random.exponential(OUTCOME_DAYS, size)).astype(np.int64))
    on = offences["recorded_at"].dt.date() + days.cast(pl.Duration("ms")) * 86_400_000
    night = pl.lit(setting.first_night) + pl.duration(days="night")
    is_given = pl.lit(pl.Series(chance(random, HAS_OUTCOME, size))) & (pl.lit(on) < night)
    is_closed = pl.lit(pl.Series(chance(random, CLOSED, size)))
    is_cancelled = pl.lit(pl.Series(chance(random, CANCELLED, size)))
    is_removed = pl.lit(value=False)
    if "is_transferred" in offences.columns:
        is_removed = pl.col("is_transferred")
    is_given &= ~is_removed
    return offences.with_columns(
        outcome_code=pl.when(is_given).then(pl.lit(code)),
        outcome_date=pl.when(is_given).then(pl.lit(on)),
        status=pl.when(is_removed)
        .then(pl.lit("transferred"))
        .when(is_given & is_closed)
        .then(pl.lit("closed"))
        .when(~is_given & is_cancelled)
        .then(pl.lit("cancelled"))
        .otherwise(pl.lit("open")),
    ).pipe(with_last_outcome)


def is_refused(outcome: str) -> pl.Expr:
    """True of offences that cannot be given that outcome."""
    refused = refused_outcomes().filter(pl.col("outcome_code") == outcome)
    return pl.col("offence_code").is_in(refused["offence"].implode())


def _allowed(offence: pl.Series, outcome: pl.Series) -> pl.Series:
    """The outcomes; a charge in place of one that the offence cannot be given."""
    drawn = pl.DataFrame({"offence": offence, "outcome_code": outcome})
    refused = refused_outcomes().with_columns(is_refused=pl.lit(value=True))
    looked_up = drawn.join(
        refused, on=["offence", "outcome_code"], how="left", maintain_order="left"
    )
    return looked_up.select(
        pl.when("is_refused").then(pl.lit(CHARGED)).otherwise("outcome_code").alias("outcome_code")
    ).to_series()


def with_last_outcome(offences: pl.DataFrame) -> pl.DataFrame:
    """The offences with ``last_outcome_code`` and its words, from ``outcome_code``."""
    words = read_reference("outcome")
    text = pl.col("outcome_code").replace_strict(
        words["outcome_code"], words["name"], default=None, return_dtype=pl.String
    )
    return offences.with_columns(last_outcome_code="outcome_code", last_outcome_text=text)


def list_outcomes(offences: pl.DataFrame) -> pl.DataFrame:
    """``outcome`` of the offences that have one; an outcome's id is its offence's and ``-1``."""
    given = offences.filter(pl.col("outcome_code").is_not_null())
    return given.select(
        source_record_id=pl.col("source_record_id") + "-1",
        offence_source_record_id="source_record_id",
        crime_ref="crime_ref",
        outcome_code="outcome_code",
        outcome_text="last_outcome_text",
        outcome_date="outcome_date",
        location_precision=pl.lit("none"),
        night="night",
    )
