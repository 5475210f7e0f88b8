"""Why two records are not joined, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkage.explanation.entity import Entity
from linkage.explanation.facts import Compared, PairKey
from linkage.explanation.words import SETTLED, say_needed, say_weight_of
from linkage.guards import TWO_PNCS
from warehouse.contract.link import JUDGED_APART
from warehouse.review_queue import KEPT_APART

MOST_NAMED = 3
_VERDICTS = {
    "same": "People judged the two the same, and yet they are two {many}: {kept_apart}.",
    "not_same": "People judged the two not to be the same: that stands above any weight.",
    "conflict": "Judgements about the two contradict each other; until somebody resolves that, the "
    "two are kept apart.",
    "set aside": "Somebody judged the two the same, but together with other judgements that would "
    "join records judged not the same; until somebody resolves that, it does not count.",
    "unsure": "Somebody looked at the two and could not tell.",
}
# Of two records for whose own sake a guard cut their link, in place of the guard's bare words.
_OWN = {
    JUDGED_APART: "These two were judged not the same",
    TWO_PNCS: "These two hold two PNC IDs",
}
# The same of pairs of other records.
_OTHERS = {JUDGED_APART: "were judged not the same", TWO_PNCS: "hold two PNC IDs"}


@dataclass(frozen=True)
class Sake:
    """For whose sake a guard cut the link of two records.

    Attributes:
        is_own: True where the two are themselves what the guard's reason says of them.
        others: other pairs of records of the two persons that are, and that the guard looks at;
            one of the two may be in them.
    """

    is_own: bool = False
    others: tuple[PairKey, ...] = ()


@dataclass(frozen=True)
class KeptApart:
    """What keeps two records apart whatever they weigh.

    Attributes:
        verdict: what people decided, as ``Compared.verdict`` has it.
        says: what the store says of two that people judged the same and that it keeps apart.
        bar: why such a pair is not joined or not compared (``blocks.bar_of``).
        sake: for whose sake a guard cut the link.
    """

    verdict: str | None = None
    says: str | None = None
    bar: str | None = None
    sake: Sake = Sake()


_NOTHING = KeptApart()
_UNKNOWN = (
    "The store keeps no comparison of the two: either no block brings them together, or they weigh "
    "too little. The model's files are not at hand, so they cannot be compared now."
)


def say_why_not(
    pair: Compared | None,
    blocks: Sequence[str] | None,
    most_records: int | None,
    kept: KeptApart = _NOTHING,
    entity: Entity = Entity.PERSON,
) -> tuple[str, ...]:
    """The reasons, the most weighty first.

    Args:
        pair: the two compared; None where they are not kept and cannot be compared.
        blocks: blocks that would bring them together; None where that is not known.
        most_records: how many records may share a block's value; None where that is not known.
        kept: what keeps the two apart whatever they weigh.
        entity: what they are not held to be one of.
    """
    if pair is None:
        weight = _UNKNOWN
    else:
        is_settled = kept.verdict in SETTLED
        weight = (
            _kept(pair, is_settled=is_settled)
            if pair.is_published
            else _not_kept(pair, blocks, most_records)
        )
    said: tuple[str, ...] = (weight,)
    if kept.bar is not None:
        said = (kept.bar, _bare(pair, weight))
    if pair is not None and pair.cut is not None:
        said += say_sake(pair, kept.sake, is_told=kept.verdict in ("not_same", "conflict"))
    if kept.verdict is None:
        return said
    why = (kept.says or "the store does not say why").removeprefix(KEPT_APART)
    return (_VERDICTS[kept.verdict].format(kept_apart=why, many=entity.many), *said)


def say_sake(pair: Compared, sake: Sake, *, is_told: bool = False) -> tuple[str, ...]:
    """For whose sake the link was cut: the two themselves first, then others, if there are any.

    Args:
        pair: the two.
        sake: for whose sake.
        is_told: True where it was said before what people decided about the two.
    """
    is_judged = pair.cut == JUDGED_APART
    own = _say_own(pair, sake) if sake.is_own and not (is_judged and is_told) else ()
    if not sake.others:
        return own
    named = "; ".join(_name(each, pair) for each in sake.others[:MOST_NAMED])
    more = f"; and {len(sake.others) - MOST_NAMED:,} more" if len(sake.others) > MOST_NAMED else ""
    others = f"ther pairs of records of the two {pair.entity.many}"
    does = _OTHERS.get(pair.cut or "", f"contradict each other ({pair.cut})")
    if sake.is_own and not _is_weighed(pair):
        return (*own, f"O{others} {does}, too: {named}{more}.")
    return (*own, f"The link was cut for the sake of o{others}, which {does}: {named}{more}.")


def _name(others: PairKey, pair: Compared) -> str:
    """Two records, and of one that the reader has before them that it is."""
    return " and ".join(
        f"{record} (one of these two)" if record in pair.key else str(record) for record in others
    )


def _say_own(pair: Compared, sake: Sake) -> tuple[str, ...]:
    says = _OWN.get(pair.cut or "", f"These two contradict each other: {pair.cut}")
    # What the model weighed cuts no link: it is the others that did.
    weighed = ", which the model has weighed" if _is_weighed(pair) and sake.others else ""
    return (f"{says}{weighed}.",)


def _is_weighed(pair: Compared) -> bool:
    """True where the guard leaves to the model what it holds against the two themselves."""
    return pair.band == "link" and pair.cut != JUDGED_APART


def _bare(pair: Compared | None, weight: str) -> str:
    """What the two weigh, where something else than weight or block keeps them apart."""
    if pair is None or pair.is_published:
        return weight
    return f"Compared now, the two weigh {say_weight_of(pair)}; {_needs(pair)}."


def _kept(pair: Compared, *, is_settled: bool) -> str:
    weighs = f"The pair weighs {say_weight_of(pair)}"
    needs = _needs(pair)
    if pair.cut is not None:
        return f"{weighs} where {needs}, but the link was not laid: {pair.cut.rstrip('.')}."
    if pair.band == "link":
        return f"{weighs} where {needs}; the store does not say why the link was not laid."
    if is_settled:
        return f"{weighs}: {needs}."
    if pair.band == "review":
        return f"{weighs}: {needs}. It is for a person to decide, and nobody has joined the two."
    return f"{weighs}: {needs}, and it is too light to be shown to a person."


def _not_kept(pair: Compared, blocks: Sequence[str] | None, most_records: int | None) -> str:
    now = f"Compared now, the two weigh {say_weight_of(pair)}"
    needs = _needs(pair)
    if not blocks:
        return (
            "The two were never compared: no block brings them together. "
            f"{now}; {needs}{_would(pair)}."
        )
    if pair.band == "none":
        return f"The pair weighs {say_weight_of(pair)}: too light to be kept; {needs}."
    return (
        f"The two share {_list(blocks)}, but were not compared: more than {most_records} records "
        f"share each such value, which makes it say little. {now}; {needs}{_would(pair)}."
    )


def _needs(pair: Compared) -> str:
    of = f" (“{pair.bound}”)" if pair.bound else ""
    return f"{say_needed(pair)} is needed to join such a pair{of}"


def _would(pair: Compared) -> str:
    if pair.band == "link":
        return ": it would have been joined"
    return ": it would have been for a person to decide" if pair.band == "review" else ""


def _list(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return ", ".join(quoted[:-1]) + " and " + quoted[-1] if len(quoted) > 1 else quoted[0]
