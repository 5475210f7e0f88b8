"""What lies in a folder, without following a link out of it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def walk(folder: Path) -> Iterator[Path]:
    """Every entry under ``folder`` but folders, sorted; links are entries and not followed.

    A folder that may not be read is itself an entry.
    """
    if folder.is_symlink() or not folder.is_dir():
        return
    try:
        entries = sorted(folder.iterdir())
    except PermissionError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            yield from walk(entry)
        else:
            yield entry


def listing(folder: Path) -> dict[str, int]:
    """Path within ``folder`` and size in bytes of every entry but folders; links not followed.

    What goes while it is listed is left out.
    """
    sizes = {}
    for path in walk(folder):
        with suppress(FileNotFoundError):
            sizes[path.relative_to(folder).as_posix()] = path.lstat().st_size
    return sizes
