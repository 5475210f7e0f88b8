"""How far a force's delivery may differ from its earlier ones: the ``[drift]`` of its TOML."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class DriftLimits:
    """Bounds of the drift rules, each with the default that holds where a force declares none.

    Attributes:
        volume_low: a table of less than this share of its usual rows holds the batch.
        volume_high: one of more than this many times its usual rows holds the batch.
        volume_noted_low, volume_noted_high: the same, but only noted.
        loss_held: a full delivery that lacks more than this share of a table's records that the
            store holds is held.
        loss_noted: the same, but only noted.
        null_share: change of a column's share of nulls, 0 to 1, that is noted.
        unseen_share: rise of a column's share of codes never sent before, 0 to 1, that is noted;
            at 0, any that chance does not explain.
        code_distribution: distance of a column's codes from their usual distribution (total
            variation: the share of rows that would have to hold another code), 0 to 1, that is
            noted.
        null_share_held, unseen_share_held, code_distribution_held: the same, but the batch is held;
            None: never.
    """

    volume_low: float = 0.1
    volume_high: float = 1.8
    volume_noted_low: float = 0.5
    volume_noted_high: float = 1.5
    loss_held: float = 0.5
    loss_noted: float = 0.1
    null_share: float = 0.1
    unseen_share: float = 0.0
    code_distribution: float = 0.1
    null_share_held: float | None = None
    unseen_share_held: float | None = None
    code_distribution_held: float | None = None

    @classmethod
    def of(cls, declared: dict[str, Any]) -> "DriftLimits":
        """The limits with those declared in place of the defaults."""
        return cls(**{name: float(value) for name, value in declared.items()})


DEFAULT_LIMITS = DriftLimits()
"""The limits of a force that declares none."""

_NAMES = {field.name for field in fields(DriftLimits)}
_TIMES = ("volume_high", "volume_noted_high")

# Of each pair, the first is reached later than the second, or else nothing is ever noted.
_NO_LESS = (
    ("volume_noted_low", "volume_low"),
    ("volume_high", "volume_noted_high"),
    ("loss_held", "loss_noted"),
    ("null_share_held", "null_share"),
    ("unseen_share_held", "unseen_share"),
    ("code_distribution_held", "code_distribution"),
)


def find_drift_problem(declared: Any) -> str | None:  # noqa: ANN401  (TOML holds any type)
    """What is wrong with a ``[drift]``, or None."""
    if not isinstance(declared, dict):
        return "not a table"
    found = [f"{name} is not a limit of drift" for name in declared if name not in _NAMES]
    for name, value in declared.items():
        if name in _TIMES:
            found += [] if _is_number(value, 1) else [f"{name} is not a number from 1"]
        elif name in _NAMES:
            found += [] if _is_number(value, 0, 1) else [f"{name} is not a number from 0 to 1"]
    return "; ".join(found or _find_crossed(DriftLimits.of(declared))) or None


def _is_number(value: Any, least: float, most: float = float("inf")) -> bool:  # noqa: ANN401
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and least <= value <= most


def _find_crossed(limits: DriftLimits) -> list[str]:
    found = []
    for greater, less in _NO_LESS:
        high, low = getattr(limits, greater), getattr(limits, less)
        if high is not None and high < low:
            found.append(f"{greater} ({high:g}) is less than {less} ({low:g})")
    return found
