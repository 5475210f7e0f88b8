"""The model's list, cut to what a data set holds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import duckdb

from linkage.features import FEATURES
from linkage.model import NOT_KNOWN, Block, Comparison, Level, Threshold
from linkage.models import person, person_blocks
from linkage.models.person_conditions import MIDDLE_NAME_SHARED, OWN_TIED
from linkage.models.person_households import ONLY_WHERE_NAMELESS, OWN_MIDDLE_NAME
from linkage.models.person_thresholds import THRESHOLDS
from linkage.training.households import find_household_tie, find_unshared

# A feature that fewer of the records hold cannot be trained, and says little anyway.
LEAST_SHARE = 0.001
LEAST_RECORDS = 2


@dataclass(frozen=True)
class Structure:
    """What of the list applies.

    Attributes:
        records: how many there are.
        known: per feature, records that hold it.
        comparisons, blocks, thresholds: those that apply, in order.
        left_out: what does not, and why: ``what``, ``name``, ``why``.
    """

    records: int
    known: dict[str, int]
    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]
    thresholds: tuple[Threshold, ...]
    left_out: list[dict[str, str]]


def fit_structure(con: duckdb.DuckDBPyConnection, records: str) -> Structure:
    """Cut the list to the features that the table ``records`` holds."""
    counted = ", ".join(f"count({feature})" for feature in FEATURES)
    [(size, *counts)] = con.execute(f"SELECT count(*), {counted} FROM {records}").fetchall()
    known = dict(zip(FEATURES, counts, strict=True))
    least = max(LEAST_RECORDS, LEAST_SHARE * size)

    enough = {name: count if count >= least else 0 for name, count in known.items()}
    tie_of_household = find_household_tie(con, records, enough)
    if tie_of_household:
        enough["own_tie"] = 0

    def applies(part: Comparison | Block) -> bool:
        return not part.needs or any(enough[feature] for feature in part.needs)

    def why_absent(part: Comparison | Block) -> str:
        if tie_of_household and "own_tie" in part.needs:
            return tie_of_household
        return f"hardly any record holds {' or '.join(part.needs)}"

    parts: list[Comparison | Block] = [
        *person.COMPARISONS,
        *person_blocks.BLOCKS,
        *person_blocks.WIDE_BLOCKS,
    ]
    left_out = [
        {
            "what": "comparison" if isinstance(part, Comparison) else "block",
            "name": part.name,
            "why": why_absent(part),
        }
        for part in parts
        if not applies(part)
    ]
    wide, costly = _choose_wide(con, records, size, filter(applies, person_blocks.WIDE_BLOCKS))
    unshared = find_unshared(con, records, enough)
    if known["forename"] > size / 2:
        why = f"of {size:,} records {known['forename']:,} hold a forename"
        unshared |= dict.fromkeys(ONLY_WHERE_NAMELESS, why)
    left_out += [
        {"what": "level or threshold", "name": name, "why": why} for name, why in unshared.items()
    ]

    def fit_levels(comparison: Comparison) -> tuple[Level, ...]:
        # A tie of households is no person's own, whatever else a level asks.
        not_own = [OWN_TIED] if tie_of_household else []
        if comparison.name == "kin" and OWN_MIDDLE_NAME in unshared:
            not_own.append(MIDDLE_NAME_SHARED)
        levels = []
        for level in comparison.levels:
            when = level.when
            for condition in not_own:
                when = when.replace(condition, "false")
            if level.says not in unshared:
                levels.append(replace(level, when=when))
        return tuple(levels)

    comparisons = tuple(
        replace(each, levels=fit_levels(each)) for each in person.COMPARISONS if applies(each)
    )
    thresholds = [each for each in THRESHOLDS if each.says not in unshared]
    return Structure(
        size,
        known,
        comparisons,
        (*(each for each in person_blocks.BLOCKS if applies(each)), *wide),
        fit_thresholds(thresholds, comparisons),
        [*left_out, *costly],
    )


def _choose_wide(
    con: duckdb.DuckDBPyConnection, records: str, size: int, blocks: Iterable[Block]
) -> tuple[list[Block], list[dict[str, str]]]:
    """The blocks that bring few pairs, and why the others are left out."""
    most = max(person_blocks.FEW_PAIRS, person_blocks.FEW_PAIRS_A_RECORD * size)
    chosen, costly = [], []
    for block in blocks:
        known = " AND ".join(f"({key}) IS NOT NULL" for key in block.keys)
        [(pairs,)] = con.execute(
            "SELECT coalesce(sum(held * (held - 1) // 2), 0)::BIGINT FROM (SELECT count(*) "
            f"AS held FROM {records} WHERE {known} GROUP BY {', '.join(block.keys)}) "
            f"WHERE held <= {person.MOST_RECORDS}"
        ).fetchall()
        if pairs <= most:
            chosen.append(block)
        else:
            why = f"it brings {pairs:,} pairs, more than {most:,.0f}"
            costly.append({"what": "block", "name": block.name, "why": why})
    return chosen, costly


def fit_thresholds(
    thresholds: Iterable[Threshold],
    comparisons: Iterable[Comparison],
    whole: Iterable[Comparison] = person.COMPARISONS,
) -> tuple[Threshold, ...]:
    """The thresholds, those comparisons of the whole list that the model is without being not known
    of any pair."""
    present = {comparison.name for comparison in comparisons}
    absent = [each.name for each in whole if each.name not in present]

    def fit(when: str) -> str:
        # What stands in quotation marks are words of levels.
        parts = re.split(r"('(?:[^']|'')*')", when)
        for place in range(0, len(parts), 2):
            for name in absent:
                parts[place] = re.sub(rf"\b{name}\b", f"'{NOT_KNOWN}'", parts[place])
        return "".join(parts)

    return tuple(replace(each, when=fit(each.when)) for each in thresholds)


def whole_structure(structure: Structure) -> Structure:
    """The whole list, where there is too little to say what a data set holds."""
    return replace(
        structure,
        comparisons=person.COMPARISONS,
        blocks=person_blocks.BLOCKS,
        thresholds=THRESHOLDS,
        left_out=[],
    )
