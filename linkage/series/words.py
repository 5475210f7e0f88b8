"""Words of an offence, and how much two offences share of them by their rarity.

The overlap is the Jaccard index with every word weighted by the logarithm of how rare it is
(inverse document frequency), so that a shared POLISH weighs more than a shared DOOR.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

MOST_WORDS = 12
"""Of an offence's words the rarest that are compared."""
FEWEST_OFFENCES = 10
"""A word in fewer offences of those trained on is not kept by the model: it may be a name."""
_PART = 200_000  # pairs whose words are told at once
_WORD = r"[A-Z][A-Z_']{2,}"
WORDS = {"word": pl.String, "weight": pl.Float64}


@dataclass(frozen=True)
class WordSets:
    """The words of offences: (offences, ``MOST_WORDS`` or fewer) numbers of words, -1 where there
    are no more, with the weight of each; the sum of an offence's weights; the words by number."""

    words: NDArray[np.int32]
    weights: NDArray[np.float64]
    total: NDArray[np.float64]
    names: pl.Series


def split_words(texts: pl.Series) -> pl.DataFrame:
    """The words of each text, once each.

    Returns:
        ``row`` (place of the text) and ``word``, in no order.
    """
    found = texts.str.to_uppercase().str.extract_all(_WORD)
    rows = pl.DataFrame({"row": np.arange(len(texts), dtype=np.int64), "word": found})
    return rows.explode("word").drop_nulls("word").unique()


def weigh_words(words: pl.DataFrame, offences: int) -> pl.DataFrame:
    """The weight in bits of every word that enough offences have: log2 of offences by bearers.

    Args:
        words: as ``split_words`` gives them.
        offences: how many there are.

    Returns:
        ``word``, ``weight``, in alphabetical order.
    """
    return (
        words.group_by("word")
        .len("bearers")
        .filter(pl.col("bearers") >= FEWEST_OFFENCES)
        .select("word", weight=(pl.lit(float(offences)) / pl.col("bearers")).log(2).round(6))
        .sort("word")
    )


def floor_weight(offences: int) -> float:
    """Weight of a word that the model does not keep: as of one that just too few have."""
    return round(float(np.log2(max(offences / FEWEST_OFFENCES, 1.0))), 6)


def word_sets(
    texts: pl.Series, rows: NDArray[np.int64], offences: int, weights: pl.DataFrame, floor: float
) -> WordSets:
    """The words of offences with their weights, the rarest first.

    Args:
        texts: of some of the offences; null where nothing is known.
        rows: places of these among all offences.
        offences: how many there are; those without a text here have no words.
        weights: ``word``, ``weight``: the model's.
        floor: weight of any other word.
    """
    ranked = (
        split_words(texts)
        .join(weights, on="word", how="left")
        .with_columns(pl.col("weight").fill_null(floor))
        .sort("row", "weight", "word", descending=[False, True, False])
        .with_columns(place=pl.int_range(pl.len()).over("row"))
        .filter(pl.col("place") < MOST_WORDS)
        .with_columns(number=pl.col("word").rank("dense").cast(pl.Int32) - 1)
    )
    names = ranked.select("word", "number").unique().sort("number")["word"]
    shape = (offences, MOST_WORDS)
    numbers, held = np.full(shape, -1, np.int32), np.zeros(shape)
    at = rows[ranked["row"].to_numpy()], ranked["place"].to_numpy()
    numbers[at], held[at] = ranked["number"].to_numpy(), ranked["weight"].to_numpy()
    # Summed before what is never used is cut off: a sum is the same whoever stands beside it.
    total = held.sum(axis=1)
    used = int(at[1].max(initial=0)) + 1
    return WordSets(numbers[:, :used].copy(), held[:, :used].copy(), total, names)


def overlap(
    sets: WordSets, left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What share of the weight of all words of two offences is of words that both have, 0 to 1;
    NaN where one has none.

    Args:
        sets: the words.
        left, right: places of the offences of each pair.
    """
    of_left, of_right = sets.words[left], sets.words[right]
    weights = sets.weights[left]
    shared = np.zeros(len(left))
    for place in range(of_left.shape[1]):
        own = of_left[:, place]
        both = (of_right == own[:, None]).any(axis=1) & (own >= 0)
        shared += np.where(both, weights[:, place], 0.0)
    every = sets.total[left] + sets.total[right] - shared
    with np.errstate(invalid="ignore", divide="ignore"):
        share = shared / every
    share[(of_left[:, 0] < 0) | (of_right[:, 0] < 0)] = np.nan
    return share


def shared_words(sets: WordSets, left: NDArray[np.int64], right: NDArray[np.int64]) -> pl.Series:
    """The words that both offences of each pair have, the rarest first, comma between; null where
    there are none."""
    names: list[pl.Series] = []
    for begin in range(0, len(left), _PART):
        of_left, of_right = (sets.words[side[begin : begin + _PART]] for side in (left, right))
        both = (of_left[:, :, None] == of_right[:, None, :]).any(axis=2) & (of_left >= 0)
        row, place = np.nonzero(both)
        words = sets.names.gather(of_left[row, place])
        found = pl.DataFrame({"row": row, "word": words}).group_by("row", maintain_order=True)
        joined = found.agg(pl.col("word").str.join(", "))
        every = pl.DataFrame({"row": np.arange(len(both))})
        names.append(every.join(joined, on="row", how="left", maintain_order="left")["word"])
    return pl.concat(names) if names else pl.Series("word", [], pl.String)
