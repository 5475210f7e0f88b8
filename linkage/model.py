"""A model of one entity: what is compared, what each agreement weighs, where pairs are sought.

A model is data. The list in ``linkage/models`` is where it starts, training sets its numbers, and
from then on it is a file that never changes (``linkage/model_file.py``): everything that scores
reads it from here and nothing from the list.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

NOT_KNOWN, DIFFERENT = "not known", "different"


@dataclass(frozen=True)
class Level:
    """One degree of agreement of a comparison.

    Attributes:
        says: the degree in plain words, as explanations show it.
        when: SQL condition over the columns ``<feature>_l`` and ``<feature>_r`` of a pair; the same
            whichever record stands left.
        m: share of pairs of one person that show this degree.
        u: share of pairs of two persons that show it.
        frequency: feature whose frozen term frequency replaces ``u``; None: ``u`` stands.
        is_needed: training fails where no pair of the data shows it; others fall out of the model.
    """

    says: str
    when: str
    m: float
    u: float
    frequency: str | None = None
    is_needed: bool = False


@dataclass(frozen=True)
class Comparison:
    """Levels of one thing compared, strongest first: the first that holds counts.

    Attributes:
        name: of the comparison; a column name.
        unknown: SQL condition under which nothing can be said (0 bits).
        levels: degrees of agreement.
        otherwise: ``m`` and ``u`` where no level holds.
        needs: features without which the comparison falls out of the model: any of them known in
            the data keeps it.
        is_trained: False where the numbers stay as typed: corrections for dependence between the
            other comparisons are odds within a situation, not shares of all pairs.
    """

    name: str
    unknown: str
    levels: tuple[Level, ...]
    otherwise: tuple[float, float]
    needs: tuple[str, ...] = ()
    is_trained: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """What each level index says, that of "different" last."""
        return (*(level.says for level in self.levels), DIFFERENT)


@dataclass(frozen=True)
class Block:
    """Pairs that are compared: those that share a key.

    Attributes:
        name: in plain words.
        keys: SQL expressions over the features whose joint value is the key; no key where one of
            them is null.
        exploded: a list of values that differ from one another, each of which is a key of its
            own, together with ``keys``; None where there is none.
        needs: features without which the block falls out of the model.
    """

    name: str
    keys: tuple[str, ...] = ()
    exploded: str | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Threshold:
    """What a pair must weigh, by what it holds; the first whose ``when`` holds counts.

    Attributes:
        says: whom it is for, in plain words.
        when: SQL condition over columns named as the comparisons, each holding the words of the
            level that the pair is at (``not known``, ``different``, or what the level says).
        link: bits from which the records are joined.
        review: bits from which the pair is shown to a person.
    """

    says: str
    when: str
    link: float
    review: float


def frequency_features(comparisons: Iterable[Comparison]) -> tuple[str, ...]:
    """Features whose term frequencies weigh, in order of the comparisons."""
    used = (level.frequency for comparison in comparisons for level in comparison.levels)
    return tuple(dict.fromkeys(name for name in used if name is not None))


@dataclass(frozen=True)
class Model:
    """A model with every number that decides a weight, a pair or a band.

    Attributes:
        entity: what it links, such as ``person``.
        version: of the list it was made from.
        how: ``typed`` (the numbers of the list) or ``trained``.
        prior: share of chance pairs that are one person.
        possible: bits from which a pair is kept at all.
        most_records: a block key that more current records bear is not compared.
        comparisons, blocks, thresholds: in order.
        frequencies: per feature, ``value`` and ``frequency`` of the values known when it was made.
        floors: per feature, the frequency of a value that was not known then.
        report: what training saw and did, for people; JSON-able.
        model_id: entity, version and the first 12 digits of the definition's hash; empty until the
            model is named.
        scoring: the SQL that it scores with, as Splink wrote it when the model was named; empty
            before.
    """

    entity: str
    version: str
    how: str
    prior: float
    possible: float
    most_records: int
    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]
    thresholds: tuple[Threshold, ...]
    frequencies: dict[str, pl.DataFrame] = field(default_factory=dict)
    floors: dict[str, float] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    model_id: str = ""
    scoring: str = ""

    @property
    def frequency_features(self) -> tuple[str, ...]:
        """Features whose term frequencies weigh, in order of the comparisons."""
        return frequency_features(self.comparisons)
