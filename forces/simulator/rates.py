"""The file of rates, read and scaled to a level of dirt."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import UsageError

FILE = Path(__file__).with_name("rates.toml")
HIGHEST = 0.9  # no fault befalls everything, however heavy the dirt


@dataclass(frozen=True)
class Rates:
    """Rates at one level of dirt.

    Attributes:
        version: of the file.
        level: none, default or heavy.
        life: what is no fault: events a record, changes a night. The same at every level.
        world: faults of people and events, shares from 0 to 1.
        delivery: deliveries spoilt on the second night, by kind.
        systems: by record system, its renderer's faults.
    """

    version: str
    level: str
    life: Mapping[str, float]
    world: Mapping[str, float]
    delivery: Mapping[str, int]
    systems: Mapping[str, Mapping[str, float]]


def read_rates(level: str) -> Rates:
    """The rates at a level of dirt.

    Raises:
        UsageError: there is no such level.
    """
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    levels = content["levels"]
    if level not in levels:
        raise UsageError(f"no dirt level {level!r}: choose one of {', '.join(levels)}")
    factor = levels[level]
    own = ("version", "levels", "life", "world", "delivery")
    return Rates(
        version=content["version"],
        level=level,
        life=content["life"],
        world=_scaled(content["world"], factor),
        delivery=content["delivery"] if factor > 0 else dict.fromkeys(content["delivery"], 0),
        systems={name: _scaled(v, factor) for name, v in content.items() if name not in own},
    )


def _scaled(rates: Mapping[str, float], factor: float) -> dict[str, float]:
    return {fault: min(rate * factor, HIGHEST) for fault, rate in rates.items()}
