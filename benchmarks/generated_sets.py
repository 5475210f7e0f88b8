"""Invented sets of other kinds than police records, each with planted truth.

Households of a census and a survey after it (kin share surname and address; births in full, or
years only), members known by name and address alone, a historical register, and sets in which all
that is known beside names and births is what a household shares: its telephone, its policy, or,
where no forenames are known, its address. What befalls a record, and how often, stands in
``Faults``.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from benchmarks.linkage_set import LinkageSet, make_set, owned
from forces.simulator.chance import Integers, chance, draw_index, stream, zipf_weights
from forces.simulator.names import compound_words, origins
from forces.simulator.typos import mistype_some, slip_birth

PEOPLE = 10_000
_PLACES = ("address", "locality", "postcode")
TWINS = 0.03  # of third and later members of a household, those born with the one before


@dataclass(frozen=True)
class Faults:
    """Shares of second records in which each goes wrong."""

    forename: float = 0.08
    surname: float = 0.08
    birth: float = 0.06
    no_birth: float = 0.02
    moved: float = 0.25
    no_phone: float = 0.3


def make_generated_sets(seed: int = 1) -> list[LinkageSet]:
    """The generated sets, always the same for a seed."""
    people = make_households(PEOPLE, seed)
    noted = _note_twice(people, 0.2, Faults(), seed)
    return [
        as_set("households", noted.drop("phone"), has_day=True),
        as_set("households, birth years only", noted.drop("phone"), has_day=False),
        as_set("members, no births", noted.drop("birth", "sex"), has_day=False),
        as_set("historical register", _historical(seed).drop("phone"), has_day=True),
        as_set("one telephone a household", noted.drop(_PLACES), has_day=True),
        as_set("one policy a household", _insured(noted).drop("phone", *_PLACES), has_day=True),
        as_set("no forenames", noted.drop("phone", "forename"), has_day=True),
    ]


def _insured(noted: pl.DataFrame) -> pl.DataFrame:
    """With the number of the household's policy, whoever of it stands in the record."""
    return noted.with_columns(policy=pl.format("{}", 5_000_017 + 97 * pl.col("household")))


def make_households(size: int, seed: int) -> pl.DataFrame:
    """People of households: a couple of one surname most often, and up to four children.

    Returns:
        ``person``, ``household``, ``forename``, ``surname``, ``birth``, ``sex``, ``address``,
        ``locality``, ``postcode``, ``phone``: one row a person. Kin share surname, address and
        telephone; one son in eight bears his father's forename, and some children are twins.
    """
    random = stream(seed, "households")
    children = draw_index(random, np.array([0.35, 0.2, 0.28, 0.12, 0.05]), size)
    household = np.repeat(np.arange(size), 2 + children)[:size]
    place = np.arange(size) - np.searchsorted(household, household)
    is_child = place >= 2
    born = -random.integers(25 * 365, 75 * 365, size)[household]
    spread = random.integers(-5 * 365, 5 * 365, size)
    between = 22 * 365 + random.integers(0, 18 * 365, size)
    days = np.where(place == 1, born + spread, born)
    days = np.where(is_child, np.minimum(born + between, -1), days)
    is_twin = (place >= 3) & chance(random, TWINS, size)
    days = np.where(is_twin, np.roll(days, 1), days)
    is_female = np.where(is_child, chance(random, 0.5, size), place == 1)
    names = _names(household, is_child, place, is_female, random)
    return pl.DataFrame(
        {
            "person": np.arange(size),
            "household": household,
            **names,
            "birth": np.datetime64("2021-03-21") + days.astype("timedelta64[D]"),
            "sex": pl.Series(["M", "F"]).gather(is_female.astype(np.int64)),
            **_homes(household, random),
        }
    )


def _names(
    household: Integers,
    is_child: np.ndarray,
    place: Integers,
    is_female: np.ndarray,
    random: np.random.Generator,
) -> dict[str, pl.Series]:
    english = origins()[0]
    size = len(household)
    surname = pl.Series(english.surnames)
    of_household = draw_index(random, zipf_weights(len(surname)), size)
    keeps_own = chance(random, 0.2, size) & (place == 1)
    own = draw_index(random, zipf_weights(len(surname)), size)
    men, women = (pl.Series(english.forenames[sex][-1]) for sex in ("M", "F"))
    man, woman = (draw_index(random, zipf_weights(len(n), 1.0), size) for n in (men, women))
    head = np.searchsorted(household, household)
    is_named_after = is_child & ~is_female & chance(random, 0.125, size)
    man = np.where(is_named_after, man[head], man)
    forename = women.gather(woman).zip_with(pl.Series(is_female), men.gather(man))
    return {
        "forename": forename,
        "surname": surname.gather(np.where(keeps_own, own, of_household[household])),
    }


def _homes(household: Integers, random: np.random.Generator) -> dict[str, pl.Series]:
    """Address, locality, postcode and telephone of each person, the same within a household."""
    streets, tails = (pl.Series(words) for words in compound_words("street"))
    towns, ends = (pl.Series(words) for words in compound_words("town"))
    size = len(household)
    area = random.integers(0, max(size // 40, 1), size)[household]
    house = pl.Series(random.integers(1, 120, size)[household]).cast(pl.String)
    phone = pl.Series(random.integers(10_000_000, 99_999_999, size)[household]).cast(pl.String)
    street = streets.gather(area % len(streets)) + " " + tails.gather(area // 7 % len(tails))
    return {
        "address": house + " " + street,
        "locality": towns.gather(area % len(towns)) + ends.gather(area // 40 % len(ends)),
        "postcode": pl.Series(10_000 + area * 3).cast(pl.String),
        "phone": "0" + phone,
    }


def _note_twice(people: pl.DataFrame, share: float, faults: Faults, seed: int) -> pl.DataFrame:
    """Everybody once, and a share of the people once more with faults, by another force."""
    random = stream(seed, "noted twice")
    chosen = pl.Series(chance(random, share, people.height))
    again = spoil(people.filter(chosen), people, faults, random)
    return pl.concat(
        [people.with_columns(force=pl.lit("census")), again.with_columns(force=pl.lit("survey"))]
    )


def spoil(
    rows: pl.DataFrame, people: pl.DataFrame, faults: Faults, random: np.random.Generator
) -> pl.DataFrame:
    """The rows as somebody noted them another time; those who moved live where others do."""
    size = rows.height

    def struck(share: float) -> pl.Series:
        return pl.Series(chance(random, share, size))

    forename, _ = mistype_some(rows["forename"], struck(faults.forename), random)
    surname, _ = mistype_some(rows["surname"], struck(faults.surname), random)
    slipped = slip_birth(rows["birth"], random)
    birth = slipped.zip_with(struck(faults.birth), rows["birth"])
    moved = struck(faults.moved)
    there = people[random.integers(0, people.height, size)]
    homes = {name: there[name].zip_with(moved, rows[name]) for name in _PLACES}
    return rows.with_columns(forename=forename, surname=surname, birth=birth, **homes).with_columns(
        birth=pl.when(~pl.lit(struck(faults.no_birth))).then("birth"),
        phone=pl.when(~pl.lit(struck(faults.no_phone) | moved)).then("phone"),
    )


def _historical(seed: int) -> pl.DataFrame:
    """People noted one to six times over decades, spelt as each clerk liked."""
    random = stream(seed, "historical")
    people = make_households(PEOPLE // 4, seed + 1)
    times = 1 + draw_index(random, np.array([0.3, 0.25, 0.2, 0.12, 0.08, 0.05]), people.height)
    faults = Faults(forename=0.15, surname=0.2, birth=0.12, no_birth=0.1, moved=0.35)
    noted = people[np.repeat(np.arange(people.height), times)]
    return spoil(noted, people, faults, random).with_columns(force=pl.lit("register"))


def as_set(name: str, noted: pl.DataFrame, *, has_day: bool) -> LinkageSet:
    """The set, with birth dates, or with years of birth only; none where there are no births."""
    records = noted.with_columns(
        source_record_id=pl.format("R{}", pl.int_range(pl.len())),
        true_person=pl.col("person").cast(pl.String),
    )
    if "birth" in records.columns:
        born = (
            {"birth_date": pl.col("birth")}
            if has_day
            else {"birth_year": pl.col("birth").dt.year()}
        )
        records = records.with_columns(**born).drop("birth")
    tables = {
        str(force): standard_tables(rows)
        for (force,), rows in records.group_by("force", maintain_order=True)
    }
    return make_set(name, tables, records, name)


def standard_tables(records: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The standard tables of records, with what is known of them."""
    own = ("forename", "surname", "birth_date", "birth_year", "sex")
    known = [name for name in own if name in records.columns]
    tables = {"person_record": records.select("source_record_id", *known)}
    if "address" in records.columns:
        tables["person_address"] = owned(records, **{name: name for name in _PLACES})
    if "policy" in records.columns:
        tables["person_identifier"] = owned(records, type=pl.lit("other"), value="policy")
    contacts = [
        owned(records, type=pl.lit(name), value=name)
        for name in ("phone", "email")
        if name in records.columns
    ]
    if contacts:
        tables["person_contact"] = pl.concat(contacts)
    return tables
