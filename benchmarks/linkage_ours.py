"""Our own link step at size: what ``linkage_speed`` measures, each in a process of its own."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import polars as pl

from benchmarks.cluster_accuracy import compare_clusters
from benchmarks.measured import Meter
from benchmarks.simulated_people import KEY, read_truth
from linkage.blocks import keys_sql
from linkage.changes import read_changes
from linkage.groups import group_records
from linkage.judgements.journal import append_judgements
from linkage.judgements.judgement import judge
from linkage.mark import gazetteer
from linkage.model_file import load_model, model_in_use, register_model, save_model
from linkage.pairs import find_pairs
from linkage.persons import apply_decisions, link
from linkage.record_key import RecordKey
from linkage.score import score_pairs
from linkage.training import train
from linkage.workspace import workspace
from warehouse.home import Home
from warehouse.journal import journal_path
from warehouse.state import reader, writer

_KEYS = ", ".join(KEY)
_PERSONS = f"""
SELECT {_KEYS}, person_id FROM linkage.membership JOIN linkage.record_key USING (record)
WHERE valid_to IS NULL
"""
_LAST_PAIRS = "SELECT pairs FROM link.linkage_night ORDER BY run DESC LIMIT 1"


def train_home(meter: Meter, home: str) -> dict[str, Any]:
    """Train the home's model on its records and take it into use, as ``crimelink link train``."""
    at = Home.of(home)
    with writer(at, "training") as state, workspace(state):
        with meter:
            model = train(state, gazetteer(at))
        save_model(at, model)
        register_model(state, model)
    return {"model_id": model.model_id, "how": model.how}


def link_night(meter: Meter, home: str, night: str) -> dict[str, Any]:
    """The whole link step of a night.

    Raises:
        RuntimeError: the memory that the step is given was too little, so that it was done twice.
    """
    at, on = Home.of(home), date.fromisoformat(night)
    with meter:
        link(at, on)
    if "done_twice" in journal_path(at, on).read_text(encoding="utf-8"):
        raise RuntimeError(f"the link step of {night} had too little memory and was done twice")
    return count_links(at)


def link_anew(meter: Meter, home: str, night: str) -> dict[str, Any]:
    """The link step of a night where nothing has been linked yet, with the home's model."""
    _forget_links(Home.of(home))
    return link_night(meter, home, night)


def relink_prepared(meter: Meter, home: str) -> dict[str, Any]:
    """What plain Splink's relink does, and no more: blocks, scores and clusters of all records,
    from a table of features in memory, and nothing kept. The home has been linked."""
    at = Home.of(home)
    with writer(at, "linking in memory") as state, workspace(state):
        known = model_in_use(state)
        assert known is not None
        model = load_model(at, known)
        read_changes(state, model, gazetteer(at), is_all=True)
        with meter:
            state.execute(f"CREATE OR REPLACE TABLE delta_key AS {keys_sql(model, 'fresh')}")
            find_pairs(state, model)
            score_pairs(state, model, records="fresh", at_least=model.possible)
            group_records(state, is_all=True, edges="scored")
        [(pairs, edges, persons)] = state.execute(_RELINKED).fetchall()
    return {"pairs": pairs, "edges": edges, "persons": persons}


_RELINKED = """
SELECT (SELECT count(*) FROM pair), (SELECT count(*) FROM scored),
       (SELECT count(DISTINCT part) FROM grouped)
"""


def count_links(home: Home) -> dict[str, Any]:
    """Records, edges by band, persons, and how well these match the truth."""
    with reader(home) as state:
        bands = dict(state.sql("SELECT band, count(*) FROM linkage.edge GROUP BY 1").fetchall())
        found = state.sql(_PERSONS).pl()
        [(pairs,)] = state.execute(_LAST_PAIRS).fetchall()
    known = found.join(read_truth(home), on=KEY)
    accuracy = compare_clusters(known["person_id"], known["truth_person_id"])
    return {
        "records": found.height,
        "pairs": pairs,
        "persons": found["person_id"].n_unique(),
        "edges": bands,
        **asdict(accuracy),
        "f1": accuracy.f1,
        "b_cubed": accuracy.b_cubed,
    }


def _forget_links(home: Home) -> None:
    """Take away all that linking has made but its models."""
    with writer(home, "forgetting links") as state:
        tables = state.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE schema_name IN ('link', 'linkage') AND NOT temporary"
        ).fetchall()
        for (table,) in tables:
            state.execute(f"DELETE FROM {table}")


# Records are numbered otherwise in each state: edges of one are told in the numbers of the other.
_COMPARE = f"""
CREATE TEMP TABLE same AS
SELECT o.record AS one, t.record AS other
FROM one.linkage.record_key AS o JOIN other.linkage.record_key AS t USING ({_KEYS});
CREATE TEMP TABLE edge_one AS
SELECT least(l.other, r.other) AS record_l, greatest(l.other, r.other) AS record_r,
       match_weight, link_at, band, block, hash(weights) AS weights, hash(levels) AS levels
FROM one.linkage.edge AS e JOIN same AS l ON l.one = record_l JOIN same AS r ON r.one = record_r;
CREATE TEMP TABLE edge_other AS
SELECT record_l, record_r, match_weight, link_at, band, block, hash(weights) AS weights,
       hash(levels) AS levels
FROM other.linkage.edge;
CREATE TEMP TABLE person AS
SELECT o.person_id AS one, t.person_id AS other
FROM (SELECT same.other AS record, person_id FROM one.linkage.cluster
      JOIN same ON same.one = record) AS o
FULL JOIN other.linkage.cluster AS t USING (record);
"""
_DIFFERENCES = """
SELECT (SELECT count(*) FROM (FROM edge_one EXCEPT ALL FROM edge_other)),
       (SELECT count(*) FROM (FROM edge_other EXCEPT ALL FROM edge_one)),
       (SELECT count(*) FROM one.linkage.edge) - (SELECT count(*) FROM edge_one),
       (SELECT count(*) FROM person WHERE one IS NULL OR other IS NULL),
       (SELECT count(*) FROM (SELECT one FROM person GROUP BY 1 HAVING count(DISTINCT other) > 1)),
       (SELECT count(*) FROM (SELECT other FROM person GROUP BY 1 HAVING count(DISTINCT one) > 1))
"""


def compare_states(meter: Meter, one: str, other: str) -> dict[str, Any]:
    """Count the edges and persons in which two homes that hold the same records differ."""
    with duckdb.connect() as con, meter:
        for name, home in (("one", one), ("other", other)):
            con.execute(f"ATTACH '{Home.of(home).state}' AS {name} (READ_ONLY)")
        con.execute(_COMPARE)
        [(missing, further, lost, alone, split, joined)] = con.execute(_DIFFERENCES).fetchall()
        [(compared,)] = con.execute("SELECT count(*) FROM edge_one").fetchall()
    return {
        "edges": compared,
        "edges_differ": missing + further + lost,
        "persons_differ": alone + split + joined,
    }


def unmerge_one(meter: Meter, home: str) -> dict[str, Any]:
    """Take one record off the first person that has three, as ``crimelink link unmerge`` does."""
    at = Home.of(home)
    before = _persons(at)
    person = before.group_by("person_id").len().filter(pl.col("len") == 3)["person_id"].min()
    members = [
        RecordKey(*row)
        for row in before.filter(pl.col("person_id") == person).select(KEY).sort(KEY).iter_rows()
    ]
    off, *stay = members
    now, reason = datetime.now(UTC), "benchmark: taken off to be timed"
    with meter:
        append_judgements(
            at, [judge(off, each, "not_same", "benchmark", now, reason, "unmerge") for each in stay]
        )
        apply_decisions(at)
    after = _persons(at)
    moved = before.join(after, on=KEY, how="full", suffix="_after").filter(
        pl.col("person_id").ne_missing(pl.col("person_id_after"))
    )
    strangers = moved.join(pl.DataFrame(members, schema=KEY, orient="row"), on=KEY, how="anti")
    return {"moved": moved.height, "of_others": strangers.height}


def _persons(home: Home) -> pl.DataFrame:
    with reader(home) as state:
        return state.sql(_PERSONS).pl()
