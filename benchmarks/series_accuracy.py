"""How well series are found in a simulated nation, whose series nobody told the model.

    python benchmarks/series_accuracy.py [--persons N] [--seed S] [--folder FOLDER]

People and offences at default dirt are delivered in the formats of every force's record system,
taken in, linked and searched for series as in a night. The model is trained on offences that name
the same resolved person; what is shown first are its own measurements on folds of offenders. Then
the simulator's truth: all its series, and apart those of which no offence is solved, which no
training has seen. Pairs of one true series are linked; of all others those are left out that name
one person without being of a series, and those of which both records tell of one offence. Prints
Markdown.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from benchmarks.production_path import linked_nation
from benchmarks.series_truth import Known, TruePairs, know_pairs, read_known
from linkage.series.features import gather_offences
from linkage.series.measures import (
    FIRST,
    Judged,
    first_ranks,
    measure_first,
    measure_pairs,
    reliability,
)
from linkage.series.model import to_probability
from linkage.series.model_file import load_model, model_in_use
from linkage.workspace import workspace
from warehouse.home import Home
from warehouse.state import writer

MOST_PAIRS = 200_000
MEASURES = {
    "auc": "AUC",
    "recall_at_5_percent_false_positives": "recall at 5% false positives",
    "top_50_rate": "top-50 rate",
}
SCORES = ("model", "distance alone", "days alone")


def main() -> None:
    """Simulate, find series, measure and print."""
    with (
        linked_nation(__doc__.splitlines()[0]) as (home, truth),
        writer(home, "measuring series") as con,
        workspace(con),
    ):
        print_measures(con, home, truth)


def print_measures(con: duckdb.DuckDBPyConnection, home: Home, truth: Path) -> None:
    """Measure the home's series and print them.

    Args:
        con: a workspace.
        home: the home, whose night is over.
        truth: folder of the simulator's truth.
    """
    model_id = model_in_use(con)
    if model_id is None:
        print("too few solved series for a model")
        return
    model = load_model(home, model_id)
    gather_offences(con)
    known = read_known(con, truth)
    report = model.report
    print(
        f"{len(known.rows):,} offences of kinds that come in series, {report['records']:,} that "
        f"name a suspect, {report['linked_pairs']:,} pairs of them that share one; "
        f"{known.series:,} true series, {known.unsolved:,} without a solved offence\n"
    )
    print("| pairs | score | " + " | ".join(MEASURES.values()) + " |\n|---|---|---|---|---|")
    _print_rows("solved, folds of offenders", report["measures"])
    pairs = know_pairs(con, model, known)
    for name, own in (("true series, all", pairs.held()),
                      ("true series, none solved", pairs.held(unsolved=True))):  # fmt: skip
        _print_rows(name, measure(own))
    within, kept = pairs.shares
    print(f"\nOf pairs of one true series and family {within:.4f} lie within the window; of those "
          f"that then have {model.keep_at} or more by the model {kept:.4f} are kept\n")  # fmt: skip
    own = pairs.held()
    true = reliability(to_probability(own.total), own.is_linked, np.ones(len(own.total)))
    for name, rows in (("solved, folds of offenders", report["reliability"]),
                       ("true series", true)):  # fmt: skip
        print(f"| {name}: probability from | pairs | predicted | observed |\n|---|---|---|---|")
        for row in rows:
            print(f"| {row['from']} | {row['pairs']:,.0f} | {row['predicted']:.3f} | "
                  f"{row['observed']:.3f} |")  # fmt: skip
        print()
    print_leads(con, known)
    print("\n| feature | weight | bits from | to |\n|---|---|---|---|")
    for name, bits in model.bits.items():
        weight = report["feature_weights"][name]
        print(f"| {name} | {weight:.2f} | {min(bits):+.1f} | {max(bits):+.1f} |")
    print(f"\nprior {model.prior:+.2f} bits")


def measure(pairs: TruePairs) -> list[dict[str, object]]:
    """Every measure of the model and of single features on pairs of known truth."""
    scores = {"model": pairs.total, "distance alone": -pairs.km, "days alone": -pairs.days}
    groups = int(pairs.group.max()) + 1
    # Of pairs that are not linked some stand for all where each is drawn anew.
    one_in = max(1, len(pairs.total) // MOST_PAIRS)
    held = pairs.is_linked | ((7919 * pairs.left + pairs.right) % one_in == 0)
    weight = np.where(pairs.is_linked, 1.0, float(one_in))[held]
    judged = Judged(
        pairs.is_linked[held], weight, pairs.group[pairs.left[held]],
        pairs.group[pairs.right[held]], {name: score[held] for name, score in scores.items()},
    )  # fmt: skip
    own = np.concatenate([pairs.left, pairs.right])
    linked, ones = np.tile(pairs.is_linked, 2), np.ones(2 * len(pairs.total))
    hits, offences = {}, own
    for name, score in scores.items():
        ranks = first_ranks(own, np.tile(score, 2), linked, ones)
        hits[name] = (ranks["rank"] <= FIRST).to_numpy()
        offences = ranks["offence"].to_numpy()
    return [*measure_pairs(judged, groups), *measure_first(hits, pairs.group[offences], groups)]


def print_leads(con: duckdb.DuckDBPyConnection, known: Known) -> None:
    """What leads are made of: of the first 50 by score, and of all."""
    ties = con.sql(
        """SELECT lead, offence_l, offence_r, 1 / (1 + pow(2, -total)) AS probability
           FROM linkage.series_pair
           JOIN (SELECT offence AS offence_l, lead FROM linkage.series_member) USING (offence_l)
           JOIN (SELECT offence AS offence_r, lead FROM linkage.series_member)
             USING (offence_r, lead)"""
    ).pl()
    members = con.sql("FROM linkage.series_member").pl().join(known.rows, on="offence")
    truth = members.group_by("lead").agg(
        offences=pl.len(),
        most=pl.col("series").drop_nulls().value_counts(sort=True).struct.field("count").first()
        .fill_null(0),
    )  # fmt: skip
    leads = truth.join(ties.group_by("lead").agg(score=pl.col("probability").sum()), on="lead")
    leads = leads.sort("score", "lead", descending=[True, False])
    print("\n| leads | offences a lead | of one true series: mean share | leads with three or more "
          "of one series |\n|---|---|---|---|")  # fmt: skip
    for name, own in (("first 50", leads.head(50)), ("first 500", leads.head(500)), ("all", leads)):
        share, three, size = (
            own.select(each.mean().cast(pl.Float64)).item()
            for each in (pl.col("most") / pl.col("offences"), pl.col("most") >= 3,
                         pl.col("offences"))
        )  # fmt: skip
        print(f"| {name} ({len(own):,}) | {size:.1f} | {share:.3f} | "
              f"{three:.3f} |")  # fmt: skip


def _print_rows(name: str, rows: Iterable[dict[str, object]]) -> None:
    by = {(row["score"], row["measure"]): row for row in rows}
    for score in SCORES:
        own = [by[score, measure] for measure in MEASURES]
        cells = [f"{row['estimate']:.3f} [{row['low']:.3f}, {row['high']:.3f}]" for row in own]
        print(f"| {name} | {score} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
