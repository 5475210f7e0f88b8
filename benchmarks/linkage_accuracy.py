"""Linkage by the production path, with one set of defaults, beside plain Splink.

    python benchmarks/linkage_accuracy.py FOLDER

FOLDER holds the public sets as downloaded: febrl_dataset3.csv, febrl_dataset4a.csv,
febrl_dataset4b.csv and fake_1000.csv. They, and the sets of ``generated_sets`` and ``crowd_sets``,
are delivered in the standard form, loaded, linked and published as on any night: nothing is told to
the linker about any of them. Plain Splink is set up for each as its documentation does, and shown
at the probability that gives its best F1 (which nobody knows without the truth) and at 0.95. Prints
Markdown.
"""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from benchmarks.cluster_accuracy import Accuracy, compare_clusters
from benchmarks.crowd_sets import make_crowd_sets
from benchmarks.generated_sets import make_generated_sets
from benchmarks.linkage_set import KEY, NIGHT, LinkageSet, write_deliveries
from benchmarks.measured import measure
from benchmarks.production_path import run_production
from benchmarks.public_sets import read_public_sets
from benchmarks.splink_tutorials import TUTORIALS
from warehouse.home import Home

HEAD = """\
| set | records | model | link from, bits | ours: precision | recall | F1 | B-cubed \
| plain Splink, best: precision | recall | F1 | B-cubed | from, bits \
| plain Splink, 0.95: precision | recall | F1 | B-cubed |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Linked:
    """What the production path made of a set.

    Attributes:
        accuracy: of its persons.
        model: how its model was made.
        thresholds: bits from which pairs are joined, lowest and highest.
    """

    accuracy: Accuracy
    model: str
    thresholds: str


def main(folder: Path) -> None:
    """Print the table, a line a set, as each is done."""
    print(HEAD)
    for given in [*read_public_sets(folder), *make_generated_sets(), *make_crowd_sets()]:
        with tempfile.TemporaryDirectory() as working:
            ours = link_set(given, Path(working))
            plain = judge_plain(given, Path(working))
        print(_row(given, ours, plain), flush=True)


def link_set(given: LinkageSet, folder: Path) -> Linked:
    """Deliver the set to a new home under the folder, run the night, and measure its persons."""
    write_deliveries(given, folder)
    home = Home.of(folder / "home")
    run_production(home, folder / "deliveries", folder / "forces", NIGHT)
    with duckdb.connect(str(home.current), read_only=True) as store:
        found = store.sql(f"SELECT {', '.join(KEY)}, person_id FROM core.person_record").pl()
        [(how, definition)] = store.sql(_MODEL).fetchall()
    accuracy = compare_clusters(persons_of(given, found), given.flat["true_person"])
    return Linked(accuracy, how, _thresholds(json.loads(definition)))


_MODEL = """
SELECT how, definition FROM governance.model_register
WHERE model_id IN (SELECT person_model_id FROM governance.night)
"""


def persons_of(given: LinkageSet, found: pl.DataFrame) -> pl.Series:
    """The person of each record of ``flat``; one that was quarantined is a person of its own."""
    joined = given.flat.join(found, on=KEY, how="left", maintain_order="left")
    return joined.select(pl.coalesce("person_id", pl.concat_str(KEY, separator="/"))).to_series()


def _thresholds(definition: dict[str, Any]) -> str:
    links = sorted({float(threshold["link"]) for threshold in definition["thresholds"]})
    return " to ".join(f"{bits:g}" for bits in dict.fromkeys((links[0], links[-1])))


def judge_plain(given: LinkageSet, folder: Path) -> dict[str, Any]:
    """What plain Splink makes of the set, as ``plain_splink.judge`` says it."""
    table, model = str(folder / "flat.parquet"), str(folder / "plain.json")
    given.flat.write_parquet(table)
    measure("benchmarks.plain_splink:train", table=table, tutorial=given.tutorial, model=model)
    link_type = TUTORIALS[given.tutorial].link_type
    return measure(
        "benchmarks.plain_splink:judge", table=table, model=model, link_type=link_type
    ).found


def _row(given: LinkageSet, ours: Linked, plain: dict[str, Any]) -> str:
    own = ours.accuracy
    cells = [given.name, f"{given.flat.height:,}", ours.model, ours.thresholds]
    cells += [f"{each:.4f}" for each in (own.precision, own.recall, own.f1, own.b_cubed)]
    for how in ("best", "fixed"):
        names = ("precision", "recall", "f1", "b_cubed")
        cells += [f"{plain[how][name]:.4f}" for name in names]
        cells += [f"{plain['best_weight']}"] if how == "best" else []
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
