"""Simulated deliveries without dirt, two nights of every record system: nothing is kept out."""

import duckdb
import pytest

from console.take_in import finish, take_in
from forces.declaration import load_declarations
from forces.simulator.simulate import simulate
from warehouse.home import Home


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clean")
    declared = load_declarations()
    forces = {force: declared[force] for force in ("durham", "essex", "metropolitan", "wiltshire")}
    made = simulate(folder / "deliveries", forces, persons=200, nights=2, dirt="none")
    home = Home.of(folder / "home")
    for night in made.nights:
        take_in(home, folder / "deliveries", night, forces)
        finish(home, night, forces)
    with duckdb.connect(str(home.current), read_only=True) as con:
        yield con


def test_no_batch_is_held_and_no_row_quarantined(store):
    assert store.sql("SELECT DISTINCT status FROM quality.batch").fetchall() == [("loaded",)]
    assert store.sql("FROM quality.quarantine").fetchall() == []
    [(nights, rows)] = store.sql(
        "SELECT count(DISTINCT delivery_date), sum(received) FROM quality.reconciliation "
        "JOIN quality.batch USING (batch_id)"
    ).fetchall()
    assert nights > 1
    assert rows > 1_000


def test_no_rule_of_the_contract_is_broken_and_no_drift_noted(store):
    """Only what a sound record system delivers too: its own set of ethnicity codes, mended, and
    the hour that the clocks repeat."""
    failing = store.sql(
        "SELECT DISTINCT rule FROM quality.check_result WHERE failed > 0"
    ).fetchall()
    assert {rule for (rule,) in failing} <= {
        "ethnicity_o1_is_a4", "ethnicity_sets_mixed", "local_time_ambiguous"
    }  # fmt: skip
