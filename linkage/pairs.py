"""Which records share a block key, by sorting.

Most keys are borne by one record. A join builds a table of them all; sorted, those that are shared
lie beside each other, and nothing more is done for the others: of a million people's records a
third of what joins cost. The pairs are held in memory, some 100 bytes each.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from linkage.model import Model
from warehouse.given import lent

_Integers = npt.NDArray[np.int64]
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFF_FFFF)


@dataclass(frozen=True)
class _Borne:
    """Rows of keys that several rows have, those of one key beside each other, of the delta first.

    Attributes:
        key: UINTEGER, ascending.
        record: that bears it.
        block: that made it.
        is_delta: the record is compared anew.
    """

    key: npt.NDArray[np.uint32]
    record: _Integers
    block: npt.NDArray[np.uint8]
    is_delta: npt.NDArray[np.bool_]

    def of(self, rows: npt.NDArray[np.bool_]) -> "_Borne":
        """Those rows alone."""
        return _Borne(self.key[rows], self.record[rows], self.block[rows], self.is_delta[rows])


def find_pairs(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Make table ``pair``: every pair that a key brings together and that touches ``delta``.

    Reads ``delta_key`` (keys of the records of ``delta``) and ``other_key`` (keys of all other
    current records that bear one of these), each with ``block``, ``key`` and ``record``; makes

    - ``large_key``: ``key`` and ``held``, the current records that bear it, of keys that too many
      bear to be compared;
    - ``pair``: ``record_l`` < ``record_r`` and ``block``, the first that brings them together (of
      two blocks that share a key by chance the first, whichever record's it is).
    """
    borne = _shared_keys(con)
    starts = _starts(borne.key)
    held = np.diff(np.append(starts, len(borne.key)))
    is_large = held > model.most_records
    large = {"key": borne.key[starts[is_large]], "held": held[is_large]}
    pair = _pair(borne.of(~np.repeat(is_large, held)))
    for name, made in (("large_key", pl.DataFrame(large)), ("pair", pair)):
        with lent(con, made=made):
            con.execute(f"CREATE OR REPLACE TABLE {name} AS FROM made")


def _shared_keys(con: duckdb.DuckDBPyConnection) -> _Borne:
    """The rows of keys that more than one row has."""
    delta, other = (
        con.sql(f"SELECT key, record, block FROM {table}").pl()
        for table in ("delta_key", "other_key")
    )
    rows = pl.concat([delta, other])
    # Key and row number in one integer: numbers sort many times faster than rows, and of one key
    # the delta's rows, which stand first, stay first.
    code = rows["key"].to_numpy().astype(np.uint64)
    code <<= _HALF
    code |= np.arange(len(code), dtype=np.uint64)
    code.sort()
    key = (code >> _HALF).astype(np.uint32)
    is_shared = np.zeros(len(key), dtype=np.bool_)
    is_shared[1:] = key[1:] == key[:-1]
    is_shared[:-1] |= is_shared[1:]
    row = (code[is_shared] & _LOW).astype(np.int64)
    record, block = rows["record"].to_numpy(), rows["block"].to_numpy()
    return _Borne(key[is_shared], record[row], block[row], row < delta.height)


def _starts(values: npt.NDArray[np.uint32] | npt.NDArray[np.uint64]) -> _Integers:
    """Where each run of equal values begins."""
    is_start = np.ones(len(values), dtype=np.bool_)
    is_start[1:] = values[1:] != values[:-1]
    return np.flatnonzero(is_start)


def _pair(borne: _Borne) -> pl.DataFrame:
    """Each pair once, with the least block that brings it together."""
    one, two = _meetings(borne)
    block = np.minimum(borne.block[one], borne.block[two])
    left = np.minimum(borne.record[one], borne.record[two])
    right = np.maximum(borne.record[one], borne.record[two])
    if right.max(initial=0) > _LOW:
        raise OverflowError("records are numbered beyond 32 bits, which pairs are sorted by")
    code = (left.astype(np.uint64) << _HALF) | right.astype(np.uint64)
    order = np.argsort(code)
    code, block = code[order], block[order]
    starts = _starts(code)
    if len(starts):
        code, block = code[starts], np.minimum.reduceat(block, starts)
    pair = pl.DataFrame({
        "record_l": (code >> _HALF).astype(np.int64),
        "record_r": (code & _LOW).astype(np.int64),
        "block": block,
    })  # fmt: skip
    # Two blocks may have one key by chance, and of one record too.
    return pair.filter(pl.col("record_l") < pl.col("record_r"))


def _meetings(borne: _Borne) -> tuple[_Integers, _Integers]:
    """The two rows of every pair of rows of one key of which the first is the delta's: beside each
    other, then two apart, and on as long as a key has rows that far apart."""
    ones, twos = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    one = np.flatnonzero(borne.is_delta)
    apart = 0
    while len(one):
        apart += 1
        one = one[one + apart < len(borne.key)]
        one = one[borne.key[one + apart] == borne.key[one]]
        ones.append(one)
        twos.append(one + apart)
    return np.concatenate(ones), np.concatenate(twos)
