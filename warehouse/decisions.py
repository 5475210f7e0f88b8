"""Decisions of people: what every one of them needs, and journals that are only ever added to.

A journal stands in ``decisions/`` of the home and holds one decision a line, so whoever decides
waits for nobody: neither for a night that runs nor for somebody else who decides.
"""

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from warehouse.errors import DiskError, UsageError
from warehouse.home import Home

SHORTEST_REASON, LONGEST_REASON = 3, 250
LONGEST_NAME = 100
# Controls, surrogates, ends of lines; and what is not seen but turns or hides what is (Cf).
_UNPRINTED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class DecisionError(UsageError):
    """A decision cannot be taken as it was given.

    Args:
        column: the part that is wrong.
        rule: short name of the rule that it breaks.
        message: the same in words.
    """

    def __init__(self, column: str, rule: str, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.rule = rule


def check_name(column: str, by: str) -> str:
    """The name of somebody who decides, without the blanks around it.

    Raises:
        DecisionError: it is empty, too long or not one line.
    """
    return _one_line(column, by, 1, LONGEST_NAME)


def check_reason(reason: str) -> str:
    """The grounds of a decision, without the blanks around them.

    Raises:
        DecisionError: they are too short, too long or not one line.
    """
    return _one_line("reason", reason, SHORTEST_REASON, LONGEST_REASON)


def _one_line(column: str, text: str, shortest: int, longest: int) -> str:
    text = text.strip()
    if not shortest <= len(text) <= longest:
        rule = "too_short" if len(text) < shortest else "too_long"
        raise DecisionError(
            column, rule, f"{column}: {shortest} to {longest} characters are needed"
        )
    if any(unicodedata.category(letter) in _UNPRINTED for letter in text):
        says = f"{column}: one line of plain text is needed, without characters that are not seen"
        raise DecisionError(column, "not_one_line", says)
    return text


def journal_of(home: Home, name: str) -> Path:
    """Where the home keeps the journal of that name."""
    return home.root / "decisions" / f"{name}.jsonl"


def append_lines(path: Path, lines: Sequence[bytes]) -> None:
    """Add lines, their ends included, to a journal. When this returns they are on the disk.

    Raises:
        DiskError: the disk is full. Those decisions count whose lines were written whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # What a writer that was killed left behind has no end of line: this begins on its own.
    text = b"\n" + b"".join(lines)
    # One write with O_APPEND: lines of parallel writers never mix.
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        written = os.write(handle, text)
        os.fsync(handle)
    except OSError as error:
        raise DiskError(f"{path} could not be written: {error.strerror}") from error
    finally:
        os.close(handle)
    _sync_folder(path.parent)
    _sync_folder(path.parent.parent)
    if written < len(text):
        raise DiskError(
            f"the disk is full: {path} took {written:,} of {len(text):,} bytes. Free some and run "
            "the same command again; the decisions that it took whole count."
        )


def numbered_lines(path: Path) -> list[tuple[int, bytes]]:
    """Lines of a journal that are not empty, numbered from 1; none where nobody has decided yet."""
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    return [(number, line) for number, line in enumerate(lines, start=1) if line]


def tell_damaged_lines(path: Path, damaged: Sequence[int]) -> str:
    """Words for the operator about lines that are no decision; empty where there are none."""
    if not damaged:
        return ""
    lines = ", ".join(str(number) for number in damaged[:10])
    more = f" and {len(damaged) - 10:,} more" if len(damaged) > 10 else ""
    return (
        f"{path}: line {lines}{more} cannot be read and does not count. A command was killed while "
        "it wrote, or the file was changed: whoever decided must decide again."
    )


def _sync_folder(folder: Path) -> None:
    """A file that is new in the folder is found there after a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
