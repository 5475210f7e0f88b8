"""Where a link step works: a database in memory beside the state it has open.

Unqualified names are tables in memory; ``core``, ``link``, ``linkage`` and ``governance`` are the
state's. DuckDB lets one transaction write to one database, so what is worked out is made in memory
first, and then written to the state in one transaction.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

_SCHEMAS = ("core", "link", "linkage", "offence_linkage", "governance")

# MB that a night's link step is given: for statements, for what each thread holds of the columns
# that it reads, and for what is worked out of a thousand records that something touched. The least
# that sufficed with one, two and eight threads: at a hundred thousand records, of which something
# touched 2,000, 118, 163 and 169; at a million, 20,000 of them touched, 90, 157 and 225. At six
# thousand, 233 of them touched, in a home that compares all that there is, tried in steps of 30:
# 160, 190 and 190, and 220 with four threads. Most of it is what scoring holds of each expression.
_LEAST, _EACH_THREAD, _THOUSAND_RECORDS = 176, 16, 3
# How DuckDB says that it had too little: while it works, while it commits, and where the disk takes
# nothing that it would lay aside.
_TOO_LITTLE = (duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.IOException)


@contextmanager
def workspace(con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection with an empty database in memory in front of the one that it has open."""
    [(state,)] = con.execute("SELECT current_database()").fetchall()
    con.execute("ATTACH ':memory:' AS work")
    paths = ",".join(["work.main", *(f'"{state}".{schema}' for schema in _SCHEMAS)])
    con.execute(f"SET search_path = '{paths}'")
    # To look through all that is imported for garbage takes longer than many a step: what is there
    # already is left alone meanwhile, unless the caller saw to that.
    is_frozen = gc.get_freeze_count() > 0
    gc.freeze()
    try:
        yield con
    finally:
        if not is_frozen:
            gc.unfreeze()
        con.execute(f'USE "{state}".main')
        con.execute("DETACH work")


@contextmanager
def in_small_shares(con: duckdb.DuckDBPyConnection, *, is_small: bool = True) -> Iterator[None]:
    """Have DuckDB share out small tables, too, among its threads for the block.

    A thread is given 122,880 rows at least, which a night's tables hardly have: what is worked out
    of them, other than read, one thread would do. Not for tables of millions of rows, which this
    cuts into thousands of shares.
    """
    if not is_small:
        yield
        return
    con.execute("PRAGMA verify_parallelism")
    try:
        yield
    finally:
        con.execute("PRAGMA disable_verify_parallelism")


def few(table: str, column: str = "record") -> str:
    """A small table's column, for a join or semi-join that looks through a large one.

    DuckDB can look through the large table by a Bloom filter of the small one's values, and then
    reads the other columns of hardly any other rows. It does so only where the small side is
    selected from: the condition holds of every row, which DuckDB does not know.
    """
    return f"(SELECT {column} FROM {table} WHERE hash({column}) >= 0)"


def in_little_memory(
    con: duckdb.DuckDBPyConnection, records: int, run: Callable[[], None]
) -> str | None:
    """Do what compares so many records while DuckDB holds little more than that needs.

    A night reads most of what it reads once. Given all memory, DuckDB takes fresh memory for every
    block, and the system clears each page of it first and takes it back in the end: a tenth of what
    the night takes. Given little, it reads into what it has read already.

    Where it is too little after all, it is done once more with what DuckDB had: ``run`` must leave
    nothing behind where it fails, and nothing may be under way.

    Returns:
        None where little was enough; else the kind of error for which it was done once more.
    """
    [(threads, size)] = con.execute(
        "SELECT current_setting('threads'), current_setting('memory_limit')"
    ).fetchall()
    before = _bytes(size)
    needed = _LEAST + _EACH_THREAD * threads + _THOUSAND_RECORDS * (records // 1000 + 1)
    little = needed * 1_000_000
    try:
        con.execute(f"SET memory_limit = '{min(little, before)}B'")
        run()
    except _TOO_LITTLE as error:
        con.execute(f"SET memory_limit = '{before}B'")
        run()
        return type(error).__name__
    finally:
        con.execute(f"SET memory_limit = '{before}B'")
    return None


def _bytes(size: str) -> int:
    """Of a size as DuckDB writes it, such as 18.8 GiB: to a tenth, rounded down. The middle of what
    it may be, which DuckDB writes the same."""
    number, unit = size.split()
    return int((float(number) + 0.05) * 1024 ** _UNITS.index(unit))


_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")
