"""A force delivers as it declares, and under its own slug in the other forms that it accepts."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from forces.declaration import Declaration, load_declarations
from transforms.collect import collect
from transforms.deliverers import deliverers, forms, served
from transforms.planning import plan_night
from transforms.standardise import standardise
from warehouse.batch import Batch
from warehouse.home import Home

GOLDEN = Path(__file__).parents[1] / "golden"
DAY = date(2025, 11, 3)
ALL = load_declarations()
DECLARED = {force: ALL[force] for force in ("durham", "essex", "kent")}


def _run(root: Path, deliverer: str, declared: dict[str, Declaration]) -> list[Batch]:
    """Plan, collect and standardise what stands in ``root``/deliveries."""
    home = Home.of(root / "home")
    assert plan_night(home, root / "deliveries", DAY, declared) == [deliverer]
    collect(home, DAY, deliverer)
    return [Batch.read(home.staged(one)) for one in standardise(home, DAY, deliverer, declared)]


def test_a_force_of_a_shared_system_delivers_public_files_under_its_own_slug(tmp_path: Path):
    folder = tmp_path / "deliveries" / "essex" / DAY.isoformat()
    folder.mkdir(parents=True)
    for path in (GOLDEN / "policeuk" / "2021-03-31").iterdir():
        text = path.read_text(encoding="utf-8").replace("Durham Constabulary", "Essex Police")
        (folder / path.name.replace("durham", "essex")).write_text(text, encoding="utf-8")
    [batch] = _run(tmp_path, "essex", DECLARED)
    assert (batch.force, batch.deliverer, batch.source_system) == ("essex", "essex", "policeuk")
    assert batch.held_rule is None
    staged = pl.read_parquet(tmp_path / "home/staged" / batch.batch_id / "offence_record.parquet")
    assert staged["force"].unique().to_list() == ["essex"]


def test_a_force_of_a_shared_system_delivers_the_standard_form_for_itself_alone(tmp_path: Path):
    folder = tmp_path / "deliveries" / "essex" / DAY.isoformat()
    folder.mkdir(parents=True)
    rows = "source_record_id,force\nA,essex\nB,\nC,kent\n"
    (folder / "person_record.csv").write_text(rows, encoding="utf-8")
    [batch] = _run(tmp_path, "essex", DECLARED)
    assert (batch.force, batch.source_system) == ("essex", "standard")
    quarantine = pl.read_parquet(tmp_path / "home/staged" / batch.batch_id / "quarantine.parquet")
    assert quarantine.select("source_row", "rule").rows() == [(3, "force_unknown")]


@pytest.mark.parametrize("accepts", [("policeuk", "standard"), ()])
def test_the_shared_systems_own_form_is_held_under_a_forces_slug(tmp_path: Path, accepts):
    copytree(GOLDEN / "athena" / "2025-11-03", tmp_path / "deliveries" / "essex" / "2025-11-03")
    declared = DECLARED | {"essex": replace(DECLARED["essex"], accepts=accepts)}
    [batch] = _run(tmp_path, "essex", declared)
    assert (batch.force, batch.held_rule) == ("essex", "unknown_form")


def test_a_shared_deliverer_still_serves_all_of_its_forces(tmp_path: Path):
    copytree(GOLDEN / "athena" / "2025-11-03", tmp_path / "deliveries" / "athena" / "2025-11-03")
    batches = _run(tmp_path, "athena", DECLARED)
    assert [(batch.force, batch.source_system) for batch in batches] == [
        ("essex", "athena"),
        ("kent", "athena"),
    ]


def test_who_may_deliver_what_for_whom():
    assert deliverers(DECLARED) == {"athena", "durham", "essex", "kent"}
    assert list(served(DECLARED, "athena")) == ["essex", "kent"]
    assert list(served(DECLARED, "kent")) == ["kent"]
    assert served(DECLARED, "nobody") == {}
    assert forms(served(DECLARED, "kent"), "kent") == {"policeuk": ["kent"], "standard": ["kent"]}
    assert list(forms(served(DECLARED, "durham"), "durham")) == ["niche", "policeuk", "standard"]
    shared = served(DECLARED, "athena")
    assert forms(shared, "athena")["athena"] == ["essex", "kent"]
