"""Pairs by sorted keys, beside what a plain reading of the rule gives."""

from collections import defaultdict
from itertools import combinations

import duckdb
import numpy as np
import polars as pl
import pytest

from linkage.pairs import find_pairs
from tests.linkage.small_model import small_model
from warehouse.given import lent

MOST = 4
KEYS = {"block": pl.UInt8, "key": pl.UInt32, "record": pl.Int64}
Rows = list[tuple[int, int, int]]


def plain_pairs(delta: Rows, other: Rows) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
    """The pairs with their least block, and the large keys with how many rows bear each."""
    bearers = defaultdict(list)
    for is_delta, rows in ((True, delta), (False, other)):
        for block, key, record in rows:
            bearers[key].append((record, block, is_delta))
    pairs: dict[tuple[int, int], int] = {}
    for rows_of_key in bearers.values():
        if len(rows_of_key) > MOST:
            continue
        for (one, a, is_one), (two, b, is_two) in combinations(rows_of_key, 2):
            if one != two and (is_one or is_two):
                pair = min(one, two), max(one, two)
                pairs[pair] = min(a, b, pairs.get(pair, 255))
    large = {key: len(rows) for key, rows in bearers.items() if len(rows) > MOST}
    return pairs, large


def found(delta: Rows, other: Rows) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
    with duckdb.connect() as con:
        for name, rows in (("delta_key", delta), ("other_key", other)):
            with lent(con, made=pl.DataFrame(rows, schema=KEYS, orient="row")):
                con.execute(f"CREATE TABLE {name} AS FROM made")
        find_pairs(con, small_model(most_records=MOST))
        pairs = con.execute("SELECT record_l, record_r, block FROM pair").fetchall()
        large = con.execute("SELECT key, held FROM large_key").fetchall()
    assert len({pair[:2] for pair in pairs}) == len(pairs)
    return {(left, right): block for left, right, block in pairs}, dict(large)


@pytest.mark.parametrize("seed", range(25))
def test_pairs_are_those_of_one_key_that_touch_the_delta(seed):
    chance = np.random.default_rng(seed)

    def rows(records: range, count: int) -> Rows:
        # Few keys, so that blocks share them by chance and a record bears one twice; the greatest
        # keys there are among them.
        return [
            (int(chance.integers(3)), int(2**32 - 1 - chance.integers(30)), int(record))
            for record in chance.choice(records, count)
        ]

    delta, other = rows(range(1, 40), int(chance.integers(60))), rows(range(40, 90), 50)
    pairs, large = plain_pairs(delta, other)
    assert found(delta, other) == (pairs, large)


def test_the_plain_reading_finds_large_and_shared_keys():
    pairs, large = plain_pairs([(0, 1, n) for n in range(5)] + [(0, 2, 1)], [(1, 2, 7)])
    assert pairs == {(1, 7): 0}
    assert large == {1: 5}


def test_no_keys_give_no_pairs():
    assert found([], [(0, 1, 1), (0, 1, 2)]) == ({}, {})
    assert found([], []) == ({}, {})


def test_records_numbered_beyond_what_pairs_are_sorted_by_are_refused():
    with pytest.raises(OverflowError, match="32 bits"):
        found([(0, 1, 2**32), (0, 1, 5)], [])
