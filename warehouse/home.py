"""Where everything lives: the folders of ``CRIMELINK_HOME``, its lock, and room on the disk."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse.errors import DiskError, LockedError


@dataclass(frozen=True)
class Home:
    """The paths under one home. Nothing is created until something is written."""

    root: Path

    @classmethod
    def of(cls, root: str | os.PathLike[str]) -> "Home":
        """The home at ``root``, made absolute."""
        return cls(Path(root).expanduser().resolve())

    @property
    def state(self) -> Path:
        """The state: versions, edges, ledgers. One writer, under ``lock``."""
        return self.root / "state.duckdb"

    @property
    def store(self) -> Path:
        """Folder of the published files; ``current.duckdb`` in it is a symlink."""
        return self.root / "store"

    @property
    def current(self) -> Path:
        """The published store that readers open."""
        return self.store / "current.duckdb"

    @property
    def airflow(self) -> Path:
        """Airflow's own home."""
        return self.root / "airflow"

    @property
    def run_lock(self) -> Path:
        """File that a running night holds locked."""
        return self.root / "run.lock"

    def landing(self, deliverer: str, delivery_id: str) -> Path:
        """Kept bytes and manifest of one delivery."""
        return self.root / "landing" / deliverer / delivery_id

    def staged(self, batch_id: str) -> Path:
        """Canonical Parquet of one batch, as transforms wrote it."""
        return self.root / "staged" / batch_id

    def checked(self, batch_id: str) -> Path:
        """Accepted rows, quarantine and check results of one batch."""
        return self.root / "checked" / batch_id

    def feedback(self, force: str, batch_id: str) -> Path:
        """What the force gets back about one batch: a CSV and a page, without people's values."""
        return self.root / "feedback" / force / batch_id

    def night(self, night: date) -> Path:
        """Plan, journal and working files of one night."""
        return self.root / "nights" / night.isoformat()

    @property
    def reference(self) -> Path:
        """Reference tables loaded into this home, as Parquet: ``postcode.parquet``."""
        return self.root / "reference"


@contextmanager
def atomic_folder(final: Path) -> Iterator[Path]:
    """A fresh folder beside ``final`` that takes its place, whole, when the block ends well.

    A run that is killed leaves the old folder, or none, never half of one.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    building = final.with_name(f".{final.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    yield building
    if final.exists():
        old = final.with_name(f".{final.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        final.rename(old)
        building.rename(final)
        shutil.rmtree(old)
    else:
        building.rename(final)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write beside ``path``, which takes its place, mode 0600, when the block ends well:
    readers see the old file or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    building = path.with_name(f".{path.name}.building")
    building.unlink(missing_ok=True)
    building.touch(mode=0o600)
    yield building
    with open(building, "rb") as handle:
        os.fsync(handle.fileno())
    os.replace(building, path)


def write_text_atomic(path: Path, text: str) -> None:
    """Write a small file, mode 0600, so that readers see the old text or the new, never a part."""
    with replacing(path) as building:
        building.write_text(text, encoding="utf-8")


@contextmanager
def exclusive(lock: Path, doing: str, *, wait_seconds: float = 0.0) -> Iterator[int]:
    """Hold ``lock`` for the block and yield its file descriptor.

    The lock is the kernel's (``flock``): it ends with the process and with every child that was
    given the descriptor, however they end.

    Raises:
        LockedError: another process still holds it after ``wait_seconds``.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    holder = _holder(lock)
                    raise LockedError(
                        f"cannot start {doing}: {holder} holds {lock}. Wait for it to end, then "
                        "try again.",
                        holder,
                    ) from None
                time.sleep(0.2)
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid(), "doing": doing}).encode(), 0)
        yield handle
    finally:
        os.close(handle)


def _holder(lock: Path) -> str:
    try:
        holder = json.loads(lock.read_text())
        who = f"process {holder['pid']} ({holder['doing']})"
        if not _is_running(holder["pid"]):
            who = f"what {who} started, and which outlives it,"
    except (OSError, ValueError, KeyError):
        who = "another process"
    return who


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # It is another user's.
        pass
    return True


def require_disk(folder: Path, needed_bytes: int, doing: str) -> None:
    """Refuse, before anything is written, what would not fit.

    ``CRIMELINK_DISK_RESERVE`` (bytes, default 512 MiB) stays free beside what is needed.

    Raises:
        DiskError: ``folder``'s file system has less free than needed and reserve.
    """
    reserve = int(os.environ.get("CRIMELINK_DISK_RESERVE", 512 * 1024**2))
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    if free < needed_bytes + reserve:
        raise DiskError(
            f"too little disk for {doing}: {(needed_bytes + reserve) / 1e6:,.0f} MB needed, the "
            f"reserve of {reserve / 1e6:,.0f} MB included; {free / 1e6:,.0f} MB free at "
            f"{existing}. Nothing was written."
        )
