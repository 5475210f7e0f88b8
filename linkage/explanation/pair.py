"""Why two records are held to be one person or offence, or are not."""

from itertools import pairwise, product

from linkage.explanation.against import find_contradictions
from linkage.explanation.answer import PairFacts
from linkage.explanation.blocks import bar_of, shared_blocks
from linkage.explanation.edges import pair_of, pairs_of
from linkage.explanation.entity import Entity
from linkage.explanation.facts import Compared, Conflict, Decision, PairKey, Path
from linkage.explanation.identity import find_ties, with_comparison, with_direct
from linkage.explanation.ledger import conflicts_on, doubted, events_of, id_of, members
from linkage.explanation.paths import branches, find_path, strongest_ties
from linkage.explanation.source import Source
from linkage.explanation.values import read_records
from linkage.explanation.why_not import KeptApart, Sake, say_sake, say_why_not
from linkage.record_key import RecordKey
from warehouse.contract.link import JUDGED_APART


def explain_pair(source: Source, left: RecordKey, right: RecordKey) -> PairFacts:
    """The facts about two current records.

    Raises:
        StoreError: the weights of a pair do not sum to its total.
    """
    store, entity = source.store, source.entity
    id_l, id_r = (id_of(store, record, entity) for record in (left, right))
    assert id_l is not None
    assert id_r is not None
    key = PairKey.of(left, right)
    direct = _direct(source, key)
    path, steps = _path(source, id_l, left, right, direct) if id_l == id_r else (None, ())
    blocks = shared_blocks(source, left, right)
    on_way = path.records if path else (left, right)
    return PairFacts(
        entity=entity,
        records=read_records(store, on_way, source.has_values, entity),
        id_l=id_l,
        id_r=id_r,
        direct=direct,
        path=path,
        steps=steps,
        why_not=() if id_l == id_r else _why_not(source, (id_l, id_r), key, direct, blocks),
        blocks=blocks,
        contradictions=find_contradictions(source, on_way),
        judgements=_between(source.decisions_on(on_way), on_way),
        conflicts=_conflicts_between(conflicts_on(store, on_way, entity), on_way),
        events=events_of(store, sorted({id_l, id_r}), entity),
    )


def say_cut(source: Source, pair: Compared) -> tuple[str, ...]:
    """Why a guard did not lay the link of a pair that the store keeps, and for whose sake, in
    sentences; nothing where it did."""
    ids = [id_of(source.store, record, source.entity) for record in pair.key]
    if pair.cut is None or None in ids:
        return ()
    sake = _sake(source, (str(ids[0]), str(ids[1])), pair)
    return (f"The link was not laid: {pair.cut.rstrip('.')}.", *say_sake(pair, sake))


def _direct(source: Source, key: PairKey) -> Compared | None:
    kept = pair_of(source.store, key, source.entity)
    known = {} if kept is None else {key: source.judged(kept)}
    return with_direct(source, known, [key]).get(key)


def _path(
    source: Source, entity_id: str, left: RecordKey, right: RecordKey, direct: Compared | None
) -> tuple[Path | None, tuple[Compared, ...]]:
    """The way between two records held to be one, and the pair behind each of its ties."""
    keys = members(source.store, entity_id, source.entity)
    pairs = pairs_of(source.store, entity_id, source.entity)
    kept = {pair.key: source.judged(pair) for pair in pairs}
    path = find_path(branches(strongest_ties(find_ties(source, keys, kept))), left, right)
    if path is None:
        return None, ()
    steps = [PairKey.of(*two) for two in pairwise(path.records)]
    compared = with_direct(source, {key: kept[key] for key in steps if key in kept}, steps)
    return with_comparison(path, direct), tuple(compared[key] for key in steps if key in compared)


def _why_not(
    source: Source,
    ids: tuple[str, str],
    key: PairKey,
    direct: Compared | None,
    blocks: tuple[str, ...] | None,
) -> tuple[str, ...]:
    verdict = source.verdicts.get(key)
    kept_apart = doubted(source.store, [ids[0]], source.entity).get(key)
    most_records = source.model.most_records if source.model else None
    sake = Sake() if direct is None else _sake(source, ids, direct)
    kept = KeptApart(verdict, kept_apart, bar_of(source, key, blocks), sake)
    return say_why_not(direct, blocks, most_records, kept, source.entity)


def _sake(source: Source, ids: tuple[str, str], pair: Compared) -> Sake:
    """The records of two persons for whose sake a guard cut the link of a pair between them."""
    if pair.cut is None or source.entity is Entity.OFFENCE:
        return Sake()
    one, other = (members(source.store, entity_id) for entity_id in ids)
    across = {PairKey.of(*two) for two in product(one, other)}
    if pair.cut == JUDGED_APART:
        # Those that people differ on are kept apart as long as they do.
        apart = {key for key in across if source.verdicts.get(key) in ("not_same", "conflict")}
        return Sake(pair.key in apart, tuple(sorted(apart - {pair.key})))
    # Of two that the model links itself the guards look at nothing but judgements.
    linked = {
        each.key
        for entity_id in ids
        for each in pairs_of(source.store, entity_id, source.entity)
        if each.band == "link"
    }
    found = find_contradictions(source, (*one, *other))
    alike = [each.key for each in found if each.says == pair.cut]
    others = (key for key in alike if key in across - linked - {pair.key})
    return Sake(pair.key in alike, tuple(others))


def _between(
    decisions: tuple[Decision, ...], records: tuple[RecordKey, ...]
) -> tuple[Decision, ...]:
    return tuple(each for each in decisions if set(each.judgement.pair) <= set(records))


def _conflicts_between(
    conflicts: tuple[Conflict, ...], records: tuple[RecordKey, ...]
) -> tuple[Conflict, ...]:
    return tuple(each for each in conflicts if set(each.key) <= set(records))
