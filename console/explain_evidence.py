"""The page's sections about what holds the records together, and what speaks against."""

from collections.abc import Mapping

from console.explain_summary import Labels, say_pair, say_tie
from console.explain_tables import conflicts_list, pairs_table, scroll
from console.explain_words import say_against, say_pair_kind
from linkage.explanation.answer import Identity
from linkage.explanation.facts import Compared, PairKey, Path
from linkage.explanation.words import say_bits, say_comparison, say_level, say_total
from warehouse.markup import Child, Markup, table, tag

# Lines of a table; beyond, those that speak most against come first.
MOST_ROWS = 66


def ways_section(identity: Identity, labels: Labels) -> list[Child]:
    """The ways between any two records, those that agree least directly first."""
    pairs = {pair.key: pair for pair in identity.pairs}
    shown = sorted(identity.paths, key=lambda path: (path.direct or 0.0, path.records))
    shown = sorted(shown, key=lambda path: not path.falls_short)[:MOST_ROWS]
    parts: list[Child] = [
        tag("h2", "Between any two records"),
        tag("p", "The way from one record to another whose weakest tie is the strongest that can "
            "be had, and what the two weigh when they are compared directly.", class_="note"),
    ]  # fmt: skip
    if len(shown) < len(identity.paths):
        note = f"The {len(shown)} of {len(identity.paths):,} pairs that agree least directly."
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


def against_section(identity: Identity, labels: Labels) -> list[Child]:
    """Everything that speaks against the records being one."""
    parts = [
        _negative(identity, labels),
        _contradictions(identity, labels),
        _short(identity, labels),
    ]
    if identity.conflicts:
        parts.append(conflicts_list(identity.conflicts, labels))
    said = [part for part in parts if part is not None]
    if not said:
        said = [tag("p", f"Nothing that was compared speaks against one {identity.entity}.")]
    return [tag("h2", "What speaks against"), *said]


def _negative(identity: Identity, labels: Labels) -> Markup | None:
    tied = {tie.key for tie in identity.tree}
    pairs = sorted(identity.pairs, key=lambda pair: (pair.key not in tied, pair.match_weight))
    rows = [
        [say_pair(pair.key, labels), "yes" if pair.key in tied else "no",
         say_comparison(weight.comparison), say_level(weight), say_bits(weight.bits)]
        for pair in pairs for weight in pair.against
    ]  # fmt: skip
    heads = ["Records", "A tie", "Compared", "Agreement", "Bits"]
    caption = f"Comparisons that speak against one {identity.entity}, in all pairs of its records"
    if len(rows) > MOST_ROWS:
        caption += f" (the first {MOST_ROWS} of {len(rows):,}, the ties first)"
    return scroll(table(caption, heads, rows[:MOST_ROWS], numeric=1)) if rows else None


def _contradictions(identity: Identity, labels: Labels) -> Markup | None:
    items = [
        tag("li", f"{say_pair(each.key, labels)}: {each.says}.") for each in identity.contradictions
    ]
    lead = tag("p", "Records that contradict each other:")
    return tag("div", lead, tag("ul", items)) if items else None


def _short(identity: Identity, labels: Labels) -> Markup | None:
    short = [pair for pair in identity.pairs if pair.match_weight < pair.link_at]
    short.sort(key=lambda pair: (pair.match_weight, pair.key))
    if not short:
        return None
    caption = "Pairs of its records that, compared directly, weigh too little to be joined"
    if len(short) > MOST_ROWS:
        caption += f" (the {MOST_ROWS} lightest of {len(short):,})"
    rows = [(pair, say_against(pair)) for pair in short[:MOST_ROWS]]
    return pairs_table(rows, labels, caption, "What speaks against")


def outside_section(identity: Identity, labels: Labels) -> list[Child]:
    """The pairs with records of others that came near, or were judged."""
    if not identity.outside:
        return []
    rows = [(pair, say_pair_kind(pair, identity)) for pair in identity.outside[:MOST_ROWS]]
    named = {
        labels[key]: key for pair in identity.outside[:MOST_ROWS] for key in pair.key
        if labels[key].startswith("X")
    }  # fmt: skip
    of_others = f"records of other {identity.entity.many}"
    return [
        tag("h2", "Near, and not joined"),
        tag("p", f"{of_others.capitalize()}. `crimelink explain RECORD RECORD` tells why a pair "
            "was not joined.", class_="note"),
        pairs_table(rows, labels, f"Pairs with {of_others}", "Why not joined"),
        tag("ul", [tag("li", f"{label}: ", tag("span", str(key), class_="id"))
                   for label, key in named.items()]),
    ]  # fmt: skip
