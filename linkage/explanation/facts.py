"""What an explanation is made of: frozen, comparable, and JSON at one call.

A weight is in bits, log2 of how much more frequent an agreement is among pairs of one person (or
offence) than among pairs of two. All weights are multiples of 1/1024 bit, so that every sum
of them is exact.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from linkage.explanation.entity import Entity
from linkage.judgements.judgement import Judgement
from linkage.record_key import RecordKey

PRIOR = "prior"


class PairKey(NamedTuple):
    """Two records, that which comes first in the alphabet first."""

    left: RecordKey
    right: RecordKey

    @classmethod
    def of(cls, one: RecordKey, other: RecordKey) -> "PairKey":
        """The pair, whichever of the two was named first."""
        return cls(min(one, other), max(one, other))


@dataclass(frozen=True)
class Weight:
    """One line of a pair's sum: a comparison, or the prior.

    Attributes:
        comparison: its name in the model; ``prior`` for where every pair begins.
        level: how the two agree, in the model's words; None for the prior.
        bits: what it adds, or takes away.
    """

    comparison: str
    level: str | None
    bits: float


@dataclass(frozen=True)
class Compared:
    """Two records compared: every weight, their sum and what the sum means.

    Attributes:
        key: the records.
        weights: the prior, then every comparison in the model's order; they sum to
            ``match_weight`` exactly.
        match_weight: bits.
        link_at: bits from which such a pair is joined.
        review_at: bits from which it is shown to a person; None where the model is not at hand.
        band: link, review, possible or none (too light to be kept), by weight alone.
        cut: what kept a link from being laid; None where nothing did.
        match_key: the block that brought the pair together; None where the pair was compared for
            this explanation only.
        model_id: the model.
        night: night that scored it first with this weight; None as for ``match_key``.
        bound: whom ``link_at`` is for, in the model's words; None where the model is not at hand.
        verdict: what the decisions about the pair come to: same, not_same, unsure, conflict, or
            set aside (judged the same, which does not count while judgements contradict each
            other); None where nobody decided.
        entity: what the two are compared as being one of.
    """

    key: PairKey
    weights: tuple[Weight, ...]
    match_weight: float
    link_at: float
    review_at: float | None
    band: str
    cut: str | None
    match_key: str | None
    model_id: str
    night: date | None
    bound: str | None = None
    verdict: str | None = None
    entity: Entity = Entity.PERSON

    @property
    def is_published(self) -> bool:
        """True where the pair stands in ``link.person_edge`` or ``link.offence_edge``."""
        return self.night is not None

    @property
    def against(self) -> tuple[Weight, ...]:
        """The comparisons that speak against the two being one, the strongest first."""
        negative = (w for w in self.weights if w.bits < 0 and w.comparison != PRIOR)
        return tuple(sorted(negative, key=lambda weight: weight.bits))


@dataclass(frozen=True)
class Tie:
    """One step between two records held to be one: a link of the model, or a judgement "same".

    Attributes:
        key: the records.
        match_weight: bits; None where no comparison of the two is at hand.
        is_judged: True where people decided that the two are the same.
    """

    key: PairKey
    match_weight: float | None
    is_judged: bool


@dataclass(frozen=True)
class Path:
    """The ties from one record to another whose weakest is the strongest that can be had.

    Attributes:
        records: from the one to the other, both included.
        weakest: the weakest tie on the way.
        direct: bits of the two compared directly; None where that was not done.
        falls_short: True where, compared directly, the two would not be joined.
    """

    records: tuple[RecordKey, ...]
    weakest: Tie
    direct: float | None = None
    falls_short: bool = False


@dataclass(frozen=True)
class Role:
    """What somebody was in one offence record, as the force recorded it: joining persons or
    offences never changes it.

    Attributes:
        role: victim, suspect, witness … (``core.event_role``).
        record: the person's record.
        person_id: the person that it is resolved to; None where the record is no longer held.
    """

    role: str
    record: RecordKey
    person_id: str | None


@dataclass(frozen=True)
class Duplicate:
    """Two records of one force that look like one offence recorded twice; they are left apart.

    Attributes:
        match_weight: bits.
        levels: how the two agree, in the model's words, by comparison.
    """

    key: PairKey
    match_weight: float
    levels: dict[str, str]


@dataclass(frozen=True)
class Record:
    """A record as the published store holds it.

    Attributes:
        key: the record.
        first_night: night since when it has been linked.
        since: night since when it is of whom it belongs to today.
        values: what it holds, by kind (``forename``, ``birth`` …); empty where values are left out
            or are not the asker's to see.
        roles: of an offence's record, who was what in it, as recorded.
    """

    key: RecordKey
    first_night: date | None
    since: date | None
    values: dict[str, tuple[str, ...]]
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Decision:
    """A person's judgement about two records, and the night from which it counts.

    The judgement's reason is empty where values are left out: it is somebody's own words.
    """

    judgement: Judgement
    night: date


@dataclass(frozen=True)
class Conflict:
    """A contradiction between judgements."""

    kind: str
    key: PairKey
    judgement_ids: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class Event:
    """A change of the identity of a person or an offence."""

    night: date
    entity_id: str
    event: str
    other_id: str | None
    records: int
    cause: str
    model_id: str


@dataclass(frozen=True)
class Contradiction:
    """Two records held to be one that hold what one can hardly hold."""

    key: PairKey
    says: str


@dataclass(frozen=True)
class ModelFacts:
    """The model that scored the pairs, and who answers for it.

    Attributes:
        how: ``trained`` on records of the home, or ``typed``: the numbers stand in the code.
        training: what its training reports in single numbers and words, by name.
    """

    model_id: str
    version: str
    status: str
    how: str
    trained_on_records: int
    first_night: date | None
    approved_by: str | None
    approved_at: datetime | None
    approval_reason: str | None
    definition_sha256: str
    code_sha256: str
    data_sha256: str | None
    training: dict[str, str]
