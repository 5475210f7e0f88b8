"""``crimelink link judge``, and what every command that takes a decision shares."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from console.user import name_user
from linkage.explanation.entity import Entity
from linkage.judgements.journal import append_judgements, tell_damage
from linkage.judgements.judgement import Judgement, judge, read_verdict
from linkage.judgements.review import Decided, known_records, new_conflicts, read_decided
from linkage.record_key import RecordKey
from warehouse.errors import LockedError, UsageError
from warehouse.home import Home
from warehouse.store import open_store

Tell = Callable[[str], None]

# How long to wait for the state before saying that nothing is foreseen.
PATIENCE_SECONDS = 3.0
MOST_TOLD = 20


def tell_judgement(
    home: Home,
    one: str,
    other: str,
    verdict: str,
    reason: str,
    user: str | None,
    tell: Tell,
    entity: Entity = Entity.PERSON,
) -> None:
    """Write down what somebody decided about one pair.

    Args:
        home: the home.
        one: a record, ``force/source_system/source_record_id``.
        other: another.
        verdict: same, not same or unsure.
        reason: why.
        user: who decided; None for the login name.
        tell: where the lines go.
        entity: what they are records of.

    Raises:
        UsageError: the published store never held such a record, or the decision lacks something.
    """
    pair = RecordKey.parse(one), RecordKey.parse(other)
    by = name_user(user)
    decision = judge(*pair, read_verdict(verdict), by, datetime.now(UTC), reason, "review")
    with open_store(home) as store:
        decided = read_decided(store, home, entity)
        known = known_records(store, decided, pair)
    unknown = sorted(set(pair) - known.keys())
    if unknown:
        raise UsageError(f"{unknown[0]}: the published store holds no such {entity} record")
    append_judgements(home, [decision], entity)
    tell(f"written down as {decision.judgement_id}, by {by}. It counts from the next night on.")
    for record in sorted(record for record, is_held in known.items() if not is_held):
        tell(f"{record} is no longer held: of the two nothing is joined until it is again.")
    tell_conflicts(home, decided, [decision], tell)
    warn_of_parted(home, decided, [decision], tell)


def warn_of_parted(
    home: Home, decided: Decided, judgements: Sequence[Judgement], warn: Tell
) -> None:
    """Say which persons new decisions ``same`` would part: what ties two records may contradict
    what ties one of them to others. Of offences nothing is said: no guard parts them."""
    from linkage.judgements.foresee import foresee_parted

    pairs = [each.pair for each in judgements if each.verdict == "same"]
    if decided.entity is not Entity.PERSON or not pairs:
        return
    try:
        parted = foresee_parted(home, pairs, PATIENCE_SECONDS)
    except LockedError:
        warn("the home is busy: whether this parts persons could not be foreseen")
        return
    for each in parted[:MOST_TOLD]:
        groups = " / ".join(", ".join(map(str, group)) for group in each.groups)
        why = f" ({', '.join(each.reasons)})" if each.reasons else ""
        warn(
            f"LOOK AGAIN: {each.person_id} will come apart{why}: {groups}. See it with `crimelink "
            f"explain {each.person_id}`; judge the pair unsure to take your decision back."
        )
    if len(parted) > MOST_TOLD:
        warn(f"{len(parted) - MOST_TOLD:,} more persons will come apart")


def tell_conflicts(
    home: Home, decided: Decided, judgements: Sequence[Judgement], tell: Tell
) -> None:
    """Say which contradictions new decisions made, and whether the journal is whole."""
    for conflict in new_conflicts(decided, judgements):
        tell(
            f"CONTRADICTION about {' and '.join(map(str, conflict.pair))}: {conflict.says}. Until "
            "somebody thinks again the two are kept apart."
        )
    warn_of_damage(home, decided, tell)


def warn_of_damage(home: Home, decided: Decided, warn: Tell) -> None:
    """Say which lines of the journal are no decision; nothing where it is whole."""
    if decided.damaged:
        warn(tell_damage(home, decided.damaged, decided.entity))
