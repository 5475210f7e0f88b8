"""Where explanations come from: one published store, and the model that linked it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import duckdb
import polars as pl

from linkage.explanation.direct import compare
from linkage.explanation.entity import Entity
from linkage.explanation.facts import Compared, Decision, PairKey
from linkage.explanation.features import read_features
from linkage.model import Model
from linkage.record_key import RecordKey


@dataclass(frozen=True)
class Source:
    """A store to explain from.

    Attributes:
        store: the published store.
        model: the model that linked it; None where its files are not at hand.
        decisions: every judgement.
        verdicts: what they come to, by pair.
        has_values: False where names, birth dates and other values are left out.
        entity: what its records are held to be one of.
    """

    store: duckdb.DuckDBPyConnection
    model: Model | None
    decisions: tuple[Decision, ...]
    verdicts: Mapping[PairKey, str] = field(default_factory=dict)
    has_values: bool = True
    entity: Entity = Entity.PERSON

    @property
    def can_compare(self) -> bool:
        """True where records can be compared directly."""
        return self.model is not None

    def features(self, keys: Iterable[RecordKey]) -> pl.DataFrame:
        """What the model compares, of the records."""
        return read_features(self.store, sorted(set(keys)), self.entity)

    def compare(self, keys: Collection[PairKey]) -> dict[PairKey, Compared]:
        """The pairs compared directly; none where the model is not at hand."""
        if self.model is None or not keys:
            return {}
        records = {record for key in keys for record in key}
        made = compare(self.model, self.features(records), keys)
        return {key: self.judged(pair) for key, pair in made.items()}

    def judged(self, pair: Compared) -> Compared:
        """The pair with what people decided about it, and whom its threshold is for."""
        thresholds = self.model.thresholds if self.model else ()
        says = [each.says for each in thresholds if each.link == pair.link_at]
        bound = says[0] if len(says) == 1 else None
        return replace(pair, bound=bound, verdict=self.verdicts.get(pair.key))

    def decisions_on(self, records: Iterable[RecordKey]) -> tuple[Decision, ...]:
        """The judgements that name one of the records, their reasons only with values."""
        wanted = set(records)
        found = (each for each in self.decisions if wanted & set(each.judgement.pair))
        if self.has_values:
            return tuple(found)
        return tuple(replace(each, judgement=replace(each.judgement, reason="")) for each in found)
