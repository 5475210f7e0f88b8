"""How the rows of ``crimelink sql`` are shown."""

import re
import signal
import subprocess
import sys
import time

import duckdb
import pytest

from console import query
from console.query import tell_query
from console.query_error import make_error
from warehouse.errors import UsageError
from warehouse.home import Home


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    monkeypatch.setattr(query, "open_store", lambda _: duckdb.connect())
    return Home.of(tmp_path)


def shown(home: Home, text: str, limit: int = 40) -> str:
    said: list[str] = []
    tell_query(home, text, "table", limit, said.append)
    return "\n".join(said)


def test_what_fits_is_a_table(home):
    said = shown(home, "SELECT 'kent' AS force, 7 AS records UNION ALL SELECT 'essex', NULL")
    lines = [line.split() for line in said.splitlines() if line.strip()]
    assert lines[0] == ["force", "records"]
    assert ["kent", "7"] in lines
    assert ["essex"] in lines
    assert said.endswith("2 rows")


def test_what_is_too_wide_for_a_table_loses_no_letter(home):
    columns = ", ".join(f"'value-{n:03}-' || repeat('x', 12) AS column_{n:03}" for n in range(20))
    said = shown(home, f"SELECT {columns} FROM range(3)", limit=2)
    assert "…" not in said
    lines = said.splitlines()
    assert [line for line in lines if line.startswith("row ")] == ["row 1", "row 2"]
    for n in range(20):
        assert lines.count(f"  column_{n:03}  value-{n:03}-xxxxxxxxxxxx") == 2
    assert said.endswith("the first 2 rows (--limit)")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT repeat('a', 120) AS hash, repeat('word ', 400) AS text",
        "SELECT 'P-1' AS p, repeat('a', 90) AS sha, repeat('of this ', 30) AS why, repeat('b', 70)",
        "SELECT ':smile: [bold]' AS a, repeat('a', 300) AS b",
    ],
)
def test_no_letter_is_lost_beside_long_words_and_texts(home, query):
    said = shown(home, query)
    [row] = duckdb.sql(query).fetchall()
    assert "…" not in said
    for value in row:
        assert said.count(value[0]) >= value.count(value[0])
    assert ":smile:" in said or ":smile:" not in query


def test_a_value_cannot_pass_for_another_line(home):
    said = shown(home, "SELECT 'one' || chr(10) || 'two' || chr(27) AS a, repeat('a', 300) AS b")
    assert "one\\ntwo\\x1b" in said


def test_long_text_of_several_words_is_folded_in_a_table(home):
    said = shown(home, "SELECT repeat('word ', 90) AS text, 1 AS one")
    assert "row 1" not in said
    assert "…" not in said
    assert said.count("word") == 90


def test_an_answer_without_a_row_shows_its_columns(home):
    for count in (3, 30):
        columns = ", ".join(f"1 AS a_column_of_a_long_name_{n}" for n in range(count))
        said = shown(home, f"SELECT {columns} WHERE false")
        assert f"a_column_of_a_long_name_{count - 1}" in said
        assert said.endswith("0 rows")


@pytest.mark.parametrize("asked", ["SELEC 1", "SELECT no_such_column", "SELECT 'x'::INTEGER", ""])
def test_what_is_wrong_with_the_query_is_for_nobody_but_who_asked(home, asked):
    with pytest.raises(UsageError) as failed:
        shown(home, asked)
    assert (failed.value.exit_code, failed.value.who_acts) == (2, "")


def test_what_is_wrong_with_the_machine_is_for_the_operator():
    with duckdb.connect() as con:
        for error in (duckdb.IOException("disk"), duckdb.InternalException("assertion")):
            made = make_error(con, "SELECT 1", error)
            assert (made.exit_code, made.who_acts) == (2, "the operator")


# What a query may fail over: none of it stands in the query as it stands here.
FROM = (
    "FROM (SELECT upper('smith') AS surname, '197' || '0-01-32' AS born, "
    "(2::HUGEINT ** 62)::BIGINT AS n, chr(10) || chr(10) || 'LINE 1: ' || upper('smith') || "
    "chr(10) || '  ^' AS line, i FROM range(500000) t(i))"
)
VALUES = ("SMITH", "1970-01-32", "4611686018427387904", "Smith", "MITH")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            "surname::INTEGER",
            "Conversion Error: a value that was read cannot be made into the type",
        ),
        ("left(lower(surname), 3)::INTEGER AS of_smiths", "Conversion Error"),
        ("born::DATE", "Conversion Error"),
        ("CAST(surname AS ENUM ('a', 'b'))", "Conversion Error"),
        ("surname::UUID", "Conversion Error"),
        ("surname::JSON", "Conversion Error"),
        ("from_base64(surname || 'x')", "Conversion Error"),
        ("date_trunc(surname, DATE '2026-01-01')", "Conversion Error"),
        ("strptime(surname, '%Y')", "Invalid Input Error"),
        ("strptime(born, '%d/%m/%Y')", "Invalid Input Error"),
        ("n + n", "Out of Range Error: a result is too large for its type"),
        ("regexp_matches('x', surname || '(')", "Invalid Input Error: a function refuses a value"),
        ("now() AT TIME ZONE surname", "Not implemented Error: a function does not know a value"),
        ("error(surname)", "Invalid Input Error"),
        ("error(line)", "Invalid Input Error"),
        ("error('Conversion Error: ' || surname)", "Invalid Input Error"),
        ("json('{' || surname)", "Invalid Input Error"),
        ("unhex(surname)", "Invalid Input Error"),
        # Rows were fetched before.
        ("CASE WHEN i > 400000 THEN surname ELSE '1' END::INTEGER", "Conversion Error"),
        ("CASE WHEN i > 400000 THEN error(surname) END", "Invalid Input Error"),
        ("(SELECT min(surname) FROM range(1))::INTEGER", "Conversion Error"),
    ],
)
def test_a_query_that_fails_over_a_value_does_not_name_it(home, asked, says):
    with pytest.raises(UsageError, match="the query failed") as failed:
        shown(home, f"SELECT {asked} {FROM}", limit=500_000)
    said = str(failed.value)
    assert says in said
    ours = said.partition("\n\nLINE 1: ")[0]
    assert not any(value in ours for value in VALUES)
    assert "smith" not in ours.lower()


def test_a_query_that_fails_over_a_value_is_told_where(home):
    with pytest.raises(UsageError) as failed:
        shown(home, f"SELECT 1,\n  surname::INTEGER\n{FROM}")
    assert str(failed.value).endswith("\n\nLINE 2:   surname::INTEGER\n                 ^")


@pytest.mark.parametrize("form", ["table", "csv", "json"])
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("INTERVAL (2147483600 + i) MONTH", "(OverflowError)"),
        ("INTERVAL (2147483600 + i) DAY", "(OverflowError)"),
        ("{'a': [INTERVAL (2147483600 + i) MONTH]}", "(OverflowError)"),
    ],
)
def test_what_python_cannot_hold_is_told_without_the_value(home, asked, says, form):
    said: list[str] = []
    with pytest.raises(UsageError, match="the query failed: ") as failed:
        tell_query(home, f"SELECT {asked} AS a FROM range(3) t(i)", form, 40, said.append)
    assert says in str(failed.value)
    assert "CAST(… AS VARCHAR) shows it as text" in str(failed.value)
    assert "21474836" not in str(failed.value)
    shown(home, f"SELECT CAST({asked} AS VARCHAR) FROM range(3) t(i)")


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_time_with_a_zone_is_shown(home, form):
    said: list[str] = []
    at = "TIMESTAMPTZ '2026-01-12 09:00:00+00'"
    asked = f"{at} AS seen, timezone('UTC', seen) = '2026-01-12 09:00'"
    tell_query(home, f"SELECT {asked} AS is_nine", form, 40, said.append)
    assert re.search(r"2026-01-1[123] \d\d:\d\d:00[+-]\d\d:\d\d", "\n".join(said))
    assert "true" in "\n".join(said).lower()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (f"SELECT sur {FROM}", 'column "sur" not found'),
        (f"SELECT sur {FROM}", 'Candidate bindings: "surname"'),
        ("SELECT force FORM core.person", "syntax error at or near"),
        (f"SELECT regexp_matches(surname, '(') {FROM}", "missing ): ("),
        (f"SELECT strptime(surname, '%q') {FROM}", "Failed to parse format specifier %q"),
        ("SELECT * FROM core.offences", "offences"),
    ],
)
def test_a_query_that_is_wrong_is_told_in_full(home, query, says):
    with pytest.raises(UsageError) as failed:
        shown(home, query)
    assert says in str(failed.value)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT (SELECT i FROM range(2) t(i))", "gave more than one row"),
        ("SELECT list(repeat('x', 100000) || i) FROM range(1000000) t(i)", "more memory"),
        ("ATTACH '/nowhere/else.duckdb'", "nothing but the published store"),
        ("SET threads = 9", "settings of the store are locked"),
    ],
)
def test_what_fails_over_no_value_is_told_in_words(home, monkeypatch, query, says):
    def confined(_: Home) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect()
        con.execute("SET memory_limit = '60MB'; SET enable_external_access = false; "
                    "SET lock_configuration = true")  # fmt: skip
        return con

    monkeypatch.setattr("console.query.open_store", confined)
    with pytest.raises(UsageError) as failed:
        shown(home, query)
    assert says in str(failed.value)


def test_a_query_that_duckdb_says_was_interrupted_fails_over_what_one_of_its_threads_met(
    home, monkeypatch
):
    """It says so of one in some hundred that fail while rows are fetched, and nobody pressed
    Ctrl-C."""

    fetch, cut = query._fetch, []

    def cut_short_once(*args):
        if not cut:
            cut.append(True)
            raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")
        return fetch(*args)

    monkeypatch.setattr(query, "_fetch", cut_short_once)
    with pytest.raises(UsageError, match="the query failed") as failed:
        shown(home, f"SELECT error(surname) {FROM}")
    assert "Invalid Input Error" in str(failed.value)


# A shell has programs in its background ignore SIGINT, and so might what runs the tests.
_ENDLESS = """
import signal, sys, duckdb
from pathlib import Path
from console import query
from warehouse.home import Home
signal.signal(signal.SIGINT, signal.default_int_handler)
query.open_store = lambda _: duckdb.connect()
print("begun", flush=True)
many = "SELECT {} FROM range(10000000) AS a, range(10000000) AS b WHERE a.range * b.range = -1"
query.tell_query(Home.of(Path(".")), many.format(sys.argv[1]), "table", 40, print)
"""


@pytest.mark.parametrize("asked", ["count(*)", "a.range"])
def test_ctrl_c_ends_a_query_that_would_run_for_hours(asked):
    process = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, asked], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout.readline() == b"begun\n"
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1].decode()
    finally:
        process.kill()
    assert said.strip().endswith("KeyboardInterrupt")
