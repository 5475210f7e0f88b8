"""Invented sets of people who share a home, a telephone or an e-mail address with crowds, each with
planted truth: guests of hostels, students of halls of residence, and staff that companies list.

Two of one hostel who bear one name are strangers who share all that is known beside it.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from benchmarks.generated_sets import as_set
from benchmarks.linkage_set import LinkageSet
from forces.simulator.chance import Integers, draw_index, stream, strike, zipf_weights
from forces.simulator.names import compound_words, origins
from forces.simulator.typos import mistype_some

PEOPLE = 5_000
_FORENAMES = 40  # of each sex
_CLERKS = 0.05  # of forenames that another than the first source notes, those mistyped


def make_crowd_sets(seed: int = 1) -> list[LinkageSet]:
    """The sets, always the same for a seed."""
    years = _hostels(hostels=60, surnames=150, seed=seed)
    part = _hostels(hostels=200, surnames=800, seed=seed)
    return [
        as_set("hostels, birth years only", years, has_day=False),
        as_set("hostels, births in part", _lose_births(part, seed), has_day=True),
        as_set("halls of residence", _halls(seed), has_day=False),
        as_set("staff of companies", _staff(seed), has_day=True),
    ]


def _hostels(hostels: int, surnames: int, seed: int) -> pl.DataFrame:
    """Nights in hostels: one source lists a guest one to three times, half of them where the guest
    stays mostly, with the guest's own telephone or the hostel's."""
    random = stream(seed, "hostels", hostels)
    people = _people(np.arange(PEOPLE) % hostels, surnames, (1955, 2002), random)
    times = 1 + draw_index(random, np.array([0.4, 0.2, 0.4]), PEOPLE)
    noted = people[np.repeat(np.arange(PEOPLE), times)].with_columns(force=pl.lit("hostels"))
    elsewhere = pl.Series(random.integers(0, hostels, noted.height))
    stays = strike(random, 0.5, noted.height)
    noted = noted.with_columns(crowd=pl.when(pl.lit(stays)).then("crowd").otherwise(elsewhere))
    return _reach(_house(_mistype(noted, random), random), {"phone": 0.3}, random).drop("sex")


def _lose_births(noted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """With six births in ten in full, two as the first of January, and two not known."""
    known = pl.Series(stream(seed, "births in part").random(noted.height))
    birth = pl.col("birth")
    kept = pl.when(known < 0.6).then(birth).when(known < 0.8).then(birth.dt.truncate("1y"))
    return noted.with_columns(birth=kept)


def _halls(seed: int) -> pl.DataFrame:
    """Students of four years of birth, sixty a hall, whom the university lists, and in part its
    clinic and its library, with their own telephone or the porter's."""
    random = stream(seed, "halls")
    people = _people(np.arange(PEOPLE) // 60, 200, (2003, 2007), random)
    noted = _list(people, {"university": 1.0, "clinic": 0.3, "library": 0.3}, random)
    return _reach(_house(noted, random), {"phone": 0.4}, random)


def _staff(seed: int) -> pl.DataFrame:
    """Staff, forty a company, at its address, with their own telephone and e-mail address or the
    company's. Of the births six in ten are the first of January, and one in ten is 1 January 1900;
    the canteen knows none."""
    random = stream(seed, "staff")
    people = _people(np.arange(PEOPLE) // 40, 300, (1958, 2003), random)
    noted = _list(people, {"payroll": 1.0, "insurer": 0.35, "canteen": 0.2}, random)
    noted = _reach(_house(noted, random), {"phone": 0.5, "email": 0.5}, random)
    known = pl.Series(random.random(noted.height))
    birth = pl.col("birth")
    return noted.with_columns(
        birth=pl.when(pl.col("force") == "canteen").then(None)
        .when(known < 0.6).then(birth.dt.truncate("1y"))
        .when(known < 0.7).then(pl.date(1900, 1, 1))
        .otherwise(birth)
    )  # fmt: skip


def _people(
    crowd: Integers, surnames: int, years: tuple[int, int], random: np.random.Generator
) -> pl.DataFrame:
    """One row a person: ``person``, ``crowd``, ``forename``, ``surname``, ``sex``, ``birth``.

    Args:
        crowd: number of each person's hostel, hall or company.
        surnames: how many there are.
        years: of birth, from and before.
    """
    english, size = origins()[0], len(crowd)
    sex = pl.Series(["M", "F"]).gather(random.integers(0, 2, size))
    rank = draw_index(random, zipf_weights(_FORENAMES), size)
    men, women = (pl.Series(english.forenames[each][-1]).gather(rank) for each in ("M", "F"))
    days = random.integers(0, 365 * (years[1] - years[0]), size)
    return pl.DataFrame({
        "person": np.arange(size),
        "crowd": crowd,
        "forename": men.zip_with(sex == "M", women),
        "surname": pl.Series(english.surnames).gather(
            draw_index(random, zipf_weights(surnames), size)
        ),
        "sex": sex,
        "birth": np.datetime64(f"{years[0]}-01-01") + days.astype("timedelta64[D]"),
    })  # fmt: skip


def _list(
    people: pl.DataFrame, sources: Mapping[str, float], random: np.random.Generator
) -> pl.DataFrame:
    """The people whom each source lists, which is so great a share of them."""
    first, *others = sources
    noted = [people.with_columns(force=pl.lit(first))]
    for source in others:
        listed = people.filter(strike(random, sources[source], people.height))
        noted.append(_mistype(listed, random).with_columns(force=pl.lit(source)))
    return pl.concat(noted)


def _mistype(noted: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    struck = strike(random, _CLERKS, noted.height)
    forename, _ = mistype_some(noted["forename"], struck, random)
    return noted.with_columns(forename=forename)


def _house(noted: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """With ``address``, ``locality`` and ``postcode`` of the crowd."""
    heads, tails = compound_words("street")
    towns, ends = compound_words("town")
    house, head, tail, town = (
        pl.Series(random.integers(0, most, PEOPLE))
        for most in (300, len(heads), len(tails), min(len(towns), len(ends), 8))
    )
    streets = pl.Series(heads).gather(head) + " " + pl.Series(tails).gather(tail)
    crowds = pl.DataFrame({
        "crowd": np.arange(PEOPLE),
        "address": (house + 1).cast(pl.String) + " " + streets,
        "locality": pl.Series(towns).gather(town) + pl.Series(ends).gather(town),
        "postcode": (30_000 + town * 10 + house % 7).cast(pl.String),
    })  # fmt: skip
    return noted.join(crowds, on="crowd", maintain_order="left")


def _reach(
    noted: pl.DataFrame, own: Mapping[str, float], random: np.random.Generator
) -> pl.DataFrame:
    """With ``phone`` and ``email``, as far as they are asked for: the person's own in so great a
    share of the records, and in the others the crowd's."""
    written = {"phone": "0{}", "email": "info{}@mail.example"}
    for name, share in own.items():
        of_person, of_crowd = (
            pl.Series(10_000_000 + random.permutation(PEOPLE) * 17 + place).gather(noted[each])
            for place, each in enumerate(("person", "crowd"))
        )
        value = of_person.zip_with(strike(random, share, noted.height), of_crowd)
        noted = noted.with_columns(pl.format(written[name], value).alias(name))
    return noted
