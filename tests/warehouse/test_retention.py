"""docs/retention.md explains every word of the contract, and its questions are SQL that runs."""

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from warehouse.contract import DELIVERED
from warehouse.schema import create_statements, store_tables

PAGE = (Path(__file__).parents[2] / "docs" / "retention.md").read_text(encoding="utf-8")
LATEST, LEFT = re.findall(r"```sql\n(.+?)```", PAGE, re.DOTALL)


@pytest.fixture
def store():
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA mart")
        for statement in create_statements(store_tables()):
            con.execute(statement.replace(" NOT NULL", ""))
        yield con


def test_what_the_contract_says_of_retention_is_explained():
    said = {table.retention for table in DELIVERED}
    assert said == set(re.findall(r"^\| ((?:by|none)[^|]+) \|", PAGE, re.MULTILINE))


def test_the_latest_offence_of_each_part_is_told(store):
    store.execute("""
        CREATE TABLE mart.person_offence AS
        FROM (VALUES ('P1', 'suspect', 'durham', DATE '2019-01-02', 'burglary'),
                     ('P1', 'suspect', 'kent', DATE '2024-05-06', 'robbery'),
                     ('P1', 'suspect', 'kent', NULL, 'drugs'),
                     ('P1', 'victim', 'kent', DATE '2020-01-01', 'burglary'))
          AS t (person_id, part, forces, occurred_on, offence_group)
    """)
    assert store.execute(LATEST).fetchall() == [
        ("P1", "victim", date(2020, 1, 1), "burglary", "kent", 0),
        ("P1", "suspect", date(2024, 5, 6), "robbery", "kent", 1),
    ]


def test_when_a_record_left_is_told_of_none_that_is_held(store):
    store.execute("""
        INSERT INTO link.person_membership BY NAME
        SELECT 'kent' AS force, 'niche' AS source_system, id AS source_record_id, 'P1' AS person_id,
               DATE '2026-01-12' AS valid_from, until AS valid_to
        FROM (VALUES ('gone', DATE '2026-01-14'), ('held', NULL), ('back', DATE '2026-01-13'),
                     ('back', NULL)) AS t (id, until)
    """)
    assert store.execute(LEFT).fetchall() == [("kent", "niche", "gone", date(2026, 1, 14))]
