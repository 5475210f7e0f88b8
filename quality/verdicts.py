"""What holds a batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from quality.source import Source
from warehouse.batch import Batch


@dataclass
class Verdicts:
    """What holds a batch, by batch id: rule and reason. The first that is found stays."""

    held: dict[str, tuple[str, str]] = field(default_factory=dict)

    def hold(self, batch_id: str, rule: str, reason: str) -> None:
        """Hold a batch."""
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
