"""Offences of a force, and their outcomes."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, chance, draw_index
from forces.simulator.offence_kinds import KINDS, NAMED, NOT_NAMED, POSITIVE, OffenceKind
from forces.simulator.places import place_events
from forces.simulator.setting import Setting
from forces.simulator.times import date_events
from warehouse.reference import read_reference

CLOSED = 0.85  # of offences with an outcome
CANCELLED = 0.02
HAS_OUTCOME = 0.72
OUTCOME_DAYS = 40.0  # mean days from recording to outcome
TWO_OUTCOMES = 0.05


def make_offences(setting: Setting, night: Integers, purpose: str) -> pl.DataFrame:
    """Offences, one for each night index given, ascending, without ids.

    Columns: those of ``offence_record`` that do not depend on its id or outcome, ``night``,
    ``kind`` (row of ``KINDS``), and flags of spoilt postcodes.
    """
    random = setting.random(purpose)
    kind = draw_index(random, np.array([k.share for k in KINDS]), len(night))
    parts = [
        _of_kind(setting, index, night[kind == index], np.flatnonzero(kind == index), random)
        for index in range(len(KINDS))
    ]
    return pl.concat(parts).sort("order").drop("order")


def _of_kind(
    setting: Setting, index: int, night: Integers, order: Integers, random: np.random.Generator
) -> pl.DataFrame:
    kind, size = KINDS[index], len(night)
    times = date_events(night, kind.habit, kind.longest_hours, setting.first_night, random)
    places, flags = place_events(setting.places, kind.group, size, setting.world, random)
    codes, weights = _codes(kind)
    code = codes.gather(draw_index(random, weights, size))
    method = pl.Series(kind.methods).gather(random.integers(0, len(kind.methods), size))
    named = pl.Series(random.poisson(kind.suspects, size).clip(0, 4))
    return pl.concat([times, places], how="horizontal").with_columns(
        order=pl.Series(order),
        night=pl.Series(night),
        kind=pl.lit(index),
        offence_code_raw=code,
        offence_code=code,
        offence_group=pl.lit(kind.group),
        is_notifiable=pl.lit(value=True),
        method_text=method,
        suspects=named,
        **flags,
    )


@cache
def _all_codes() -> pl.DataFrame:
    """Codes that every record system can write."""
    return read_reference("offence_code").drop_nulls(["cjs_code", "npcc_code"])


def _codes(kind: OffenceKind) -> tuple[pl.Series, np.ndarray]:
    """Codes of a group and their weights: the more harm, the rarer."""
    rows = _all_codes().filter(pl.col("offence_group") == kind.group)
    harm = rows["harm_days"].fill_null(30.0).to_numpy()
    return rows["offence_code"], 1.0 / (harm + 8.0) ** 1.2


def draw_outcomes(offences: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """The offences with ``outcome_code`` and ``outcome_date`` (null where none was given before
    the night that brings them), and ``status``."""
    random = setting.random("outcomes")
    size = offences.height
    positive = np.array([kind.positive for kind in KINDS])[offences["kind"].to_numpy()]
    is_named = offences["suspects"].to_numpy() > 0
    # Only where somebody is named can an offender be dealt with.
    is_positive = is_named & (random.random(size) < np.minimum(positive * 2.2, 0.9))
    code = _drawn(NOT_NAMED, size, random)
    code = _drawn(NAMED, size, random).zip_with(pl.Series(is_named), code)
    code = _drawn(POSITIVE, size, random).zip_with(pl.Series(is_positive), code)
    days = pl.Series(np.ceil(random.exponential(OUTCOME_DAYS, size)).astype(np.int64))
    on = offences["recorded_at"].dt.date() + days.cast(pl.Duration("ms")) * 86_400_000
    night = pl.lit(setting.first_night) + pl.duration(days="night")
    is_given = pl.lit(pl.Series(chance(random, HAS_OUTCOME, size))) & (pl.lit(on) < night)
    is_closed = pl.lit(pl.Series(chance(random, CLOSED, size)))
    is_cancelled = pl.lit(pl.Series(chance(random, CANCELLED, size)))
    return offences.with_columns(
        outcome_code=pl.when(is_given).then(pl.lit(code)),
        outcome_date=pl.when(is_given).then(pl.lit(on)),
        status=pl.when(is_given & is_closed)
        .then(pl.lit("closed"))
        .when(~is_given & is_cancelled)
        .then(pl.lit("cancelled"))
        .otherwise(pl.lit("open")),
    ).pipe(with_last_outcome)


def with_last_outcome(offences: pl.DataFrame) -> pl.DataFrame:
    """The offences with ``last_outcome_code`` and its words, from ``outcome_code``."""
    words = read_reference("outcome")
    text = pl.col("outcome_code").replace_strict(
        words["outcome_code"], words["name"], default=None, return_dtype=pl.String
    )
    return offences.with_columns(last_outcome_code="outcome_code", last_outcome_text=text)


def _drawn(weights: Mapping[str, float], size: int, random: np.random.Generator) -> pl.Series:
    return pl.Series(list(weights)).gather(
        draw_index(random, np.array(list(weights.values())), size)
    )


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
