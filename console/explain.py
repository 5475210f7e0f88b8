"""``crimelink explain``: why records are held to be one person or one offence, or are not."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from console.page_file import is_own_page, say_written
from linkage.explanation.answer import Explanation, to_json
from linkage.explanation.asked import choose_entity
from linkage.explanation.entity import Entity
from linkage.explanation.explain import explain, model_of
from linkage.explanation.waiting import say_moved
from linkage.judgements.journal import tell_damage
from linkage.judgements.judgement import Judgement
from linkage.judgements.review import read_decided
from linkage.membership import Membership
from linkage.model import Model
from linkage.model_file import load_model
from warehouse.errors import CrimelinkError, DamageError
from warehouse.home import Home, write_text_atomic
from warehouse.state import PATIENCE_SECONDS, reader
from warehouse.store import open_store


def tell_explanation(
    home: Home,
    words: Sequence[str],
    *,
    as_json: bool,
    html: Path | None,
    has_values: bool,
    is_offence: bool = False,
    tell: Callable[[str], None],
    warn: Callable[[str], None],
) -> None:
    """Explain a person or an offence, that of a record, or two records, out of the published store.

    Args:
        home: the home; its model is used to compare records that the store keeps no pair of.
        words: an id (a superseded one too), a record, or two records.
        as_json: one JSON object instead of text.
        html: file to write one self-contained page to, mode 0600, in place of an earlier page at
            most; only that is then told.
        has_values: False leaves out names, birth dates and every other value.
        is_offence: True where the words are of offences; False looks among persons first.
        tell: where the lines go.
        warn: where it goes that decisions cannot be read.

    Raises:
        UsageError: nothing has been published, an id is not known, or another file is there.
        StoreError: what is published does not add up.
    """
    from console.explain_page import MADE_BY, make_page
    from console.explain_text import tell_lines

    is_replaced = is_own_page(html, MADE_BY)

    found, damaged = _explain(home, words, has_values, is_offence=is_offence)
    if damaged:
        warn(tell_damage(home, damaged, found.entity))
    if html is not None:
        write_text_atomic(html, make_page(found))
        tell(say_written(html, is_replaced=is_replaced))
    if as_json:
        facts = to_json(found, found.entity)
        tell(json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False))
    elif html is None:
        for line in tell_lines(found):
            tell(line)


def _explain(
    home: Home, words: Sequence[str], has_values: bool, *, is_offence: bool
) -> tuple[Explanation, Sequence[int]]:
    """The explanation, and the lines of the journal that are no decision."""
    with open_store(home) as store:
        entity = Entity.OFFENCE if is_offence else choose_entity(store, words)
        model, is_damaged = _model(home, model_of(store, entity))
        name = home.current.resolve().name
        decided = read_decided(store, home, entity)
        found = explain(
            store, name, model, words, has_values=has_values, entity=entity,
            is_damaged=is_damaged, waiting=decided.waiting,
        )  # fmt: skip
        moved = _moved(home, found, decided.waiting)
        return replace(found, notices=(*found.notices, *moved)), decided.damaged


def _moved(home: Home, found: Explanation, waiting: Sequence[Judgement]) -> tuple[str, ...]:
    """Whose the records are in the ledger, where an unmerge that no store shows yet named them."""
    shown = {record.key: each.entity_id for each in found.identities for record in each.records}
    if found.pair is not None:
        pair = found.pair
        shown |= {record.key: pair.id_l for record in pair.records[:-1]}
        shown[pair.records[-1].key] = pair.id_r
    if not any(each.source == "unmerge" and shown.keys() & set(each.pair) for each in waiting):
        return ()
    try:
        with reader(home, PATIENCE_SECONDS) as state:
            ledger = Membership.of_state(state).persons_of(shown)
    except CrimelinkError:
        # A night holds the state, or there is none: the decisions are told all the same.
        return ()
    return say_moved(shown, ledger)


def _model(home: Home, model_id: str | None) -> tuple[Model | None, bool]:
    """The model, or None where its folder is not in the home, or holds other files than were made,
    and whether that is so: a notice then says it. What the store keeps needs no model to be
    explained."""
    if model_id is None or not (home.root / "models" / model_id).is_dir():
        return None, False
    try:
        return load_model(home, model_id), False
    except DamageError:
        return None, True
