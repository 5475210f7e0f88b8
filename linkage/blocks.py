"""Blocks as integer keys: which records are compared, and which blocks are too large for that."""

import duckdb
import polars as pl
from splink import block_on
from splink.internals.blocking_rule_creator import BlockingRuleCreator

from linkage.models.person import BLOCKS, MOST_RECORDS, Block

CAPPED = {"block": pl.String, "keys": pl.Int64, "pairs": pl.Int64}


def make_blocks(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Table ``blocked``: table ``persons`` with a key a block, null where the record is in none.

    A key that more than ``MOST_RECORDS`` records share is left out: such a value is a placeholder,
    a hostel or a solicitor's telephone rather than one person's.

    Returns:
        What was left out: ``block``, ``keys`` (how many), ``pairs`` (that they would have made;
        another block may bring some of them together), one row a block that lost any.
    """
    keys = ", ".join(f"{_key(block)} AS {column_of(n)}" for n, block in enumerate(BLOCKS))
    con.execute(f"CREATE TABLE blocked AS SELECT *, {keys} FROM persons")
    capped = [_cap(con, number, block) for number, block in enumerate(BLOCKS)]
    return pl.DataFrame(capped, schema=CAPPED, orient="row").filter(pl.col("keys") > 0)


def column_of(number: int) -> str:
    """Column of ``blocked`` with the keys of the block of that number, from 0."""
    return f"block_{number}"


def block_rule(number: int, block: Block) -> BlockingRuleCreator | dict[str, object]:
    """The block as Splink takes it."""
    column = column_of(number)
    if block.also is None:
        return block_on(column, arrays_to_explode=[column] if block.exploded else None)
    return {
        "blocking_rule": f"l.{column} = r.{column} AND {block.also}",
        "sql_dialect": "duckdb",
    }


def _key(block: Block) -> str:
    if block.exploded:
        return f"list_transform({block.exploded}, lambda value: hash(value))"
    # The hash of a null is a number like any other: it would make one block of all unknowns.
    known = " AND ".join(f"{key} IS NOT NULL" for key in block.keys)
    return f"CASE WHEN {known} THEN hash({', '.join(block.keys)}) END"


def _cap(con: duckdb.DuckDBPyConnection, number: int, block: Block) -> tuple[str, int, int]:
    """Empty the keys of one block that are too large; its name, how many, and their pairs."""
    column = column_of(number)
    values = f"unnest({column})" if block.exploded else column
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE large AS SELECT key, count(*) AS held "
        f"FROM (SELECT {values} AS key FROM blocked) WHERE key IS NOT NULL "
        f"GROUP BY key HAVING held > {MOST_RECORDS}"
    )
    [(keys, pairs)] = con.execute(
        "SELECT count(*), coalesce(sum(held * (held - 1) / 2), 0)::BIGINT FROM large"
    ).fetchall()
    if keys:
        con.execute(_empty_large(column, block))
    return block.name, keys, pairs


def _empty_large(column: str, block: Block) -> str:
    if block.exploded:
        return (
            f"UPDATE blocked SET {column} = list_filter({column}, lambda key: "
            "NOT list_contains(held, key)) FROM (SELECT list(key) AS held FROM large)"
        )
    return f"UPDATE blocked SET {column} = NULL WHERE {column} IN (SELECT key FROM large)"
