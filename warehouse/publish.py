"""Publish a night's candidate, keep the last five versions, and go back to one of them."""

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse.build import building_path
from warehouse.errors import DamageError, StoreError, UsageError
from warehouse.home import Home, exclusive, write_text_atomic
from warehouse.journal import step
from warehouse.night import close_night, is_closed
from warehouse.verify import passed_sha256, sha256

KEPT_VERSIONS = 5
_NAME = re.compile(r"^crimelink-(\d{4}-\d{2}-\d{2})(?:-(\d+))?\.duckdb$")


@dataclass(frozen=True, order=True)
class Version:
    """A published file, ordered by night and number. ``is_current`` is what readers open."""

    night: date
    number: int
    path: Path
    is_current: bool = False

    @property
    def name(self) -> str:
        """File name without its ending, as ``rollback`` takes it."""
        return self.path.stem


def publish(home: Home, night: date) -> None:
    """Make the night's candidate the store that readers open, then close the night.

    Killed at any point it can be run again: the candidate is moved into place whole, the link is
    swapped in one step, and the night is closed last.

    Raises:
        StoreError: the candidate has not passed its checks, or there is neither a candidate nor a
            version of the night.
    """
    if is_closed(home, night):
        return
    with step(home, night, "publish") as note:
        candidate = building_path(home, night)
        path = _seal(home, night, candidate) if candidate.exists() else _sealed(home, night)
        _point_to(home, path)
        prune(home)
        note["version"] = path.name
        close_night(home, night, path)


def versions(home: Home) -> list[Version]:
    """Every published file, oldest first."""
    current = _current_path(home)
    found = []
    for path in (home.store / "versions").glob("crimelink-*.duckdb"):
        name = _NAME.match(path.name)
        if name:
            night, number = date.fromisoformat(name[1]), int(name[2] or 1)
            found.append(Version(night, number, path, path == current))
    return sorted(found)


def rollback(home: Home, to: str | None = None) -> Path:
    """Make an earlier version the one that readers open.

    Args:
        home: the home.
        to: its night, or its name; None for the version before the current one.

    Returns:
        Path of the version that is now current.

    Raises:
        UsageError: there is no such version.
        StoreError: the version's bytes are not those that were published.
        LockedError: a night is running, which would publish over it.
    """
    with exclusive(home.run_lock, "rollback"):
        chosen = _choose(home, to)
        verify_checksum(chosen.path)
        _point_to(home, chosen.path)
    return chosen.path


def verify_checksum(path: Path) -> None:
    """Compare a version with the SHA-256 beside it.

    Raises:
        StoreError: they differ, or there is none.
    """
    sidecar = _sidecar(path)
    if not sidecar.exists():
        raise DamageError(f"{path.name} has no checksum beside it ({sidecar.name})")
    if sidecar.read_text(encoding="utf-8").split()[0] != sha256(path):
        raise DamageError(f"{path.name} is not as it was published: its checksum differs")


def _choose(home: Home, to: str | None) -> Version:
    known = versions(home)
    names = ", ".join(version.name for version in known) or "none"
    if to is None:
        current = next((n for n, version in enumerate(known) if version.is_current), 0)
        if current == 0:
            raise UsageError(f"there is no version before the current one. Versions: {names}")
        return known[current - 1]
    wanted = to.removesuffix(".duckdb")
    matching = [v for v in known if wanted in (v.name, v.night.isoformat())]
    if not matching:
        raise UsageError(f"there is no version {to}. Versions: {names}")
    exact = [version for version in matching if version.name == wanted]
    return (exact or matching)[-1]


def _seal(home: Home, night: date, candidate: Path) -> Path:
    """Move the candidate that passed its checks into place with its checksum. Returns its path."""
    checksum = passed_sha256(home, night, candidate)
    candidate.chmod(0o600)
    _fsync(candidate)
    path = _free_path(home, night)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_text_atomic(_sidecar(path), f"{checksum}  {path.name}\n")
    candidate.rename(path)
    _fsync(path.parent)
    return path


def _sealed(home: Home, night: date) -> Path:
    """The night's version that a run moved into place and was killed before it closed the night."""
    own = [version for version in versions(home) if version.night == night]
    if not own:
        raise StoreError(f"there is nothing to publish for {night}: build has not run")
    verify_checksum(own[-1].path)
    return own[-1].path


def _free_path(home: Home, night: date) -> Path:
    """A path that readers do not hold: what was sealed but never published gives way."""
    for left_behind in versions(home):
        if left_behind.night == night and not left_behind.is_current:
            _remove(left_behind.path)
    number = 1
    folder = home.store / "versions"
    while True:
        suffix = f"-{number}" if number > 1 else ""
        path = folder / f"crimelink-{night.isoformat()}{suffix}.duckdb"
        if not path.exists():
            return path
        number += 1


def _point_to(home: Home, path: Path) -> None:
    """Swap the link that readers open, in one step. It is relative: a home can be moved."""
    temporary = home.store / ".current.building"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(path.relative_to(home.store))
    os.replace(temporary, home.current)
    _fsync(home.store)


def prune(home: Home) -> None:
    """Throw away all but the last five versions and the current one."""
    for version in versions(home)[:-KEPT_VERSIONS]:
        if not version.is_current:
            _remove(version.path)


def _remove(path: Path) -> None:
    path.unlink()
    _sidecar(path).unlink(missing_ok=True)


def _current_path(home: Home) -> Path | None:
    return home.store / home.current.readlink() if home.current.is_symlink() else None


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
