"""An explanation as lines of text, readable at 100 columns."""

import unicodedata
from collections.abc import Iterable, Iterator

from console.explain_lines import (
    MOST_LINES,
    tell_decisions,
    tell_heading,
    tell_history,
    tell_more,
    tell_records,
    tell_sums,
    wrap,
)
from console.explain_offence import tell_duplicates, tell_roles
from console.explain_page import say_marking, say_title
from console.explain_summary import (
    LEAD_ONLY,
    Labels,
    label_identity,
    label_pair,
    say_pair,
    say_tie,
    summarise_identity,
    summarise_pair,
    tie_pairs,
)
from console.explain_words import say_against, say_pair_kind
from linkage.explanation.answer import Explanation, Identity, PairFacts
from linkage.explanation.facts import Contradiction, ModelFacts, PairKey
from linkage.explanation.words import say_total
from warehouse.wording import counted


def tell_lines(explanation: Explanation) -> Iterator[str]:
    """The explanation, line by line."""
    for line in _lines(explanation):
        yield printable(line.rstrip())


def _lines(explanation: Explanation) -> Iterator[str]:
    yield from wrap(say_marking(explanation))
    yield ""
    yield f"{say_title(explanation)}  (store of night {explanation.night})"
    for notice in explanation.notices:
        yield from wrap(notice, "! ")
    if explanation.pair is not None:
        yield from _pair(explanation.pair, explanation.has_values)
    for identity in explanation.identities:
        yield from _person(identity, explanation.has_values)
    if explanation.model is not None:
        yield from _model(explanation.model)
    yield ""
    yield from wrap(LEAD_ONLY)


def _person(identity: Identity, has_values: bool) -> Iterator[str]:
    labels = label_identity(identity)
    yield from tell_heading(identity.entity, identity.entity_id)
    for line in summarise_identity(identity, labels):
        yield from wrap(line, "- ")
    yield from tell_records(identity.records, labels)
    yield from tell_roles(identity.records, labels)
    yield from tell_sums(tie_pairs(identity), labels, "why, tie by tie, the weakest first")
    yield from _ways(identity, labels)
    yield from _against(identity, labels)
    yield from _outside(identity, labels)
    yield from tell_duplicates(identity, labels)
    yield from tell_decisions(identity.judgements, identity.conflicts, labels, has_values)
    yield from tell_history(identity.events)


def _pair(pair: PairFacts, has_values: bool) -> Iterator[str]:
    labels = label_pair(pair)
    yield ""
    for line in summarise_pair(pair, labels):
        yield from wrap(line, "- ")
    yield from tell_records(pair.records, labels)
    yield from tell_roles(pair.records, labels)
    if pair.direct is not None and pair.direct not in pair.steps:
        yield from tell_sums([pair.direct], labels, "compared directly")
    yield from tell_sums(pair.steps, labels, "why, tie by tie")
    if pair.blocks is not None:
        yield from tell_heading("what brings the two together")
        yield from wrap("; ".join(pair.blocks) or "nothing: no night compares them", "  ")
    yield from tell_decisions(pair.judgements, pair.conflicts, labels, has_values)
    yield from tell_history(pair.events)


def _ways(identity: Identity, labels: Labels) -> Iterator[str]:
    longer = [path for path in identity.paths if len(path.records) > 2]
    if not longer:
        return
    pairs = {pair.key: pair for pair in identity.pairs}
    yield from tell_heading("records tied through others")
    longer.sort(key=lambda path: (not path.falls_short, path.direct or 0.0))
    for path in longer[:MOST_LINES]:
        way = " – ".join(labels[record] for record in path.records)
        weakest = f"weakest {say_pair(path.weakest.key, labels)} {say_tie(path.weakest)}"
        key = PairKey.of(path.records[0], path.records[-1])
        direct = say_total(pairs[key]) if key in pairs else "not compared"
        short = ", too little by itself" if path.falls_short else ""
        yield from wrap(f"{way}: {weakest}; directly {direct}{short}", "  ")
    yield from tell_more(len(longer), "such pairs")


def _against(identity: Identity, labels: Labels) -> Iterator[str]:
    lines = _contradicting(identity.contradictions, labels)
    tied = {tie.key for tie in identity.tree}
    pairs = sorted(identity.pairs, key=lambda pair: (pair.key not in tied, pair.match_weight))
    lines += [
        f"{say_pair(pair.key, labels)}{'' if pair.key in tied else ' (no tie)'}: "
        f"{say_against(pair)}"
        for pair in pairs
        if pair.against
    ]
    yield from tell_heading("what speaks against")
    for line in lines[:MOST_LINES] or ["nothing that was compared"]:
        yield from wrap(line, "  ")
    yield from tell_more(len(lines), "lines")


def _contradicting(found: Iterable[Contradiction], labels: Labels) -> list[str]:
    return [f"{say_pair(each.key, labels)} contradict each other: {each.says}" for each in found]


def _outside(identity: Identity, labels: Labels) -> Iterator[str]:
    if not identity.outside:
        return
    yield from tell_heading("near, and not joined")
    for pair in identity.outside[:MOST_LINES]:
        other = next(key for key in pair.key if labels[key].startswith("X"))
        said = f"{say_pair(pair.key, labels)} {say_total(pair)}: {say_pair_kind(pair, identity)}"
        yield from wrap(f"{said} ({labels[other]} is {other})", "  ")
    yield from tell_more(len(identity.outside), "such pairs")


def _model(model: ModelFacts) -> Iterator[str]:
    yield from tell_heading("model")
    how = f"{model.how}, on {counted(model.trained_on_records, 'record')}"
    by = "approved by nobody"
    if model.approved_by:
        by = f"approved by {model.approved_by}, {model.approved_at:%Y-%m-%d %H:%M} UTC"
        by += f": {model.approval_reason}" if model.approval_reason else ""
    yield from wrap(
        f"{model.model_id}: {model.status}, {how if model.how == 'trained' else model.how}, {by}",
        "  ",
    )


def printable(line: str) -> str:
    """The line without what would move a terminal's cursor: values come from outside."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(letter) in ("Cc", "Cf") else letter
        for letter in line
    )
