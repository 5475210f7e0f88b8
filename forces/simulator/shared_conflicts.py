"""How the second force's record of an offence differs from the first's: its times, its offence
code, its words, and how exactly it is dated."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from forces.simulator.chance import strike
from forces.simulator.methods import reword
from forces.simulator.times import to_utc
from warehouse.reference import read_reference

LAST = timedelta(minutes=65)  # before the night that brings a record: no time of it is later
DAY = 1440
# Minutes by which the earliest and the latest time move, lowest and highest, by kind of offence.
MOVED = {
    "transfer": ((-120, 120), (-120, 120)),
    "fraud": ((-DAY, DAY), (-DAY, DAY)),
    "border": ((-240, 240), (-240, 240)),
    "near": ((-120, 120), (-120, 120)),
    "vehicle": ((0, 720), (DAY, 14 * DAY)),
    "train": ((-90, 0), (0, 120)),
}
ALWAYS_MOVED = ("vehicle", "train")
# Codes that two officers give to one event: each may stand for any other of its line.
CONFUSED = (
    ("048/01", "130/01", "037/02"), ("045/10", "045/11", "126/00"), ("053/40", "053/42"),
    ("039/00", "049/10"), ("044/00", "049/10"), ("046/00", "049/10"), ("040/00", "049/10"),
    ("034/01", "034/02", "039/00"), ("028/01", "028/03"), ("030/01", "030/02"),
    ("058/00", "149/00"), ("125/09", "125/12", "125/11"), ("092/61", "092/41"),
    ("008/30", "008/65"), ("008/66", "008/72"), ("003/01", "008/72"), ("020/03", "020/05"),
)  # fmt: skip


def retell(
    copies: pl.DataFrame, first_night: date, rates: Mapping[str, float], random: np.random.Generator
) -> pl.DataFrame:
    """Copies of offences as another force has them, with flags of what differs.

    Args:
        copies: columns of ``make_offences`` and ``variant``.
        first_night: date of the first delivery.
        rates: of ``[world]``.
        random: generator to draw from.
    """
    size = copies.height
    copies = _redate(copies, strike(random, rates["time_shifted"], size), first_night, random)
    copies = _recode(copies, strike(random, rates["code_differs"], size), random)
    is_reworded = strike(random, rates["method_reworded"], size)
    words = reword(copies["method_text"], random)
    return copies.with_columns(
        method_text=words.zip_with(is_reworded, copies["method_text"]),
        method_reworded=is_reworded & (words != copies["method_text"]),
    )


def _redate(
    copies: pl.DataFrame, is_struck: pl.Series, first_night: date, random: np.random.Generator
) -> pl.DataFrame:
    """Recorded after the first record; at times, of some kinds always, with other times."""
    size = copies.height
    variant = copies["variant"]
    is_moved = is_struck | variant.is_in(ALWAYS_MOVED)
    drawn = {}
    for name, which, share in (("from", 0, random.random(size)), ("to", 1, random.random(size))):
        low, high = (
            variant.replace_strict(
                {one: ends[which][i] for one, ends in MOVED.items()}, return_dtype=pl.Float64
            ).to_numpy()
            for i in (0, 1)
        )
        drawn[name] = pl.Series((low + (high - low) * share).astype(np.int64))
    told = pl.Series(random.exponential(600, size).astype(np.int64) + 5)
    writing = pl.Series(random.integers(5, 600, size))
    is_found = pl.col("variant") == "vehicle"
    night = pl.lit(first_night).cast(pl.Datetime("us"))
    start = pl.col("occurred_from") + pl.duration(minutes=pl.lit(drawn["from"]))
    # A span keeps its length where both of its ends are known alike.
    end_apart = pl.duration(minutes=pl.lit(drawn["to"]))
    end = (
        pl.when(pl.col("variant").is_in(ALWAYS_MOVED))
        .then(pl.col("occurred_to") + end_apart)
        .otherwise(start + (pl.col("occurred_to") - pl.col("occurred_from")))
    )
    moved = pl.lit(is_moved)
    copies = copies.with_columns(
        occurred_from=pl.when(moved).then(start).otherwise("occurred_from"),
        occurred_to=pl.when(moved).then(end).otherwise("occurred_to"),
        time_shifted=is_moved,
    )
    known = pl.when(is_found).then("occurred_to").otherwise(
        pl.max_horizontal("recorded_at", "occurred_to")
    )  # fmt: skip
    copies = copies.with_columns(reported_at=known + pl.duration(minutes=pl.lit(told)))
    copies = copies.with_columns(
        recorded_at=pl.col("reported_at") + pl.duration(minutes=pl.lit(writing))
    )
    latest = copies.with_columns(
        pl.min_horizontal(time, night - LAST).alias(time)
        for time in ("occurred_from", "occurred_to", "reported_at", "recorded_at")
    )
    return latest.with_columns(occurred_on=_local_day("occurred_from"))


def _local_day(name: str) -> pl.Expr:
    aware = pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/London")
    return aware.dt.date()


def _recode(
    copies: pl.DataFrame, is_struck: pl.Series, random: np.random.Generator
) -> pl.DataFrame:
    other: dict[str, list[str]] = {}
    for line in CONFUSED:
        for code in line:
            other.setdefault(code, []).extend(one for one in line if one != code)
    codes = read_reference("offence_code")
    pick = random.random(copies.height)
    given = copies["offence_code"].to_list()
    struck = is_struck.to_list()
    told = [
        other[code][int(share * len(other[code]))] if is_hit and code in other else code
        for code, is_hit, share in zip(given, struck, pick, strict=True)
    ]
    return copies.with_columns(
        offence_code=pl.Series(told, dtype=pl.String),
        offence_code_raw=pl.Series(told, dtype=pl.String),
        code_differs=pl.Series(told, dtype=pl.String) != copies["offence_code"],
    ).with_columns(
        offence_group=pl.col("offence_code").replace_strict(
            codes["offence_code"], codes["offence_group"], return_dtype=pl.String
        )
    )


def date_to_day(offences: pl.DataFrame, is_struck: pl.Series) -> pl.DataFrame:
    """The offences, those struck dated to local days alone, with the flag ``day_only``: their times
    are the midnights that begin the days, as record systems read such dates."""
    midnights = {
        name: pl.when(pl.lit(is_struck)).then(to_utc(_local_day(name).cast(pl.Datetime("us"))))
        .otherwise(name)
        for name in ("occurred_from", "occurred_to")
    }  # fmt: skip
    return offences.with_columns(
        **midnights,
        occurred_precision=pl.when(pl.lit(is_struck)).then(pl.lit("day"))
        .otherwise("occurred_precision"),
        day_only=is_struck,
    )  # fmt: skip
