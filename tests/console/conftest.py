"""A nation in small, simulated once and run once, for every test that looks at the outcome."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.airflow import prepare_airflow
from warehouse.home import Home

# One force or more of every record system; both forms of connect.
FORCES = "btp,durham,essex,kent,lancashire,metropolitan,northumbria,wiltshire"


@dataclass(frozen=True)
class Nation:
    deliveries: Path
    home: Path
    said: str


def crimelink(*words: str, timeout: int = 600) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console.main", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        env=os.environ | {"COLUMNS": "200"},
    )


@contextmanager
def of_all_workers(tmp_path_factory, name: str) -> Iterator[Path]:
    """A folder of that name that all workers of the test run see, and one at a time enters."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@pytest.fixture(scope="session")
def nation(tmp_path_factory) -> Nation:
    """Whichever worker needs it first runs it; the others wait for it and look at the same."""
    with of_all_workers(tmp_path_factory, "nation") as folder:
        return _run_nation(folder)


@pytest.fixture(scope="session")
def embedded_airflow(tmp_path_factory) -> Path:
    """What a home holds of Airflow before its first night: a copy saves a home from making it."""
    with of_all_workers(tmp_path_factory, "embedded_airflow") as folder:
        home = Home.of(folder)
        prepare_airflow(home)
        return home.airflow


def _run_nation(folder: Path) -> Nation:
    deliveries, home, said = folder / "deliveries", folder / "home", folder / "said.txt"
    if not said.exists():
        made = crimelink("simulate", str(deliveries), "--persons", "900", "--forces", FORCES)
        assert made.returncode == 0, made.stderr
        ran = crimelink("--home", str(home), "run", "--deliveries", str(deliveries))
        assert ran.returncode == 0, ran.stdout + ran.stderr
        said.write_text(ran.stdout, encoding="utf-8")
    return Nation(deliveries, home, said.read_text(encoding="utf-8"))
