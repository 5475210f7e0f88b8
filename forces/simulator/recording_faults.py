"""Breaks of the Home Office Counting Rules, planted as flags of the offences that have them.

Each draws from a stream of its own, so that no other part of a simulation changes with it.
"""

from datetime import timedelta

import numpy as np
import polars as pl

from forces.simulator.chance import strike
from forces.simulator.offences import is_refused, with_last_outcome
from forces.simulator.roles import Cast
from forces.simulator.setting import Setting

FAULTS = ("late_recording", "outcome_not_allowed", "outcome_of_removed", "transfer_unquoted",
          "further_victim")  # fmt: skip
DRUGS_WARNING = "7"
NO_SUSPECT = "18"
LONGEST_DAYS = 5  # that a record comes late
TO_RECORD = timedelta(hours=24)
VICTIM_BASED = ("violence-and-sexual-offences", "robbery", "theft-from-the-person")


def record_late(offences: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Some crimes recorded days after their report, with ``late_recording``; of those struck, not
    the ones that the night comes too soon for."""
    random = setting.random("late recording")
    is_struck = strike(random, setting.world["late_recording"], offences.height)
    days = pl.lit(pl.Series(random.integers(1, LONGEST_DAYS + 1, offences.height)))
    night = pl.lit(setting.first_night).cast(pl.Datetime("us")) + pl.duration(days="night")
    late = pl.min_horizontal(
        pl.col("recorded_at") + pl.duration(days=days), night - timedelta(minutes=65)
    )
    is_late = pl.lit(is_struck) & (late > pl.col("reported_at") + TO_RECORD)
    return offences.with_columns(
        recorded_at=pl.when(is_late).then(late).otherwise("recorded_at"), late_recording=is_late
    )


def spoil_outcomes(
    offences: pl.DataFrame, setting: Setting, purpose: str = "outcomes not allowed"
) -> pl.DataFrame:
    """Some outcomes that their offence cannot be given, some given to crimes that were cancelled,
    and some crimes transferred without the other force's reference."""
    random = setting.random(purpose)
    if "other_force_ref" not in offences.columns:
        offences = offences.with_columns(other_force_ref=pl.lit(None, pl.String))
    size, world = offences.height, setting.world
    night = pl.lit(setting.first_night) + pl.duration(days="night")
    is_wrong = (
        pl.lit(strike(random, world["outcome_not_allowed"], size))
        & pl.col("outcome_code").is_not_null()
        & is_refused(DRUGS_WARNING)
    )
    is_removed = pl.lit(strike(random, world["outcome_of_removed"], size)) & (
        pl.col("status") == "cancelled"
    )
    is_unquoted = pl.lit(strike(random, world["transfer_unquoted"], size)) & (
        pl.col("status") == "transferred"
    )
    return offences.with_columns(
        outcome_not_allowed=is_wrong.fill_null(value=False),
        outcome_of_removed=is_removed.fill_null(value=False),
        transfer_unquoted=is_unquoted.fill_null(value=False),
    ).with_columns(
        outcome_code=pl.when("outcome_not_allowed").then(pl.lit(DRUGS_WARNING))
        .when("outcome_of_removed").then(pl.lit(NO_SUSPECT)).otherwise("outcome_code"),
        outcome_date=pl.when("outcome_of_removed").then(night - timedelta(days=1))
        .otherwise("outcome_date"),
        other_force_ref=pl.when(~pl.col("transfer_unquoted")).then("other_force_ref"),
    ).pipe(with_last_outcome)  # fmt: skip


def mark_further_victims(offences: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """The offences with ``further_victim``: true of those that are to name a second victim."""
    random = setting.random("further victims")
    is_struck = strike(random, setting.world["further_victim"], offences.height)
    return offences.with_columns(
        further_victim=pl.lit(is_struck)
        & pl.col("offence_group").is_in(VICTIM_BASED)
        & ~pl.col("repeated_offence")
    )


def add_victims(
    roles: pl.DataFrame, offences: pl.DataFrame, cast: Cast, setting: Setting
) -> pl.DataFrame:
    """The roles of offences, with two victims of each that has ``further_victim``, and the same
    people in an offence that its force recorded twice."""
    random = setting.random("further victims' names")
    marked = offences.filter("further_victim")
    two = np.full(marked.height, 2)
    further = cast.roles(marked, "offence_record", "victim", two, random)
    truth = offences.filter("repeated_offence").select("source_record_id", "truth_offence_id")
    first = pl.col("source_record_id").first().over("truth_offence_id")
    copies = truth.with_columns(first=first).filter(pl.col("source_record_id") != pl.col("first"))
    is_copy = pl.col("source_record_id").is_in(copies["source_record_id"].implode())
    kept = pl.concat([roles.filter(~is_copy), further]).unique(maintain_order=True)
    same = kept.rename({"source_record_id": "first"}).join(
        copies.select("first", "source_record_id"), on="first", maintain_order="left_right"
    )
    return pl.concat([kept, same.select(kept.columns)]).unique(maintain_order=True)
