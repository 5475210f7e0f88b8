"""Two forces that deliver a few rows in the standard form: for tests of what goes wrong."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

FIRST, SECOND = "2026-01-12", "2026-01-13"
FORENAMES = ("ROWAN", "IMRAN", "KASIA", "TOLA", "MEI", "GARETH", "SIOBHAN", "DIOGO")
SURNAMES = ("ASHDOWN", "QURESHI", "WOJCIK", "ADEYEMI", "CHEN", "PRYCE", "KEANE")


def declare(folder: Path, *forces: str) -> Path:
    """Declarations of the forces, each delivering the standard form in full."""
    folder.mkdir(parents=True, exist_ok=True)
    for force in forces:
        text = f'name = "{force.title()}"\n[record_system]\nsystem = "standard"\n'
        (folder / f"{force}.toml").write_text(text, encoding="utf-8")
    return folder


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def deliver(folder: Path, force: str, night: str, persons: int = 40, first: int = 0) -> Path:
    """One force's delivery of a night: persons, addresses, offences and roles."""
    to = folder / force / night
    numbers = range(first, first + persons)
    write_csv(
        to / "person_record.csv",
        ("source_record_id", "forename", "surname", "birth_date", "sex"),
        [(f"P{n}", FORENAMES[n % 8], SURNAMES[n % 7], f"19{50 + n % 49}-0{1 + n % 9}-{10 + n % 19}",
          "MF"[n % 2]) for n in numbers],
    )  # fmt: skip
    write_csv(
        to / "person_address.csv",
        ("source_record_id", "address", "postcode"),
        [(f"P{n}", f"{n} HIGH STREET", f"ZE1 {n % 10}AA") for n in numbers],
    )
    write_csv(
        to / "offence_record.csv",
        ("source_record_id", "offence_code", "occurred_from", "longitude", "latitude"),
        [(f"O{n}", "028/03", f"2025-{1 + n % 12:02}-11T21:30:00Z", -1.57 + n / 1000, 54.77)
         for n in numbers],
    )  # fmt: skip
    write_csv(
        to / "event_role.csv",
        ("source_record_id", "event_type", "person_source_record_id", "role"),
        [(f"O{n}", "offence_record", f"P{n}", "suspect") for n in numbers],
    )
    return to


def start(home: Path, deliveries: tuple[Path, Path], night: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "console.main", "--home", str(home), "run", "--deliveries",
         str(deliveries[0]), "--force-config", str(deliveries[1]), "--night", night],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ.copy(),
    )  # fmt: skip
