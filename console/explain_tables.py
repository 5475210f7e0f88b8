"""The tables of the page: records, pairs, history, judgements and the model."""

from collections.abc import Iterable, Mapping
from datetime import date

from console.explain_summary import Labels, say_pair
from console.explain_words import name_pair, say_event, say_since
from linkage.explanation.facts import Compared, Conflict, Decision, Event, ModelFacts, Record
from linkage.explanation.words import say_needed, say_source, say_verdict, say_weight_of
from linkage.record_key import RecordKey
from warehouse.markup import Child, Markup, table, tag
from warehouse.wording import counted

Records = Mapping[RecordKey, Record]


NONE = "–"


def records_table(records: Iterable[Record], labels: Labels, has_values: bool) -> Markup:
    """The records, with all that is compared where values are shown."""
    records = tuple(records)
    kinds = {kind for record in records for kind in record.values}
    is_offence = any(kind in kinds for of in _OF_OFFENCES.values() for kind in of)
    columns = (_OF_OFFENCES if is_offence else _HOLDINGS) if has_values else {}
    heads = ["", "Record", *columns]
    rows = [
        [labels[record.key], _record(record), *_holdings(record, columns)] for record in records
    ]
    return scroll(table("What each record is and holds", heads, rows))


def _record(record: Record) -> list[Child]:
    since = tag("div", say_since(record), class_="quiet")
    return [tag("div", str(record.key), class_="id"), since]


# Columns of the records' table, and the kinds of value in each.
_HOLDINGS = {
    "Name": ("forename", "middle names", "surname"),
    "Other names": ("other names",),
    "Born, sex": ("birth", "sex"),
    "Numbers": ("PNC ID", "CRO number", "papers", "force's own reference"),
    "Address": ("address",),
    "Reached at": ("phone", "email"),
}
_OF_OFFENCES = {
    "Reference": ("reference", "quotes", "status"),
    "Offence": ("offence", "as recorded"),
    "When": ("when", "reported"),
    "Where": ("place", "coordinates"),
    "How": ("method",),
    "What": ("vehicle", "telephone", "property"),
}


def _holdings(record: Record, columns: Mapping[str, tuple[str, ...]]) -> list[Child]:
    cells: list[Child] = []
    for kinds in columns.values():
        held = [(kind, value) for kind in kinds for value in record.values.get(kind, ())]
        if kinds[0] == "forename":
            cells.append(" ".join(value for _, value in held))
            continue
        said = (f"{kind} {value}" if kind in _NAMED else value for kind, value in held)
        whole = "whole" if "birth" in kinds else None
        cells.append([tag("div", each, class_=whole) for each in said])
    return cells


# Kinds that a value does not tell by itself.
_NAMED = ("PNC ID", "CRO number", "force's own reference", "quotes", "as recorded", "reported")


def _night(night: date | None) -> Markup:
    return tag("span", NONE if night is None else str(night), class_="whole")


def events_table(events: Iterable[Event]) -> Markup:
    """What happened to an identity, and why."""
    rows = [
        [_night(event.night), tag("span", event.entity_id, class_="id"), say_event(event),
         str(event.records), event.cause, tag("span", event.model_id, class_="id")]
        for event in events
    ]  # fmt: skip
    heads = ["Night", "Person", "What happened", "Records", "Cause", "Model"]
    return scroll(table("The history of the identity", heads, rows))


def judgements_table(decisions: Iterable[Decision], labels: Labels, has_values: bool) -> Markup:
    """What people decided, with their reasons where values are shown."""
    heads = ["When (UTC)", "Records", "Decision", "By", "How", "Counts from",
             *(["Reason"] if has_values else [])]  # fmt: skip
    rows = [
        [f"{made.judged_at:%Y-%m-%d %H:%M}", name_pair(made.pair, labels),
         say_verdict(made.verdict), made.judged_by, say_source(made.source), str(each.night),
         *([made.reason] if has_values else [])]
        for each in decisions for made in [each.judgement]
    ]  # fmt: skip
    return scroll(table("Judgements", heads, rows))


def conflicts_list(conflicts: Iterable[Conflict], labels: Labels) -> Markup:
    """Contradictions between judgements."""
    return tag("ul", [tag("li", f"{name_pair(each.key, labels)}: {each.says}.")
                      for each in conflicts])  # fmt: skip


def pairs_table(
    pairs: Iterable[tuple[Compared, str]], labels: Labels, caption: str, last: str
) -> Markup:
    """Pairs in one line each, with a word about each in the column ``last``."""
    rows = [
        [say_pair(pair.key, labels), say_weight_of(pair), say_needed(pair),
         pair.match_key or "compared for this page only", _night(pair.night), says]
        for pair, says in pairs
    ]  # fmt: skip
    heads = ["Records", "Bits", "Joined from", "Brought together by", "Night", last]
    return scroll(table(caption, heads, rows))


def model_facts(model: ModelFacts) -> Markup:
    """Who the model is, what made it and who answers for it."""
    approved = "nobody"
    if model.approved_by:
        approved = f"{model.approved_by}, {model.approved_at:%Y-%m-%d %H:%M} UTC"
    how = {
        "trained": f"trained without labels, on {counted(model.trained_on_records, 'record')}",
        "typed": "typed: its numbers stand in the code, there were too few records to train on",
    }
    said = {
        "Model": tag("span", model.model_id, class_="id"),
        "Status": tag("strong", model.status),
        "Approved by": approved,
        "Grounds of approval": model.approval_reason,
        "How it was made": how.get(model.how, model.how),
        "First used": str(model.first_night) if model.first_night else None,
        "SHA-256 of its definition": tag("span", model.definition_sha256, class_="id"),
        "SHA-256 of the code": model.code_sha256 and tag("span", model.code_sha256, class_="id"),
        "SHA-256 of the data": model.data_sha256 and tag("span", model.data_sha256, class_="id"),
    }
    report = {f"Training: {name}": value for name, value in model.training.items()}
    return facts_list({name: said for name, said in (said | report).items() if said})


def facts_list(said: Mapping[str, Child]) -> Markup:
    """Names and what is said of each."""
    return tag("dl", [(tag("dt", name), tag("dd", value)) for name, value in said.items()],
               class_="facts")  # fmt: skip


def scroll(content: Markup) -> Markup:
    """Content that may be wider than the page."""
    return tag("div", content, class_="scroll")
