"""What a workspace leaves behind, nothing; and how much memory what is done in it is given."""

import gc

import duckdb
import pytest

from linkage.workspace import _SCHEMAS, few, in_little_memory, in_small_shares, workspace


@pytest.fixture
def con():
    gc.unfreeze()  # Whatever ran before in this process.
    with duckdb.connect() as con:
        for schema in _SCHEMAS:
            con.execute(f"CREATE SCHEMA {schema}")
        yield con


def test_garbage_is_looked_for_again_afterwards_whatever_happened(con):
    with workspace(con):
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
    with pytest.raises(RuntimeError, match="a step failed"), workspace(con):
        raise RuntimeError("a step failed")
    assert gc.get_freeze_count() == 0


def test_what_the_caller_froze_stays_frozen(con):
    gc.freeze()
    try:
        with workspace(con):
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def limit(con):
    return con.execute("SELECT current_setting('memory_limit')").fetchall()


def test_little_memory_is_given_while_it_lasts_and_grows_with_the_records(con):
    con.execute("SET threads = 2")
    before = limit(con)
    given = []
    for records in (0, 250_000):
        assert in_little_memory(con, records, lambda: given.append(limit(con))) is None
    assert given == [[("201.2 MiB",)], [("916.4 MiB",)]]
    assert limit(con) == before


def test_nobody_is_given_more_than_there_was(con):
    con.execute("SET memory_limit = '60MB'")
    given = []
    in_little_memory(con, 0, lambda: given.append(limit(con)))
    assert given == [limit(con)] == [[("57.2 MiB",)]]


def test_what_needs_more_is_done_again_with_all_there_was(con):
    con.execute("SET threads = 1")
    con.execute("SET temp_directory = ''")
    limits = []

    def run():
        limits.append(limit(con))
        con.execute("CREATE OR REPLACE TEMP TABLE wide AS SELECT hash(i) FROM range(20000000) t(i)")

    assert in_little_memory(con, 0, run) == "OutOfMemoryException"
    assert con.execute("SELECT count(*) FROM wide").fetchall() == [(20_000_000,)]
    assert len(limits) == 2
    assert limits[0] != limits[1] == limit(con)


def test_what_fails_otherwise_fails_once_and_gives_the_memory_back(con):
    before, tries = limit(con), []

    def run():
        tries.append(1)
        raise RuntimeError("a step failed")

    with pytest.raises(RuntimeError, match="a step failed"):
        in_little_memory(con, 0, run)
    assert tries == [1]
    assert limit(con) == before


class Told:
    """A connection that only notes what it is told."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, statement: str) -> None:
        self.statements.append(statement)


def test_small_tables_are_shared_out_for_the_block_alone_whatever_happens_in_it():
    on, off = "PRAGMA verify_parallelism", "PRAGMA disable_verify_parallelism"
    con = Told()
    with in_small_shares(con):
        con.execute("work")
    assert con.statements == [on, "work", off]
    con = Told()
    with in_small_shares(con, is_small=False):
        con.execute("work")
    assert con.statements == ["work"]
    con = Told()
    with pytest.raises(RuntimeError), in_small_shares(con):
        raise RuntimeError
    assert con.statements == [on, off]


def test_duckdb_knows_how_small_tables_are_shared_out(con):
    con.execute("CREATE TABLE small AS FROM range(20000) t(i)")
    with in_small_shares(con):
        shared = con.execute("SELECT sum(hash(i) % 1000) FROM small").fetchall()
    assert shared == con.execute("SELECT sum(hash(i) % 1000) FROM small").fetchall()


def test_a_large_table_is_looked_through_by_the_values_of_the_few(con):
    """DuckDB reads by a Bloom filter of a small table's values only where that is selected from."""
    con.execute("CREATE TABLE many AS SELECT hash(i) AS h, i AS other FROM range(200000) t(i)")
    con.execute("CREATE TABLE wanted AS SELECT h FROM many USING SAMPLE 500")
    plans = [
        con.execute(
            f"EXPLAIN ANALYZE SELECT h, other FROM many SEMI JOIN {each} USING (h)"
        ).fetchall()[0][1]
        for each in ("wanted", few("wanted", "h"))
    ]
    assert ["BF(h)" in plan for plan in plans] == [False, True]
