"""Plain Splink's full relink beside our link step: the first night, nights of 1%, and an unmerge.

    python benchmarks/linkage_speed.py RECORDS [RECORDS ...] [--folder FOLDER]

Both link the same simulated people on the same machine in the same run; every measurement is a
process of its own. Plain Splink is given its table in memory and its trained model: predict and
cluster are counted, at the probability that gives its best F1; and once, as "plain relink, whole",
what a night needs besides: making the table of the state's records, and keeping pairs and clusters.
Of ours the whole link step is counted: reading, features, blocks, scores, edges, persons, ledger,
commit; and once what plain Splink does and no more, "our relink in memory": blocks, scores and
clusters of a ready table. Each night brings 1% upserts and 1% removals; after the last one
everything is linked anew in a copy of the home, and edges and persons are compared record by
record. Prints Markdown.
"""

import argparse
import itertools
import math
import shutil
import tempfile
from pathlib import Path

from benchmarks.measured import Measured, measure
from benchmarks.plain_splink import FIXED, write_flat_table
from benchmarks.simulated_nights import next_night, night_of
from benchmarks.simulated_people import build_nation, read_truth
from warehouse.home import Home

NIGHTS = 2
OURS, PLAIN = "benchmarks.linkage_ours", "benchmarks.plain_splink"
HEAD = """
| records | what | wall, s | CPU, s | peak, GB | pairs compared | edges | F1 | B-cubed |
|---|---|---|---|---|---|---|---|---|"""
RATIOS = """
| records | plain Splink's relink, s | a night of ours, s | ratio, wall | ratio, CPU \
| plain Splink's whole step, s | ratio, wall | ratio, CPU \
| our relink in memory: ratio, CPU | first night: ratio, CPU \
| edges compared | edges that differ | persons that differ | unmerge, s | other records moved |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Measure every size asked for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, help="where to work, and what to keep afterwards")
    arguments = parser.parse_args()
    runs: dict[int, dict[str, Measured]] = {}
    for records in arguments.records:
        print(HEAD, flush=True)
        with tempfile.TemporaryDirectory() as working:
            root = (arguments.folder or Path(working)) / str(records)
            shutil.rmtree(root, ignore_errors=True)
            runs[records] = _measure(root, records)
    print(RATIOS)
    for records, run in runs.items():
        print(_ratios(records, run))
    sizes = sorted(runs)
    for small, large in itertools.pairwise(sizes):
        _print_growth(small, runs[small], large, runs[large])


def _measure(root: Path, records: int) -> dict[str, Measured]:
    """All measurements of one size, by name; each is printed when it is made."""
    home = Home.of(root / "home")
    build_nation(home, records)
    run = _measure_plain(root, home, records)
    _add(run, records, "our training", "train_home", home)
    _add(run, records, "our first night", "link_night", home, night=str(night_of(0)))
    _add(run, records, "our relink in memory", "relink_prepared", home)
    for index in range(1, NIGHTS + 1):
        next_night(home, index)
        _add(run, records, f"our night {index}", "link_night", home, night=str(night_of(index)))
    again = Home.of(root / "again")
    shutil.copytree(home.root, again.root)
    last = str(night_of(NIGHTS))
    _add(run, records, "all anew", "link_anew", again, night=last)
    run["compared"] = measure(f"{OURS}:compare_states", one=str(home.root), other=str(again.root))
    shutil.rmtree(again.root)
    _add(run, records, "our unmerge", "unmerge_one", home)
    return run


def _measure_plain(root: Path, home: Home, records: int) -> dict[str, Measured]:
    table, model = str(root / "flat.parquet"), str(root / "plain.json")
    write_flat_table(home.state, read_truth(home), Path(table))
    run = {"plain training": measure(f"{PLAIN}:train", table=table, tutorial="nation", model=model)}
    _print(records, "plain training", run["plain training"])
    judged = measure(f"{PLAIN}:judge", table=table, model=model)
    best = judged.found["best_probability"]
    relink = measure(f"{PLAIN}:relink", table=table, model=model, probability=best)
    relink.found.update(judged.found["best"] | {"pairs": judged.found["pairs"]})
    _print(records, f"plain relink at {best:.4f}", relink)
    whole = measure(
        f"{PLAIN}:relink_whole", state=str(home.state), model=model, probability=best,
        kept=str(root / "plain.duckdb"),
    )  # fmt: skip
    _print(records, "plain relink, whole", whole)
    fixed = judged.found["fixed"]
    print(f"| {records:,} | the same at {FIXED} | | | | | | {_accuracy(fixed)} |", flush=True)
    return run | {"plain relink": relink, "plain relink, whole": whole}


def _add(
    run: dict[str, Measured], records: int, name: str, function: str, home: Home, **more: str
) -> None:
    run[name] = measure(f"{OURS}:{function}", home=str(home.root), **more)
    _print(records, name, run[name])


def _print(records: int, name: str, measured: Measured) -> None:
    found = measured.found
    edges = found.get("edges", {})
    edges = sum(edges.values()) if isinstance(edges, dict) else edges
    counts = [f"{n:,}" if n else "" for n in (found.get("pairs"), edges)]
    cells = [f"{records:,}", name, f"{measured.wall:.2f}", f"{measured.cpu:.2f}",
             f"{measured.peak:.2f}", *counts]  # fmt: skip
    print(f"| {' | '.join(cells)} | {_accuracy(found)} |", flush=True)


def _accuracy(found: dict[str, float]) -> str:
    return f"{found['f1']:.4f} | {found['b_cubed']:.4f}" if "f1" in found else " | "


def _ratios(records: int, run: dict[str, Measured]) -> str:
    plain, first = run["plain relink"], run["our first night"]
    # The slowest of the nights stands for them.
    night = max((run[f"our night {n}"] for n in range(1, NIGHTS + 1)), key=lambda m: m.wall)
    whole = run["plain relink, whole"]
    compared, unmerge = run["compared"].found, run["our unmerge"]
    cells = [f"{records:,}", f"{plain.wall:.1f}", f"{night.wall:.2f}",
             f"{plain.wall / night.wall:.1f}", f"{plain.cpu / night.cpu:.1f}",
             f"{whole.wall:.1f}", f"{whole.wall / night.wall:.1f}", f"{whole.cpu / night.cpu:.1f}",
             f"{plain.cpu / run['our relink in memory'].cpu:.2f}",
             f"{plain.cpu / first.cpu:.2f}", f"{compared['edges']:,}",
             f"{compared['edges_differ']}", f"{compared['persons_differ']}",
             f"{unmerge.wall:.2f}", f"{unmerge.found['of_others']}"]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _print_growth(
    small: int, few: dict[str, Measured], large: int, many: dict[str, Measured]
) -> None:
    """CPU grows as the records to this power."""
    names = (
        "plain relink",
        "our relink in memory",
        "our first night",
        "our night 1",
        f"our night {NIGHTS}",
    )
    powers = [
        f"{name} {math.log(many[name].cpu / few[name].cpu) / math.log(large / small):.2f}"
        for name in names
    ]
    print(f"\nCPU grows from {small:,} to {large:,} records as a power: {', '.join(powers)}")


if __name__ == "__main__":
    main()
