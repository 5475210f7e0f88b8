from datetime import date

import polars as pl
import pytest

from linkage.persons import link
from warehouse.home import Home
from warehouse.night import close_night
from warehouse.state import reader, writer

FIRST, SECOND = date(2026, 1, 12), date(2026, 1, 13)


@pytest.fixture
def home(tmp_path):
    return Home.of(tmp_path)


def store(home: Home, night: date, *people: tuple[str, str, str, str, date]) -> None:
    """Current person records, as the load would have stored them on that night."""
    frame = pl.DataFrame(
        [
            {"force": force, "source_system": "niche", "record_key": ref, "source_record_id": ref,
             "forename": forename, "surname": surname, "birth_date": born, "sex": "F",
             "batch_id": "b", "source_file": "f", "source_row": 1, "version": 1,
             "valid_from": night, "delivery_sequence": "1"}
            for force, ref, forename, surname, born in people
        ]
    )  # fmt: skip
    with writer(home, "test") as state:
        state.register("frame", frame)
        state.execute("INSERT INTO core.person_record BY NAME SELECT * FROM frame")


def ask(home: Home, query: str) -> list[tuple]:
    with reader(home) as state:
        return state.execute(query).fetchall()


def links(home: Home) -> list[list[tuple]]:
    tables = ("person_edge", "person_membership", "identity_event")
    return [ask(home, f"SELECT * FROM link.{table} ORDER BY ALL") for table in tables]


ANA_DURHAM = ("durham", "1", "ANA", "FERREIRA", date(1988, 2, 29))
ANA_KENT = ("kent", "77", "ANA", "FERREIRA", date(1988, 2, 29))
BEA_KENT = ("kent", "78", "BEA", "OKONKWO", date(1990, 5, 5))


def test_records_of_two_forces_become_one_person_with_the_reason_kept(home):
    store(home, FIRST, ANA_DURHAM, ANA_KENT, BEA_KENT)
    link(home, FIRST)
    people = ask(home, "SELECT person_id, count(*) FROM link.person_membership GROUP BY 1")
    assert sorted(count for _, count in people) == [1, 2]
    [(band, model, status)] = ask(
        home, "SELECT band, model_id, status FROM link.person_edge JOIN "
        "governance.model_register USING (model_id)"
    )  # fmt: skip
    assert (band, status) == ("link", "provisional")
    assert model.startswith("person-")


def test_a_step_run_again_ends_with_the_same_rows(home):
    store(home, FIRST, ANA_DURHAM, BEA_KENT)
    link(home, FIRST)
    store(home, SECOND, ANA_KENT)
    link(home, SECOND)
    once = links(home)
    link(home, SECOND)
    assert links(home) == once
    assert len(once[2]) == 3  # two created, one joined


def test_an_edge_that_says_the_same_keeps_its_night_and_a_person_its_id(home):
    store(home, FIRST, ANA_DURHAM, ANA_KENT)
    link(home, FIRST)
    before = ask(home, "SELECT DISTINCT person_id FROM link.person_membership")
    store(home, SECOND, BEA_KENT)
    link(home, SECOND)
    assert ask(home, "SELECT night FROM link.person_edge") == [(FIRST,)]
    after = ask(home, "SELECT DISTINCT person_id FROM link.person_membership WHERE force='durham'")
    assert after == before


def test_a_home_without_persons_is_linked_to_nothing(home):
    with writer(home, "test"):
        pass
    link(home, FIRST)
    assert links(home) == [[], [], []]


def test_a_closed_night_is_left_alone(home, tmp_path):
    store(home, FIRST, ANA_DURHAM, ANA_KENT)
    close_night(home, FIRST, tmp_path / "x.duckdb")
    link(home, FIRST)
    assert ask(home, "SELECT count(*) FROM link.person_membership") == [(0,)]
