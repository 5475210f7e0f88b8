"""The model's list, cut to what a data set holds."""

from dataclasses import dataclass, replace

import duckdb

from linkage.features import FEATURES
from linkage.model import Block, Comparison
from linkage.models import person

# A feature that fewer of the records hold cannot be trained, and says little anyway.
LEAST_SHARE = 0.001
LEAST_RECORDS = 2
# Where fewer of the records have a birth date, years and names must bring pairs together.
BIRTHS_TO_RELY_ON = 0.5


@dataclass(frozen=True)
class Structure:
    """What of the list applies.

    Attributes:
        records: how many there are.
        known: per feature, records that hold it.
        comparisons, blocks: those that apply, in order.
        left_out: what does not, and why: ``what``, ``name``, ``why``.
    """

    records: int
    known: dict[str, int]
    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]
    left_out: list[dict[str, str]]


def fit_structure(con: duckdb.DuckDBPyConnection, records: str) -> Structure:
    """Cut the list to the features that the table ``records`` holds."""
    counted = ", ".join(f"count({feature})" for feature in FEATURES)
    [(size, *counts)] = con.execute(f"SELECT count(*), {counted} FROM {records}").fetchall()
    known = dict(zip(FEATURES, counts, strict=True))
    least = max(LEAST_RECORDS, LEAST_SHARE * size)

    def applies(part: Comparison | Block) -> bool:
        return not part.needs or any(known[feature] >= least for feature in part.needs)

    blocks: tuple[Block, ...] = person.BLOCKS
    if known["birth_date"] < BIRTHS_TO_RELY_ON * size:
        blocks += person.BLOCKS_WITHOUT_BIRTHS
    parts: list[Comparison | Block] = [*person.COMPARISONS, *blocks]
    left_out = [
        {
            "what": "comparison" if isinstance(part, Comparison) else "block",
            "name": part.name,
            "why": f"hardly any record holds {' or '.join(part.needs)}",
        }
        for part in parts
        if not applies(part)
    ]
    return Structure(
        size,
        known,
        tuple(each for each in person.COMPARISONS if applies(each)),
        tuple(each for each in blocks if applies(each)),
        left_out,
    )


def whole_structure(structure: Structure) -> Structure:
    """The whole list, where there is too little to say what a data set holds."""
    return replace(structure, comparisons=person.COMPARISONS, blocks=person.BLOCKS, left_out=[])
