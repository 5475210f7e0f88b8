"""What became of a fault that was planted to break a rule."""

from dataclasses import dataclass

from benchmarks.batch_faults import BatchFault
from benchmarks.store_fault import StoreFault
from quality.rules.rule import Rule
from warehouse.store_checks import Check


@dataclass(frozen=True)
class Outcome:
    """What became of the fault planted for one rule.

    Attributes:
        planted, named: rows broken, and rows that the rule names.
        wanted, kept_out, wrongly: rows to be kept out, those of them that are, and others that are.
        action: what check_result says was done.
        is_held: whether the batch is held.
    """

    rule: Rule
    planted: int
    named: int
    wanted: int
    kept_out: int
    wrongly: int
    action: str
    is_held: bool

    @property
    def is_right(self) -> bool:
        """True where the fault was found and acted on as the rule says, and on nothing else."""
        if self.named != self.planted or self.is_held != (self.rule.severity == "critical"):
            return False
        return self.is_held or (self.kept_out == self.wanted and self.wrongly == 0)


@dataclass(frozen=True)
class BatchOutcome:
    """What became of a fault planted in a batch: rows that its rule names, whether it is held."""

    fault: BatchFault
    named: int
    is_held: bool

    @property
    def is_right(self) -> bool:
        """True where the fault was found, and held the batch where it should and only there."""
        return self.named > 0 and self.is_held == self.fault.is_critical


@dataclass(frozen=True)
class StoreOutcome:
    """What became of a finished store into which a fault was planted for one of its checks.

    Attributes:
        named: rows that the check found.
        others: checks that found rows too.
        is_kept_back: whether the store could not be published.
    """

    check: Check
    fault: StoreFault
    named: int
    others: tuple[str, ...]
    is_kept_back: bool

    @property
    def is_right(self) -> bool:
        """True where the check found the rows that the fault broke, and the store stayed back."""
        return self.named == self.fault.rows and self.is_kept_back
