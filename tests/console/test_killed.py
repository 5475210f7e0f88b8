"""A night killed in the middle of each of its steps ends as if nothing had happened."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from console.stopping import StoppedError, stopped_by_signals
from console.take_in import finish, take_in
from forces.declaration import load_declarations
from tests.console.small_nation import FIRST, SECOND, declare, deliver, start
from warehouse.errors import LockedError
from warehouse.home import Home, exclusive
from warehouse.store import compare_stores

STEPS = ("plan", "take_reference", "collect", "standardise", "check", "load", "link",
         "link_objects", "link_offences", "find_series", "associate", "build", "check_store",
         "document", "publish")  # fmt: skip
CURRENT = Path("store") / "current.duckdb"


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("small")
    for force in ("north", "south"):
        deliver(folder / "deliveries", force, FIRST)
        deliver(folder / "deliveries", force, SECOND, persons=38, first=5)
    return folder / "deliveries", declare(folder / "forces", "north", "south")


@pytest.fixture(scope="module")
def calm(deliveries, tmp_path_factory) -> tuple[Path, Path]:
    """A home after the first night, and after the second, that nothing disturbed."""
    folder = tmp_path_factory.mktemp("calm")
    homes = folder / "first", folder / "second"
    run_here(homes[0], *deliveries, FIRST)
    shutil.copytree(*homes, symlinks=True)
    run_here(homes[1], *deliveries, SECOND)
    return homes


def run_here(home: Path, deliveries: Path, forces: Path, night: str) -> None:
    """The night's steps one after another, in this process."""
    declared, day = load_declarations(Path(forces)), date.fromisoformat(night)
    take_in(Home.of(Path(home)), Path(deliveries), day, declared)
    finish(Home.of(Path(home)), day, declared)


def start_steps(home: Path, deliveries: tuple[Path, Path], night: str) -> subprocess.Popen[bytes]:
    """The same in a process of its own."""
    words = [str(home), *map(str, deliveries), night]
    program = f"from tests.console.test_killed import run_here; run_here(*{words!r})"
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )


def entries(home: Path, night: str) -> list[dict]:
    journal = home / "nights" / night / "journal.jsonl"
    if not journal.exists():
        return []
    whole = journal.read_text().rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines()]


def kill_during(step: str, home: Path, night: str, process: subprocess.Popen[bytes]) -> None:
    """Kill the night's process, and every child of it, once the step has begun."""
    wait_for(step, home, night, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(step: str, home: Path, night: str, process: subprocess.Popen[bytes]) -> None:
    """Until the step has begun."""
    for done in begun(home, night, process, time.monotonic() + 120):
        if step in done:
            return
        time.sleep(0.005)


def begun(
    home: Path, night: str, process: subprocess.Popen[bytes], deadline: float
) -> Iterator[set[str]]:
    """The steps that the process has begun, as time goes by."""
    seen = len(entries(home, night))
    while time.monotonic() < deadline:
        yield {e["step"] for e in entries(home, night)[seen:] if e["event"] == "begun"}
        assert process.poll() is None, "the night ended before the step began"
    pytest.fail("the step never began")


def assert_undisturbed(killed: Path, calm: Path) -> None:
    assert compare_stores(calm / CURRENT, killed / CURRENT) == []
    leftovers = [p for p in killed.rglob("*.building*") if "airflow" not in p.parts]
    assert leftovers == []


def test_killed_in_each_of_its_steps_it_ends_in_the_store_of_an_undisturbed_one(
    deliveries, calm, tmp_path
):
    home = tmp_path / "home"
    shutil.copytree(calm[0], home, symlinks=True)
    for step in STEPS:
        kill_during(step, home, SECOND, start_steps(home, deliveries, SECOND))
    assert start_steps(home, deliveries, SECOND).wait() == 0
    assert_undisturbed(home, calm[1])


# How a run can be told to stop, or end without being asked, and what it then ends with.
STOPS: dict[str, tuple[Callable[[int, int], None], signal.Signals, int]] = {
    "kill": (os.kill, signal.SIGTERM, 143),
    "Ctrl-C": (os.killpg, signal.SIGINT, 130),
    "end of the terminal": (os.kill, signal.SIGHUP, 129),
    "kill -9": (os.kill, signal.SIGKILL, -9),
    "kill -9 of all": (os.killpg, signal.SIGKILL, -9),
}


@pytest.fixture
def heard() -> Iterator[None]:
    """Whoever runs the tests may ignore these, as under ``nohup``, and so would what they start."""
    before = {each: signal.signal(each, signal.SIG_DFL) for each in (signal.SIGHUP, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("heard")
def test_however_the_run_is_ended_its_night_ends_with_it(
    deliveries, calm, tmp_path, embedded_airflow
):
    home = tmp_path / "home"
    shutil.copytree(calm[0], home, symlinks=True)
    shutil.copytree(embedded_airflow, home / "airflow")
    for how, (end, number, exit_code) in STOPS.items():
        process = start(home, deliveries, SECOND)
        wait_for("link", home, SECOND, process)
        end(process.pid, number)
        assert process.wait(10) == exit_code, how
        # Whoever asked for its end finds it ended; nobody could be told of an end by SIGKILL.
        with exclusive(home / "run.lock", "the next", wait_seconds=5 * (number == signal.SIGKILL)):
            written = entries(home, SECOND)
        time.sleep(0.5)
        assert entries(home, SECOND) == written, how
        assert written[-1]["event"] == "begun", f"{how}: no step takes it for a failure"
    assert start(home, deliveries, SECOND).wait() == 0
    assert_undisturbed(home, calm[1])


def test_a_run_goes_on_where_signals_are_ignored_as_under_nohup():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopped_by_signals():
            os.kill(os.getpid(), signal.SIGHUP)
        with pytest.raises(StoppedError), stopped_by_signals():
            os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_lock_that_outlives_the_run_does_not_name_it_as_its_holder(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    lock = tmp_path / "run.lock"
    with exclusive(lock, "night 2026-01-12"):
        with pytest.raises(LockedError, match=f": process {os.getpid()} .* holds"):
            exclusive(lock, "another").__enter__()
        lock.write_text(json.dumps({"pid": ended.pid, "doing": "night 2026-01-12"}))
        with pytest.raises(LockedError, match=f"what process {ended.pid} .*started.* outlives it"):
            exclusive(lock, "another").__enter__()
