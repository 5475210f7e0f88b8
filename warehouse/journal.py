"""The journal of a night: one JSON line when a step begins and one when it ends.

The command line shows progress from it, ``crimelink status`` reads it, and an operator can follow
it with ``tail -f``.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from warehouse.errors import CrimelinkError, DiskError, is_disk_full
from warehouse.home import Home


def journal_path(home: Home, night: date) -> Path:
    """Path of the night's journal."""
    return home.night(night) / "journal.jsonl"


@contextmanager
def step(home: Home, night: date, name: str, subject: str = "") -> Iterator[dict[str, Any]]:
    """Journal a step: ``begun`` now, and ``done`` or ``failed`` when the block ends.

    What the block puts into the yielded dict (counts, a message) is written with ``done``.
    Whatever the block writes is for its owner only, whoever runs the step and with what umask: the
    rows of a delivery pass through every step.
    """
    before = os.umask(0o077)
    try:
        with _journalled(home, night, name, subject) as note:
            yield note
    finally:
        os.umask(before)


@contextmanager
def _journalled(home: Home, night: date, name: str, subject: str) -> Iterator[dict[str, Any]]:
    path = journal_path(home, night)
    path.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    note: dict[str, Any] = {}
    append_entry(path, {"step": name, "subject": subject, "event": "begun"})
    try:
        yield note
    except BaseException as error:
        failed = {
            "step": name,
            "subject": subject,
            "event": "failed",
            "error": type(error).__name__,
        }
        append_entry(path, failed | _said(error))
        raise
    seconds = round(time.monotonic() - began, 3)
    append_entry(
        path, {"step": name, "subject": subject, "event": "done", "seconds": seconds, **note}
    )


def _said(error: BaseException) -> dict[str, Any]:
    if is_disk_full(error):
        error = DiskError("the disk is full. Free some.")
    # Only our own messages are known to hold no person's values.
    if not isinstance(error, CrimelinkError):
        return {}
    return {"message": str(error), "who_acts": error.who_acts, "exit_code": error.exit_code}


def append_entry(path: Path, entry: dict[str, Any]) -> None:
    """Add a line to a journal: the entry and when it was made, whole or not at all."""
    line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry})
    # One write of one line with O_APPEND: lines of parallel tasks never mix.
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode() + b"\n")
    finally:
        os.close(handle)
