"""The model of series: a Bayes factor for every level of every feature, and what is looked at.

The odds that two offences share an offender are the prior odds times a factor for each feature. A
factor in bits is its binary logarithm: bits add up. The model is naive Bayes with each feature's
bits scaled by a weight, so that features that say the same are not counted twice (``training.py``).
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from linkage.series.candidates import Window
from linkage.series.compare import DAYS, FEATURES, KM, NAMES, Levels
from linkage.series.features import Floats
from linkage.series.words import WORDS

ENTITY, VERSION = "series", "1.0.0"

WINDOW = Window(-1.0, 20.0, 90.0)
"""What is looked at, km and days: docs/series-leads.md says what lies beyond."""
KEEP_AT = 0.1
"""Probability from which a pair is kept."""
MOST_PARTNERS = 15
"""Of an offence the most probable partners that are kept."""
JOIN_AT = 0.25
"""Probability that the pairs of a lead have on the average of their bits. On a simulated nation of
60,000 persons (seed 7) half of the first fifty leads held two offences of one series or more at
0.25, 40 to 44% of them at 0.3, 0.2 and 0.15; at 0.5 there were twenty leads."""
MOST_OFFENCES = 30
"""Offences of a lead at most."""


@dataclass(frozen=True)
class SeriesModel:
    """A model of series.

    Attributes:
        prior: bits of the prior odds that a pair within the window shares an offender.
        bits: by feature the bits of each level, from level 0, which has none.
        window, keep_at, most_partners, join_at, most_offences: as the constants of this module.
        method_words, property_words: ``word``, ``weight``: how rare words are.
        floors: weight of a word that is not there, for method and property.
        report: what training saw and measured.
        model_id: entity, version and hash; empty until it is named.
    """

    prior: float
    bits: dict[str, tuple[float, ...]]
    window: Window = WINDOW
    keep_at: float = KEEP_AT
    most_partners: int = MOST_PARTNERS
    join_at: float = JOIN_AT
    most_offences: int = MOST_OFFENCES
    method_words: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=WORDS))
    property_words: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=WORDS))
    floors: tuple[float, float] = (1.0, 1.0)
    report: dict[str, Any] = field(default_factory=dict)
    model_id: str = ""

    @cached_property
    def table(self) -> Floats:
        """(features, levels): bits, filled up with zeros."""
        most = max(len(feature.says) for feature in FEATURES)
        table = np.zeros((len(FEATURES), most))
        for row, name in enumerate(NAMES):
            table[row, : len(self.bits[name])] = self.bits[name]
        return table

    @property
    def keep_bits(self) -> float:
        """Bits from which a pair is kept."""
        return to_bits(self.keep_at)

    def total(self, levels: Levels) -> Floats:
        """Bits of pairs, the prior included: summed in the order prior, then features, so that
        whoever adds the parts in that order comes to the same to the last digit.

        Args:
            levels: (pairs, features).
        """
        total = np.full(len(levels), self.prior)
        for row in range(len(FEATURES)):
            total = total + self.table[row][levels[:, row]]
        return total

    def windows(self) -> tuple[Window, ...]:
        """Windows in which alone a pair can have ``keep_at``: the farther apart, the fewer days.

        What the features other than distance and days can give at most decides: nothing that would
        be kept lies outside of them and within ``window``.
        """
        best = self.prior + sum(self.table[row].max() for row in range(2, len(FEATURES)))
        edges = [*(km for km in KM if km < self.window.km), self.window.km]
        far = [self._most_days(best, level) for level in range(1, len(edges) + 1)]
        made: list[Window] = []
        for place, (begin, end) in enumerate(_RINGS):
            reached = [
                (km, days)
                for km, days, low in zip(edges, far, [-1.0, *edges], strict=False)
                if low >= begin and low < end and days > 0
            ]
            if reached:
                lowest = -1.0 if place == 0 else begin
                made.append(
                    Window(lowest, max(km for km, _ in reached), max(d for _, d in reached))
                )
        return tuple(made)

    def _most_days(self, best: float, level: int) -> float:
        """Days up to which a pair of that level of distance can be kept; 0 where none can."""
        ends = [*(days for days in DAYS if days < self.window.days), self.window.days]
        kept = [
            days
            for place, days in enumerate(ends, start=1)
            if best + self.table[0][level] + self.table[1][place] >= self.keep_bits
        ]
        return max(kept, default=0.0)


# Near pairs are looked for far in time, far ones near in time: rings of distance, km.
_RINGS = ((-1.0, 0.5), (0.5, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 1e9))


def to_bits(probability: float) -> float:
    """The odds of a probability, bits."""
    return float(np.log2(probability / (1 - probability)))


def to_probability(bits: Floats) -> Floats:
    """The probability of odds in bits."""
    return np.asarray(1 / (1 + np.exp2(-bits)))


def with_report(model: SeriesModel, **more: Any) -> SeriesModel:  # noqa: ANN401
    """The model with more in its report."""
    return replace(model, report=model.report | more)
