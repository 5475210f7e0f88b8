"""What training found, in the words of its report."""

import math

import duckdb

from linkage.model import Comparison, Model
from linkage.score import score_pairs
from linkage.training.estimate import COUNTED, Estimated

# Bits from which precision is estimated.
BITS = tuple(range(0, 22, 2))


def report_levels(
    start: Model, made: Estimated, comparisons: tuple[Comparison, ...]
) -> list[dict[str, object]]:
    """Per comparison of the model, its levels with ``m``, ``u``, weight in bits, how many pairs of
    one person were expected at it (``matches``) and random pairs at it (``random``).

    ``typed`` names the numbers that stand as typed: all where dependence is corrected, ``u`` where
    too few random pairs show the level and no block brings all pairs at it.
    """
    place_of = {comparison.name: place for place, comparison in enumerate(start.comparisons)}
    return [_report_one(c, start.comparisons[place_of[c.name]], made, place_of[c.name])
            for c in comparisons]  # fmt: skip


def _report_one(
    comparison: Comparison, whole: Comparison, made: Estimated, place: int
) -> dict[str, object]:
    numbers = [(level.says, level.m, level.u) for level in comparison.levels]
    numbers.append((whole.words[-1], *comparison.otherwise))
    levels = []
    for says, m, u in numbers:
        index = whole.words.index(says)
        shown = float(made.random[place][index])
        is_counted = shown >= COUNTED or not math.isnan(made.rare[place][index])
        # A level that no pair showed has the numbers of the list.
        is_typed = index < len(whole.levels) and whole.levels[index] in comparison.levels
        is_typed |= not comparison.is_trained
        typed = "m and u" if is_typed else None if is_counted else "u"
        levels.append(
            {
                "says": says,
                "m": m,
                "u": u,
                "weight": round(math.log2(m / u), 3),
                "matches": round(float(made.seen[place][index]), 1),
                "random": round(shown),
                "typed": typed,
            }
        )
    return {"name": comparison.name, "levels": levels}


def report_precision(
    con: duckdb.DuckDBPyConnection, model: Model, records: str, share: float
) -> list[dict[str, object]]:
    """Pairs in the band ``link`` at or above some bits, and the share of them that the model itself
    takes to be of one person: no measurement.

    Reads ``blocked_sample``, of which ``share`` of all pairs are.
    """
    score_pairs(con, model, records=records, pairs="blocked_sample", into="training_scored")
    rows = []
    for bits in BITS:
        [(pairs, precision)] = con.execute(
            "SELECT count(*), round(avg(1 / (1 + pow(2, -match_weight))), 6) "
            f"FROM training_scored WHERE band = 'link' AND match_weight >= {bits}"
        ).fetchall()
        rows.append({"bits": bits, "links": round(pairs / share), "precision": precision})
    return rows
