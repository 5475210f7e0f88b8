"""An explanation in a few sentences, for the terminal and the page alike."""

from collections.abc import Mapping

from linkage.explanation.answer import Identity, PairFacts
from linkage.explanation.entity import Entity
from linkage.explanation.facts import Compared, PairKey, Tie
from linkage.explanation.words import say_bits, say_total
from linkage.record_key import RecordKey

Labels = Mapping[RecordKey, str]

LEAD_ONLY = (
    "A link is a lead for a person to judge: it is no proof of identity, and never grounds for "
    "action by itself."
)
_READING = (
    "Each thing compared adds or takes away bits. Plus five bits: this agreement is 2^5 = 32 times "
    "as frequent in pairs of records of one {one} as in pairs of two {many}; minus five: 32 "
    "times less. Every pair begins far below zero, for two records drawn at random are hardly ever "
    "of one {one}. What is not known says nothing: 0. Weights are multiples of 1/1024 bit, so "
    "that they sum to the total exactly: the last column holds the same numbers in that unit. What "
    "a total says of how many such pairs are of one {one} is the model's own estimate, and was "
    "not measured."
)


def say_reading(entity: Entity) -> str:
    """How the numbers are to be read."""
    return _READING.format(one=entity, many=entity.many)


def label_identity(identity: Identity) -> dict[RecordKey, str]:
    """R1, R2 … for its own records, X1, X2 … for those of others that came near."""
    own = [record.key for record in identity.records]
    others = (key for pair in identity.outside for key in pair.key if key not in own)
    labels = {key: f"R{number}" for number, key in enumerate(own, start=1)}
    unique = enumerate(dict.fromkeys(others), start=1)
    return labels | {key: f"X{number}" for number, key in unique}


def label_pair(pair: PairFacts) -> dict[RecordKey, str]:
    """R1 for the first record, the next number for each one on the way to the last."""
    return {record.key: f"R{number}" for number, record in enumerate(pair.records, start=1)}


def say_pair(key: PairKey, labels: Labels) -> str:
    """``R1–R2``, or ``R1–X1`` with its own record first."""
    one, other = sorted((labels[record] for record in key), key=_by_label)
    return f"{one}–{other}"


def _by_label(label: str) -> tuple[str, int]:
    return label[0], int(label[1:])


def say_tie(tie: Tie) -> str:
    """What a tie weighs: ``+12.10``, or that people decided."""
    weight = "" if tie.match_weight is None else say_bits(tie.match_weight)
    if not tie.is_judged:
        return weight
    return f"judged the same ({weight})" if weight else "judged the same"


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 record``, ``2 records``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def title_identity(identity: Identity) -> str:
    """What the explanation of a person or an offence is about."""
    records = len(identity.records)
    if records == 0:
        return f"{identity.entity.capitalize()} {identity.entity_id} holds no records any more"
    if records == 1:
        return f"{identity.entity.a.capitalize()} with one record"
    return f"Why {records:,} records are held to be one {identity.entity}"


def title_pair(pair: PairFacts) -> str:
    """What the explanation of a pair is about."""
    answer = f"are {'' if pair.id_l == pair.id_r else 'not '}held to be one {pair.entity}"
    return f"Why two records {answer}"


def summarise_identity(identity: Identity, labels: Labels) -> list[str]:
    """The facts about a person or an offence, most weighty first."""
    if not identity.records:
        return ["Its history is below."]
    said = [_holding(identity, labels), *_direct(identity), *_against(identity)]
    if identity.untied:
        said.append(
            "No link or judgement in the store ties "
            f"{', '.join(labels[key] for key in identity.untied)} to the others: tell the "
            "maintainers."
        )
    if identity.outside:
        said.append(
            f"{count(len(identity.outside), 'pair')} with records of other {identity.entity.many} "
            "came near, or were judged, and were not joined."
        )
    return said


def _holding(identity: Identity, labels: Labels) -> str:
    forces = len({record.key.force for record in identity.records})
    held = f"{count(len(identity.records), 'record')} of {count(forces, 'force')}"
    if not identity.tree:
        return f"{held}: nothing had to be joined."
    weakest = identity.tree[-1]
    pair = next((each for each in identity.pairs if each.key == weakest.key), None)
    weighs = say_tie(weakest) if pair is None or weakest.is_judged else say_total(pair)
    ties = count(len(identity.tree), "tie holds", "ties hold")
    between = say_pair(weakest.key, labels)
    judged = sum(tie.is_judged for tie in identity.tree)
    by_people = f" {judged} of them by people's judgement." if judged else ""
    return f"{held}. {ties} them together, the weakest {between}: {weighs}.{by_people}"


def _direct(identity: Identity) -> list[str]:
    if len(identity.records) < 2 or not identity.is_compared:
        return []
    short = sum(path.falls_short for path in identity.paths)
    pairs = count(len(identity.paths), "pair")
    if not short:
        each = "the two weigh" if len(identity.paths) == 1 else f"each of {pairs} weighs"
        itself = "themselves" if len(identity.paths) == 1 else "itself"
        return [f"Compared directly, {each} enough to be joined by {itself}."]
    return [f"Compared directly, {short:,} of {pairs} would not be joined: {_joined(identity)}."]


def _joined(identity: Identity) -> str:
    """What joins the pairs that weigh too little by themselves."""
    short = [path for path in identity.paths if path.falls_short]
    judged = sum(len(path.records) == 2 and path.weakest.is_judged for path in short)
    through = len(short) - judged
    if not judged:
        return "tied through others only"
    if not through:
        return f"people's judgement joins {'it' if judged == 1 else 'them'}"
    are = "is" if through == 1 else "are"
    return f"people's judgement joins {judged:,}, {through:,} {are} tied through others only"


def _against(identity: Identity) -> list[str]:
    said = []
    on_ties = sum(len(pair.against) for pair in tie_pairs(identity))
    if on_ties:
        speak = count(on_ties, "comparison on these ties speaks", "comparisons on these ties speak")
        said.append(f"{speak} against one {identity.entity}.")
    if identity.contradictions:
        pairs = count(len(identity.contradictions), "pair")
        said.append(f"Its records contradict each other in {pairs}.")
    if identity.conflicts:
        wait = count(
            len(identity.conflicts),
            "contradiction between judgements waits",
            "contradictions between judgements wait",
        )
        said.append(f"{wait} for a decision.")
    return said


def tie_pairs(identity: Identity) -> list[Compared]:
    """The pairs behind the ties that hold the records together, the weakest first."""
    pairs = {pair.key: pair for pair in identity.pairs}
    return [pairs[tie.key] for tie in reversed(identity.tree) if tie.key in pairs]


def summarise_pair(pair: PairFacts, labels: Labels) -> list[str]:
    """The facts about two records, most weighty first."""
    said = [_belonging(pair), *pair.why_not]
    if pair.id_l == pair.id_r and pair.path is None:
        said.append("No link or judgement in the store ties the two: tell the maintainers.")
    if pair.path is not None:
        ties = len(pair.path.records) - 1
        weakest = pair.path.weakest
        way = (
            f"directly, by {_say_by(weakest)}"
            if ties == 1
            else f"through {count(ties - 1, 'other record')}; the weakest tie on the way is "
            f"{say_pair(weakest.key, labels)}, {_say_by(weakest)}"
        )
        said.append(f"They are tied {way}.")
        if pair.path.falls_short and pair.direct is not None:
            said.append(
                f"Compared directly, the two weigh {say_total(pair.direct)}: by themselves they "
                "would not be joined."
            )
    if pair.contradictions:
        said += [f"{say_pair(each.key, labels)}: {each.says}." for each in pair.contradictions]
    return said


def _say_by(tie: Tie) -> str:
    """What a tie is: ``a link that weighs +12.10``, or what people decided."""
    weight = "" if tie.match_weight is None else say_bits(tie.match_weight)
    if not tie.is_judged:
        return f"a link that weighs {weight}"
    weighs = f" (they weigh {weight})" if weight else ""
    return f"people's judgement that the two are the same{weighs}"


def _belonging(pair: PairFacts) -> str:
    if pair.id_l == pair.id_r:
        return f"Both belong to {pair.entity} {pair.id_l}."
    return (
        f"The first belongs to {pair.entity} {pair.id_l}, the second to {pair.entity} {pair.id_r}."
    )
