"""A night that may not run now says so, and leaves the home as it is."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.console.conftest import crimelink
from tests.console.small_nation import FIRST, declare, deliver, start


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("small")
    deliver(folder / "deliveries", "north", FIRST)
    return folder / "deliveries", declare(folder / "forces", "north")


def test_a_second_night_at_once_is_refused_or_waits_and_then_finds_nothing_to_do(
    deliveries, tmp_path, embedded_airflow
):
    shutil.copytree(embedded_airflow, tmp_path / "airflow")
    words = ("--home", str(tmp_path), "run", "--deliveries", str(deliveries[0]),
             "--force-config", str(deliveries[1]), "--night", FIRST)  # fmt: skip
    first = start(tmp_path, deliveries, FIRST)
    while not (tmp_path / "run.lock").exists():
        time.sleep(0.02)
    refused = crimelink(*words, "--wait", "0")
    waited = crimelink(*words, "--wait", "120")
    assert first.wait() == 0
    assert refused.returncode == 3
    assert f"night {FIRST}" in refused.stderr
    assert waited.returncode == 0, waited.stderr
    assert "nothing was changed" in waited.stdout


def test_too_little_disk_is_refused_before_anything_is_written(
    deliveries, tmp_path, embedded_airflow
):
    shutil.copytree(embedded_airflow, tmp_path / "airflow")
    done = subprocess.run(
        [sys.executable, "-m", "console.main", "--home", str(tmp_path), "run", "--deliveries",
         str(deliveries[0]), "--force-config", str(deliveries[1]), "--night", FIRST],
        capture_output=True, text=True, check=False,
        env=os.environ | {"CRIMELINK_DISK_RESERVE": str(10**18)},
    )  # fmt: skip
    assert done.returncode == 3, done.stdout + done.stderr
    assert "too little disk" in done.stderr
    assert not (tmp_path / "landing").exists()
    assert not (tmp_path / "state.duckdb").exists()
    assert not (tmp_path / "store").exists()
