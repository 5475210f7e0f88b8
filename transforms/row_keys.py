"""Keys for rows that have no id of their own: a hash of what they say, and an ordinal."""

from collections.abc import Sequence

import polars as pl

from transforms.engine import ask

_BETWEEN = "\x1f"
_NULL = "\x00"


def hash_rows(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """16 hexadecimal digits per row: MD5 of the columns' text, in the order given.

    The same on every machine and in every version, unlike the hashes of Polars and DuckDB. It
    tells rows apart and protects nothing.
    """
    text = frame.select(
        pl.concat_str(
            [pl.col(name).cast(pl.String).fill_null(_NULL) for name in columns],
            separator=_BETWEEN,
        ).alias("text")
    )
    return ask("SELECT left(md5(text), 16) AS hash FROM given", given=text)["hash"]


def number_repeats(*keys: pl.Expr) -> pl.Expr:
    """Ordinal of each row among those alike in ``keys``, from 1, in row order."""
    return pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(*keys)


def key_with_ordinal(key: pl.Expr, *alike: pl.Expr) -> pl.Expr:
    """The key itself for the first row that has it, ``key#2`` for the second, and so on.

    Args:
        key: the key.
        alike: rows that differ in these are not counted together.
    """
    ordinal = number_repeats(key, *alike)
    return pl.when(ordinal == 1).then(key).otherwise(pl.format("{}#{}", key, ordinal))
