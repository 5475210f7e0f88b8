"""The sum of a pair's weights on the page: a chart, and the same as a table."""

from collections.abc import Sequence

from console.explain_summary import Labels, say_pair
from console.explain_tables import NONE, Records, scroll
from console.explain_waterfall import draw_waterfall
from console.explain_words import say_silent
from linkage.explanation.facts import PRIOR, Compared, Record, Weight
from linkage.explanation.words import (
    held_by,
    in_steps,
    say_bits,
    say_comparison,
    say_level,
    say_probability,
    say_total,
    say_verdict,
    say_weight,
)
from warehouse.markup import Child, Markup, join, table, tag


def explain_sum(pair: Compared, labels: Labels, records: Records) -> list[Child]:
    """One pair: its chart, and the same as a table."""
    name = say_pair(pair.key, labels)
    bound = f" The model's threshold for it is that of “{pair.bound}”." if pair.bound else ""
    scored = (
        f"Brought together by “{pair.match_key}”, scored on night {pair.night} by {pair.model_id}."
        if pair.is_published
        else f"Not kept in the store: compared for this page only, by {pair.model_id}."
    )
    verdict = f" People's decision: {say_verdict(pair.verdict)}." if pair.verdict else ""
    return [
        tag("h3", f"{name}: {say_total(pair)}"),
        tag("figure", draw_waterfall(pair, f"The sum of {name}"),
            tag("figcaption", f"{scored}{bound}{verdict} Hatched bars speak against.")),
        weights_table(pair, labels, records, f"The same sum of {name}, line by line"),
    ]  # fmt: skip


def weights_table(pair: Compared, labels: Labels, records: Records, caption: str) -> Markup:
    """Every line of a pair's sum; what the two records hold beside it, where values are shown."""
    sides = [records[key] for key in pair.key if key in records]
    has_values = len(sides) == 2 and any(side.values for side in sides)
    heads = ["Compared", "Agreement", "Under the model", "Bits", "1/1024 bit"]
    if has_values:
        heads[2:2] = [f"{labels[side.key]} holds" for side in sides]
    rows = [_weight_row(pair, weight, sides if has_values else []) for weight in pair.weights
            if weight.bits]  # fmt: skip
    weight = pair.match_weight
    total = [
        tag("strong", "Total"), *[""] * (len(heads) - 4), say_probability(weight, pair.entity),
        tag("strong", say_bits(weight)), tag("strong", f"{in_steps(weight):,}"),
    ]  # fmt: skip
    summed = scroll(table(caption, heads, [*rows, total], numeric=2))
    return join([summed, tag("p", say_silent(pair), class_="note")])


def _weight_row(pair: Compared, weight: Weight, sides: Sequence[Record]) -> list[Child]:
    held = [_values(side, weight.comparison) for side in sides]
    return [
        say_comparison(weight.comparison), say_level(weight), *held,
        say_weight(weight, pair.entity), say_bits(weight.bits), f"{in_steps(weight.bits):,}",
    ]  # fmt: skip


def _values(record: Record, comparison: str) -> str:
    return "; ".join(held_by(record, comparison)) or ("" if comparison == PRIOR else NONE)
