"""The suite of the finished store: what warehouse states, asked by Great Expectations."""

from datetime import date

import duckdb
import pytest

from quality.store_suite import check_store
from tests.warehouse.conftest import Bench
from warehouse.build import build, building_path
from warehouse.errors import StoreError
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.state import writer
from warehouse.store_checks import CHECKS, Check
from warehouse.verify import answers_path, checks

NIGHT = date(2026, 1, 1)


@pytest.fixture
def bench(tmp_path) -> Bench:
    """A built candidate of two persons and a crime."""
    bench = Bench(Home.of(tmp_path / "home"))
    bench.put(
        NIGHT,
        "1",
        {
            "person_record": [{"record_key": "p1", "surname": "SECRETO"}, {"record_key": "p2"}],
            "offence_record": [{"record_key": "o1"}],
        },
    )
    bench.load(NIGHT)
    bench.link(NIGHT, {"P1": ["durham:p1"], "P2": ["durham:p2"]})
    bench.link_offences(NIGHT)
    return bench


def rebuild(bench: Bench, damage: str = "SELECT 1") -> None:
    with writer(bench.home, "test") as con:
        con.execute(damage)
    build(bench.home, NIGHT, bench.declarations)


def answers(bench: Bench) -> dict[str, int]:
    with duckdb.connect(str(building_path(bench.home, NIGHT)), read_only=True) as con:
        return dict(con.execute("SELECT name, failed FROM quality.store_check").fetchall())


def test_a_sound_store_passes_every_check_and_is_published(bench):
    rebuild(bench)
    check_store(bench.home, NIGHT)
    found = answers(bench)
    assert found == {check.name: 0 for check in checks(NIGHT)}
    assert len(found) > len(CHECKS)
    publish(bench.home, NIGHT)
    assert bench.ask_store("SELECT DISTINCT failed FROM quality.store_check") == [(0,)]


def test_rows_that_fail_are_counted_named_without_values_and_keep_the_store_back(bench):
    rebuild(bench, "DELETE FROM linkage.membership; DELETE FROM linkage.cluster")
    with pytest.raises(StoreError) as failure:
        check_store(bench.home, NIGHT)
    assert "records_have_a_person: 2 rows (every person record" in str(failure.value)
    assert "SECRETO" not in str(failure.value)
    assert answers(bench)["records_have_a_person"] == 2
    assert "SECRETO" not in answers_path(bench.home, NIGHT).read_text()
    with pytest.raises(StoreError, match="has not passed its checks"):
        publish(bench.home, NIGHT)


def test_a_difference_from_the_state_is_found(bench):
    rebuild(bench)
    with writer(bench.home, "test") as con:
        con.execute("DELETE FROM core.offence_record")
    with pytest.raises(StoreError, match=r"core\.offence_record\.rows: 1 rows"):
        check_store(bench.home, NIGHT)


def test_killed_before_its_answers_are_kept_it_is_run_again(bench, monkeypatch):
    rebuild(bench)
    with monkeypatch.context() as patched:
        patched.setattr("warehouse.verify.write_text_atomic", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            check_store(bench.home, NIGHT)
    with pytest.raises(StoreError, match="has not been checked"):
        publish(bench.home, NIGHT)
    check_store(bench.home, NIGHT)
    assert set(answers(bench).values()) == {0}
    publish(bench.home, NIGHT)


def test_a_store_that_passed_is_not_checked_again(bench, monkeypatch):
    rebuild(bench)
    check_store(bench.home, NIGHT)
    monkeypatch.setattr("quality.store_expectations.run_suite", lambda *_: 1 / 0)
    check_store(bench.home, NIGHT)
    rebuild(bench)
    with pytest.raises(ZeroDivisionError):
        check_store(bench.home, NIGHT)


def test_a_check_that_cannot_be_asked_stops_the_night(bench, monkeypatch):
    from quality.run.validation import SuiteError

    rebuild(bench)
    broken = Check("broken", "nothing can be asked of a table that is not there", "FROM nowhere")
    monkeypatch.setattr("quality.store_suite.checks", lambda _: [broken])
    with pytest.raises(SuiteError, match="check broken"):
        check_store(bench.home, NIGHT)


def test_without_a_candidate_there_is_nothing_to_check(bench):
    with pytest.raises(StoreError, match="build has not run"):
        check_store(bench.home, NIGHT)
