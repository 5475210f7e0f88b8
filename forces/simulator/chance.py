"""Draws: one stream of random numbers a purpose, so that no part's draws disturb another's."""

import zlib
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def stream(seed: int, *labels: object) -> np.random.Generator:
    """The generator of one purpose, such as ``stream(1, "events", "durham", 0)``.

    The same seed and labels give the same draws, whatever other streams exist.
    """
    words = [zlib.crc32(str(label).encode()) for label in labels]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))


def zipf_weights(items: int, exponent: float = 0.85, offset: float = 2.0) -> Floats:
    """Shares of ranks 1 to ``items`` under a Zipf-Mandelbrot law, summing to 1."""
    weights = (np.arange(items) + 1.0 + offset) ** -exponent
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def draw_index(random: np.random.Generator, weights: Floats, size: int) -> Integers:
    """``size`` indices into ``weights``, each as likely as its weight."""
    cumulative = np.cumsum(weights)
    drawn = np.searchsorted(cumulative, random.random(size) * cumulative[-1], side="right")
    return np.asarray(np.minimum(drawn, len(weights) - 1), dtype=np.int64)


def chance(random: np.random.Generator, rate: float, size: int) -> Flags:
    """``size`` flags, each true with probability ``rate``."""
    return np.asarray(random.random(size) < rate, dtype=np.bool_)


def strike(random: np.random.Generator, rate: float, size: int) -> pl.Series:
    """As ``chance``, as a Polars mask."""
    return pl.Series(chance(random, rate, size))


def draw_words(weights: Mapping[str, float], size: int, random: np.random.Generator) -> pl.Series:
    """``size`` of the keys, each as likely as its weight."""
    return pl.Series(list(weights)).gather(
        draw_index(random, np.array(list(weights.values())), size)
    )


def draw_without_repeats(
    items: Integers, weights: Floats, wanted: int, random: np.random.Generator
) -> Integers:
    """So many different ones of the items (all, if there are fewer), those of more weight sooner
    (Efraimidis and Spirakis 2006)."""
    keys = random.random(len(items)) ** (1.0 / np.maximum(weights, 1e-9))
    return items[np.argsort(-keys, kind="stable")[:wanted]]
