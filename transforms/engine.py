"""DuckDB for what Polars has no word for: JSON, and hashes that are the same everywhere."""

import os
from collections.abc import Mapping
from functools import cache

import duckdb
import polars as pl


def ask(
    question: str, params: Mapping[str, object] | None = None, **given: pl.DataFrame
) -> pl.DataFrame:
    """The answer to a query over ``given``, each a table of its name.

    Args:
        question: SQL.
        params: values of its ``$names``.
        given: frames that it reads.
    """
    with _engine(os.getpid()).cursor() as con:
        for name, frame in given.items():
            # A lazy frame is scanned without pandas, whose import costs more than a small delivery.
            con.register(name, frame.lazy())
        return con.sql(question, params=dict(params or {})).pl()


@cache
def _engine(process: int) -> duckdb.DuckDBPyConnection:  # noqa: ARG001
    """An engine in memory, one a process: opening one costs more than reading a small delivery,
    and a forked child must not use its parent's."""
    return duckdb.connect()
