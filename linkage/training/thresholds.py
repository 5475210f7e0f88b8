"""From how many bits pairs are joined: by the precision that identifiers tell, never a copied one.

Pairs whose records both hold an identifier of one kind tell, at each number of bits that the rest
of the record gives, how many are of one person. Identifiers are wrong at times, so the share is set
against that among pairs which nothing else leaves in doubt.
"""

from dataclasses import dataclass, replace

import duckdb
import numpy as np
import polars as pl

from linkage.model import DIFFERENT, NOT_KNOWN, Comparison, Model, Threshold
from linkage.models.person_thresholds import LOWERED_BY_EVIDENCE, OF_IDENTIFIED, THRESHOLDS
from linkage.training.calibrate import BEYOND_DOUBT, FEWEST_TOLD
from linkage.training.recall import identifiers, identifying_bits
from warehouse.schema import quote

PRECISION = 0.99
BARS = np.arange(5.0, max(each.link for each in THRESHOLDS) + 1)


@dataclass(frozen=True)
class Bar:
    """What became of a threshold: bits typed and used, pairs that told, and the share of those at
    or above the bar that share an identifier, against that of pairs beyond doubt."""

    says: str
    typed: float
    link: float
    told: int
    precision: float | None


def fit_bars(
    con: duckdb.DuckDBPyConnection, model: Model
) -> tuple[tuple[Threshold, ...], list[Bar]]:
    """The model's thresholds with ``link`` moved where identifiers tell, and what became of each.

    The thresholds of pairs which share an identifier stay. Reads
    ``training_scored``, the pairs of ``blocked_sample`` under the model.
    """
    of_identified = [each for each in model.thresholds if each.says in OF_IDENTIFIED]
    others = model.thresholds[len(of_identified) :]
    if not identifiers(model):
        return model.thresholds, []
    told = con.sql(_told_sql(model)).pl()
    last = len(model.thresholds) - 1
    sure = told.filter((pl.col("bits") >= BEYOND_DOUBT) & (pl.col("place") == last))
    if sure.height < FEWEST_TOLD:
        return model.thresholds, []
    top = float(sure["is_same"].cast(pl.Float64).sum()) / sure.height
    bars = [
        _set(threshold, told.filter(pl.col("place") == place), top)
        for place, threshold in enumerate(others, start=len(of_identified))
    ]
    moved = (replace(each, link=bar.link) for each, bar in zip(others, bars, strict=True))
    return (*of_identified, *moved), bars


def _set(threshold: Threshold, told: pl.DataFrame, top: float) -> Bar:
    """The lowest bar at and above which precision holds, where that is below the typed one."""
    bits, is_same = told["bits"].to_numpy(), told["is_same"].to_numpy()
    above = [is_same[bits >= bar] for bar in BARS]
    precision = [min(1.0, float(each.mean()) / top) if len(each) else 0.0 for each in above]
    enough = [len(each) >= FEWEST_TOLD for each in above]
    lower = [float(bar) for bar in BARS if bar < threshold.link]
    if threshold.says in LOWERED_BY_EVIDENCE:
        for place, bar in enumerate(lower):
            if enough[place] and precision[place] >= PRECISION:
                return Bar(threshold.says, threshold.link, bar, len(above[0]), precision[place])
    kept = precision[len(lower)] if enough[len(lower)] else None
    return Bar(threshold.says, threshold.link, threshold.link, len(above[0]), kept)


def _told_sql(model: Model) -> str:
    """SELECT of ``place`` (of the threshold), ``bits`` without identifiers, ``is_same``."""
    telling = identifiers(model)
    identifying = [
        (place, each) for place, each in enumerate(model.comparisons) if each.name in telling
    ]
    words = ", ".join(
        f"{quote(NOT_KNOWN) if each.name in telling else _word(place, each)} AS {each.name}"
        for place, each in enumerate(model.comparisons)
    )
    # Numbers that are nearly the same tell nothing: they may be a slip, or of a sequence.
    known = " OR ".join(
        f"levels[{place + 1}] IN (0, {len(each.levels)})" for place, each in identifying
    )
    same = " OR ".join(f"levels[{place + 1}] = 0" for place, _ in identifying)
    bits = " - ".join(["match_weight", *(f"weights[{place + 1}]" for place, _ in identifying)])
    cases = " ".join(
        f"WHEN {each.when} THEN {place}" for place, each in enumerate(model.thresholds)
    )
    otherwise = sum(1 << n for n in range(len(model.blocks))) & ~identifying_bits(model)
    return f"""
        SELECT CASE {cases} END AS place, bits, is_same FROM (
            SELECT {words}, {bits} AS bits, {same} AS is_same
            FROM training_scored JOIN blocked_sample USING (record_l, record_r)
            WHERE ({known}) AND found & {otherwise} > 0
        ) ORDER BY ALL
    """


def _word(place: int, comparison: Comparison) -> str:
    says = [NOT_KNOWN, *(level.says for level in comparison.levels), DIFFERENT]
    return f"[{', '.join(map(quote, says))}][levels[{place + 1}] + 2]"
