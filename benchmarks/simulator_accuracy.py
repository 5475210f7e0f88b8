"""Linkage of simulated people by the production path, beside plain Splink on the same records.

    python benchmarks/simulator_accuracy.py [--persons N] [--seed S] [--folder FOLDER]

People at default dirt are delivered in the formats of every force's record system, and every night
of the deliveries is run to its published store. Plain Splink is given what the state then holds, as
one flat table, set up as its tutorials do, and shown at the probability that gives its best F1
(which nobody knows without the truth) and at 0.95. Each row is measured by ``evaluate``, the
function of ``crimelink link evaluate``: it is shown the store with plain Splink's clusters in place
of the person ids. Prints Markdown.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from benchmarks.measured import measure
from benchmarks.plain_splink import FIXED, write_flat_table
from benchmarks.production_path import run_production
from forces.declaration import load_declarations
from forces.simulator.simulate import simulate
from linkage.evaluation.evaluate import evaluate
from linkage.evaluation.truth import KEY, read_truth
from transforms.planning import pending_nights
from warehouse.home import Home
from warehouse.schema import quote, store_tables
from warehouse.store import open_store

PERSONS, SEED = 100_000, 7
HEAD = """\
| | records | pairs of truth | precision | recall | F1 | B-cubed | strangers of one name and birth \
date merged, % | twins merged, % | father and son merged, % |
|---|---|---|---|---|---|---|---|---|---|"""
# As truth names what is planted, in the order of the columns.
ALIKE = ("same_name_and_birth", "twins", "father_and_son")
BOOTSTRAP_SEED = 1  # intervals are not shown
# The tables that hold what linking made: all others are the store's own.
_CLUSTERED = {
    "core.person_record": f"""
        SELECT record.* REPLACE (cluster AS person_id)
        FROM published.core.person_record AS record JOIN clusters USING ({", ".join(KEY)})""",
    "link.person_edge": "FROM published.link.person_edge WHERE false",
}

Figures = dict[tuple[str, str], tuple[float, float]]


def main() -> None:
    """Simulate, link both ways, and print the table, a row as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--seed", type=int, default=SEED, help="of the simulation")
    parser.add_argument("--folder", type=Path, help="empty folder to work in, kept afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as working:
        folder = arguments.folder or Path(working)
        deliveries, home = folder / "deliveries", Home.of(folder / "home")
        simulate(deliveries, load_declarations(), persons=arguments.persons, seed=arguments.seed)
        run_nights(home, deliveries)
        truth = read_truth(deliveries)
        print(HEAD)
        with open_store(home) as store:
            ours = measure_linkage(store, truth)
        _print("ours: pairs under one person id", ours, "pair")
        _print("ours: pairs joined by their own link", ours, "link")
        plain, clusters = cluster_plain(home, truth, folder)
        probabilities = {"best": f"{plain['best_probability']:.4f}, its best", "fixed": f"{FIXED}"}
        for how, probability in probabilities.items():
            with open_clustered(home, clusters.select(*KEY, cluster=how)) as store:
                figures = measure_linkage(store, truth)
            _print(f"plain Splink from probability {probability}", figures, "pair")


def run_nights(home: Home, deliveries: Path) -> None:
    """Run every night that the simulated deliveries hold, the oldest first, each to its published
    store; the nights are found as ``crimelink run`` finds them.

    Raises:
        CrimelinkError: a step of a night failed.
    """
    for night in pending_nights(home, deliveries, load_declarations()):
        run_production(home, deliveries, None, night)


def cluster_plain(
    home: Home, truth: pl.DataFrame, folder: Path
) -> tuple[dict[str, Any], pl.DataFrame]:
    """Train plain Splink on the current records of a state, and cluster them.

    Args:
        home: whose state.
        truth: what ``read_truth`` gives.
        folder: for files between the processes.

    Returns:
        What ``plain_splink.judge`` says, and one row a record: ``KEY`` and its clusters ``best``
        and ``fixed``.

    Raises:
        subprocess.CalledProcessError: plain Splink failed.
    """
    table, model, clusters = (
        str(folder / name) for name in ("flat.parquet", "plain.json", "clusters.parquet")
    )
    write_flat_table(home.state, truth, Path(table))
    measure("benchmarks.plain_splink:train", table=table, tutorial="nation", model=model)
    judged = measure(
        "benchmarks.plain_splink:judge", table=table, model=model, clusters=clusters
    ).found
    named = pl.read_parquet(table, columns=["unique_id", *KEY])
    return judged, named.join(pl.read_parquet(clusters), on="unique_id", validate="1:1")


def open_clustered(home: Home, clusters: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """A connection that shows the published store as if another linkage had made its persons.

    Args:
        home: whose store.
        clusters: ``KEY`` and ``cluster``, which stands for the person id; one row a record. Records
            without a row are not shown.

    Returns:
        The tables of the store's contract; ``link.person_edge`` is empty.
    """
    con = duckdb.connect()
    con.execute(f"ATTACH {quote(str(home.current.resolve()))} AS published (READ_ONLY)")
    con.register("given", clusters)
    con.execute(
        f"CREATE TABLE clusters AS SELECT {', '.join(KEY)}, cluster::VARCHAR AS cluster FROM given"
    )
    con.unregister("given")
    for schema in {table.schema for table in store_tables()}:
        con.execute(f"CREATE SCHEMA {schema}")
    for name in (table.qualified for table in store_tables()):
        con.execute(f"CREATE VIEW {name} AS {_CLUSTERED.get(name, f'FROM published.{name}')}")
    return con


def measure_linkage(con: duckdb.DuckDBPyConnection, truth: pl.DataFrame) -> Figures:
    """Each figure of everybody and of what was planted, as ``crimelink link evaluate`` has it.

    Args:
        con: a store, or its tables as ``open_clustered`` shows them.
        truth: what ``read_truth`` gives.

    Returns:
        By stratum and measure: the estimate, from 0 to 1, and what it is a share of.

    Raises:
        UsageError: the truth is not of this store, or there are too many pairs.
    """
    told = evaluate(con, truth, BOOTSTRAP_SEED).figures
    told = told.filter(pl.col("kind").is_in(["all", "planted"]))
    rows = told.select("value", "measure", "estimate", "denominator").iter_rows()
    return {(value, measure): (share, whole) for value, measure, share, whole in rows}


def _print(name: str, figures: Figures, joined: str) -> None:
    """Print a row, of pairs under one person id (``pair``) or joined by their own ``link``; a link
    alone makes no clusters and merges no persons, so there is nothing to say of these."""
    sizes = [figures["all", measure][1] for measure in ("bcubed_precision", "pair_recall")]
    shares = [f"{joined}_{part}" for part in ("precision", "recall", "f1")]
    cells = [name, *(f"{size:,.0f}" for size in sizes)]
    cells += [_share(figures, "all", measure) for measure in shares]
    if joined == "pair":
        cells += [_share(figures, "all", "bcubed_f1")]
        cells += [_share(figures, kind, "merged_with_its_like_rate", 100) for kind in ALIKE]
    else:
        cells += [""] * (1 + len(ALIKE))
    print(f"| {' | '.join(cells)} |", flush=True)


def _share(figures: Figures, value: str, measure: str, of: int = 1) -> str:
    """The estimate as text; nothing where it is a share of nothing."""
    if (value, measure) not in figures:
        return ""
    return f"{figures[value, measure][0] * of:.{4 if of == 1 else 2}f}"


if __name__ == "__main__":
    main()
