"""A finished simulation for tests to look at, with the tables that its renderers were handed."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from forces.declaration import Declaration, load_declarations
from forces.simulator.extract import Extract
from forces.simulator.simulate import Summary, simulate

FIRST, SECOND = "2026-01-12", "2026-01-13"
# Five deliverers of a single force and two forces of one that is shared; three record systems.
FORCES = ("durham", "northumbria", "west-yorkshire", "lancashire", "west-midlands", "kent", "essex")
SINGLE = FORCES[:5]
PERSONS = 1500


@dataclass(frozen=True)
class Simulation:
    """A finished simulation, and the tables that its renderers were handed."""

    out: Path
    summary: Summary
    extracts: list[Extract]

    def truth(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.out / "truth" / f"{name}.parquet")

    @property
    def planted(self) -> dict:
        return json.loads((self.out / "truth" / "planted.json").read_text())

    def table(self, name: str, on: str = FIRST) -> pl.DataFrame:
        """Rows of all forces, as they were handed to the renderers for one night."""
        return pl.concat(
            extract.tables[name]
            for extract in self.extracts
            if extract.delivery_date.isoformat() == on and name in extract.tables
        )


def declared(*forces: str) -> dict[str, Declaration]:
    everyone = load_declarations()
    return {force: everyone[force] for force in forces}


def run(out: Path, forces: tuple[str, ...] = FORCES, **terms) -> Simulation:
    """Simulate, listening to what the renderers are handed."""
    extracts: list[Extract] = []
    with pytest.MonkeyPatch.context() as patch:

        def listen(**values) -> Extract:
            extracts.append(Extract(**values))
            return extracts[-1]

        patch.setattr("forces.simulator.delivery.Extract", listen)
        summary = simulate(out, declared(*forces), **{"persons": PERSONS} | terms)
    return Simulation(out, summary, extracts)
