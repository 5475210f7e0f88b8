"""The forms of names that are compared: folded, split, by sound, by what they stand for.

Everything here is done once a distinct spelling, never once a record.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache

import jellyfish
import polars as pl

from linkage.models.nicknames import GROUPS

# Letters that carry no accent to be taken off, and what English keyboards make of them.
_LETTERS = str.maketrans(
    {"Ł": "L", "Ø": "O", "Đ": "D", "Ð": "D", "Þ": "TH", "Æ": "AE", "Œ": "OE", "ẞ": "SS", "ß": "SS",
     "ı": "I", ".": " ", "-": " ", ",": " "}
)  # fmt: skip

# Words that belong to the surname after them: AL MASRI and ALMASRI are one, and so is MASRI.
PARTICLES = frozenset({
    "AL", "EL", "UL", "BIN", "BEN", "IBN", "BINT", "ABU", "ABD", "DE", "DA", "DO", "DOS", "DAS",
    "DU", "DEL", "DELLA", "DI", "LA", "LE", "VAN", "VON", "DER", "DEN", "TEN", "TER", "ZU", "ZUM",
    "MC", "MAC", "O", "ST", "SAN", "SANTA", "NIC", "NI", "UI", "AP", "AB",
})  # fmt: skip
# A part of a double name that is shorter than this says too little to be a name by itself.
SHORTEST_PART = 3

FORENAME_FORMS: dict[str, pl.DataType] = {
    "name": pl.String(),
    "forename": pl.String(),
    "forename_sound": pl.String(),
    "stands_for": pl.String(),
    "groups": pl.List(pl.String),
    "several_groups": pl.List(pl.String),
    "further": pl.List(pl.String),
}
MIDDLE_NAMES_FORMS: dict[str, pl.DataType] = {
    "name": pl.String(),
    "middle_name": pl.String(),
    "middle_names": pl.List(pl.String),
}
SURNAME_FORMS: dict[str, pl.DataType] = {
    "name": pl.String(),
    "surname": pl.String(),
    "surname_sound": pl.String(),
    "surname_parts": pl.List(pl.String),
}


def fold(name: str) -> str:
    """The name in upper case without accents and hyphens, one space between words."""
    bare = name.upper().translate(_LETTERS)
    if not bare.isascii():
        apart = unicodedata.normalize("NFKD", bare)
        bare = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(bare.split())


def sound_of(name: str) -> str:
    """How the folded name sounds in English (metaphone); itself where its letters have no sound,
    as those of another script."""
    return jellyfish.metaphone(name) or name


def describe_forenames(names: Iterable[str]) -> pl.DataFrame:
    """The forms of each forename: ``FORENAME_FORMS``.

    ``forename`` is the first word, ``further`` the others. ``groups`` are those of the nicknames
    that it is in, such as ``#WILLIAM``: ``stands_for`` where it is one, ``several_groups`` where
    they are more.
    """
    return pl.DataFrame(
        [row for name in names if (row := _forename(name))], schema=FORENAME_FORMS, orient="row"
    )


def describe_middle_names(names: Iterable[str]) -> pl.DataFrame:
    """The words of middle names: ``MIDDLE_NAMES_FORMS``, the first, and all where they are more."""
    folded = ((name, fold(name.replace("'", "")).split()) for name in names)
    return pl.DataFrame(
        [
            (name, words[0], sorted(set(words)) if len(words) > 1 else None)
            for name, words in folded
            if words
        ],
        schema=MIDDLE_NAMES_FORMS,
        orient="row",
    )


def describe_surnames(names: Iterable[str]) -> pl.DataFrame:
    """The forms of each surname: ``SURNAME_FORMS``.

    ``surname`` is written as one word; ``surname_parts`` are the names that a double one is made
    of, or what is left of it without its particles, null where it is a single word.
    """
    return pl.DataFrame(
        [row for name in names if (row := _surname(name))], schema=SURNAME_FORMS, orient="row"
    )


def _forename(name: str) -> tuple[object, ...] | None:
    words = fold(name.replace("'", "")).split()
    if not words:
        return None
    groups = _nickname_groups().get(words[0], [])
    return (
        name,
        words[0],
        sound_of(words[0]),
        groups[0] if len(groups) == 1 else None,
        groups or None,
        groups if len(groups) > 1 else None,
        words[1:] or None,
    )


def _surname(name: str) -> tuple[object, ...] | None:
    words = fold(name.replace("'", " ")).split()
    if not words:
        return None
    whole = "".join(words)
    parts = [w for w in words if w not in PARTICLES and len(w) >= SHORTEST_PART and w != whole]
    return name, whole, sound_of(whole), sorted(set(parts)) or None


@cache
def _nickname_groups() -> dict[str, list[str]]:
    """Form and the groups it is in, in order of the list: ``#WILLIAM`` for BILL."""
    groups: dict[str, list[str]] = {}
    for group in GROUPS:
        for form in group:
            groups.setdefault(form, []).append(f"#{group[0]}")
    return groups
