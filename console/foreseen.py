"""What decisions do besides what they say, told to whoever takes them."""

from collections.abc import Callable, Iterator, Sequence

from linkage.explanation.entity import Entity
from linkage.judgements.foresee import foresee
from linkage.judgements.judgement import Judgement
from linkage.judgements.moves import Foreseen
from linkage.record_key import Pair, RecordKey
from warehouse.errors import CrimelinkError
from warehouse.home import Home
from warehouse.state import PATIENCE_SECONDS

Tell = Callable[[str], None]

MOST_TOLD = 20
_VERDICTS = {"same": "judged the same", "not_same": "judged not the same"}


def warn_of_moves(home: Home, entity: Entity, judgements: Sequence[Judgement], warn: Tell) -> None:
    """Say which persons new decisions part or join that they do not name, and which records they
    join that contradict each other. Of offences nothing is said: no guard parts them."""
    if entity is not Entity.PERSON:
        return
    lines: list[str] = []
    for verdict, words in _VERDICTS.items():
        decisions = [each for each in judgements if each.verdict == verdict]
        if not decisions:
            continue
        try:
            lines += say_foreseen(foresee(home, decisions, PATIENCE_SECONDS), words)
        except (CrimelinkError, OSError) as error:
            # What was decided stands in the journal, whatever is wrong with the state.
            warn(f"It is written down. What else it moves could not be foreseen: {error}")
            break
    warn_again(lines, warn)
    if lines:
        warn("It counts from the next night on. `unsure` about the same pair takes it back.")


def warn_again(lines: Sequence[str], warn: Tell) -> None:
    """Say the first of the lines, and how many more there are."""
    for line in lines[:MOST_TOLD]:
        warn(line)
    if len(lines) > MOST_TOLD:
        warn(f"LOOK AGAIN: {len(lines) - MOST_TOLD:,} more of the kind")


def say_foreseen(foreseen: Foreseen, verdict: str = _VERDICTS["not_same"]) -> Iterator[str]:
    """What was foreseen, a line each.

    Args:
        foreseen: of decisions.
        verdict: theirs, in words.
    """
    for parted in foreseen.parted:
        groups = " and ".join(_listed(group) for group in parted.groups)
        why = f", for {', '.join(parted.reasons)}" if parted.reasons else ""
        yield (
            f"LOOK AGAIN: {_say_pairs(parted.pairs)} {verdict}, {parted.person_id} comes apart"
            f"{why}: into {groups}"
        )
    for contradicted in foreseen.contradicted:
        one, other = contradicted.records
        yield (
            f"LOOK AGAIN: {_say_pairs(contradicted.pairs)} {verdict}, one person holds {one} and "
            f"{other}, which contradict each other: {contradicted.reason}"
        )
    for joined in foreseen.joined:
        held = " and ".join(f"{_listed(records)} of {who}" for who, records in joined.persons)
        yield (
            f"LOOK AGAIN: {_say_pairs(joined.pairs)} {verdict}, {held} become one person: nothing "
            "else keeps them apart"
        )


def _listed(records: Sequence[RecordKey]) -> str:
    return f"[{', '.join(map(str, records))}]"


def _say_pairs(pairs: Sequence[Pair]) -> str:
    named = "; ".join(f"{one} and {other}" for one, other in pairs[:3])
    return f"{named} and {len(pairs) - 3:,} pairs more" if len(pairs) > 3 else named
