"""The pairs that training looks at: those that the blocks bring together, and random ones."""

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from linkage.blocks import keys_sql
from linkage.model import Model
from linkage.score import score_pairs

# At most so many pairs of each sort are scored: more would not move a number that matters.
BLOCKED_PAIRS = 300_000
RANDOM_PAIRS = 400_000


@dataclass(frozen=True)
class Sample:
    """Scored pairs, in order of their records.

    Attributes:
        levels: pair by comparison, the index of the level; -1 not known.
        weights: pair by comparison, bits under the model that scored them.
        found: the blocks that bring the pair together, a bit each; 0 for random pairs.
        share: of all such pairs that are in the sample.
    """

    levels: NDArray[np.int8]
    weights: NDArray[np.float64]
    found: NDArray[np.uint64]
    share: float


def make_blocked(con: duckdb.DuckDBPyConnection, model: Model, records: str) -> None:
    """Make ``training_key`` (``block``, ``key``, ``record``), ``training_size`` (``block``,
    ``key``, ``held``) and ``blocked_pair`` (``record_l``, ``record_r``, ``found``; each pair once).
    """
    con.execute(
        f"CREATE OR REPLACE TABLE training_key AS {keys_sql(model, records, is_whole=True)}"
    )
    con.execute(
        "CREATE OR REPLACE TABLE training_size AS SELECT block, key, count(*) AS held "
        "FROM training_key GROUP BY block, key HAVING count(*) > 1"
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE blocked_pair AS
        WITH compared AS (
            SELECT block, key, record FROM training_key
            SEMI JOIN (FROM training_size WHERE held <= {model.most_records}) USING (block, key)
        )
        SELECT a.record AS record_l, b.record AS record_r,
               bit_or(1::UBIGINT << a.block::UBIGINT) AS found
        FROM compared AS a JOIN compared AS b
          ON a.key = b.key AND a.block = b.block AND a.record < b.record
        GROUP BY ALL
        """
    )


def sample_blocked(con: duckdb.DuckDBPyConnection, model: Model, records: str) -> Sample:
    """Scored pairs of ``blocked_pair``, chosen by a hash of their records: ``blocked_sample``."""
    [(size,)] = con.execute("SELECT count(*) FROM blocked_pair").fetchall()
    step = max(1, -(-size // BLOCKED_PAIRS))
    con.execute(
        "CREATE OR REPLACE TABLE blocked_sample AS SELECT *, 0 AS block FROM blocked_pair "
        f"WHERE hash(record_l, record_r) % {step} = 0"
    )
    return read_sample(con, model, records, "blocked_sample", 1 / step)


def sample_random(con: duckdb.DuckDBPyConnection, model: Model, records: str) -> Sample:
    """Scored random pairs, of which ``random_sample`` is the table."""
    share = draw_random(con, records, RANDOM_PAIRS)
    return read_sample(con, model, records, "random_sample", share)


def draw_random(con: duckdb.DuckDBPyConnection, records: str, most: int) -> float:
    """Make ``random_sample``: all pairs where they are few, else as good as ``most`` of them. Drawn
    by hashing running numbers, so that the same records give the same pairs, whatever the threads.

    The records are numbered from 1 without a gap. Each side hashes numbers of its own: hashes of
    (i, 1) and (i, 2) differ by one constant, and bring the same neighbours together again and
    again.

    Returns:
        The share of all pairs that it is.
    """
    [(size,)] = con.execute(f"SELECT count(*) FROM {records}").fetchall()
    pairs: int = size * (size - 1) // 2
    if pairs <= most:
        drawn = (
            f"SELECT l.record, r.record FROM {records} AS l JOIN {records} AS r "
            "ON l.record < r.record"
        )
    else:
        drawn = (
            f"SELECT hash(2 * i) % {size} + 1, hash(2 * i + 1) % {size} + 1 "
            f"FROM range({most}) AS t(i)"
        )
    con.execute(
        "CREATE OR REPLACE TABLE random_sample AS "
        "SELECT DISTINCT least(a, b)::BIGINT AS record_l, greatest(a, b)::BIGINT AS record_r, "
        f"0 AS block, 0::UBIGINT AS found FROM ({drawn}) AS t(a, b) WHERE a <> b"
    )
    return most / pairs if pairs > most else 1.0


def read_sample(
    con: duckdb.DuckDBPyConnection, model: Model, records: str, pairs: str, share: float
) -> Sample:
    """The pairs of table ``pairs``, of which there are ``share`` of all, scored into
    ``training_scored``."""
    score_pairs(con, model, records=records, pairs=pairs, into="training_scored")
    scored = con.sql(
        f"SELECT levels, weights, found FROM training_scored JOIN {pairs} "
        "USING (record_l, record_r) ORDER BY record_l, record_r"
    ).pl()
    width = len(model.comparisons)
    levels = scored["levels"].list.explode().to_numpy().reshape(-1, width)
    weights = scored["weights"].list.explode().to_numpy().reshape(-1, width + 1)[:, :width]
    return Sample(levels, weights, scored["found"].to_numpy(), share)
