"""Values as literals and frames as views: what DuckDB reads is what was given."""

import subprocess
import sys
from datetime import date, datetime, timedelta, timezone

import duckdb
import polars as pl
import pytest

from warehouse.given import lent, literal, row_of, with_values

WITHOUT_PANDAS = """
import sys
from datetime import date
import polars as pl
import duckdb
from warehouse.given import lent, with_values
con = duckdb.connect()
with lent(con, given=pl.DataFrame({"name": ["ASH"], "night": [date(2026, 1, 12)]})):
    con.execute(with_values("CREATE TABLE kept AS FROM given WHERE night = $night",
                            {"night": date(2026, 1, 12)}))
print(con.sql("FROM kept").pl().height, "pandas" in sys.modules)
"""


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, '"NULL"'),
        (True, "BOOLEAN"),
        (False, "BOOLEAN"),
        (-3, "INTEGER"),
        (2**40, "BIGINT"),
        ("O'Neill; DROP TABLE $night -- \\ \n\"", "VARCHAR"),
        (date(2026, 1, 12), "DATE"),
        (datetime(2026, 1, 12, 23, 5, 7, 123456), "TIMESTAMP"),  # noqa: DTZ001 - as the state's are
    ],
)
def test_a_literal_is_read_as_the_value(value, kind):
    query = f"SELECT x, typeof(x) FROM (SELECT {literal(value)} AS x)"
    [(read, of)] = duckdb.execute(query).fetchall()
    assert (read, of) == (value, kind)


def test_a_time_is_written_in_utc():
    at = datetime(2026, 1, 13, 1, 5, tzinfo=timezone(timedelta(hours=2)))
    assert literal(at) == "TIMESTAMP '2026-01-12 23:05:00'"


def test_a_statement_takes_the_values_that_it_names():
    query = with_values("SELECT $night, $name, $night", {"night": 1, "name": "$night", "other": 2})
    assert query == "SELECT 1, '$night', 1"


def test_a_value_that_is_not_given_is_told():
    with pytest.raises(KeyError, match="night"):
        with_values("SELECT $night", {"name": "x"})


def test_a_row_is_read_as_its_values():
    values = (date(2026, 1, 12), "it's", None, 4)
    assert duckdb.execute(f"FROM (VALUES {row_of(*values)})").fetchall() == [values]


def test_a_frame_is_lent_for_the_block_even_where_it_fails():
    con = duckdb.connect()
    frame = pl.DataFrame({"record": [1, 2], "names": [["ANA", None], None]})
    with lent(con, given=frame):
        assert con.sql("FROM given ORDER BY record").pl().equals(frame)
    with pytest.raises(ZeroDivisionError), lent(con, given=frame):
        raise ZeroDivisionError
    with pytest.raises(duckdb.CatalogException):
        con.execute("FROM given")


def test_neither_imports_pandas():
    """What both are for: a bound value or an eager frame would import it."""
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_PANDAS], capture_output=True, text=True, check=True
    ).stdout
    assert said.split() == ["1", "False"]
