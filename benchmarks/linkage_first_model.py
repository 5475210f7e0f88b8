"""How well the first person model links simulated people, against the truth that was planted.

    crimelink simulate DELIVERIES --persons 100000
    crimelink --home HOME run --deliveries DELIVERIES
    python benchmarks/linkage_first_model.py HOME DELIVERIES

Prints the tables of docs/person-model.md: pairs of records that one person id joins, and pairs in
the band ``link``, against the true pairs among the records held; then each planted trap; then the
time and memory of scoring every pair again. Simulated people only: no evidence about real ones.
"""

import resource
import sys
import time
from pathlib import Path

import duckdb
import polars as pl

from linkage.features import read_persons
from linkage.model_file import current_model
from linkage.models import person
from linkage.score import score_pairs
from warehouse.home import Home

KEY = ["force", "source_record_id"]
ENDS = ["one", "other"]
# What strangers were made alike by: true persons of the kind, and those merged with another of it.
STRANGERS = ("twins", "father_and_son", "same_name_and_birth")

_RECORDS = """
SELECT force, source_record_id, person_id FROM link.person_membership
WHERE valid_to IS NULL ORDER BY ALL
"""
_LINKS = """
SELECT force_l, source_record_id_l, force_r, source_record_id_r FROM link.person_edge
WHERE band = 'link'
"""


def main(home: Path, deliveries: Path) -> None:
    """Print what was measured on a home and the truth of its deliveries."""
    with duckdb.connect(str(Home.of(home).state), read_only=True) as state:
        records, links = state.sql(_RECORDS).pl(), state.sql(_LINKS).pl()
        wall = time.perf_counter()
        persons = read_persons(state)
    read = time.perf_counter() - wall
    labelled = _label(records, deliveries)
    true, joined = _pairs(labelled, "truth_person_id"), _pairs(labelled, "person_id")
    print("| | pairs | precision | recall |\n|---|---|---|---|")
    _print_accuracy("one person id", joined, true)
    _print_accuracy("band link", _numbered(links, labelled), true)
    _print_traps(labelled, true, joined)
    _print_speed(Home.of(home), persons, read)


def _label(records: pl.DataFrame, deliveries: Path) -> pl.DataFrame:
    """The records held, numbered, with the person they truly are and what was planted in them."""
    truth = pl.read_parquet(deliveries / "truth" / "person.parquet")
    return records.join(
        truth.select(*KEY, "truth_person_id", "traps").unique(KEY), on=KEY, maintain_order="left"
    ).with_row_index("record")


def _pairs(labelled: pl.DataFrame, column: str) -> pl.DataFrame:
    """Every pair of records that share the column's value: ``one`` < ``other``."""
    side = labelled.select("record", column)
    return (
        side.join(side, on=column, suffix="_other")
        .filter(pl.col("record") < pl.col("record_other"))
        .select(one="record", other="record_other")
    )


def _numbered(links: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """The links as pairs of record numbers."""
    for side, name in (("l", "a"), ("r", "b")):
        keys = [f"{key}_{side}" for key in KEY]
        number = labelled.select(*KEY, pl.col("record").alias(name))
        links = links.join(number, left_on=keys, right_on=KEY)
    return links.select(one=pl.min_horizontal("a", "b"), other=pl.max_horizontal("a", "b"))


def _print_accuracy(name: str, found: pl.DataFrame, true: pl.DataFrame) -> None:
    right = found.join(true, on=ENDS, how="semi").height
    print(f"| {name} | {found.height:,} | {right / found.height:.4f} | {right / true.height:.4f} |")


def _print_traps(labelled: pl.DataFrame, true: pl.DataFrame, joined: pl.DataFrame) -> None:
    kinds = labelled.select(pl.col("traps").explode().drop_nulls().unique().sort())["traps"]
    is_joined = true.join(joined, on=ENDS, how="left", coalesce=False).select(
        "one", "other", found=pl.col("one_right").is_not_null()
    )
    wrong = joined.join(true, on=ENDS, how="anti")
    print("\n| planted | true pairs with it | of them joined | persons merged with its other |")
    print("|---|---|---|---|")
    for kind in kinds:
        bearers = labelled.filter(pl.col("traps").list.contains(kind))
        numbers = bearers["record"].implode()
        pairs = is_joined.filter(pl.col("one").is_in(numbers) | pl.col("other").is_in(numbers))
        share = f"{pairs['found'].sum() / pairs.height:.4f}" if pairs.height else "none"
        merged = _merged(bearers, wrong) if kind in STRANGERS else ""
        print(f"| {kind} | {pairs.height:,} | {share} | {merged} |")


def _merged(bearers: pl.DataFrame, wrong: pl.DataFrame) -> str:
    """True persons of the kind joined with another of it, of how many that are held."""
    of = bearers.select("record", "truth_person_id")
    both = wrong.join(of, left_on="one", right_on="record").join(
        of, left_on="other", right_on="record", suffix="_other"
    )
    merged = pl.concat([both["truth_person_id"], both["truth_person_id_other"]]).n_unique()
    persons = of["truth_person_id"].n_unique()
    return f"{merged} of {persons:,} ({merged / persons:.2%})"


def _print_speed(home: Home, persons: pl.DataFrame, read: float) -> None:
    model = current_model(home, persons)
    wall, cpu = time.perf_counter(), time.process_time()
    scored = score_pairs(persons, model)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    keys, pairs = scored.capped["keys"].sum(), scored.capped["pairs"].sum()
    print(
        f"\n{model.model_id}, joined from {person.LINK} bits; {persons.height:,} records: read in "
        f"{read:.1f} s, scored in {wall:.1f} s ({cpu:.1f} s CPU), {scored.pairs.height:,} pairs "
        f"kept, peak {peak / 1e9:.2f} GB; {keys:,} blocks too large, {pairs:,} pairs in them"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
