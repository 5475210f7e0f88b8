"""``crimelink link judge``, and what every command that takes a decision shares."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from console.foreseen import warn_of_moves
from console.review_pair import show_pair
from console.user import name_user
from linkage.explanation.entity import Entity
from linkage.judgements.conflicts import Conflict
from linkage.judgements.journal import append_judgements, tell_damage
from linkage.judgements.judgement import Judgement, judge, read_verdict
from linkage.judgements.review import Decided, known_records, new_conflicts, read_decided
from linkage.record_key import RecordKey
from warehouse.errors import StoreError, UsageError
from warehouse.home import Home
from warehouse.store import open_store

Tell = Callable[[str], None]


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
    """Show a pair, and write down what somebody decided about it.

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
    decision = judge(*pair, read_verdict(verdict), by, datetime.now(UTC), reason, "judge")
    with open_store(home) as store:
        decided = read_decided(store, home, entity)
        known = known_records(store, decided, pair)
        unknown = sorted(set(pair) - known.keys())
        if unknown:
            raise UsageError(f"{unknown[0]}: the published store holds no such {entity} record")
        try:
            # Whoever mistyped an id sees it.
            tell(show_pair(store, decision.pair, decided.on(decision.pair), entity))
        except StoreError as damage:
            tell(f"The two cannot be shown: {damage}")
    append_judgements(home, [decision], entity)
    earlier = [each for each in decided.on(decision.pair) if each.judged_by == by]
    tell(f"written down as {decision.judgement_id}, by {by}. It counts from the next night on.")
    if earlier and earlier[-1].verdict != decision.verdict:
        tell(f"It takes back what you said of the two before: {earlier[-1].verdict}.")
    for record in sorted(record for record, is_held in known.items() if not is_held):
        tell(f"{record} is no longer held: of the two nothing is joined until it is again.")
    tell_conflicts(home, decided, [decision], tell)
    warn_of_moves(home, decided.entity, [decision], tell)


def tell_conflicts(
    home: Home, decided: Decided, judgements: Sequence[Judgement], tell: Tell
) -> None:
    """Say which contradictions new decisions made, and whether the journal is whole."""
    for conflict in new_conflicts(decided, judgements):
        tell(say_conflict(conflict))
    warn_of_damage(home, decided, tell)


def say_conflict(conflict: Conflict) -> str:
    """A contradiction in words."""
    return (
        f"CONTRADICTION about {' and '.join(map(str, conflict.pair))}: {conflict.says}. Until "
        "somebody thinks again the two are kept apart."
    )


def warn_of_damage(home: Home, decided: Decided, warn: Tell) -> None:
    """Say which lines of the journal are no decision; nothing where it is whole."""
    if decided.damaged:
        warn(tell_damage(home, decided.damaged, decided.entity))
