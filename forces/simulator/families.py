"""Makes of some people what is hard to tell apart: families, twins, strangers of one name."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, stream

PARTNERS = 0.06  # share of persons who live with another and bear the same surname: no fault
KINDS = ("twins", "father_and_son", "same_name_and_birth")


def make_families(people: pl.DataFrame, rates: Mapping[str, float], seed: int) -> pl.DataFrame:
    """The people, some of whom now take after another; ``<kind>`` flags mark both of each pair."""
    random = stream(seed, "families")
    size = people.height
    wanted = {kind: round(rates[kind] * size) for kind in KINDS}
    partners = int(PARTNERS * size)
    order = random.permutation(size)
    columns = {kind: np.zeros(size, np.bool_) for kind in KINDS}
    start = 0
    for kind, pairs in (*wanted.items(), ("partners", partners)):
        pairs = min(pairs, (size - start) // 2)
        anchors, followers = order[start : start + pairs], order[start + pairs : start + 2 * pairs]
        start += 2 * pairs
        people = _take_after(people, kind, anchors, followers, random)
        if kind in columns:
            columns[kind][anchors] = columns[kind][followers] = True
    return people.with_columns(**{kind: pl.Series(flags) for kind, flags in columns.items()})


# What the second of a pair has of the first.
SHARED = {
    "twins": ("home", "surname", "former_surname", "name_origin", "birth_date", "ethnicity",
              "observed", "place", "house", "former_place", "former_house"),
    "father_and_son": ("home", "forename", "surname", "name_origin", "ethnicity", "observed",
                       "sex", "place", "house"),
    "same_name_and_birth": ("forename", "surname", "name_origin", "birth_date", "sex",
                            "ethnicity", "observed"),
    "partners": ("home", "surname", "place", "house"),
}  # fmt: skip


def _take_after(
    people: pl.DataFrame,
    kind: str,
    anchors: Integers,
    followers: Integers,
    random: np.random.Generator,
) -> pl.DataFrame:
    """The people, the followers now with what ``SHARED`` says of their anchor."""
    source = np.arange(people.height)
    source[followers] = anchors
    people = people.with_columns(people[column].gather(source) for column in SHARED[kind])
    if kind != "father_and_son":
        return people
    # The follower is the elder of the two.
    elder = np.zeros(people.height, np.int64)
    elder[followers] = random.integers(19 * 365, 34 * 365, len(followers))
    birth = people["birth_date"].to_numpy()[source] - elder.astype("timedelta64[D]")
    return people.with_columns(pl.Series("birth_date", birth))
