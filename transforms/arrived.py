"""What lies in the folder of deliveries: ``DIR/<deliverer>/<YYYY-MM-DD>/``, and what else."""

import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from transforms.archives import hash_file
from transforms.landing import Manifest
from transforms.listing import listing
from warehouse.errors import UsageError
from warehouse.night import PlannedDelivery

# Folders of DIR that are no deliverer's: the simulator's answers and the reference deliveries.
NOT_DELIVERERS = frozenset({"truth", "reference"})

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Ignored:
    """An entry of DIR that the night does not take in, and why."""

    entry: str
    reason: str


def find_deliveries(deliveries: Path) -> tuple[list[PlannedDelivery], list[Ignored]]:
    """Every dated folder of every deliverer, sorted, and the entries that are neither.

    Raises:
        UsageError: ``deliveries`` cannot be read.
    """
    found: list[PlannedDelivery] = []
    ignored: list[Ignored] = []
    for deliverer in _entries(deliveries):
        if deliverer.name in NOT_DELIVERERS:
            continue
        if not deliverer.is_dir(follow_symlinks=False):
            ignored.append(Ignored(deliverer.name, "not a folder of a deliverer"))
            continue
        try:
            entries = _entries(Path(deliverer.path))
        except UsageError as error:  # one deliverer's folder: the others' deliveries go on
            ignored.append(Ignored(deliverer.name, str(error)))
            continue
        for entry in entries:
            if _is_date(entry.name) and (entry.is_symlink() or entry.is_dir()):
                found.append(PlannedDelivery(deliverer.name, entry.name, str(Path(entry.path))))
            else:
                ignored.append(Ignored(f"{deliverer.name}/{entry.name}", "not a dated folder"))
    return found, ignored


def has_changed(taken: Manifest, delivery: PlannedDelivery) -> bool:
    """True where the folder is no longer as it was kept: by names and sizes, and by content where
    a file has been written to since."""
    folder = Path(delivery.folder)
    if listing(folder) != taken.listing:
        return True
    kept_at = datetime.fromisoformat(taken.collected_at).astimezone(UTC).timestamp()
    return any(_differs(folder / file.file, file.sha256, kept_at) for file in taken.files)


def _differs(path: Path, sha256: str, kept_at: float) -> bool:
    """``st_ctime`` tells a change whatever time of modification the sender has set."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return True
        return status.st_ctime >= kept_at and hash_file(path) != sha256
    except OSError:  # what could be read once and cannot be now is not as it was
        return True


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"deliveries cannot be read: {folder}: {error.strerror}") from error


def _is_date(name: str) -> bool:
    try:
        return bool(_DATE.match(name)) and date.fromisoformat(name) is not None
    except ValueError:
        return False
