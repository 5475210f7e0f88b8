"""A night killed in the middle of each of its steps ends as if nothing had happened."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.console.small_nation import FIRST, SECOND, declare, deliver, start
from warehouse.store import compare_stores

STEPS = ("plan", "take_reference", "collect", "standardise", "check", "load", "link", "build",
         "check_store", "document", "publish")  # fmt: skip


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("small")
    for force in ("north", "south"):
        deliver(folder / "deliveries", force, FIRST)
        deliver(folder / "deliveries", force, SECOND, persons=38, first=5)
    return folder / "deliveries", declare(folder / "forces", "north", "south")


def entries(home: Path, night: str) -> list[dict]:
    journal = home / "nights" / night / "journal.jsonl"
    if not journal.exists():
        return []
    whole = journal.read_text().rpartition("\n")[0]
    return [json.loads(line) for line in whole.splitlines()]


def kill_during(step: str, home: Path, deliveries: tuple[Path, Path], night: str) -> None:
    """Start the night and kill it, and every child of it, once the step has begun."""
    seen = len(entries(home, night))
    process = start(home, deliveries, night)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if any(e["step"] == step and e["event"] == "begun" for e in entries(home, night)[seen:]):
            break
        assert process.poll() is None, f"the night ended before {step} began"
        time.sleep(0.005)
    else:
        pytest.fail(f"{step} never began")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_night_killed_in_each_of_its_steps_ends_in_the_store_of_an_undisturbed_one(
    deliveries, tmp_path
):
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    assert start(calm, deliveries, FIRST).wait() == 0
    shutil.copytree(calm, killed, symlinks=True)
    assert start(calm, deliveries, SECOND).wait() == 0
    for step in STEPS:
        kill_during(step, killed, deliveries, SECOND)
    assert start(killed, deliveries, SECOND).wait() == 0
    current = Path("store") / "current.duckdb"
    assert compare_stores(calm / current, killed / current) == []
    leftovers = [p for p in killed.rglob("*.building*") if "airflow" not in p.parts]
    assert leftovers == []
