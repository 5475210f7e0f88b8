"""Nights of one force in this process, of which one delivery is cut: for tests of releases."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from console.take_in import link_all, take_in
from forces.declaration import load_declarations
from tests.checked_store import check_store
from tests.console.small_nation import declare, deliver
from warehouse.build import build
from warehouse.home import Home
from warehouse.publish import publish

NIGHTS = ("2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15", "2026-01-16")
WHOLE, CUT = 60, 20
"""Persons of a usual delivery, and of a cut one: the gate holds it, since it lacks most."""


@dataclass
class OneForce:
    """The force ``durham``, which delivers in full, and its home."""

    folder: Path

    def __post_init__(self) -> None:
        self.home = Home.of(self.folder / "home")
        self.deliveries = self.folder / "deliveries"
        self.deliveries.mkdir(exist_ok=True)
        self.forces = declare(self.folder / "forces", "durham")
        self.tell: list[str] = []

    def deliver(
        self, night: str, persons: int = WHOLE, first: int = 0, *, has_events: bool = False
    ) -> Path:
        """Persons and addresses, which are enough to hold and to release, and quick to check."""
        to = deliver(self.deliveries, "durham", night, persons, first)
        for table in () if has_events else ("offence_record", "event_role"):
            (to / f"{table}.csv").unlink()
        return to

    def take_in(self, night: str) -> None:
        declarations = load_declarations(self.forces)
        take_in(self.home, self.deliveries, date.fromisoformat(night), declarations)

    def finish(self, night: str) -> None:
        at = date.fromisoformat(night)
        link_all(self.home, at)
        build(self.home, at, load_declarations(self.forces))
        check_store(self.home, at)
        publish(self.home, at)

    def run(self, night: str) -> None:
        self.take_in(night)
        self.finish(night)

    def release(self, batch_id: str, reason: str = "the force says so", by: str = "pat") -> str:
        from console.quality_release import tell_release

        said: list[str] = []
        tell_release(self.home, batch_id, reason, by, self.forces, said.append)
        return "\n".join(said)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home.current.resolve()), read_only=True) as con:
            return con.execute(query).fetchall()

    def held(self) -> list[str]:
        rows = self.ask("SELECT batch_id FROM quality.batch WHERE status = 'held' ORDER BY 1")
        return [row[0] for row in rows]

    def copy(self, folder: Path) -> "OneForce":
        shutil.copytree(self.folder, folder, symlinks=True)
        return OneForce(folder)

    def rerun(self, folder: Path, nights: tuple[str, ...]) -> "OneForce":
        """The same deliveries and journal in a new home, night by night."""
        folder.mkdir()
        again = OneForce(folder)
        again.deliveries = self.deliveries
        shutil.copytree(self.home.root / "decisions", again.home.root / "decisions")
        for night in nights:
            again.run(night)
        return again


def interrupted(step: Callable[[], None], patched: Any, module: Any, name: str) -> None:
    """Run a step that is killed where it would call ``module.name``."""

    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    with patched.context() as patch:
        patch.setattr(module, name, kill)
        try:
            step()
        except Killed:
            return
    raise AssertionError(f"{name} was never called")
