"""What may be demanded of a column beyond its kind, and of the dates of a row."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]
CheckScheme = Literal["pnc", "cro", "asn"]


@dataclass(frozen=True)
class Reference:
    """A column points at the key of another table.

    ``severity`` says what a dangling value does: ``warning`` quarantines the row, ``info`` keeps
    and counts it.
    """

    table: str
    column: str
    severity: Severity = "warning"


@dataclass(frozen=True)
class Refusal:
    """Values that a column never holds, told by a rule of their own name.

    Attributes:
        rule: name of the rule.
        reason: what is wrong with such a value, to follow the column's name.
        remedy: what the force is to do.
        values: the values; for dates ISO text.
        pattern: regular expression of whole values (anchored ``^…$``), in place of ``values``.
        basis: publication and section that the rule stands on; None: the contract.
        profile: country profile whose forces it is for; None: every force's.
    """

    rule: str
    reason: str
    remedy: str
    values: tuple[str, ...] = ()
    pattern: str | None = None
    basis: str | None = None
    profile: str | None = None


@dataclass(frozen=True)
class CheckLetter:
    """The last letter of a column's values is worked out from the rest (warehouse.identifiers).

    Attributes:
        schemes: whose formulas they are.
        selector: column of the same row whose value names the scheme; None where there is but one.
        flag: column that says whether the value is right, where there is one.
    """

    schemes: tuple[CheckScheme, ...]
    selector: str | None = None
    flag: str | None = None


@dataclass(frozen=True)
class Order:
    """One date or time of a row is not before others.

    Attributes:
        later: the column.
        earlier: columns that are not after it, each where it is given.
        through: column of the row that points at the row of another table which holds
            ``earlier``; None where it is the same row.
        is_by_month: True where the first of a month stands for any day of the month in ``later``.
    """

    later: str
    earlier: tuple[str, ...]
    through: str | None = None
    is_by_month: bool = False
