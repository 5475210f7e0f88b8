"""A fault for every check of the finished store, in a small store that is not published yet."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.faults import put
from benchmarks.rule_outcome import StoreOutcome
from benchmarks.sound_geography import FORCE_CODE, load_geography
from benchmarks.sound_rows import sound_tables
from benchmarks.staged_nights import batch_id_of, check_night, close_staged_night, declare, stage
from benchmarks.store_fault import StoreFault
from benchmarks.store_faults import fault_of
from console.take_in import link_all
from quality.store_suite import check_store
from warehouse.build import build, building_path
from warehouse.errors import StoreError
from warehouse.home import Home
from warehouse.load import load
from warehouse.publish import publish
from warehouse.store_checks import Check
from warehouse.verify import checks, read_answers

FIRST, SECOND = date(2026, 3, 2), date(2026, 3, 3)
FORCES = 3
ROWS, ROWS_LATER = 20, 16
"""Rows of each table in the first night, and in the second: those that are gone end."""
KEPT_OUT = [3, 5]


def plant_in_store(folder: Path) -> Iterator[StoreOutcome]:
    """Plant the fault of every check in a copy of a store of its own, run the suite over it, and
    try to publish it.

    Args:
        folder: where the home of the store is made.

    Raises:
        KeyError: nobody has said how a check is broken.
        StoreError: the store fails a check before anything is planted.
    """
    # Before anything is made: a check without a fault ends it here.
    faults = {check: fault_of(check) for check in checks(SECOND)}
    home = _built(folder)
    candidate, sound = building_path(home, SECOND), folder / "sound.duckdb"
    check_store(home, SECOND)
    shutil.copyfile(candidate, sound)
    for check, fault in faults.items():
        shutil.copyfile(sound, candidate)
        yield _plant(home, check, fault)


def _built(folder: Path) -> Home:
    """A home whose first night is published and whose second one is built, with records that are
    linked, records that are gone, and rows that were kept out."""
    home = Home.of(folder / "home")
    load_geography(home, folder / "geography")
    forces = {name: declare(name, FORCE_CODE) for name in (f"force-{n:02d}" for n in range(FORCES))}
    for force in forces:
        stage(home, FIRST, force, sound_tables(force, batch_id_of(force, FIRST), ROWS))
    close_staged_night(home, FIRST, forces)
    for force in forces:
        sound = sound_tables(force, batch_id_of(force, SECOND), ROWS_LATER)
        stage(home, SECOND, force, put(sound, "stop_search", KEPT_OUT, gender="ZZ"))
    check_night(home, SECOND, forces)
    load(home, SECOND, forces)
    link_all(home, SECOND)
    build(home, SECOND, forces)
    return home


def _plant(home: Home, check: Check, fault: StoreFault) -> StoreOutcome:
    candidate = building_path(home, SECOND)
    with duckdb.connect(str(candidate)) as con:
        for statement in fault.statements:
            con.execute(statement)
        con.execute("CHECKPOINT")
    is_kept_back = _is_kept_back(home)
    answers = read_answers(home, SECOND) or {"checks": []}
    named = {each["name"]: each["failed"] for each in answers["checks"] if each["failed"]}
    rows = named.pop(check.name, 0)
    return StoreOutcome(check, fault, rows, tuple(named), is_kept_back)


def _is_kept_back(home: Home) -> bool:
    """Whether the night's store fails its suite and cannot be published then."""
    try:
        check_store(home, SECOND)
    except StoreError:
        try:
            publish(home, SECOND)
        except StoreError:
            return True
    return False
