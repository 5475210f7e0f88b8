"""How an offence was done, in an officer's words: phrases of ``methods.toml``, one of each facet.

The same phrases are used by everybody. An offender's habit (``series``) is only that their own
choice of phrases comes back more often than others' do.
"""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from forces.simulator.chance import Integers, zipf_weights

FACETS = 6  # at most, of a kind of offence
LEFT_OUT = 0.35  # of the facets after the first
COMMONNESS = 0.7  # Zipf exponent of the phrases of a facet
BETWEEN = ". "
NONE = -1
LOST_IN_REWORDING = 0.25  # of the phrases after the first


@cache
def _facets(words: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Facets of a kind of offence, each its phrases with their paraphrases."""
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    facets = content[words].values()
    return tuple(tuple(_both(phrase) for phrase in facet) for facet in facets)


def _both(phrase: str) -> tuple[str, str]:
    usual, other = phrase.split(" | ")
    return usual, other


@cache
def _paraphrases() -> dict[str, str]:
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return dict(_both(p) for facets in content.values() for facet in facets.values() for p in facet)


def count_methods(words: str) -> int:
    """How many phrases the first facet of a kind of offence has."""
    return len(_facets(words)[0])


def count_phrases(words: str) -> tuple[int, ...]:
    """How many phrases each facet of a kind of offence has."""
    return tuple(len(facet) for facet in _facets(words))


def draw_phrases(words: str, size: int, random: np.random.Generator) -> Integers:
    """Phrases by facet, a row an offence of one kind: ``NONE`` where nothing is said of a facet;
    the first facet is always said."""
    drawn = np.full((size, FACETS), NONE, np.int64)
    for column, facet in enumerate(_facets(words)):
        bounds = np.cumsum(zipf_weights(len(facet), COMMONNESS))[:-1]
        said = np.searchsorted(bounds, random.random(size), side="right")
        kept = random.random(size) >= LEFT_OUT if column else np.ones(size, np.bool_)
        drawn[:, column] = np.where(kept, said, NONE)
    return drawn


def write_methods(words: tuple[str, ...], kind: Integers, phrases: Integers) -> pl.Series:
    """The text of each offence.

    Args:
        words: of every kind of offence, its section of ``methods.toml``.
        kind: kind of each offence, by its place among ``words``.
        phrases: a row an offence, as ``draw_phrases`` gives.
    """
    every: list[str] = []
    first = np.zeros((len(words), FACETS), np.int64)
    for row, one in enumerate(words):
        for column, facet in enumerate(_facets(one)):
            first[row, column] = len(every)
            every += [usual for usual, _ in facet]
    at = np.where(phrases == NONE, len(every), first[kind] + phrases)
    # One null row stands for what is not said.
    vocabulary = pl.Series([*every, None], dtype=pl.String)
    columns = [pl.lit(vocabulary.gather(at[:, column])) for column in range(FACETS)]
    return pl.select(pl.concat_str(columns, separator=BETWEEN, ignore_nulls=True)).to_series()


def reword(texts: pl.Series, random: np.random.Generator) -> pl.Series:
    """The texts as somebody else would put them: paraphrased, and some of it not said."""
    said = pl.DataFrame({"text": texts.str.split(BETWEEN)}).with_row_index("row").explode("text")
    is_first = pl.int_range(pl.len()).over("row") == 0
    is_kept = pl.lit(pl.Series(random.random(said.height) >= LOST_IN_REWORDING))
    kept = said.filter(is_first | is_kept).with_columns(pl.col("text").replace(_paraphrases()))
    joined = kept.group_by("row", maintain_order=True).agg(pl.col("text").str.join(BETWEEN))
    return joined["text"].rename(texts.name)
