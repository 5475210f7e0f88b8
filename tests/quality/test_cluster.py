"""The traps that the real files of five forces hold, counted by rule through the nightly steps."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from forces.declaration import load_declarations
from quality.check import check
from transforms.collect import collect
from transforms.planning import plan_night
from transforms.reference_folder import load_folder
from transforms.standardise import standardise
from warehouse.batch import Batch
from warehouse.home import Home

NIGHT = date(2022, 4, 1)
FORCES = ("cleveland", "cumbria", "durham", "north-yorkshire", "northumbria")


@pytest.fixture(scope="module")
def counted(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Rows that fail, by table and rule: of one delivery a force with all its months, so that rules
    about Crime IDs see all of them. Rows kept out stand as the rule ``quarantine``."""
    home = Home.of(tmp_path_factory.mktemp("cluster") / "home")
    deliveries = tmp_path_factory.mktemp("deliveries")
    for path in (shared_data / "police_uk" / "ne_cluster_2021-03_2022-03").rglob("*.csv.gz"):
        [force] = [force for force in FORCES if f"-{force}-" in path.name]
        folder = deliveries / force / NIGHT.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).write_bytes(path.read_bytes())
    declarations = load_declarations()
    plan_night(home, deliveries, NIGHT, declarations)
    load_folder(home, shared_data / "geo", "tester")
    batches: list[str] = []
    for force in FORCES:
        collect(home, NIGHT, force)
        batches += standardise(home, NIGHT, force, declarations)
    check(home, NIGHT, declarations)
    assert not any(Batch.read(home.checked(batch)).is_held for batch in batches)
    results = pl.concat(pl.read_parquet(home.checked(b) / "check_result.parquet") for b in batches)
    kept_out = sum(pl.read_parquet(home.checked(b) / "quarantine.parquet").height for b in batches)
    failed = results.group_by("table_name", "rule").agg(pl.sum("failed"))
    kept = {"table_name": ["batch"], "rule": ["quarantine"], "failed": [kept_out]}
    return failed.vstack(pl.DataFrame(kept, schema=failed.schema))


# As ../shared/data/README.md and docs/run-police-uk.md give them; those on LSOAs were counted a
# second way, with a plain join and Shapely.
TRAPS = {
    ("offence_record", "null_crime_id"): 131_256,
    ("offence_record", "null_crime_id_of_a_crime"): 0,
    ("offence_record", "repeated_row"): 46_103,
    ("offence_record", "repeated_row_of_a_crime"): 26,
    ("offence_record", "crime_id_repeated"): 41,
    ("offence_record", "crime_id_repeated_across_months"): 14,
    ("offence_record", "no_location"): 915,
    ("offence_record", "point_outside_force_area"): 1_493,
    ("offence_record", "context_always_null"): 515_678,
    ("outcome", "crime_not_in_delivery"): 34_523,
    ("outcome", "crime_id_with_several_outcomes"): 31_781,
    ("offence_record", "lsoa_unknown"): 0,
    ("offence_record", "lsoa_of_another_force"): 1_468,
    ("offence_record", "point_outside_lsoa"): 9,
    ("batch", "quarantine"): 0,
}


@pytest.mark.shared_data
def test_every_trap_of_the_real_files_is_counted_by_its_rule(counted: pl.DataFrame):
    found = {(table, rule): failed for table, rule, failed in counted.iter_rows()}
    assert {key: found.get(key) for key in TRAPS} == TRAPS
