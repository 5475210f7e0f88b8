"""A force's records of people: the true person as somebody once typed it in, with what went wrong.

Every fault leaves a flag of its own name, from which the truth is written.
"""

from collections.abc import Mapping
from datetime import date, datetime

import numpy as np
import polars as pl

from forces.simulator.chance import strike
from forces.simulator.names import short_forms
from forces.simulator.typos import mistype_some, put, slip_birth, swap_day_and_month

PLACEHOLDER_BIRTH = date(1900, 1, 1)
LONGEST_HELD_DAYS = 3650
DECEASED = 0.004
TIED = 0.3  # share of further records of a person that the force itself has tied to the first
TRAPS = (
    "duplicate", "cross_border", "twins", "father_and_son", "same_name_and_birth", "shared_ref",
    "maiden_name", "nickname", "swapped_name", "typo_forename", "typo_surname", "missing_birth",
    "placeholder_birth", "day_month_swap", "birth_typo", "moved_address", "wrong_master",
    "pnc_mistyped", "pnc_wrong", "pnc_double", "cro_mistyped", "alias", "unknown_postcode",
    "placeholder_postcode",
)  # fmt: skip


def observe(
    held: pl.DataFrame,
    first_night: date,
    rates: Mapping[str, float],
    random: np.random.Generator,
) -> pl.DataFrame:
    """The records of one force.

    Args:
        held: one row a record: its ``source_record_id``, the columns of ``assign_records`` and
            those of its true person.
        first_night: date of the first delivery.
        rates: of ``[world]``.
        random: generator to draw from.

    Returns:
        The same rows, now with the columns of ``person_record`` as the force holds them, beside
        the true person's numbers and places, and flags of the faults so far.
    """
    held = held.with_columns(
        ethnicity_self_defined="ethnicity", ethnicity_observed="observed"
    )  # fmt: skip
    held = _misname(held, rates, random)
    held = _misdate(held, rates, random)
    held = _leave_out(held, rates, random)
    return _date_and_tie(held, first_night, rates, random)


def _misname(
    held: pl.DataFrame, rates: Mapping[str, float], random: np.random.Generator
) -> pl.DataFrame:
    size = held.height
    maiden = strike(random, rates["maiden_name"], size) & held["former_surname"].is_not_null()
    surname = held["former_surname"].zip_with(maiden, held["surname"])
    short = _short_forms(held["forename"], random)
    nickname = strike(random, rates["nickname"], size) & short.is_not_null()
    forename = short.zip_with(nickname, held["forename"])
    forename, typo_forename = mistype_some(
        forename, strike(random, rates["typo_forename"], size), random
    )
    surname, typo_surname = mistype_some(
        surname, strike(random, rates["typo_surname"], size), random
    )
    swapped = strike(random, rates["swapped_name"], size) & forename.ne(surname)
    return held.with_columns(
        forename=surname.zip_with(swapped, forename),
        surname=forename.zip_with(swapped, surname),
        true_forename="forename",
        true_surname="surname",
        maiden_name=maiden,
        nickname=nickname,
        typo_forename=typo_forename,
        typo_surname=typo_surname,
        swapped_name=swapped,
    )


def _short_forms(forenames: pl.Series, random: np.random.Generator) -> pl.Series:
    """A short form of each forename, null where it has none."""
    forms = short_forms()
    choices = forenames.replace_strict(
        list(forms), [list(v) for v in forms.values()], default=None,
        return_dtype=pl.List(pl.String),
    )  # fmt: skip
    index = pl.Series(random.integers(0, 6, len(forenames))) % choices.list.len().fill_null(1)
    return choices.list.get(index, null_on_oob=True)


def _misdate(
    held: pl.DataFrame, rates: Mapping[str, float], random: np.random.Generator
) -> pl.DataFrame:
    size = held.height
    swapped_birth = held.select(swap_day_and_month(pl.col("birth_date"))).to_series()
    swapped = strike(random, rates["day_month_swap"], size) & swapped_birth.is_not_null()
    birth = swapped_birth.zip_with(swapped, held["birth_date"])
    slipped = strike(random, rates["birth_typo"], size) & ~swapped
    rows = slipped.arg_true()
    birth = put(birth, rows, slip_birth(birth.gather(rows), random))
    missing = strike(random, rates["missing_birth"], size)
    placeholder = strike(random, rates["placeholder_birth"], size) & ~missing
    is_lost = missing | placeholder
    return held.with_columns(birth_date=birth).with_columns(
        birth_date=pl.when(placeholder)
        .then(pl.lit(PLACEHOLDER_BIRTH))
        .when(~pl.lit(missing))
        .then("birth_date"),
        missing_birth=missing,
        placeholder_birth=placeholder,
        day_month_swap=swapped & ~is_lost,
        birth_typo=slipped & ~is_lost,
    )


def _leave_out(
    held: pl.DataFrame, rates: Mapping[str, float], random: np.random.Generator
) -> pl.DataFrame:
    def lost(rate: str) -> pl.Series:
        return strike(random, rates[rate], held.height)

    return held.with_columns(
        sex=pl.when(lost("missing_sex")).then(pl.lit("U")).otherwise("sex"),
        ethnicity_self_defined=pl.when(lost("missing_ethnicity"))
        .then(pl.lit("NS"))
        .otherwise("ethnicity_self_defined"),
        middle_names=pl.when(~lost("missing_middle_names")).then("middle_names"),
        birth_year=pl.col("birth_date").dt.year(),
    )


def _date_and_tie(
    held: pl.DataFrame,
    first_night: date,
    rates: Mapping[str, float],
    random: np.random.Generator,
) -> pl.DataFrame:
    size = held.height
    midnight = datetime.combine(first_night, datetime.min.time())
    # New records are of the day before the night that brings them.
    back = np.where(held["night"] == 0, random.beta(1, 1.6, size) * LONGEST_HELD_DAYS, 0.0)
    minutes = (back * 1440 + random.uniform(1, 1440, size)).astype(np.int64)
    later = (minutes * random.beta(0.5, 2, size)).astype(np.int64)
    base = pl.lit(midnight) + pl.duration(days="night")
    first = pl.col("source_record_id").filter(pl.col("ordinal") == 0).first().over("person")
    is_tied = pl.lit(strike(random, TIED, size))
    is_wrong = strike(random, rates["wrong_master"], size)
    other = held["source_record_id"].gather(random.integers(0, size, size))
    return held.with_columns(
        is_deceased=strike(random, DECEASED, size),
        source_person_ref=pl.when(is_wrong)
        .then(pl.lit(other))
        .when(is_tied)
        .then(first)
        .otherwise("source_record_id"),
        wrong_master=is_wrong,
        recorded_at=base - pl.duration(minutes=pl.lit(pl.Series(minutes))),
        updated_at=base - pl.duration(minutes=pl.lit(pl.Series(minutes - later))),
    )
