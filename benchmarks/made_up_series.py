"""Offences with series in them, made up: rows as a state holds them, of any size, in seconds.

For tests and for speed. How well series are found is measured on the simulator's nation
(``series_accuracy.py``), whose habits were not written for it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import polars as pl

from benchmarks.simulated_people import store
from benchmarks.unlinked_offences import each_its_own
from warehouse.contract.record_hash import record_hash_sql

# Forces with a centre, a share of offences and how far they spread about it, km: near those of the
# forces named, the rest of the nation shared among them.
FORCES = ("durham", "northumbria", "metropolitan", "kent", "west-midlands", "greater-manchester",
          "west-yorkshire", "essex", "thames-valley", "hampshire", "merseyside", "lancashire",
          "south-wales", "avon-and-somerset", "nottinghamshire", "devon-and-cornwall")  # fmt: skip
CENTRES = ((54.78, -1.58), (54.97, -1.61), (51.51, -0.12), (51.27, 0.52), (52.48, -1.90),
           (53.48, -2.24), (53.80, -1.55), (51.73, 0.47), (51.75, -1.26), (50.93, -1.35),
           (53.41, -2.98), (53.76, -2.70), (51.48, -3.18), (51.45, -2.59), (52.95, -1.15),
           (50.37, -4.14))  # fmt: skip
WEIGHTS = (0.04, 0.05, 0.17, 0.07, 0.09, 0.09, 0.08, 0.06, 0.06, 0.06, 0.05, 0.05, 0.04, 0.04,
           0.03, 0.02)  # fmt: skip
SPREAD_KM = (14.0, 11.0, 14.0, 24.0, 12.0, 12.0, 14.0, 22.0, 25.0, 20.0, 10.0, 18.0, 14.0, 16.0,
             13.0, 30.0)  # fmt: skip
KINDS = (("burglary", "028/01"), ("burglary", "030/02"), ("vehicle-crime", "045/10"),
         ("other-theft", "049/10"), ("shoplifting", "046/00"), ("robbery", "034/02"),
         ("theft-from-the-person", "039/00"), ("bicycle-theft", "044/00"),
         ("criminal-damage-and-arson", "058/02"), ("violence-and-sexual-offences", "105/01"),
         ("drugs", "092/02"))  # fmt: skip
SHARES = (0.04, 0.03, 0.09, 0.09, 0.1, 0.02, 0.02, 0.02, 0.1, 0.41, 0.08)
VOCABULARY = 60  # words of a kind
WORDS = 5  # of an offence
ITEMS = ("CASH", "JEWELLERY", "LAPTOP", "MOBILE PHONE", "BICYCLE", "TOOLS", "TELEVISION", "HANDBAG",
         "ALCOHOL", "MEAT", "PERFUME", "KEYS")  # fmt: skip
LAST = datetime(2026, 1, 11)  # noqa: DTZ001
_SERIAL = [f"{a}{b}{c}" for a in "BDFGKLMN" for b in "AEIOU" for c in "RSTVXZ"]


@dataclass(frozen=True)
class MadeUp:
    """Rows of ``core.offence_record``, ``event_role``, ``property_record``, ``event_object``, and
    the truth: ``force``, ``source_record_id``, ``series`` (-1 for none)."""

    tables: dict[str, pl.DataFrame]
    truth: pl.DataFrame


def make_up(offences: int, seed: int = 1, in_series: float = 0.08, solved: float = 0.3) -> MadeUp:
    """Offences of a year, some of them in series of 3 to 12 by one offender each.

    Args:
        offences: how many.
        seed: of chance.
        in_series: share of them that belong to series.
        solved: share of offences that name a suspect.
    """
    random = np.random.default_rng(seed)
    series = _series_of(offences, in_series, random)
    many = int(series.max(initial=-1)) + 1
    own = series >= 0
    # Offenders first: each has a force, a base, a kind, hours, words and a span of days.
    force = random.choice(len(FORCES), offences, p=WEIGHTS)
    kind = random.choice(len(KINDS), offences, p=SHARES)
    their_kind = random.choice(9, many, p=np.array(SHARES[:9]) / sum(SHARES[:9]))
    their_force = random.choice(len(FORCES), many, p=WEIGHTS)
    force[own], kind[own] = their_force[series[own]], their_kind[series[own]]
    centre, spread = np.array(CENTRES)[force], np.array(SPREAD_KM)[force]
    north, east = (random.normal(0, spread) for _ in "ne")
    base = [random.normal(0, np.array(SPREAD_KM)[their_force]) for _ in "ne"]
    reach = random.gamma(2.0, 0.6, many)
    for place, their in zip((north, east), base, strict=True):
        near = their[series[own]] + random.normal(0, reach[series[own]])
        place[own] = near
    latitude = centre[:, 0] + north / 111.2
    longitude = centre[:, 1] + east / (111.2 * np.cos(np.radians(centre[:, 0])))
    begin = random.uniform(0, 365, offences)
    starts, lasts = random.uniform(0, 330, many), random.gamma(2.0, 9.0, many)
    begin[own] = starts[series[own]] + random.uniform(0, 1, own.sum()) * lasts[series[own]]
    hour = random.normal(15, 6, offences) % 24
    habit = random.uniform(0, 24, many)
    hour[own] = (habit[series[own]] + random.normal(0, 2, own.sum())) % 24
    minute = (np.floor(begin) * 1440 + hour * 60).astype(np.int64)
    span = np.where(random.random(offences) < 0.5, 0, random.integers(0, 600, offences))
    ids = pl.Series(np.arange(offences)).cast(pl.String).str.zfill(8)
    group, code = (pl.Series([each[at] for each in KINDS]).gather(kind) for at in (0, 1))
    from_ = pl.Series(minute - 365 * 1440).cast(pl.Duration("ms")) * 60_000
    key: dict[str, pl.Series | pl.Expr] = {
        "force": pl.Series(FORCES).gather(force), "source_system": pl.lit("niche"),
        "source_record_id": "O" + ids,
    }  # fmt: skip
    records = (
        pl.DataFrame({"span": span, "latitude": latitude, "longitude": longitude})
        .select(
            **key,
            offence_code=code,
            offence_group=group,
            is_notifiable=pl.lit(value=True),
            occurred_from=(pl.lit(LAST) + from_).cast(pl.Datetime("us")),
            span=pl.duration(minutes="span"),
            occurred_precision=pl.lit("minute"),
            is_time_ambiguous=pl.lit(value=False),
            latitude="latitude",
            longitude="longitude",
            location_precision=pl.lit("exact"),
            method_text=_methods(kind, series, random),
        )
        .with_columns(occurred_to=pl.col("occurred_from") + pl.col("span"))
        .drop("span")
    )
    records = records.with_columns(occurred_on=pl.col("occurred_from").dt.date())
    is_solved = random.random(offences) < solved
    suspect = np.where(own, series, many + np.arange(offences))
    roles = records.filter(pl.Series(is_solved)).select(
        "force", "source_system", "source_record_id", event_type=pl.lit("offence_record"),
        person_source_record_id="P" + pl.Series(suspect[is_solved]).cast(pl.String),
        role=pl.lit("suspect"),
    )  # fmt: skip
    tables = {"offence_record": records, "event_role": roles} | _stolen(records, series, random)
    truth = records.select("force", "source_record_id", series=pl.Series(series))
    return MadeUp(tables, truth)


def _series_of(offences: int, share: float, random: np.random.Generator) -> np.ndarray:
    """The series of each offence, -1 for none, in an order of chance."""
    sizes = random.integers(3, 13, max(1, round(offences * share / 7.5)))
    of = np.repeat(np.arange(len(sizes)), sizes)[:offences]
    series = np.full(offences, -1)
    series[random.permutation(offences)[: len(of)]] = of
    return series


def _methods(kind: np.ndarray, series: np.ndarray, random: np.random.Generator) -> pl.Series:
    """Words of the kind, the common ones often; an offender keeps to three of theirs, mostly."""
    size, many = len(kind), int(series.max(initial=-1)) + 1
    drawn = np.minimum(random.geometric(0.06, (size, WORDS)) - 1, VOCABULARY - 1)
    habit = np.minimum(random.geometric(0.05, (many, 3)) - 1, VOCABULARY - 1)
    own = series >= 0
    keeps = random.random((own.sum(), 3)) < 0.6
    mine = drawn[own]
    mine[:, :3] = np.where(keeps, habit[series[own]], mine[:, :3])
    drawn[own] = mine
    word = pl.Series([f"{_SERIAL[k * 21 % 240]}{w}" for k in range(len(KINDS))
                      for w in (_SERIAL[(7 * v + k) % 240]
                                for v in range(VOCABULARY))])  # fmt: skip
    columns = [word.gather(kind * VOCABULARY + drawn[:, at]).rename(str(at)) for at in range(WORDS)]
    return pl.DataFrame(columns).select(pl.concat_str(pl.all(), separator=" ")).to_series()


def _stolen(
    records: pl.DataFrame, series: np.ndarray, random: np.random.Generator
) -> dict[str, pl.DataFrame]:
    size, many = len(series), int(series.max(initial=-1)) + 1
    item, habit = random.integers(0, len(ITEMS), size), random.integers(0, len(ITEMS), many)
    keeps = (series >= 0) & (random.random(size) < 0.6)
    item[keeps] = habit[series[keeps]]
    held = pl.Series(random.random(size) < 0.5)
    key = ["force", "source_system"]
    taken = records.with_columns(item=pl.Series(list(ITEMS)).gather(item)).filter(held)
    number = "I" + pl.col("source_record_id")
    return {
        "property_record": taken.select(*key, source_record_id=number, property_type="item"),
        "event_object": taken.select(
            *key, "source_record_id", event_type=pl.lit("offence_record"),
            object_type=pl.lit("property_record"), object_source_record_id=number,
            role=pl.lit("stolen"),
        ),
    }  # fmt: skip


def store_all(con: duckdb.DuckDBPyConnection, tables: dict[str, pl.DataFrame], night: date) -> None:
    """Store rows as the load does, and who the suspects are as if they were linked by their ids."""
    for name, rows in tables.items():
        store(con, name, rows, night)
    con.execute(
        f"""
        INSERT INTO linkage.record_key
        SELECT row_number() OVER () + (SELECT count(*) FROM linkage.record_key), *,
               {record_hash_sql()}, $night
        FROM (SELECT DISTINCT force, source_system, person_source_record_id AS source_record_id
              FROM core.event_role
              EXCEPT SELECT force, source_system, source_record_id FROM linkage.record_key)
        """,
        {"night": night},
    )
    con.execute(
        """
        INSERT INTO linkage.cluster
        SELECT record, record, 'P-' || source_record_id FROM linkage.record_key
        ANTI JOIN linkage.cluster USING (record)
        """
    )
    each_its_own(con, night)


def nights_after(first: date, count: int) -> list[date]:
    """The first night and those that follow."""
    return [first + timedelta(days=each) for each in range(count)]
