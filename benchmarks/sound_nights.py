"""A home of many forces whose sound nights are closed, to be copied for a night with faults."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import polars as pl

from benchmarks.batch_faults import HELD
from benchmarks.faults import Planted, Tables
from benchmarks.rule_faults import plant
from benchmarks.sound_geography import FORCE_CODE, load_geography
from benchmarks.sound_rows import sound_tables
from benchmarks.staged_nights import batch_id_of, close_staged_night, declare, stage
from quality.rules.rule import Rule
from warehouse.home import Home

FIRST = date(2026, 3, 2)
CLEAN_NIGHTS = 2
FORCES = 40
ROWS = 60
"""Rows of each table in the night with the faults."""
EVERY = 10


class SoundNights:
    """A home whose sound nights are closed, and copies of it for a night with faults."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.night = FIRST + timedelta(days=CLEAN_NIGHTS)
        names = [f"force-{n:02d}" for n in range(FORCES)]
        self.forces = {name: declare(name, FORCE_CODE) for name in names}
        self.base = Home.of(folder / "base")
        if not self.base.current.exists():
            shutil.rmtree(folder, ignore_errors=True)
            load_geography(self.base, folder / "geography")
            for index in range(CLEAN_NIGHTS):
                self._close(FIRST + timedelta(days=index))

    def _close(self, night: date) -> None:
        for force in self.forces:
            sound = sound_tables(force, batch_id_of(force, night), HELD)
            stage(self.base, night, force, sound)
        close_staged_night(self.base, night, self.forces)

    @contextmanager
    def copied(self) -> Iterator[Home]:
        """A copy of the home, for the block."""
        home = Home.of(self.folder / "copy")
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.copytree(self.base.root, home.root, symlinks=True)
        yield home
        shutil.rmtree(home.root)

    def broken(self, force: str, rule: Rule) -> Planted:
        """What the force would deliver with the rule broken in every tenth row of its table."""
        return plant(rule, self.sound(force), [*range(EVERY // 2, ROWS + 1, EVERY)], self.night)

    def sound(self, force: str) -> Tables:
        """What the force would deliver without a fault."""
        own = {"force": pl.lit(force), "batch_id": pl.lit(batch_id_of(force, self.night))}
        return {name: frame.with_columns(**own) for name, frame in self._sound.items()}

    @cached_property
    def _sound(self) -> Tables:
        return sound_tables("", "", ROWS)
