"""The page's sections about one person or one offence."""

from console.explain_evidence import MOST_ROWS, against_section, outside_section, ways_section
from console.explain_graph import MOST_DETAILED, MOST_NODES, Line, Node, draw_graph
from console.explain_offence import duplicates_section, roles_section
from console.explain_summary import Labels, label_identity, summarise_identity, tie_pairs
from console.explain_sums import explain_sum
from console.explain_tables import (
    Records,
    events_table,
    judgements_table,
    pairs_table,
    records_table,
)
from console.explain_words import say_pair_kind
from linkage.explanation.answer import Identity
from warehouse.markup import Child, Markup, tag

# Ties shown with a chart each: the weakest.
MOST_CHARTS = 10


def identity_sections(identity: Identity, has_values: bool) -> list[Child]:
    """Everything about it, the answer first."""
    labels = label_identity(identity)
    records = {record.key: record for record in identity.records}
    parts: list[Child] = [
        tag("h2", "In short"),
        tag("ul", [tag("li", line) for line in summarise_identity(identity, labels)]),
    ]
    if identity.records:
        parts += [tag("h2", "The records"), records_table(identity.records, labels, has_values),
                  *roles_section(identity.records, labels)]  # fmt: skip
    if len(identity.records) > 1:
        parts += _graph(identity, labels)
        parts += _ties(identity, labels, records)
        parts += ways_section(identity, labels)
        parts += against_section(identity, labels)
    parts += outside_section(identity, labels)
    parts += duplicates_section(identity, labels)
    if identity.judgements:
        parts += [tag("h2", "What people decided"),
                  judgements_table(identity.judgements, labels, has_values)]  # fmt: skip
    return [*parts, tag("h2", "History"), events_table(identity.events)]


def _graph(identity: Identity, labels: Labels) -> list[Child]:
    nodes = [Node(record.key, labels[record.key], record.key.force) for record in identity.records]
    lines = _lines(identity)
    drawn = draw_graph(*_with_others(nodes, lines, identity, labels), "How the records are tied")
    heading = tag("h2", "How the records are tied")
    under = _kept(identity, labels)
    if drawn is None:
        note = f"There are more than {MOST_NODES} records: too many for a picture."
        return [heading, tag("p", note, class_="note"), under]
    caption = (
        f"R: records of this {identity.entity}. X: records of other {identity.entity.many}, not "
        "joined. The thickest line is "
        "the weakest tie."
    )
    if len(nodes) > MOST_DETAILED:
        caption += " Of so many records only the ties are drawn; further links are in the table."
    return [heading, tag("figure", drawn, tag("figcaption", caption)), under]


def _kept(identity: Identity, labels: Labels) -> Markup:
    kept = [pair for pair in identity.pairs if pair.is_published]
    tied = {tie.key for tie in identity.tree}
    kept.sort(key=lambda pair: (pair.key not in tied, -pair.match_weight, pair.key))
    caption = "The pairs that the store keeps, the ties first, the heaviest first"
    if len(kept) > MOST_ROWS:
        caption += f" ({MOST_ROWS} of {len(kept):,}; --json holds all)"
    rows = [(pair, say_pair_kind(pair, identity)) for pair in kept[:MOST_ROWS]]
    return pairs_table(rows, labels, caption, "What it is")


def _lines(identity: Identity) -> list[Line]:
    weakest = identity.tree[-1].key if identity.tree else None
    drawn = {tie.key for tie in identity.tree}
    lines = [
        Line(tie.key, "judged" if tie.is_judged else "tree", tie.match_weight, tie.key == weakest)
        for tie in identity.tree
    ]
    lines += [
        Line(pair.key, "link" if pair.cut is None else "cut", pair.match_weight)
        for pair in identity.pairs
        if pair.is_published and pair.band == "link" and pair.key not in drawn
    ]
    return lines + [
        Line(each.key, "contradiction", None)
        for each in identity.contradictions
        if each.key not in drawn
    ]


def _with_others(
    nodes: list[Node], lines: list[Line], identity: Identity, labels: Labels
) -> tuple[list[Node], list[Line]]:
    """The picture with the records that were not joined, as far as there is room for them."""
    room = MOST_NODES - len(nodes)
    near = [pair for pair in identity.outside if pair.band in ("link", "review")]
    seen = {node.key for node in nodes}
    for pair in near:
        other = next(key for key in pair.key if key not in seen or labels[key].startswith("X"))
        if other not in seen and room > 0:
            nodes = [*nodes, Node(other, labels[other], other.force, is_member=False)]
            seen.add(other)
            room -= 1
        if other in seen:
            lines = [*lines, Line(pair.key, "cut", pair.match_weight)]
    return nodes, lines


def _ties(identity: Identity, labels: Labels, records: Records) -> list[Child]:
    pairs = tie_pairs(identity)
    parts: list[Child] = [tag("h2", "Why, tie by tie")]
    if len(pairs) > MOST_CHARTS:
        note = (
            f"The {MOST_CHARTS} weakest of {len(pairs)} ties; `crimelink explain RECORD RECORD` "
            "shows any other."
        )
        parts.append(tag("p", note, class_="note"))
    for pair in pairs[:MOST_CHARTS]:
        parts += explain_sum(pair, labels, records)
    return parts
