"""Who is in an offence that two forces record: people whom both know, where there are any."""

import numpy as np
import polars as pl

from forces.simulator.chance import Floats, draw_index
from forces.simulator.drafts import Stage
from forces.simulator.offence_kinds import KINDS
from forces.simulator.records import pull_of_neighbours

KNOWN_TO_BOTH = 0.8  # of shared offences, those whose victim leads to the second force
MOST_SUSPECTS = 2
THIRD_FORCE = 0.15  # of transfers and frauds
SAME_OFFENDER = 0.3  # of two offences of one evening


class Meeting:
    """Whom two forces both know, and which force draws whom."""

    def __init__(self, stage: Stage) -> None:
        self._known = stage.known_by
        self._is_known = {force: set(rows.tolist()) for force, rows in self._known.items()}
        self._activity = stage.people["activity"].to_numpy()
        self._forces = list(stage.settings)
        self._pull: Floats = pull_of_neighbours([s.declaration for s in stage.settings.values()])
        other = stage.known.rename({"force": "other"})
        met = (
            stage.known.join(other, on="person")
            .filter(pl.col("force") != pl.col("other"))
            .sort("force", "other", "person")
        )
        self._met: dict[str, list[tuple[str, int]]] = {}
        self._both: dict[tuple[str, str], list[int]] = {}
        for force, other_force, person in met.select("force", "other", "person").iter_rows():
            self._met.setdefault(force, []).append((other_force, person))
            self._both.setdefault((force, other_force), []).append(person)

    def knows(self, force: str, person: int) -> bool:
        """True where the force has a record of the person on the first night."""
        return person in self._is_known[force]

    def second_force(self, force: str, random: np.random.Generator) -> str:
        """Another force, near ones more often."""
        row = self._pull[self._forces.index(force)]
        return self._forces[int(draw_index(random, row, 1)[0])]

    def draw_pair(
        self, force: str, given: str | None, random: np.random.Generator
    ) -> tuple[str, int | None]:
        """A second force (the one given, if any), and a victim: one whom both know in most cases,
        else one whom the first alone need know; None where it knows nobody."""
        met = self._met.get(force, [])
        if given is not None:
            met = [(given, person) for person in self._both.get((force, given), [])]
        if met and random.random() < KNOWN_TO_BOTH:
            return met[int(random.integers(len(met)))]
        return given or self.second_force(force, random), self.draw_known(force, random)

    def draw_known(self, force: str, random: np.random.Generator) -> int | None:
        """Somebody whom the force knows."""
        known = self._known[force]
        return int(known[int(random.integers(len(known)))]) if len(known) else None

    def draw_offenders(
        self, first: str, second: str, wanted: int, random: np.random.Generator
    ) -> list[int]:
        """So many active people, from those whom both know in most cases."""
        chosen: list[int] = []
        for _ in range(min(wanted, MOST_SUSPECTS)):
            both = self._both.get((first, second), [])
            if both and random.random() < KNOWN_TO_BOTH:
                drawn = [both[int(i)] for i in random.integers(0, len(both), 2)]
            else:
                drawn = [p for p in (self.draw_known(first, random) for _ in range(2))
                         if p is not None]  # fmt: skip
            if drawn:
                chosen.append(max(drawn, key=lambda person: float(self._activity[person])))
        return list(dict.fromkeys(chosen))


def has_victim(kind: int, random: np.random.Generator) -> bool:
    """Whether an offence of the kind names a victim."""
    return bool(random.random() < KINDS[kind].victims)
