"""The page's sections about two records."""

from console.explain_graph import Line, Node, draw_graph
from console.explain_offence import roles_section
from console.explain_summary import Labels, label_pair, say_pair, summarise_pair
from console.explain_sums import explain_sum
from console.explain_tables import (
    conflicts_list,
    events_table,
    judgements_table,
    pairs_table,
    records_table,
)
from console.explain_words import say_against
from linkage.explanation.answer import PairFacts
from warehouse.markup import Child, tag


def pair_sections(pair: PairFacts, has_values: bool) -> list[Child]:
    """Everything about two records, the answer first."""
    labels = label_pair(pair)
    records = {record.key: record for record in pair.records}
    parts: list[Child] = [
        tag("h2", "In short"),
        tag("ul", [tag("li", line) for line in summarise_pair(pair, labels)]),
        tag("h2", "The records"),
        records_table(pair.records, labels, has_values),
        *roles_section(pair.records, labels),
        _graph(pair, labels),
    ]
    if pair.direct is not None and pair.direct not in pair.steps:
        parts += [tag("h2", "Compared directly"), *explain_sum(pair.direct, labels, records)]
    if pair.steps:
        parts.append(tag("h2", "Why, tie by tie"))
        for step in pair.steps:
            parts += explain_sum(step, labels, records)
    parts += _against(pair, labels)
    if pair.judgements:
        parts += [tag("h2", "What people decided"),
                  judgements_table(pair.judgements, labels, has_values)]  # fmt: skip
    if pair.conflicts:
        parts.append(conflicts_list(pair.conflicts, labels))
    return [*parts, *_blocks(pair), tag("h2", "History"), events_table(pair.events)]


def _graph(pair: PairFacts, labels: Labels) -> Child:
    if pair.path is None:
        return None
    nodes = [Node(record.key, labels[record.key], record.key.force) for record in pair.records]
    lines = [
        Line(step.key, "judged" if step.verdict == "same" else "tree", step.match_weight,
             step.key == pair.path.weakest.key)
        for step in pair.steps
    ]  # fmt: skip
    drawn = draw_graph(nodes, lines, "The way from the one record to the other")
    return drawn and tag("figure", drawn, tag("figcaption", "The ties between the two records."))


def _against(pair: PairFacts, labels: Labels) -> list[Child]:
    compared = {each.key: each for each in (*pair.steps, pair.direct) if each is not None}
    rows = [(each, say_against(each)) for each in compared.values() if each.against]
    parts: list[Child] = [
        tag("li", f"{say_pair(each.key, labels)}: {each.says}.") for each in pair.contradictions
    ]
    if not rows and not parts:
        return []
    return [
        tag("h2", "What speaks against"),
        pairs_table(rows, labels, f"Comparisons that speak against one {pair.entity}",
                    "What speaks against") if rows else None,
        tag("ul", parts) if parts else None,
    ]  # fmt: skip


def _blocks(pair: PairFacts) -> list[Child]:
    if pair.blocks is None:
        return []
    said = "; ".join(pair.blocks) or "none: no night compares them"
    return [
        tag("h2", "What brings the two together"),
        tag("p", f"Blocks that both are in: {said}."),
    ]
