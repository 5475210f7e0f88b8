"""How Splink's documentation sets it up for each kind of data: comparisons, rules and training.

febrl3, febrl4 and fake_1000 are its examples and tutorial of those names (version 5); the others
follow its examples for persons. Nothing is tuned to the set at hand but the columns that it has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import splink.comparison_library as cl
from splink import block_on


@dataclass(frozen=True)
class Tutorial:
    """How a user sets Splink up for one kind of data.

    Attributes:
        comparisons: makes the library's comparisons.
        rules: blocking rules of the prediction.
        certain: rules that bring hardly any but true pairs, for the prior.
        training: the rule of each pass of expectation maximisation.
        certain_recall: share of true pairs that the certain rules are taken to find.
        u_pairs, em_pairs: pairs sampled for the share of chance agreement, and for each pass of
            expectation maximisation (None: all).
        link_type: of Splink; ``link_only`` takes each force as a table of its own.
    """

    comparisons: Callable[[], list[Any]]
    rules: Sequence[Any]
    certain: Sequence[Any]
    training: Sequence[Any]
    certain_recall: float = 0.7
    u_pairs: float = 1e7
    em_pairs: float | None = None
    link_type: Literal["dedupe_only", "link_only"] = "dedupe_only"


def _febrl_birth() -> cl.DateOfBirthComparison:
    return cl.DateOfBirthComparison(
        "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
    )  # fmt: skip


_SWAPPED = "l.given_name = r.surname and l.surname = r.given_name"

# Loose rules, as a user would write them for police records.
_NATION = Tutorial(
    comparisons=lambda: [
        cl.ForenameSurnameComparison(
            "forename", "surname", forename_surname_concat_col_name="full_name"
        ),
        cl.DateOfBirthComparison("birth_date", input_is_string=False),
        cl.PostcodeComparison("postcode"),
        cl.ExactMatch("sex"),
        cl.ExactMatch("pnc"),
        cl.ExactMatch("cro"),
    ],
    rules=(
        block_on("pnc"),
        block_on("birth_date", "substr(forename, 1, 1)"),
        block_on("birth_date", "substr(surname, 1, 1)"),
        block_on("forename", "surname"),
        block_on("postcode"),
    ),
    certain=(block_on("pnc"), block_on("full_name", "birth_date")),
    training=(block_on("birth_date"), block_on("full_name"), block_on("postcode")),
    em_pairs=2e6,
)
_FEBRL3 = Tutorial(
    comparisons=lambda: [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        _febrl_birth(),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
    ],
    rules=tuple(
        block_on(column)
        for column in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
    ),
    certain=(
        block_on("soc_sec_id"),
        block_on("given_name", "surname", "date_of_birth"),
        f"{_SWAPPED} and l.date_of_birth = r.date_of_birth",
    ),
    training=(block_on("date_of_birth"), block_on("postcode")),
    certain_recall=0.9,
    u_pairs=1e6,
)
_FEBRL4 = Tutorial(
    comparisons=lambda: [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        _febrl_birth(),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(
            term_frequency_adjustments=True
        ),
    ],
    rules=(
        block_on("given_name", "surname"),
        _SWAPPED,
        block_on("date_of_birth"),
        block_on("soc_sec_id"),
        block_on("state", "address_1"),
        block_on("street_number", "address_1"),
        block_on("postcode"),
    ),
    certain=(block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")),
    training=(block_on("date_of_birth"), block_on("postcode")),
    certain_recall=0.8,
    u_pairs=1e6,
    link_type="link_only",
)
_FAKE_1000 = Tutorial(
    comparisons=lambda: [
        cl.NameComparison("first_name"),
        cl.NameComparison("surname"),
        cl.LevenshteinAtThresholds("dob", 1),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ],
    # The tutorial's own two rules reach 0.41 of the true pairs: these are in its favour.
    rules=tuple(block_on(column) for column in ("first_name", "surname", "dob", "email")),
    certain=(
        block_on("first_name", "dob"),
        "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
        block_on("email"),
    ),
    training=(block_on("first_name", "surname"), block_on("dob")),
    u_pairs=2e6,
)


_NAMES, _PLACES = ("forename", "surname"), ("address", "postcode")
_NUMBERS = ("phone", "policy", "email")


def _persons(*columns: str, has_sex: bool = True) -> Tutorial:
    """Of names, places, births and numbers what a set of persons has: the documentation's examples
    for them. Sex goes with births, unless the set has none."""
    names = [name for name in _NAMES if name in columns]
    numbers = [name for name in _NUMBERS if name in columns]
    born = next((name for name in columns if name.startswith("birth")), None)

    def comparisons() -> list[Any]:
        made: list[Any] = [
            cl.NameComparison(name).configure(term_frequency_adjustments=True) for name in names
        ]
        made += [
            cl.ExactMatch(name).configure(term_frequency_adjustments=True)
            for name in _PLACES
            if name in columns
        ]
        if born == "birth_date":
            made.append(cl.DateOfBirthComparison("birth_date", input_is_string=False))
        if born == "birth_year":
            made.append(cl.ExactMatch("birth_year"))
        if born is not None and has_sex:
            made.append(cl.ExactMatch("sex"))
        return made + [cl.ExactMatch(name) for name in numbers]

    alone = ["postcode"] if "postcode" in columns else []
    rules = [block_on(*names), *map(block_on, alone)]
    rules += [block_on(name, born) for name in names if born]
    rules += map(block_on, numbers)
    return Tutorial(
        comparisons=comparisons,
        rules=tuple(rules),
        certain=(block_on(*names, born or "address"),),
        training=(block_on(*names), block_on((alone + numbers)[0])),
        certain_recall=0.6,
    )


TUTORIALS: dict[str, Tutorial] = {
    "nation": _NATION,
    "febrl3": _FEBRL3,
    "febrl4": _FEBRL4,
    "fake_1000": _FAKE_1000,
    "names and addresses": _persons(*_NAMES, *_PLACES),
    "households": _persons(*_NAMES, *_PLACES, "birth_date"),
    "households, birth years only": _persons(*_NAMES, *_PLACES, "birth_year"),
    "members, no births": _persons(*_NAMES, *_PLACES, "phone"),
    "historical register": _persons(*_NAMES, *_PLACES, "birth_date"),
    "one telephone a household": _persons(*_NAMES, "birth_date", "phone"),
    "one policy a household": _persons(*_NAMES, "birth_date", "policy"),
    "no forenames": _persons("surname", *_PLACES, "birth_date"),
    "hostels, birth years only": _persons(*_NAMES, *_PLACES, "birth_year", "phone", has_sex=False),
    "hostels, births in part": _persons(*_NAMES, *_PLACES, "birth_date", "phone", has_sex=False),
    "halls of residence": _persons(*_NAMES, *_PLACES, "birth_year", "phone"),
    "staff of companies": _persons(*_NAMES, *_PLACES, "birth_date", "phone", "email"),
}
