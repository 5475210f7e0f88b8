"""The numbers that people bear: PNC, CRO, driver and National Insurance numbers, phones, e-mail."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, chance, draw_index, stream
from warehouse.identifiers import build_cro, build_pnc, build_sf_cro

# Shares of persons.
WITH_PNC = 0.5
CRO_OF_PNC = 0.35
SF_OF_CRO = 0.08
WITH_DRIVER = 0.12
WITH_NI = 0.08
WITH_PHONE = 0.7
WITH_SECOND_PHONE = 0.15
WITH_EMAIL = 0.3
# Primes that spread running numbers over their range without meeting twice.
PNC_SERIALS, CRO_SERIALS, STEP = 9_999_991, 999_983, 7_919
MOBILES = 599_999_999  # from 07300 000000 on
MAIL_HOSTS = ("example.com", "example.org", "example.net")  # reserved: no one's mail is there
NI_LETTERS = "ABCEGHJKLMNPRSTWXYZ"


def add_numbers(
    people: pl.DataFrame, rates: Mapping[str, float], today: date, seed: int
) -> pl.DataFrame:
    """The people with ``pnc``, ``pnc_second``, ``cro``, ``driver``, ``ni``, ``phone``,
    ``phone_second`` and ``email``, null for those without."""
    random = stream(seed, "numbers")
    size = people.height
    has_pnc = chance(random, WITH_PNC, size)
    drawn = {
        "has_pnc": has_pnc,
        "has_second": has_pnc & chance(random, rates["pnc_double"], size),
        "has_cro": has_pnc & chance(random, CRO_OF_PNC, size),
        "is_sf": chance(random, SF_OF_CRO, size),
        "has_driver": chance(random, WITH_DRIVER, size),
        "has_ni": chance(random, WITH_NI, size),
        "pnc_year": _year(people, today, random),
        "second_year": _year(people, today, random),
        "tail": random.integers(100, 999, size),
    }
    frame = people.with_columns(**{name: pl.Series(values) for name, values in drawn.items()})
    return frame.with_columns(
        **_identifiers(), **_contacts(people, random)
    ).drop(*drawn)  # fmt: skip


def _year(people: pl.DataFrame, today: date, random: np.random.Generator) -> Integers:
    """Year of a first arrest: from the age of ten to now, youth first."""
    born = people["birth_date"].dt.year().to_numpy().astype(np.int64)
    years = np.maximum(today.year - 1 - (born + 10), 0)
    year = np.minimum(born + 10, today.year - 1) + np.floor(random.beta(1.2, 2, len(born)) * years)
    return np.asarray(
        np.maximum(year, 1950), dtype=np.int64
    )  # the PNC took over files back to the fifties


def _identifiers() -> dict[str, pl.Expr]:
    person, year = pl.col("person"), pl.col("pnc_year")
    pnc_serial = (person * STEP + 101) % PNC_SERIALS + 1
    second_serial = ((person + PNC_SERIALS // 2) * STEP + 101) % PNC_SERIALS + 1
    cro_serial = (person * STEP + 57) % CRO_SERIALS + 1
    cro = (
        pl.when("is_sf").then(build_sf_cro(year, cro_serial)).otherwise(build_cro(year, cro_serial))
    )
    birth = pl.col("birth_date").dt
    month = birth.month() + pl.when(pl.col("sex") == "F").then(50).otherwise(0)
    driver = pl.concat_str(
        pl.col("surname").str.replace_all(r"[^A-Z]", "").str.head(5).str.pad_end(5, "9"),
        birth.year() // 10 % 10, month.cast(pl.String).str.zfill(2),
        birth.day().cast(pl.String).str.zfill(2), birth.year() % 10,
        pl.col("forename").str.head(1), pl.col("middle_names").str.head(1).fill_null("9"),
        pl.col("tail"),
    )  # fmt: skip
    letters = pl.lit(pl.Series(list(NI_LETTERS)))
    ni = pl.concat_str(
        letters.gather(person % 17), letters.gather(person // 17 % 13),
        ((person * STEP + 13) % 999_983).cast(pl.String).str.zfill(6),
        pl.lit(pl.Series(list("ABCD"))).gather(person % 4),
    )  # fmt: skip
    return {
        "pnc": pl.when("has_pnc").then(build_pnc(year, pnc_serial)),
        "pnc_second": pl.when("has_second").then(build_pnc(pl.col("second_year"), second_serial)),
        "cro": pl.when("has_cro").then(cro),
        "driver": pl.when("has_driver").then(driver),
        "ni": pl.when("has_ni").then(ni),
    }


def _contacts(people: pl.DataFrame, random: np.random.Generator) -> dict[str, pl.Expr]:
    size = people.height
    flags = [
        pl.lit(pl.Series(chance(random, share, size)))
        for share in (WITH_PHONE, WITH_SECOND_PHONE, WITH_EMAIL)
    ]
    host = pl.lit(pl.Series(MAIL_HOSTS).gather(random.integers(0, len(MAIL_HOSTS), size)))
    tail = pl.lit(pl.Series(draw_index(random, np.ones(999), size))).cast(pl.String)
    number = (pl.col("person") * STEP + 11) % MOBILES
    second = (pl.col("person") * STEP + MOBILES // 2) % MOBILES
    name = pl.concat_str(pl.col("forename"), pl.lit("."), pl.col("surname"), tail)
    local = name.str.to_lowercase().str.replace_all(r"[^a-z0-9.]", "")
    return {
        "phone": pl.when(flags[0]).then(_mobile(number)),
        "phone_second": pl.when(flags[0] & flags[1]).then(_mobile(second)),
        "email": pl.when(flags[2]).then(pl.concat_str(local, pl.lit("@"), host)),
    }


def _mobile(number: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("+447"), (number + 300_000_000).cast(pl.String))
