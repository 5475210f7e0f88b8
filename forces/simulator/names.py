"""Pools of names by origin: Faker's lists and the typed ones, ranked so that a few are common."""

import importlib
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

ROOM = Path(__file__).parent
SEXES = ("M", "F")
# Letters that neither decompose nor stand in cp1252, and what British keyboards make of them.
FOLDED = str.maketrans({"Ł": "L", "Đ": "D", "İ": "I", "ı": "I"})


@dataclass(frozen=True)
class Origin:
    """One origin of names.

    Attributes:
        name: its name in ``names.toml``.
        share: of the population.
        is_urban, is_welsh: where it is commoner.
        ethnicity: weights of 18+1 codes.
        forenames: by sex and cohort, commonest first, upper case; one cohort where the origin's
            names are not told apart by birth.
        surnames: commonest first, upper case.
    """

    name: str
    share: float
    is_urban: bool
    is_welsh: bool
    ethnicity: dict[str, float]
    forenames: dict[str, list[list[str]]]
    surnames: list[str]


def clean_name(name: str) -> str:
    """Upper case, in letters that a cp1252 system can hold."""
    letters = unicodedata.normalize("NFC", name.strip().upper()).translate(FOLDED)
    return "".join(letter if _is_cp1252(letter) else _bare(letter) for letter in letters)


def _is_cp1252(letter: str) -> bool:
    return bool(letter.encode("cp1252", errors="ignore"))


def _bare(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))


@cache
def origins() -> tuple[Origin, ...]:
    """Every origin, in the order of ``names.toml``."""
    return tuple(_origin(name, values) for name, values in _read("names.toml").items())


@cache
def cohort_ends() -> tuple[int, ...]:
    """Last year of birth of each cohort, in order."""
    cohorts = _read("cohorts.toml")
    return tuple(cohort["until"] for name, cohort in cohorts.items() if name != "short_forms")


@cache
def short_forms() -> dict[str, tuple[str, ...]]:
    """Formal forename to its short forms, upper case."""
    forms: dict[str, str] = _read("cohorts.toml")["short_forms"]
    return {formal.upper(): tuple(clean_name(f) for f in v.split()) for formal, v in forms.items()}


def compound_words(kind: str) -> tuple[list[str], list[str]]:
    """Heads and tails of ``words.toml`` that ``place_surname``, ``street`` or ``town`` is made of,
    upper case."""
    words: dict[str, str] = _read("words.toml")[kind]
    return words["heads"].upper().split(), words["tails"].upper().split()


@cache
def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((ROOM / file).read_text(encoding="utf-8"))


def _origin(name: str, values: dict[str, Any]) -> Origin:
    surnames = values.get("surnames", "").split()
    tail = _shuffled(_listed(values["last"], "surnames"))
    if values.get("has_place_surnames"):
        heads, tails = compound_words("place_surname")
        tail += _shuffled(head + end for head in heads for end in tails)
    return Origin(
        name=name,
        share=values["share"],
        is_urban=values.get("is_urban", False),
        is_welsh=values.get("is_welsh", False),
        ethnicity=values["ethnicity"],
        forenames={sex: _forenames(sex, values) for sex in SEXES},
        surnames=_ranked([*surnames, *tail]),
    )


def _forenames(sex: str, values: dict[str, Any]) -> list[list[str]]:
    key = "male" if sex == "M" else "female"
    tail = _shuffled(_listed(values["first"], key))
    if not values.get("is_cohort"):
        return [_ranked([*values.get(key, "").split(), *tail])]
    cohorts = [c for name, c in _read("cohorts.toml").items() if name != "short_forms"]
    return [_ranked([*cohort[key].split(), *tail]) for cohort in cohorts]


# Which of a Faker provider's lists hold what; the first that a locale has is taken.
LISTS = {
    "male": ("first_names_male", "first_names"),
    "female": ("first_names_female", "first_names"),
    "surnames": ("unisex_last_names", "last_names"),
}


def _listed(locales: Iterable[str], what: str) -> list[str]:
    names: list[str] = []
    for locale in locales:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        listed = next(getattr(provider, name) for name in LISTS[what] if hasattr(provider, name))
        names += [str(name) for name in listed]
    return names


def _shuffled(names: Iterable[str]) -> list[str]:
    """In an order of their own, always the same: Faker's is the alphabet's."""
    listed = sorted(set(names))
    return [listed[i] for i in np.random.default_rng(len(listed)).permutation(len(listed))]


def _ranked(names: Iterable[str]) -> list[str]:
    """Cleaned, each once. Faker's few names with a letter of another alphabet are left out."""
    cleaned = dict.fromkeys(clean_name(name) for name in names)
    return [name for name in cleaned if all(map(_is_cp1252, name))]
