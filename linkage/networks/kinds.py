"""What two persons may have in common, and how much each kind of it says.

A thing that ``n`` persons have in common adds 1 / (n - 1) to the strength of every two of them:
what each has of it with one of the others, were it shared among all evenly (Newman, Scientific
collaboration networks II, Physical Review E 64, 016132, 2001). Beyond a limit a thing is a hub, and
every further person says that it is a place or a service rather than a circle: the weight falls
with the limit over ``n`` besides. Beyond a cap it associates nobody. Hubs are listed either way.

Limits and caps are typed, not learned: a household of more than six is rare, a number in more than
four hands is a service's, and of more than ten suspects a record names a crowd.
"""

from dataclasses import dataclass

# Who may have done it or was held for it; victims and witnesses never make an association.
SUSPECTED = ("suspect", "arrested")
# Who was with a vehicle or a telephone of an event, beside them.
WITH_OBJECT = (*SUSPECTED, "detained", "searched")
DETAINED = ("detained", "arrested")


@dataclass(frozen=True)
class Kind:
    """One kind of thing in common.

    Attributes:
        name: as in ``link.association``.
        limit: persons beyond whom it is a hub and weighs less.
        cap: persons beyond whom it associates nobody.
        reach_hours: how far apart two persons' times may lie for them to have had it together; None
            where time says nothing.
        is_stay: True where times are how long it lasted, so that what two have in common is where
            they overlap; False where they are when something happened.
        is_offending: True where it says that two were suspected or held together.
    """

    name: str
    limit: int
    cap: int
    reach_hours: int | None
    is_stay: bool = False
    is_offending: bool = False


KINDS = (
    Kind("co_offending", 10, 40, None, is_offending=True),
    Kind("custody", 10, 40, 6, is_offending=True),
    Kind("shared_address", 6, 20, 0, is_stay=True),
    Kind("shared_phone", 4, 12, 0, is_stay=True),
    # Sold after a year as likely as not: who was with it then need not know who was with it before.
    Kind("shared_vehicle", 5, 15, 365 * 24),
)


def rule_sql() -> str:
    """A relation of the kinds: ``kind``, ``limit_``, ``cap_``, ``reach`` (interval) and
    ``is_stay``."""
    rows = ", ".join(
        f"('{kind.name}', {kind.limit}, {kind.cap}, "
        f"{'NULL' if kind.reach_hours is None else kind.reach_hours}, {kind.is_stay})"
        for kind in KINDS
    )
    return (
        "(SELECT kind, limit_, cap_, to_hours(hours) AS reach, is_stay "
        f"FROM (VALUES {rows}) AS typed (kind, limit_, cap_, hours, is_stay))"
    )


def offending_sql() -> str:
    """The names of the kinds that say that two were suspected or held together, as an SQL list."""
    return ", ".join(f"'{kind.name}'" for kind in KINDS if kind.is_offending)
