"""Each mart has a case of rows in and rows out in ``marts/<mart>.txt``; ``-`` is null."""

import re
from pathlib import Path

import duckdb
import pytest

from warehouse.contract import DELIVERED
from warehouse.errors import StoreError
from warehouse.linked import create_macros
from warehouse.marts import FOLDER, create_mart, read_mart, read_marts
from warehouse.schema import create_statements, store_tables

CASES = Path(__file__).parent / "marts"


@pytest.fixture
def store():
    """An empty store in memory, in which every column may be null."""
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            con.execute(statement.replace(" NOT NULL", ""))
        create_macros(con)
        yield con


def read_case(path: Path) -> dict[str, tuple[list[str], list[tuple[str | None, ...]]]]:
    """Columns and rows by ``given <table>`` or ``then <table>``."""
    case = {}
    for block in path.read_text(encoding="utf-8").split("\n\n")[1:]:
        title, *lines = block.strip().splitlines()
        header, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
        case[title] = header, [tuple(None if c == "-" else c for c in row) for row in rows]
    return case


@pytest.mark.parametrize("mart", read_marts(), ids=lambda mart: mart.name)
def test_rows_in_give_rows_out(store, mart):
    case = read_case(CASES / f"{mart.name}.txt")
    columns, expected = case.pop(f"then mart.{mart.name}")
    for title, (names, rows) in case.items():
        marks = ", ".join("?" for _ in names)
        table = title.removeprefix("given ")
        store.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
    for each in read_marts():
        if each.name == mart.name or each.name in mart.reads:
            create_mart(store, each)
    shown = ", ".join(f"CAST({name} AS VARCHAR)" for name in columns)
    assert columns == list(mart.columns)
    assert store.execute(f"SELECT {shown} FROM mart.{mart.name}").fetchall() == expected


def test_marts_are_made_after_those_that_they_read():
    made = set()
    for mart in read_marts():
        assert mart.reads & {path.stem for path in FOLDER.glob("*.sql")} <= made
        made.add(mart.name)
    assert "person_offence" in read_mart(FOLDER / "network.sql").reads


def test_table_quality_looks_at_every_table_that_forces_deliver():
    select = read_mart(FOLDER / "table_quality.sql").select
    named = set(re.findall(r"FROM core\.(\w+)", select))
    assert named == {table.name for table in DELIVERED}
    placed = set(re.findall(r"location_precision FROM core\.(\w+)", select))
    assert placed == {table.name for table in DELIVERED if "location_precision" in table}


HEADER = "-- grain: one row\n-- owner: me\n-- about: It counts.\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEADER + "-- a: One.\nSELECT 1 AS a, 2 AS b", "describes a; the SELECT gives a, b"),
        (HEADER + "-- a: One.\n-- b: Two.\nSELECT 1 AS a", "describes a, b; the SELECT gives a"),
        (HEADER + "-- b: Two.\n-- a: One.\nSELECT 1 AS a, 2 AS b", "Every column needs its line"),
        ("-- grain: one row\n-- a: One.\nSELECT 1 AS a", "does not name owner, about"),
        (HEADER + "-- what is this\nSELECT 1 AS a", "line 4: not `-- name: text`"),
        (HEADER + "-- a [secret]: One.\nSELECT 1 AS a", "line 4: no such sensitivity"),
    ],
)
def test_a_mart_that_is_not_described_fails(store, tmp_path, text, says):
    path = tmp_path / "wrong.sql"
    path.write_text(text)
    with pytest.raises(StoreError, match=re.escape(says)):
        create_mart(store, read_mart(path))


def test_a_description_may_run_over_lines_and_say_who_may_see_it(store, tmp_path):
    path = tmp_path / "fine.sql"
    path.write_text(HEADER + "-- a [personal]: One\n--   and more.\nSELECT 1 AS a")
    table = create_mart(store, read_mart(path))
    [column] = table.columns
    assert (column.description, column.sensitivity) == ("One and more.", "personal")
    assert table.description == "One row. It counts. Owner: me."
