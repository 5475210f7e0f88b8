"""True persons: who they are, where they live, and what numbers they bear.

One frame, one row a person, in order of ``person`` (0, 1, …); people of one home force stand
together. Families and strangers of one name are made in ``families``.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from forces.declaration import Declaration
from forces.simulator.chance import (
    Flags,
    Floats,
    Integers,
    chance,
    draw_index,
    stream,
    zipf_weights,
)
from forces.simulator.gazetteer import Gazetteer
from forces.simulator.names import Origin, cohort_ends, origins

# What an officer sees, by the first letters of the code that people give themselves.
OBSERVED = {"W1": "IC1", "W2": "IC1", "W3": "IC1", "W9": "IC2", "M1": "IC3", "M2": "IC3",
            "M3": "IC4", "M9": "IC1", "A1": "IC4", "A2": "IC4", "A3": "IC4", "A4": "IC5",
            "A9": "IC4", "B1": "IC3", "B2": "IC3", "B9": "IC3", "O2": "IC6",
            "O9": "IC6"}  # fmt: skip
FEMALE = 0.38
YOUNGEST, OLDEST = 10, 97
MARRIED_NAME = 0.3  # of women over 22
MOVED = 0.45  # persons with a former address
MIDDLE_NAME = 0.62
DOUBLE_BARRELLED = 0.02
MOST_ACTIVE = 15.0  # against a mean of about 2.5: no one person is in every tenth case


def share_out(declarations: Mapping[str, Declaration], persons: int) -> dict[str, int]:
    """Persons of each force, by its declared share; at least one each; the sum is ``persons``
    unless there are fewer persons than forces."""
    shares = np.array([max(d.share, 1e-6) for d in declarations.values()])
    exact = shares / shares.sum() * persons
    counts = np.maximum(np.floor(exact).astype(int), 1)
    for index in np.argsort(-(exact - np.floor(exact)), kind="stable")[: persons - counts.sum()]:
        counts[index] += 1
    return {force: int(count) for force, count in zip(declarations, counts, strict=True)}


def make_people(
    declarations: Mapping[str, Declaration],
    counts: Mapping[str, int],
    gazetteer: Gazetteer,
    today: date,
    seed: int,
) -> pl.DataFrame:
    """The true persons of every force, before families are made of some."""
    diversity = _diversity(declarations)
    parts = [
        _force_people(declaration, counts[force], diversity[force], gazetteer, today,
                      stream(seed, "people", force))
        for force, declaration in declarations.items()
    ]  # fmt: skip
    return pl.concat(parts).with_row_index("person").with_columns(pl.col("person").cast(pl.Int64))


def _diversity(declarations: Mapping[str, Declaration]) -> dict[str, float]:
    """How much commoner urban origins are in each force, from how dense its records lie."""
    density = np.array(
        [max(d.share, 1e-6) / max(d.radius, 1.0) ** 2 for d in declarations.values()]
    )
    factors = np.clip((density / np.median(density)) ** 0.35, 0.4, 3.0)
    return {force: float(factor) for force, factor in zip(declarations, factors, strict=True)}


def _force_people(
    declaration: Declaration,
    size: int,
    diversity: float,
    gazetteer: Gazetteer,
    today: date,
    random: np.random.Generator,
) -> pl.DataFrame:
    is_female = chance(random, FEMALE, size)
    birth = _births(size, today, random)
    year = birth.astype("datetime64[Y]").astype(int) + 1970
    origin = draw_index(random, _origin_weights(declaration, diversity), size)
    names = _names(origin, is_female, year, random)
    return pl.DataFrame(
        {
            "home": pl.repeat(declaration.force, size, eager=True),
            "sex": pl.Series(["M", "F"]).gather(is_female.astype(int)),
            **names,
            # Told to the truth only: no record system holds it.
            "name_origin": pl.Series([one.name for one in origins()]).gather(origin),
            "birth_date": pl.Series(birth),
            **_ethnicity(origin, random),
            **_homes(declaration.force, size, gazetteer, random),
            # A few people are met again and again.
            "activity": np.minimum(random.pareto(1.3, size), MOST_ACTIVE) + 0.2,
        }
    )


def _births(size: int, today: date, random: np.random.Generator) -> np.ndarray:
    """Ages as police meet them: most between 15 and 45, few old."""
    age = 12 + random.gamma(2.1, 11.5, size)
    age = np.where((age > OLDEST) | (age < YOUNGEST), random.uniform(18, 60, size), age)
    return np.datetime64(today) - np.round(age * 365.25).astype("timedelta64[D]")


def _origin_weights(declaration: Declaration, diversity: float) -> Floats:
    is_wales = (declaration.ons_code or "").startswith("W")
    weights = [
        origin.share * (diversity if origin.is_urban else 1.0)
        * ((12.0 if is_wales else 0.4) if origin.is_welsh else 1.0)
        for origin in origins()
    ]  # fmt: skip
    return np.array(weights)


def _names(
    origin: Integers, is_female: Flags, year: Integers, random: np.random.Generator
) -> dict[str, pl.Series]:
    size = len(origin)
    vocabulary = [""]
    forename, middle = np.zeros(size, np.int64), np.zeros(size, np.int64)
    surname, former = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for index, source in enumerate(origins()):
        rows = np.flatnonzero(origin == index)
        first = len(vocabulary)
        vocabulary += source.surnames
        weights = zipf_weights(len(source.surnames))
        surname[rows] = first + draw_index(random, weights, len(rows))
        former[rows] = first + draw_index(random, weights, len(rows))
        for part, names in _forename_parts(source, rows, is_female, year):
            first = len(vocabulary)
            vocabulary += names
            weights = zipf_weights(len(names), 1.0)
            forename[part] = first + draw_index(random, weights, len(part))
            middle[part] = first + draw_index(random, weights, len(part))
    words = pl.Series(vocabulary)
    has_former = is_female & (year < year.max() - 12) & chance(random, MARRIED_NAME, size)
    has_middle = chance(random, MIDDLE_NAME, size) & (middle != forename)
    is_double = chance(random, DOUBLE_BARRELLED, size) & ~has_former
    double = words.gather(surname) + "-" + words.gather(former)
    return {
        "forename": words.gather(forename),
        "middle_names": _kept(words.gather(middle), has_middle),
        "surname": double.zip_with(pl.Series(is_double), words.gather(surname)),
        "former_surname": _kept(words.gather(former), has_former & (former != surname)),
    }


def _forename_parts(
    source: Origin, rows: Integers, is_female: Flags, year: Integers
) -> list[tuple[Integers, list[str]]]:
    """Rows of one sex and cohort, with the names they draw from."""
    parts = []
    for sex, is_sex in (("M", ~is_female[rows]), ("F", is_female[rows])):
        cohorts = source.forenames[sex]
        cohort = np.searchsorted(cohort_ends(), year[rows]) if len(cohorts) > 1 else 0 * rows
        parts += [(rows[is_sex & (cohort == c)], names) for c, names in enumerate(cohorts)]
    return parts


def _kept(values: pl.Series, is_kept: Flags) -> pl.Series:
    """The values where the flag is true, null elsewhere."""
    return values.zip_with(pl.Series(is_kept), pl.Series([None], dtype=values.dtype))


def _ethnicity(origin: Integers, random: np.random.Generator) -> dict[str, pl.Series]:
    codes = list(OBSERVED)
    weights = np.array([[o.ethnicity.get(code, 0.0) for code in codes] for o in origins()])
    cumulative = np.cumsum(weights, axis=1)
    drawn = random.random(len(origin)) * cumulative[:, -1][origin]
    own = (drawn[:, None] >= cumulative[origin]).sum(axis=1)
    seen = pl.Series(list(OBSERVED.values())).gather(own)
    is_unsure = pl.Series(chance(random, 0.04, len(origin)))
    return {
        "ethnicity": pl.Series(codes).gather(own),
        "observed": seen.zip_with(~is_unsure, pl.Series(["IC9"])),
    }


def _homes(
    force: str, size: int, gazetteer: Gazetteer, random: np.random.Generator
) -> dict[str, pl.Series]:
    """Rows of the gazetteer and house numbers, now and formerly (null: never moved)."""
    first, count = gazetteer.first[force], gazetteer.count[force]
    has_moved = chance(random, MOVED, size)
    former = pl.Series(first + random.integers(0, count, size))
    return {
        "place": pl.Series(first + random.integers(0, count, size)),
        "house": pl.Series(random.integers(1, 90, size)),
        "former_place": _kept(former, has_moved),
        "former_house": pl.Series(random.integers(1, 90, size)),
    }
