"""What became of a fault that stood in a force's files."""

from dataclasses import dataclass

from benchmarks.faults import Row
from quality.rules.reading_rules import READING_RULES
from quality.rules.rule import Rule

_READING = frozenset(rule.name for rule in READING_RULES)


@dataclass(frozen=True)
class Finding:
    """A rule that rows of a delivery break: how many, and what was done."""

    table: str
    column: str | None
    rule: str
    failed: int
    action: str


@dataclass(frozen=True)
class Taken:
    """What became of a delivery: what was found in it, the rows kept out, whether it is held."""

    findings: tuple[Finding, ...]
    kept_out: frozenset[Row]
    is_held: bool

    def named(self, rule: Rule, rows: int) -> tuple[Finding, ...]:
        """What names a fault in so many rows: the rule itself, else rules of reading."""
        own = [f for f in self.findings if f.table == rule.table and f.failed == rows]
        itself = [f for f in own if (f.rule, f.column) == (rule.name, rule.column)]
        return tuple(itself or [f for f in own if f.rule in _READING])


@dataclass(frozen=True)
class FileOutcome:
    """What became of the fault planted for one rule in a force's files.

    Attributes:
        caught_by: the rules that name it: the rule itself, or rules of reading that found it
            before; empty where nothing did.
        planted, named: rows broken, and rows named.
        wanted, kept_out, wrongly: rows to be kept out, those of them that are, and others that are.
        is_held: whether the batch is held.
        is_of_file: False where no file can break the rule; nothing was delivered then.
    """

    rule: Rule
    caught_by: tuple[str, ...]
    planted: int
    named: int
    wanted: int
    kept_out: int
    wrongly: int
    is_held: bool
    is_of_file: bool = True

    @classmethod
    def of_none(cls, rule: Rule) -> "FileOutcome":
        """Of a rule that no file can break."""
        return cls(rule, (), 0, 0, 0, 0, 0, is_held=False, is_of_file=False)

    @property
    def is_worked_out(self) -> bool:
        """True where what the rule requires is worked out if the files leave it out: nothing is
        named then, and nothing kept out. Such a rule's owner is the national operator."""
        is_required = self.rule.name == "required" and self.rule.owner == "national operator"
        return is_required and not self.named and not self.wrongly

    @property
    def is_right(self) -> bool:
        """True where the fault was found, and acted on as what found it says, and on nothing
        else; or where there was none to find."""
        if not self.is_of_file or self.is_worked_out:
            return True
        if self.named != self.planted or self.is_held != (self.rule.severity == "critical"):
            return False
        return self.is_held or (self.kept_out == self.wanted and self.wrongly == 0)
