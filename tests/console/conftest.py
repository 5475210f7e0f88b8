"""A nation in small, simulated once and run once, for every test that looks at the outcome."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def nation(tmp_path_factory) -> Nation:
    folder = tmp_path_factory.mktemp("nation")
    deliveries, home = folder / "deliveries", folder / "home"
    made = crimelink("simulate", str(deliveries), "--persons", "900", "--forces", FORCES)
    assert made.returncode == 0, made.stderr
    ran = crimelink("--home", str(home), "run", "--deliveries", str(deliveries))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Nation(deliveries, home, ran.stdout)
