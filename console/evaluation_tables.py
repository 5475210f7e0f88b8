"""An evaluation as tables for the terminal."""

import io
from collections.abc import Sequence

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from linkage.evaluation.evaluate import KINDS, Evaluation

TABLE_WIDTH = 220
# Kinds with a stratum for every force or two: only the worst are told.
MANY = ("force", "force pair")
WORST, FEWEST_PAIRS = 10, 20

MEASURES = {
    "pair_precision": "pairs under one person id: precision",
    "pair_recall": "  recall",
    "pair_f1": "  F1",
    "link_precision": "pairs joined by their own link: precision",
    "link_recall": "  recall",
    "link_f1": "  F1",
    "bcubed_precision": "clusters, B-cubed: precision",
    "bcubed_recall": "  recall",
    "bcubed_f1": "  F1",
    "merged_rate": "persons merged with a stranger",
    "split_rate": "persons split",
}
# Of a ratio of nothing: what there is none of.
NOTHING = {
    "pair_precision": "no pair is joined",
    "pair_recall": "no two records are of one true person",
    "link_precision": "no pair is so joined",
    "link_recall": "no two records are of one true person",
}
# Columns of a table of strata: the heading, the measure, and whether its interval is told.
COLUMNS = (
    ("precision", "pair_precision", True),
    ("recall", "pair_recall", True),
    ("F1", "pair_f1", False),
    ("B³ prec.", "bcubed_precision", False),
    ("B³ recall", "bcubed_recall", False),
    ("B³ F1", "bcubed_f1", False),
    ("merged", "merged_rate", True),
    ("split", "split_rate", True),
    ("with its like", "merged_with_its_like_rate", True),
)
KIND_TITLES = {
    "forces": "By where the two records of a pair lie",
    "force pair": "By the forces of a pair",
    "held by": "By how many forces hold the person",
    "force": "By force of a record",
    "sex": "By sex",
    "age": "By age",
    "ethnicity": "By ethnicity, self-defined",
    "name origin": "By origin of the name",
    "identifiers": "By identifiers on the two records of a pair",
    "identifier": "By identifier on a record",
    "planted": "By what was planted",
}


def draw_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as text, the first column to the left and the others to the right."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="left" if index == 0 else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    text = io.StringIO()
    Console(file=text, width=TABLE_WIDTH, markup=False, highlight=False).print(table)
    return "\n".join([title, *(line.rstrip() for line in text.getvalue().splitlines())])


def draw_evaluation(evaluation: Evaluation) -> list[str]:
    """The evaluation as texts, one a table."""
    figures = evaluation.figures
    strata = [_strata(figures, kind) for kind in KINDS if kind != "all"]
    return [
        _overall(figures),
        *(table for table in strata if table),
        _bands(evaluation.bands),
        _weights(evaluation.weights),
    ]


def percent(value: float | None) -> str:
    """A share as a percentage with two decimals."""
    return "" if value is None else f"{100 * value:.2f}"


def _span(low: float, high: float) -> str:
    return f"{percent(low)}–{percent(high)}"


def _overall(figures: pl.DataFrame) -> str:
    found = {row["measure"]: row for row in figures.filter(kind="all").to_dicts()}
    rows = []
    for name, says in MEASURES.items():
        if row := found.get(name):
            span = _span(row["low"], row["high"])
            rows.append((says, percent(row["estimate"]), span, _of(row)))
        elif name in NOTHING:  # its words say of what the rows below it are
            rows.append((says, "—", "", f"({NOTHING[name]})"))
    return draw_table("Everybody", ("", "%", "95% interval", "of"), rows)


def _of(row: dict[str, float]) -> str:
    return f"{row['numerator']:,.0f} of {row['denominator']:,.0f}"


def _strata(figures: pl.DataFrame, kind: str) -> str | None:
    own = figures.filter(kind=kind)
    if own.is_empty():
        return None
    title = KIND_TITLES[kind]
    if kind in MANY:
        own, note = _worst(own)
        title += note
    columns = [c for c in COLUMNS if (own["measure"] == c[1]).any()]
    if kind == "force pair":  # of all persons, next to none are merged by one pair of forces
        columns = [c for c in columns if c[1] != "merged_rate"]
    rows = []
    for (value,), of_value in own.group_by("value", maintain_order=True):
        found = {row["measure"]: row for row in of_value.to_dicts()}
        true = found.get("pair_recall", {"denominator": 0.0})["denominator"]
        cells = (_cell(found.get(name), has_interval) for _, name, has_interval in columns)
        rows.append((str(value), f"{true:,.0f}", *cells))
    return draw_table(title, ("", "true pairs", *(c[0] for c in columns)), rows)


def _cell(row: dict[str, float] | None, has_interval: bool) -> str:
    if row is None:
        return ""
    figure = percent(row["estimate"])
    return f"{figure} [{_span(row['low'], row['high'])}]" if has_interval else figure


def _worst(own: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The strata with the lowest F1 of pairs, and words that say so."""
    values = own["value"].n_unique()
    if values <= WORST:
        return own, ""
    # Half the denominator of F1: the mean of true pairs and joined ones.
    ranked = own.filter(
        pl.col("measure") == "pair_f1", pl.col("denominator") >= 2 * FEWEST_PAIRS
    ).sort("estimate", "value")
    worst = ranked.head(WORST).select("value").with_row_index("place")
    note = (
        f": the {worst.height} of lowest F1, of {values:,} (those of {FEWEST_PAIRS} pairs or more)"
    )
    return own.join(worst, on="value").sort("place", maintain_order=True), note


def _bands(bands: pl.DataFrame) -> str:
    says = {"link": "link, laid", "cut": "link, not laid", "no edge": "no edge kept"}
    rows = [
        (says.get(row["band"], row["band"]),
         *(f"{row[name]:,}" for name in bands.columns if name != "band"))
        for row in bands.to_dicts()
    ]  # fmt: skip
    headings = ("", "pairs", "true", "true, joined", "true, missed", "wrong, joined")
    return draw_table("By what the pair's own edge says", headings, rows)


def _weights(weights: pl.DataFrame) -> str:
    rows = [
        (_margin(row["margin_from"], row["margin_to"]), f"{row['pairs']:,}", f"{row['true']:,}",
         f"{percent(row['share'])} [{_span(row['low'], row['high'])}]")
        for row in weights.to_dicts()
    ]  # fmt: skip
    headings = ("bits", "pairs", "true", "% true")
    title = "By weight: bits above what the pair needs to be joined"
    return draw_table(title, headings, rows)


def _margin(low: float | None, high: float | None) -> str:
    if low is None:
        return f"below {high:+.0f}"
    return f"{low:+.0f} and more" if high is None else f"{low:+.0f} to {high:+.0f}"
