from datetime import date

import duckdb
import polars as pl
import pytest

from benchmarks.sound_rows import sound_tables
from benchmarks.store_faults import fault_of
from linkage.networks.associate import associate
from linkage.objects.objects import link_objects
from linkage.offences.link import link_offences
from tests.warehouse.conftest import Bench
from warehouse.build import build, building_path
from warehouse.home import Home
from warehouse.store_checks import Check
from warehouse.verify import checks

NIGHT = date(2026, 3, 2)
ROWS = 4
FORCES = ("durham", "essex", "kent")


def of_batch(frame: pl.DataFrame) -> list[dict]:
    """Rows without what a batch says of itself."""
    return frame.drop("force", "source_system", "batch_id", "source_file").to_dicts()


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """A built store, with the state beside it: each record of a force is a person with those of
    the others, and rows of one table were kept out."""
    bench = Bench(Home.of(tmp_path_factory.mktemp("store") / "home"))
    kept_out = [{"table_name": "stop_search"}, {"table_name": "stop_search"}]
    for force in FORCES:
        tables = {t: of_batch(rows) for t, rows in sound_tables(force, "b", ROWS).items()}
        bench.put(NIGHT, "1", tables, force=force, quarantine=kept_out)
    bench.load(NIGHT)
    keys = [f"person_record/{n}" for n in range(1, ROWS + 1)]
    bench.link(NIGHT, {f"P{k}": [f"{force}:{k}" for force in FORCES] for k in keys})
    link_objects(bench.home, NIGHT)
    link_offences(bench.home, NIGHT)
    associate(bench.home, NIGHT)
    build(bench.home, NIGHT, bench.declarations)
    with duckdb.connect(str(building_path(bench.home, NIGHT))) as con:
        con.execute(f"ATTACH '{bench.home.state}' AS state (READ_ONLY)")
        yield con


@pytest.mark.parametrize("check", [*checks(NIGHT)], ids=lambda check: check.name)
def test_every_check_finds_the_rows_that_its_fault_breaks_and_none_before(store, check):
    assert store.execute(check.sql).fetchall() == []
    fault = fault_of(check)
    store.execute("BEGIN")
    try:
        for statement in fault.statements:
            store.execute(statement)
        assert len(store.execute(check.sql).fetchall()) == fault.rows
    finally:
        store.execute("ROLLBACK")


def test_a_check_that_nobody_can_break_is_an_error():
    with pytest.raises(KeyError):
        fault_of(Check("new", "something new holds", "SELECT 1 WHERE false"))
