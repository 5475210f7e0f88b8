"""What holds a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from quality.gate.checks import WHOLE_BATCH
from quality.source import Source
from warehouse.batch import Batch
from warehouse.release import Finding


@dataclass
class Verdicts:
    """What holds a batch, by batch id: rule and reason. The first that is found stays.

    ``overruled`` is what may not hold it, since a named person has released it in spite of that.
    """

    held: dict[str, tuple[str, str]] = field(default_factory=dict)
    overruled: Mapping[str, frozenset[Finding]] = field(default_factory=dict)

    def hold(
        self,
        batch_id: str,
        rule: str,
        reason: str,
        table: str = WHOLE_BATCH,
        column: str | None = None,
    ) -> None:
        """Hold a batch, unless it was released in spite of just that."""
        if (table, column, rule) not in self.overruled.get(batch_id, ()):
            self.held.setdefault(batch_id, (rule, reason))

    def of(self, batch: Batch) -> Batch:
        """The batch with its verdict."""
        if batch.is_held or batch.batch_id not in self.held:
            return batch
        rule, reason = self.held[batch.batch_id]
        return replace(batch, held_rule=rule, held_reason=reason)

    def not_held(self, sources: Sequence[Source]) -> list[Source]:
        """The batches whose rows may still be loaded; a repeated delivery brings none."""
        return [
            source
            for source in sources
            if not self.of(source.batch).is_held and source.batch.repeats is None
        ]
