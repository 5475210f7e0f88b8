"""What lies in a folder, without following a link out of it."""

from collections.abc import Iterator
from pathlib import Path


def walk(folder: Path) -> Iterator[Path]:
    """Every entry under ``folder`` but folders, sorted; links are entries and not followed."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from walk(entry)
        else:
            yield entry


def listing(folder: Path) -> dict[str, int]:
    """Path within ``folder`` and size in bytes of every entry but folders; links not followed."""
    return {path.relative_to(folder).as_posix(): path.lstat().st_size for path in walk(folder)}
