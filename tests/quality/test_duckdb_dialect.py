"""A cursor holds what Great Expectations reads of a result, and never a million rows."""

import duckdb
import pytest

from quality.run.duckdb_dialect import ROWS_HELD, Connection


@pytest.fixture
def cursor():
    with duckdb.connect() as con:
        yield Connection(con).cursor()


def test_a_result_is_held_when_it_was_executed(cursor):
    cursor.execute("SELECT range FROM range(5)")
    assert cursor.fetchone() == (0,)
    assert cursor.fetchmany(2) == [(1,), (2,)]
    assert cursor.fetchall() == [(3,), (4,)]
    assert cursor.fetchone() is None


def test_of_a_large_result_a_sample_is_held_and_the_whole_is_refused(cursor):
    cursor.execute(f"SELECT range FROM range({ROWS_HELD + 5})")
    assert len(cursor.fetchmany(ROWS_HELD)) == ROWS_HELD
    assert cursor.fetchmany(1) == []
    cursor.execute(f"SELECT range FROM range({ROWS_HELD + 5})")
    with pytest.raises(ValueError, match="all rows of a result of over 20,000"):
        cursor.fetchall()
    cursor.execute(f"SELECT range FROM range({ROWS_HELD})")
    assert len(cursor.fetchall()) == ROWS_HELD
