"""Another linkage of a store's records is measured as the store's own is."""

import polars as pl
import pytest

from benchmarks.simulator_accuracy import measure_linkage, open_clustered
from linkage.evaluation.truth import KEY
from tests.console.small_store import edge, publish
from warehouse.home import Home
from warehouse.store import open_store

# Twins Ann and Amy, of whom the store has Ann whole, and Amy's two records under two person ids.
PERSONS = {"1": "ann", "2": "ann", "3": "amy", "4": "other"}
TRUE = {"1": "ANN", "2": "ANN", "3": "AMY", "4": "AMY"}


@pytest.fixture
def home(tmp_path) -> Home:
    made = Home.of(tmp_path / "home")
    records = [
        {"force": "kent", "source_record_id": record, "person_id": person}
        for record, person in PERSONS.items()
    ]
    publish(made, core__person_record=records, link__person_edge=[edge("kent/1", "kent/2", a=40)])
    return made


@pytest.fixture
def truth() -> pl.DataFrame:
    return _keyed(TRUE, "truth_person_id").with_columns(
        traps=pl.lit(["twins"], pl.List(pl.String)), name_origin=pl.lit(None, pl.String)
    )


def _keyed(values: dict[str, str], name: str) -> pl.DataFrame:
    records = pl.DataFrame({"source_record_id": list(values), name: list(values.values())})
    keyed = records.with_columns(force=pl.lit("kent"), source_system=pl.lit("niche"))
    return keyed.select(*KEY, name)


def test_the_stores_own_persons_give_the_stores_own_figures(home, truth):
    with open_store(home) as store:
        own = measure_linkage(store, truth)
    with open_clustered(home, _keyed(PERSONS, "cluster")) as store:
        shown = measure_linkage(store, truth)
    assert own["all", "pair_recall"] == (0.5, 2)
    assert own["twins", "merged_with_its_like_rate"] == (0, 2)
    assert own["all", "link_precision"] == (1, 1)
    # Links are the store's own: another linkage shows none of them.
    assert shown["all", "link_recall"] == (0, 2)
    of_persons = {key for key in own if not key[1].startswith("link_")}
    assert {key: shown[key] for key in of_persons} == {key: own[key] for key in of_persons}


def test_clusters_that_join_twins_are_measured_as_persons_merged(home, truth):
    clusters = _keyed(dict.fromkeys(PERSONS, "one"), "cluster")
    with open_clustered(home, clusters) as store:
        figures = measure_linkage(store, truth)
    assert figures["all", "pair_precision"] == (pytest.approx(2 / 6), 6)
    assert figures["all", "pair_recall"] == (1, 2)
    assert figures["twins", "merged_with_its_like_rate"] == (1, 2)
