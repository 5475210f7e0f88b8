"""The page's sections about one person."""

from console.explain_evidence import MOST_ROWS, against_section, outside_section, ways_section
from console.explain_graph import MOST_DETAILED, MOST_NODES, Line, Node, draw_graph
from console.explain_summary import Labels, label_person, summarise_person, tie_pairs
from console.explain_sums import explain_sum
from console.explain_tables import (
    Records,
    events_table,
    judgements_table,
    pairs_table,
    records_table,
)
from console.explain_words import say_pair_kind
from linkage.explanation.answer import PersonFacts
from warehouse.markup import Child, Markup, tag

# Ties shown with a chart each: the weakest.
MOST_CHARTS = 10


def person_sections(person: PersonFacts, has_values: bool) -> list[Child]:
    """Everything about one person, the answer first."""
    labels = label_person(person)
    records = {record.key: record for record in person.records}
    parts: list[Child] = [
        tag("h2", "In short"),
        tag("ul", [tag("li", line) for line in summarise_person(person, labels)]),
    ]
    if person.records:
        parts += [tag("h2", "The records"), records_table(person.records, labels, has_values)]
    if len(person.records) > 1:
        parts += _graph(person, labels)
        parts += _ties(person, labels, records)
        parts += ways_section(person, labels)
        parts += against_section(person, labels)
    parts += outside_section(person, labels)
    if person.judgements:
        parts += [tag("h2", "What people decided"),
                  judgements_table(person.judgements, labels, has_values)]  # fmt: skip
    return [*parts, tag("h2", "History"), events_table(person.events)]


def _graph(person: PersonFacts, labels: Labels) -> list[Child]:
    nodes = [Node(record.key, labels[record.key], record.key.force) for record in person.records]
    lines = _lines(person)
    drawn = draw_graph(*_with_others(nodes, lines, person, labels), "How the records are tied")
    heading = tag("h2", "How the records are tied")
    under = _kept(person, labels)
    if drawn is None:
        note = f"There are more than {MOST_NODES} records: too many for a picture."
        return [heading, tag("p", note, class_="note"), under]
    caption = (
        "R: records of this person. X: records of other persons, not joined. The thickest line is "
        "the weakest tie."
    )
    if len(nodes) > MOST_DETAILED:
        caption += " Of so many records only the ties are drawn; further links are in the table."
    return [heading, tag("figure", drawn, tag("figcaption", caption)), under]


def _kept(person: PersonFacts, labels: Labels) -> Markup:
    kept = [pair for pair in person.pairs if pair.is_published]
    tied = {tie.key for tie in person.tree}
    kept.sort(key=lambda pair: (pair.key not in tied, -pair.match_weight, pair.key))
    caption = "The pairs that the store keeps, the ties first, the heaviest first"
    if len(kept) > MOST_ROWS:
        caption += f" ({MOST_ROWS} of {len(kept):,}; --json holds all)"
    rows = [(pair, say_pair_kind(pair, person)) for pair in kept[:MOST_ROWS]]
    return pairs_table(rows, labels, caption, "What it is")


def _lines(person: PersonFacts) -> list[Line]:
    weakest = person.tree[-1].key if person.tree else None
    drawn = {tie.key for tie in person.tree}
    lines = [
        Line(tie.key, "judged" if tie.is_judged else "tree", tie.match_weight, tie.key == weakest)
        for tie in person.tree
    ]
    lines += [
        Line(pair.key, "link" if pair.cut is None else "cut", pair.match_weight)
        for pair in person.pairs
        if pair.is_published and pair.band == "link" and pair.key not in drawn
    ]
    return lines + [
        Line(each.key, "contradiction", None)
        for each in person.contradictions
        if each.key not in drawn
    ]


def _with_others(
    nodes: list[Node], lines: list[Line], person: PersonFacts, labels: Labels
) -> tuple[list[Node], list[Line]]:
    """The picture with the records that were not joined, as far as there is room for them."""
    room = MOST_NODES - len(nodes)
    near = [pair for pair in person.outside if pair.band in ("link", "review")]
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


def _ties(person: PersonFacts, labels: Labels, records: Records) -> list[Child]:
    pairs = tie_pairs(person)
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
