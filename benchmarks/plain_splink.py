"""Plain Splink 5 as its tutorial uses it: one flat table, library comparisons, trained once.

What linkage is measured against, in speed (``linkage_speed``) and accuracy (``linkage_accuracy``,
``simulator_accuracy``).
Each function that takes a ``Meter`` runs in a process of its own (``measured.measure``).
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from splink import DuckDBAPI, Linker, SettingsCreator

from benchmarks.cluster_accuracy import compare_clusters
from benchmarks.measured import Meter
from benchmarks.splink_tutorials import TUTORIALS, Tutorial
from warehouse.schema import quote

FIXED = 0.95  # the probability that tutorials cluster at, or near it
LOWEST_WEIGHT = -5.0  # bits: pairs below it decide nothing
CANDIDATES = [*range(-5, 30)]  # bits at which the best clustering is sought


def train(meter: Meter, table: str, tutorial: str, model: str) -> dict[str, Any]:
    """Train on a Parquet file with ``unique_id`` and write the model as Splink saves it."""
    chosen = TUTORIALS[tutorial]
    with duckdb.connect() as con:
        linker = _linker(con, table, _settings(chosen), chosen.link_type)
        with meter:
            training = linker.training
            training.estimate_probability_two_random_records_match(
                list(chosen.certain), recall=chosen.certain_recall
            )
            training.estimate_u_using_random_sampling(max_pairs=chosen.u_pairs, seed=1)
            for rule in chosen.training:
                training.estimate_parameters_using_expectation_maximisation(
                    rule, max_pairs=chosen.em_pairs
                )
        linker.misc.save_model_to_json(model, overwrite=True)
    return {}


def _settings(tutorial: Tutorial) -> SettingsCreator:
    return SettingsCreator(
        link_type=tutorial.link_type,
        comparisons=tutorial.comparisons(),
        blocking_rules_to_generate_predictions=list(tutorial.rules),
    )


def _linker(
    con: duckdb.DuckDBPyConnection, table: str, settings: SettingsCreator | str, link_type: str
) -> Linker:
    """A linker over table ``record``, made of the file; by force where they are only linked."""
    con.execute(_RECORD, {"table": table})
    api = DuckDBAPI(connection=con)
    if link_type == "dedupe_only":
        return Linker(api.register("record", dataset_display_name="record"), settings, "ERROR")
    tables = []
    for (force,) in con.sql("SELECT DISTINCT force FROM record ORDER BY 1").fetchall():
        name = force.replace("-", "_")
        con.execute(f"CREATE TABLE {name} AS FROM record WHERE force = $force", {"force": force})
        tables.append(api.register(name, dataset_display_name=name))
    return Linker(tables, settings, "ERROR")


# A record's id elsewhere is nothing to Splink, which would carry it through every step. The force
# is for ``link_only``.
_WITHOUT_IDS = """
SELECT COLUMNS(lambda name: name NOT IN ('source_system', 'source_record_id'))
"""
_RECORD = f"CREATE TABLE record AS {_WITHOUT_IDS} FROM read_parquet($table)"


def relink(meter: Meter, table: str, model: str, probability: float) -> dict[str, Any]:
    """A full relink: predict and cluster, the table ready in memory and the model trained."""
    with duckdb.connect() as con:
        linker = _linker(con, table, model, "dedupe_only")
        with meter:
            scored, clustered = _predict_and_cluster(linker, probability)
        [(clusters,)] = con.sql(f"SELECT count(DISTINCT cluster_id) FROM {clustered}").fetchall()
        return {"edges": _count(con, scored), "clusters": clusters}


def relink_whole(
    meter: Meter, state: str, model: str, probability: float, kept: str
) -> dict[str, Any]:
    """A full relink with what a night of ours does besides: the table is made of the state's
    records first, and the pairs and the cluster of each record are kept in a file of DuckDB."""
    with duckdb.connect() as con, meter:
        con.execute(f"ATTACH {quote(state)} AS state (READ_ONLY)")
        con.execute("USE state")
        con.execute(f"CREATE TABLE memory.record AS {_WITHOUT_IDS} FROM ({_FLAT})")
        con.execute("USE memory")
        con.execute("DETACH state")
        linker = Linker(
            DuckDBAPI(connection=con).register("record", dataset_display_name="record"),
            model,
            "ERROR",
        )
        scored, clustered = _predict_and_cluster(linker, probability)
        con.execute(f"ATTACH {quote(kept)} AS kept")
        con.execute(f"CREATE TABLE kept.edge AS FROM {scored}")
        con.execute(f"CREATE TABLE kept.cluster AS SELECT unique_id, cluster_id FROM {clustered}")
        con.execute("DETACH kept")
        return {"edges": _count(con, scored)}


def _predict_and_cluster(linker: Linker, probability: float) -> tuple[str, str]:
    """Tables of the scored pairs and of the clusters."""
    scored = linker.inference.predict(threshold_match_probability=probability)
    clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_probability=probability
    )
    return scored.physical_name, clustered.physical_name


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    [(rows,)] = con.sql(f"SELECT count(*) FROM {table}").fetchall()
    return int(rows)


def judge(
    meter: Meter,
    table: str,
    model: str,
    link_type: str = "dedupe_only",
    clusters: str | None = None,
) -> dict[str, Any]:
    """The pairs compared, and accuracy at ``FIXED`` and at the probability with the best F1.

    The table's column ``true_person`` holds the truth. ``clusters`` is a Parquet file to write:
    ``unique_id`` and the cluster of each record at the ``best`` probability and the ``fixed`` one.
    """
    with duckdb.connect() as con:
        linker = _linker(con, table, model, link_type)
        with meter:
            pairs = linker.inference.compute_blocked_pairs_for_predict()
            compared = _count(con, pairs.physical_name)
            scored = linker.inference.predict(threshold_match_weight=LOWEST_WEIGHT)
            edges = con.sql(
                f"SELECT unique_id_l, unique_id_r, match_weight FROM {scored.physical_name}"
            ).pl()
        true = con.sql("SELECT unique_id, true_person FROM record ORDER BY unique_id").pl()
    found = {
        weight: _accuracy(_cluster(edges, true["unique_id"], weight), true) for weight in CANDIDATES
    }
    best = max(CANDIDATES, key=lambda weight: found[weight]["f1"])
    fixed = _cluster(edges, true["unique_id"], float(np.log2(FIXED / (1 - FIXED))))
    if clusters is not None:
        at_best = _cluster(edges, true["unique_id"], best)
        true.select("unique_id", best=at_best, fixed=fixed).write_parquet(clusters)
    return {
        "records": true.height,
        "pairs": compared,
        "best_weight": best,
        "best_probability": 1 / (1 + 2.0**-best),
        "best": found[best],
        "fixed": _accuracy(fixed, true),
    }


def _cluster(edges: pl.DataFrame, ids: pl.Series, weight: float) -> pl.Series:
    """A number for each of the sorted ids, the same where edges of that weight or more tie them."""
    linked = edges.filter(pl.col("match_weight") >= weight)
    ends = (np.searchsorted(ids, linked[f"unique_id_{side}"]) for side in "lr")
    matrix = coo_array((np.ones(linked.height, np.bool_), tuple(ends)), (len(ids),) * 2)
    _, cluster = connected_components(matrix, directed=False)
    return pl.Series(cluster)


def _accuracy(cluster: pl.Series, true: pl.DataFrame) -> dict[str, float]:
    accuracy = compare_clusters(cluster, true["true_person"])
    return asdict(accuracy) | {"f1": accuracy.f1, "b_cubed": accuracy.b_cubed}


def write_flat_table(state: Path, truth: pl.DataFrame, path: Path) -> None:
    """One row a current record of a state, as a user would flatten it, with its key and
    ``true_person``."""
    with duckdb.connect(str(state), read_only=True) as con:
        con.register("truth", truth)
        con.sql(_FLAT_AND_TRUE).pl().write_parquet(path)


_FLAT = """
WITH number AS (
    SELECT force, source_system, source_record_id,
           min(value) FILTER (type = 'pnc') AS pnc, min(value) FILTER (type = 'cro') AS cro
    FROM core.person_identifier WHERE valid_to IS NULL GROUP BY ALL
),
home AS (
    SELECT force, source_system, source_record_id,
           arg_max(postcode, coalesce(from_date, DATE '1900-01-01')) AS postcode
    FROM core.person_address WHERE valid_to IS NULL AND to_date IS NULL GROUP BY ALL
)
SELECT row_number() OVER (ORDER BY force, source_system, source_record_id) AS unique_id,
       force, source_system, source_record_id,
       forename, surname, forename || ' ' || surname AS full_name, birth_date,
       nullif(sex, 'U') AS sex, postcode, pnc, cro
FROM core.person_record
LEFT JOIN number USING (force, source_system, source_record_id)
LEFT JOIN home USING (force, source_system, source_record_id)
WHERE valid_to IS NULL
ORDER BY unique_id
"""
_FLAT_AND_TRUE = f"""
SELECT flat.*, truth_person_id AS true_person
FROM ({_FLAT}) AS flat JOIN truth USING (force, source_system, source_record_id)
ORDER BY unique_id
"""
