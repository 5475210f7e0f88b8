"""The page's sections about one person."""

from collections.abc import Mapping

from console.explain_graph import MOST_DETAILED, MOST_NODES, Line, Node, draw_graph
from console.explain_summary import (
    Labels,
    label_person,
    say_pair,
    say_tie,
    summarise_person,
    tie_pairs,
)
from console.explain_tables import (
    Records,
    conflicts_list,
    events_table,
    judgements_table,
    pairs_table,
    records_table,
    scroll,
    weights_table,
)
from console.explain_waterfall import draw_waterfall
from console.markup import Child, Markup, table, tag
from linkage.explanation.facts import Compared, PairKey, Path, PersonFacts
from linkage.explanation.words import (
    BANDS,
    say_bits,
    say_comparison,
    say_level,
    say_total,
    say_verdict,
)

# Ties shown with a chart each, and pairs of records with their path: the weakest of each.
MOST_CHARTS = 10
MOST_PATHS = 66


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
        parts += _paths(person, labels)
        parts += _against(person, labels)
    parts += _outside(person, labels)
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
    if len(kept) > MOST_PATHS:
        caption += f" ({MOST_PATHS} of {len(kept):,}; --json holds all)"
    rows = [(pair, say_pair_kind(pair, person)) for pair in kept[:MOST_PATHS]]
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


def say_pair_kind(pair: Compared, person: PersonFacts) -> str:
    """What a kept pair is to the person: a tie, a cut link, one of review."""
    said = []
    if pair.cut is not None:
        said.append(f"cut: {pair.cut}")
    elif any(tie.key == pair.key for tie in person.tree):
        said.append("one of the ties that hold the records together")
    else:
        said.append(BANDS[pair.band])
    if pair.verdict:
        said.append(say_verdict(pair.verdict))
    return "; ".join(said)


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


def _paths(person: PersonFacts, labels: Labels) -> list[Child]:
    pairs = {pair.key: pair for pair in person.pairs}
    shown = sorted(person.paths, key=lambda path: (path.direct or 0.0, path.records))
    shown = sorted(shown, key=lambda path: not path.falls_short)[:MOST_PATHS]
    parts: list[Child] = [
        tag("h2", "Between any two records"),
        tag("p", "The way from one record to another whose weakest tie is the strongest that can "
            "be had, and what the two weigh when they are compared directly.", class_="note"),
    ]  # fmt: skip
    if len(shown) < len(person.paths):
        note = f"The {len(shown)} of {len(person.paths):,} pairs that agree least directly."
        parts.append(tag("p", note, class_="note"))
    rows = [_path_row(path, labels, pairs) for path in shown]
    heads = ["Records", "Way", "Weakest tie on it", "Compared directly"]
    return [*parts, scroll(table("Ways between records", heads, rows))]


def _path_row(path: Path, labels: Labels, pairs: Mapping[PairKey, Compared]) -> list[Child]:
    key = PairKey.of(path.records[0], path.records[-1])
    direct = "not compared"
    if key in pairs:
        enough = "too little by itself" if path.falls_short else "enough by itself"
        direct = f"{say_total(pairs[key])}: {enough}"
    weakest = f"{say_pair(path.weakest.key, labels)}: {say_tie(path.weakest)}"
    way = " – ".join(labels[record] for record in path.records)
    return [say_pair(key, labels), way, weakest, direct]


def _against(person: PersonFacts, labels: Labels) -> list[Child]:
    parts = [
        _negative(person, labels),
        _contradictions(person, labels),
        _short(person, labels),
    ]
    if person.conflicts:
        parts.append(conflicts_list(person.conflicts, labels))
    said = [part for part in parts if part is not None]
    if not said:
        said = [tag("p", "Nothing that was compared speaks against one person.")]
    return [tag("h2", "What speaks against"), *said]


def _negative(person: PersonFacts, labels: Labels) -> Markup | None:
    tied = {tie.key for tie in person.tree}
    pairs = sorted(person.pairs, key=lambda pair: (pair.key not in tied, pair.match_weight))
    rows = [
        [say_pair(pair.key, labels), "yes" if pair.key in tied else "no",
         say_comparison(weight.comparison), say_level(weight), say_bits(weight.bits)]
        for pair in pairs for weight in pair.against
    ]  # fmt: skip
    heads = ["Records", "A tie", "Compared", "Agreement", "Bits"]
    caption = "Comparisons that speak against one person, in all pairs of its records"
    if len(rows) > MOST_PATHS:
        caption += f" (the first {MOST_PATHS} of {len(rows):,}, the ties first)"
    return scroll(table(caption, heads, rows[:MOST_PATHS], numeric=1)) if rows else None


def _contradictions(person: PersonFacts, labels: Labels) -> Markup | None:
    items = [
        tag("li", f"{say_pair(each.key, labels)}: {each.says}.") for each in person.contradictions
    ]
    lead = tag("p", "Records that contradict each other:")
    return tag("div", lead, tag("ul", items)) if items else None


def _short(person: PersonFacts, labels: Labels) -> Markup | None:
    short = [pair for pair in person.pairs if pair.match_weight < pair.link_at]
    short.sort(key=lambda pair: (pair.match_weight, pair.key))
    if not short:
        return None
    caption = "Pairs of its records that, compared directly, weigh too little to be joined"
    if len(short) > MOST_PATHS:
        caption += f" (the {MOST_PATHS} lightest of {len(short):,})"
    rows = [(pair, say_against(pair)) for pair in short[:MOST_PATHS]]
    return pairs_table(rows, labels, caption, "What speaks against")


def say_against(pair: Compared) -> str:
    """The comparisons that speak against, in one line."""
    said = (
        f"{say_comparison(weight.comparison)}: {say_level(weight)} ({say_bits(weight.bits)})"
        for weight in pair.against
    )
    return "; ".join(said) or "nothing: there is only too little in common"


def _outside(person: PersonFacts, labels: Labels) -> list[Child]:
    if not person.outside:
        return []
    rows = [(pair, say_pair_kind(pair, person)) for pair in person.outside[:MOST_PATHS]]
    named = {
        labels[key]: key for pair in person.outside[:MOST_PATHS] for key in pair.key
        if labels[key].startswith("X")
    }  # fmt: skip
    return [
        tag("h2", "Near, and not joined"),
        tag("p", "Records of other persons. `crimelink explain RECORD RECORD` tells why a pair was "
            "not joined.", class_="note"),
        pairs_table(rows, labels, "Pairs with records of other persons", "Why not joined"),
        tag("ul", [tag("li", f"{label}: ", tag("span", str(key), class_="id"))
                   for label, key in named.items()]),
    ]  # fmt: skip
