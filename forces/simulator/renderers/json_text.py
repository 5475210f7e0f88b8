"""JSON objects as Polars expressions, so that a document is written without Python per row."""

from collections.abc import Iterable

import polars as pl


def json_object(columns: Iterable[str], ready: Iterable[str | pl.Expr] = ()) -> pl.Expr:
    """Text of an object with the columns as members, those that are null left out.

    Args:
        columns: columns of any scalar type; each becomes a member of its name.
        ready: columns or expressions that already hold the text of members; null is left out.
    """
    texts = [pl.col(part) if isinstance(part, str) else part for part in ready]
    members = [*map(json_member, columns), *texts]
    inner = pl.concat_str(members, separator=",", ignore_nulls=True)
    return pl.lit("{") + inner + "}"


def json_member(column: str) -> pl.Expr:
    """Text of one member, ``"name":value``; null where the value is null."""
    braced = pl.struct(column).struct.json_encode()
    member = braced.str.slice(1).str.head(-1)
    return pl.when(pl.col(column).is_not_null()).then(member)
