"""Two records side by side, as a reviewer sees them on the terminal."""

import io
from collections.abc import Iterable, Sequence

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from linkage.explanation.edges import pair_of
from linkage.explanation.entity import Entity
from linkage.explanation.facts import Compared, PairKey, Record
from linkage.explanation.ledger import id_of, read_decisions, verdicts
from linkage.explanation.pair import say_cut
from linkage.explanation.source import Source
from linkage.explanation.values import kinds_of, read_records
from linkage.explanation.words import (
    say_bits,
    say_comparison,
    say_level,
    say_needed,
    say_weight_of,
)
from linkage.judgements.judgement import Judgement
from linkage.record_key import Pair

WIDTH = 120
VERDICTS = {"same": "the same", "not_same": "not the same", "unsure": "unsure"}


def show_pair(
    store: duckdb.DuckDBPyConnection,
    pair: Pair,
    said: Sequence[Judgement],
    entity: Entity = Entity.PERSON,
) -> str:
    """The pair: what each record holds, how each comparison weighs, and who said what before."""
    left, right = read_records(store, pair, has_values=True, entity=entity)
    ids = [id_of(store, record, entity) or "none today" for record in pair]
    compared = pair_of(store, PairKey(*pair), entity)
    weights = [] if compared is None else [_weights(compared), *_cut(store, compared, entity)]
    return "\n".join([_draw(_records(left, right, ids, entity)), *weights, *_said(said)])


def _cut(store: duckdb.DuckDBPyConnection, compared: Compared, entity: Entity) -> Sequence[str]:
    if compared.cut is None:
        return ()
    decisions = read_decisions(store, entity)
    return say_cut(Source(store, None, decisions, verdicts(decisions), entity=entity), compared)


def _records(left: Record, right: Record, ids: Sequence[str], entity: Entity) -> Table:
    table = Table("", str(left.key), str(right.key), box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"  # An id that is cut may be another one.
    table.add_row(entity, *ids)
    for kind in kinds_of(entity):
        one, other = left.values.get(kind, ()), right.values.get(kind, ())
        if one or other:
            table.add_row(kind, "\n".join(one), "\n".join(other))
    if left.roles or right.roles:
        table.add_row("people", _people(left), _people(right))
    return table


def _people(record: Record) -> str:
    return "\n".join(f"{each.role} {each.person_id or each.record}" for each in record.roles)


def _weights(compared: Compared) -> str:
    table = Table("compared", "level", "bits", box=SIMPLE_HEAD, pad_edge=False)
    table.columns[2].justify = "right"
    for weight in compared.weights:
        name, level = say_comparison(weight.comparison), say_level(weight)
        table.add_row(name, level, say_bits(weight.bits))
    total, needed = say_weight_of(compared), say_needed(compared)
    table.add_row("together", f"joined from {needed}", total)
    return _draw(table)


def _said(judgements: Iterable[Judgement]) -> list[str]:
    return [
        f"{j.judged_at:%Y-%m-%d %H:%M} UTC  {j.judged_by}: {' and '.join(map(str, j.pair))} are "
        f"{VERDICTS[j.verdict]}. {j.reason}"
        for j in judgements
    ]


def _draw(table: Table) -> str:
    text = io.StringIO()
    Console(file=text, width=WIDTH, markup=False, highlight=False, emoji=False).print(table)
    return text.getvalue().rstrip()
