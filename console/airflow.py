"""Airflow without a scheduler: its embedded home, made once, and one run of the nightly DAG.

Airflow runs as a subprocess; nothing here imports it. It is started with ``-P``: a file that lies
in the current folder must not be imported in a library's place.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forces.run import Run
from warehouse.errors import CrimelinkError
from warehouse.home import Home


def dags_folder() -> Path:
    """Folder of the DAG files: beside the packages in a checkout, else where the wheel put them.

    Raises:
        CrimelinkError: it is in neither place; the installation is broken.
    """
    checkout = Path(__file__).resolve().parents[1] / "dags"
    installed = Path(sysconfig.get_path("data")) / "share" / "crimelink" / "dags"
    for folder in (checkout, installed):
        if (folder / "nightly.py").is_file():
            return folder
    raise CrimelinkError(f"nightly.py is neither in {checkout} nor in {installed}; install again")


def airflow_environment(airflow_home: Path) -> dict[str, str]:
    """Environment of an Airflow subprocess: SQLite under ``airflow_home``, our DAGs alone."""
    return os.environ | {
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{airflow_home / 'airflow.db'}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder()),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "false",
        "GX_ANALYTICS_ENABLED": "false",
        "PYTHONWARNINGS": "ignore",
    }


def prepare_airflow(home: Home) -> None:
    """Make Airflow's database in the home, once. A run that is killed here leaves none.

    Raises:
        CrimelinkError: Airflow could not make it; the message ends with what it said.
    """
    if home.airflow.exists():
        return
    building = home.airflow.with_name(".airflow.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True, mode=0o700)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "airflow", "db", "migrate"],
        env=airflow_environment(building),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CrimelinkError(f"Airflow could not make its database: {done.stderr[-2000:]}")
    # The configuration that Airflow wrote names the folder it was made in; it writes another.
    (building / "airflow.cfg").unlink(missing_ok=True)
    building.rename(home.airflow)


@contextmanager
def nightly_dag(run: Run, log: Path, lock: int) -> Iterator[subprocess.Popen[bytes]]:
    """The nightly DAG, running in a subprocess that writes to ``log``.

    The subprocess inherits the descriptor ``lock``: as long as it lives, however its parent ended,
    no other night starts. It is killed when the block is left early, and where this process ends
    without leaving it.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    conf = {
        "home": run.root,
        "deliveries": run.deliveries_folder,
        "force_config": run.force_config or None,
        "night": run.date,
    }
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    watched, held = os.pipe()  # The child cannot inherit ``held``: it ends with this process.
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "console.night_process", str(watched), "dags", "test",
             "nightly", "--conf", json.dumps(conf)],
            env=airflow_environment(run.home.airflow),
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
            pass_fds=(lock, watched),
        )  # fmt: skip
    finally:
        os.close(handle)
        os.close(watched)
    try:
        yield process
    finally:
        process.kill()  # Airflow goes on after SIGTERM. What has ended is left alone.
        process.wait()
        os.close(held)
