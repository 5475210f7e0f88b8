"""Files that a command writes for people: none is written over but a page of the same command."""

from pathlib import Path

from warehouse.errors import UsageError

# Where a page says which command made it.
_HEAD = 2000


def refuse_taken(path: Path | None, option: str) -> None:
    """Refuse to write over a file, whatever it is.

    Raises:
        UsageError: the file is there already.
    """
    if path is not None and path.exists():
        raise UsageError(f"{option} {path}: the file is there already; name another or move it")


def is_own_page(path: Path | None, made_by: str) -> bool:
    """Whether a page of the command is there, to be replaced; False where nothing is.

    Args:
        path: the file to be written; None for none.
        made_by: the command, as ``crimelink explain``: its pages say so in their head.

    Raises:
        UsageError: another file is there.
    """
    if path is None or not path.exists():
        return False
    with path.open("rb") as handle:
        if f'<meta name="generator" content="{made_by}">'.encode() in handle.read(_HEAD):
            return True
    raise UsageError(
        f"--html {path}: the file is there already and is no page of {made_by}; name another or "
        "move it"
    )


def say_written(path: Path, *, is_replaced: bool) -> str:
    """That a file was written, and whether a page gave way to it."""
    return f"written: {path}" + (", in place of the page that was there" if is_replaced else "")
