"""What decisions ``same`` do besides joining two records, told to whoever took them."""

from collections.abc import Callable, Sequence

from linkage.explanation.entity import Entity
from linkage.judgements.foresee import Contradicted, Parted, foresee
from linkage.judgements.judgement import Judgement
from linkage.record_key import Pair
from warehouse.errors import CrimelinkError
from warehouse.home import Home
from warehouse.state import PATIENCE_SECONDS

Tell = Callable[[str], None]

MOST_TOLD = 20


def warn_of_same(home: Home, entity: Entity, judgements: Sequence[Judgement], warn: Tell) -> None:
    """Say which persons new decisions ``same`` would part, and which records they would join that
    contradict each other. Of offences nothing is said: no guard parts them."""
    same = [each for each in judgements if each.verdict == "same"]
    if entity is not Entity.PERSON or not same:
        return
    try:
        foreseen = foresee(home, same, PATIENCE_SECONDS)
    except (CrimelinkError, OSError) as error:
        # What was decided stands in the journal, whatever is wrong with the state.
        warn(f"It is written down. What else it moves could not be foreseen: {error}")
        return
    lines = [*map(_say_parted, foreseen.parted), *map(_say_contradicted, foreseen.contradicted)]
    for line in lines[:MOST_TOLD]:
        warn(line)
    if len(lines) > MOST_TOLD:
        warn(f"LOOK AGAIN: {len(lines) - MOST_TOLD:,} more of the kind")
    if lines:
        warn("It counts from the next night on. `unsure` about the same pair takes it back.")


def _say_parted(parted: Parted) -> str:
    groups = " and ".join(f"[{', '.join(map(str, group))}]" for group in parted.groups)
    why = f", for {', '.join(parted.reasons)}" if parted.reasons else ""
    return (
        f"LOOK AGAIN: {_say_pairs(parted.pairs)} judged the same, {parted.person_id} comes apart"
        f"{why}: into {groups}"
    )


def _say_contradicted(joined: Contradicted) -> str:
    one, other = joined.records
    return (
        f"LOOK AGAIN: {_say_pairs(joined.pairs)} judged the same, one person holds {one} and "
        f"{other}, which contradict each other: {joined.reason}"
    )


def _say_pairs(pairs: Sequence[Pair]) -> str:
    named = "; ".join(f"{one} and {other}" for one, other in pairs[:3])
    return f"{named} and {len(pairs) - 3:,} pairs more" if len(pairs) > 3 else named
