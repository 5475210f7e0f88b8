"""A simulated nation without dirt: what its nights keep out, hold and count."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from console.take_in import finish, take_in
from forces.declaration import load_declarations
from forces.simulator.simulate import simulate
from warehouse.home import Home

PERSONS = 8_000
NIGHTS = 2


@dataclass(frozen=True)
class CleanNights:
    """What the nights of a clean nation gave.

    Attributes:
        nights, batches, rows: what was delivered.
        held: batches held.
        quarantined: rows kept out.
        critical: rules of severity critical that failed.
        noted: rows that rules of severity info name, by rule.
    """

    nights: int
    batches: int
    rows: int
    held: int
    quarantined: int
    critical: int
    noted: tuple[tuple[str, int], ...]

    @property
    def is_right(self) -> bool:
        """Whether nothing was held, kept out or critical."""
        return not (self.held or self.quarantined or self.critical)


def run_clean_nights(folder: Path) -> CleanNights:
    """Simulate every force without faults of form or of fact and run its nights in ``folder``."""
    declared = load_declarations()
    deliveries, home = folder / "deliveries", Home.of(folder / "home")
    made = simulate(deliveries, declared, persons=PERSONS, nights=NIGHTS, dirt="none")
    for night in made.nights:
        take_in(home, deliveries, night, declared)
        finish(home, night, declared)
    with duckdb.connect(str(home.current), read_only=True) as con:
        [(batches, rows, held, quarantined, critical)] = con.execute(_COUNTED).fetchall()
        noted = con.execute(_NOTED).fetchall()
    return CleanNights(len(made.nights), batches, rows, held, quarantined, critical, tuple(noted))


_COUNTED = """
SELECT (SELECT count(*) FROM quality.batch),
       (SELECT sum(received) FROM quality.reconciliation),
       (SELECT count(*) FROM quality.batch WHERE status <> 'loaded'),
       (SELECT sum(quarantined) FROM quality.reconciliation),
       (SELECT count(*) FROM quality.check_result WHERE severity = 'critical' AND failed > 0)
"""
_NOTED = """
SELECT rule, sum(failed) FROM quality.check_result
WHERE severity = 'info' AND failed > 0 GROUP BY rule ORDER BY rule
"""
