"""What decisions are foreseen to move (``linkage/judgements/foresee.py``)."""

from dataclasses import dataclass

from linkage.record_key import Pair, RecordKey


@dataclass(frozen=True)
class Parted:
    """A person whose records would be of several persons.

    Attributes:
        pairs: the decisions, of those asked about, that do it.
        person_id: the person.
        groups: its records by the person that each would be of, in alphabetical order.
        reasons: of the guards that would cut links, such as ``two PNC IDs``.
    """

    pairs: tuple[Pair, ...]
    person_id: str
    groups: tuple[tuple[RecordKey, ...], ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Contradicted:
    """Two records of two persons that would be one, and what one person can hardly hold.

    Attributes:
        pairs: the decisions, of those asked about, that join them.
        records: the two.
        reason: as the guards have it.
    """

    pairs: tuple[Pair, ...]
    records: Pair
    reason: str


@dataclass(frozen=True)
class Joined:
    """Records of several persons that would be one, though nobody decided that they are.

    Attributes:
        pairs: the decisions, of those asked about, that do it.
        persons: each person that is one today, with its records that would be of the one.
    """

    pairs: tuple[Pair, ...]
    persons: tuple[tuple[str, tuple[RecordKey, ...]], ...]


@dataclass(frozen=True)
class Foreseen:
    """What decisions would do besides joining or parting what they name."""

    parted: tuple[Parted, ...] = ()
    contradicted: tuple[Contradicted, ...] = ()
    joined: tuple[Joined, ...] = ()
