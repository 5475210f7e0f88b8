"""The states that speed is measured on are such as the load would have left."""

from datetime import date

import polars as pl
import pytest

from benchmarks.simulated_nights import next_night, night_of
from benchmarks.simulated_people import TABLES, build_nation, read_truth
from warehouse.home import Home
from warehouse.state import reader

RECORDS = 2000
_ORPHANS = """
SELECT count(*) FROM core.{table} ANTI JOIN (FROM core.person_record WHERE valid_to IS NULL)
USING (force, source_system, source_record_id) WHERE valid_to IS NULL
"""
_REPEATED = """
SELECT force, source_system, record_key FROM core.{table} WHERE valid_to IS NULL
GROUP BY ALL HAVING count(*) > 1
"""
_CONTENT = """
SELECT * EXCLUDE (valid_from, valid_to, version, delivery_sequence, closed_sequence)
FROM core.{table} WHERE valid_to IS NULL ORDER BY ALL
"""


@pytest.fixture(scope="module")
def nation(tmp_path_factory) -> Home:
    home = Home.of(tmp_path_factory.mktemp("nation"))
    build_nation(home, RECORDS)
    return home


@pytest.fixture(scope="module")
def later(tmp_path_factory) -> tuple[Home, list]:
    home = Home.of(tmp_path_factory.mktemp("later"))
    build_nation(home, RECORDS)
    return home, [next_night(home, 1), next_night(home, 2)]


def ask(home: Home, query: str) -> list[tuple]:
    with reader(home) as state:
        return state.execute(query).fetchall()


def test_as_many_records_as_asked_are_there_each_with_its_true_person(nation):
    assert ask(nation, "SELECT count(*), count(DISTINCT source_record_id) > 100 "
                       "FROM core.person_record") == [(RECORDS, True)]  # fmt: skip
    with reader(nation) as state:
        records = state.sql("FROM core.person_record").pl()
    known = records.join(read_truth(nation), on=["force", "source_system", "source_record_id"])
    assert known.height == RECORDS


def test_the_same_seed_gives_the_same_people(nation, tmp_path):
    other = Home.of(tmp_path)
    build_nation(other, RECORDS)
    for table in TABLES:
        query = _CONTENT.format(table=table)
        assert ask(other, query) == ask(nation, query)


def test_what_the_transforms_take_for_placeholders_is_not_there(nation):
    [(births, years)] = ask(nation, "SELECT min(birth_date), min(birth_year) "
                                    "FROM core.person_record")  # fmt: skip
    assert births > date(1900, 1, 1)
    assert years > 1900
    assert ask(nation, "FROM core.person_address WHERE postcode = 'NF1 1NF'") == []
    assert ask(nation, "SELECT DISTINCT source_person_ref FROM core.person_record "
                       "WHERE source_system = 'niche'") == [(None,)]  # fmt: skip


def test_nearly_all_postcodes_stand_in_the_homes_gazetteer(nation):
    known = pl.read_parquet(nation.reference / "postcode.parquet")["postcode"].implode()
    held = ask(nation, "SELECT postcode FROM core.person_address WHERE postcode IS NOT NULL")
    assert pl.Series([postcode for (postcode,) in held]).is_in(known).mean() > 0.95


def test_a_night_brings_changes_and_takes_away_one_in_a_hundred(later):
    home, changes = later
    assert [(c.new, c.changed, c.removed) for c in changes] == [(10, 10, 20)] * 2
    held = "SELECT count(*) FROM core.person_record WHERE valid_to IS NULL"
    assert ask(home, held) == [(RECORDS - 20,)]
    began = "SELECT count(*) FROM core.person_record WHERE version = 1 AND valid_from = '{}'"
    assert ask(home, began.format(night_of(1))) == [(10,)]
    assert ask(home, began.format(night_of(2))) == [(10,)]


@pytest.mark.parametrize("table", TABLES)
def test_versions_follow_one_another_and_rows_their_record(later, table):
    home, _ = later
    assert ask(home, _REPEATED.format(table=table)) == []
    assert ask(home, _ORPHANS.format(table=table)) == [(0,)]
    ends = f"SELECT DISTINCT valid_from, valid_to FROM core.{table} WHERE valid_to IS NOT NULL"
    assert ask(home, ends)
    assert all(began < ended <= night_of(2) for began, ended in ask(home, ends))


def test_a_changed_record_begins_where_the_version_before_ended(later):
    home, _ = later
    gaps = """
    SELECT count(*), count(*) FILTER (old.valid_to = new.valid_from)
    FROM core.person_record AS new JOIN core.person_record AS old
      ON new.record_key = old.record_key AND new.force = old.force
         AND new.version = old.version + 1
    """
    [(pairs, joined)] = ask(home, gaps)
    assert pairs == joined >= 10
