"""Slips of the keyboard and of the calendar, over whole columns at once."""

import numpy as np
import polars as pl

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mistype(words: pl.Series, random: np.random.Generator) -> pl.Series:
    """Each word with one letter inserted, left out, replaced, or swapped with the next.

    Words of fewer than two letters come back as they are; so does, now and then, one whose slip
    gives the same word.
    """
    size = len(words)
    frame = pl.DataFrame(
        {
            "word": words,
            "kind": random.integers(0, 4, size),
            "draw": random.random(size),
            "letter": pl.Series(list(LETTERS)).gather(random.integers(0, 26, size)),
        }
    ).with_columns(
        at=(pl.col("draw") * (pl.col("word").str.len_chars() - 1)).floor().cast(pl.Int64)
    )
    word, at = pl.col("word"), pl.col("at")
    before, here, after = word.str.head(at), word.str.slice(at, 1), word.str.slice(at + 1)
    slips = (
        pl.when(word.str.len_chars() < 2).then(word)
        .when(pl.col("kind") == 0).then(before + here + pl.col("letter") + after)
        .when(pl.col("kind") == 1).then(before + after)
        .when(pl.col("kind") == 2).then(before + pl.col("letter") + after)
        .otherwise(before + after.str.head(1) + here + after.str.slice(1))
    )  # fmt: skip
    return frame.select(slips).to_series().rename(words.name)


def mistype_some(
    words: pl.Series, is_struck: pl.Series, random: np.random.Generator
) -> tuple[pl.Series, pl.Series]:
    """The words, those struck mistyped, and which of them really differ now."""
    rows = is_struck.arg_true()
    after = put(words, rows, mistype(words.gather(rows), random))
    return after, after.ne_missing(words)


def put(values: pl.Series, rows: pl.Series, replacements: pl.Series) -> pl.Series:
    """The values with those of some rows replaced."""
    source = np.arange(len(values))
    source[rows.to_numpy()] = len(values) + np.arange(len(rows))
    return pl.concat([values, replacements.cast(values.dtype)]).gather(source)


def wrong_digit(numbers: pl.Series, at: int, random: np.random.Generator) -> pl.Series:
    """Each number with the digit at that place (from 0) raised by 1 to 9, so that it differs."""
    raised = pl.Series(random.integers(1, 10, len(numbers)))
    digit = (numbers.str.slice(at, 1).cast(pl.Int64) + raised) % 10
    return numbers.str.head(at) + digit.cast(pl.String) + numbers.str.slice(at + 1)


def swap_day_and_month(births: pl.Expr) -> pl.Expr:
    """Births with day and month exchanged; null where that is no date or the same one."""
    day, month = births.dt.day(), births.dt.month()
    is_other = (day <= 12) & (day != month)
    return pl.when(is_other).then(pl.date(births.dt.year(), day.clip(1, 12), month))


def slip_birth(births: pl.Series, random: np.random.Generator) -> pl.Series:
    """Births a little wrong: a day, ten days, a year or ten years out."""
    out = np.array([1, -1, 10, -10, 365, -365, 366, 3652, -3653])[
        random.integers(0, 9, len(births))
    ]
    return births + pl.Series(out).cast(pl.Duration("ms")) * 86_400_000
