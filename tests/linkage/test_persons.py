from datetime import date

import polars as pl
import pytest

from linkage.models import person
from linkage.persons import link
from warehouse.home import Home
from warehouse.night import close_night, read_model
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
    # Name and birth date alone do not link: all of a name have one telephone and postcode.
    owned = frame.drop("birth_date", "sex", "forename", "surname").with_columns(
        record_key=pl.col("record_key") + "#1"
    )
    contact = owned.with_columns(type=pl.lit("phone"), value=frame["forename"] + frame["surname"])
    address = owned.with_columns(postcode=pl.lit("ZE1 1AA"))
    rows = {"person_record": frame, "person_contact": contact, "person_address": address}
    with writer(home, "test") as state:
        for table, held in rows.items():
            state.register("held", held)
            state.execute(f"INSERT INTO core.{table} BY NAME SELECT * FROM held")


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


def test_the_night_says_which_model_linked_it(home):
    store(home, FIRST, ANA_DURHAM, ANA_KENT)
    link(home, FIRST)
    assert [(read_model(home, FIRST),)] == ask(
        home, "SELECT model_id FROM governance.model_register"
    )
    assert read_model(home, SECOND) is None


def test_a_link_that_the_guard_cuts_goes_to_review(home):
    father = ("kent", "80", "ANA", "FERREIRA", date(1958, 7, 2))
    nobody = ("kent", "81", "ANA", "FERREIRA", None)
    store(home, FIRST, ANA_DURHAM, ANA_KENT, father, nobody)
    link(home, FIRST)
    bands = ask(
        home,
        "SELECT source_record_id_l, source_record_id_r, band FROM link.person_edge "
        f"WHERE match_weight >= {person.LINK} ORDER BY ALL",
    )
    assert len({band for *_, band in bands}) == 2
    for left, right, band in bands:
        together = ask(
            home,
            "SELECT count(DISTINCT person_id) = 1 FROM link.person_membership "
            f"WHERE source_record_id IN ('{left}', '{right}')",
        )
        assert together == [(band == "link",)]


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
