"""A disk that is full: a sentence and exit code 3, whoever met it."""

import errno
import json
import os
from datetime import date

import duckdb
import pytest

from console import main
from warehouse.home import Home
from warehouse.journal import journal_path, step

FULL = os.strerror(errno.ENOSPC)


@pytest.fixture(autouse=True)
def _own_umask():
    """``main`` changes it for the process."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (duckdb.TransactionException(f"Failed to commit: {FULL}"), 3, "the disk is full. Free"),
        (OSError(errno.ENOSPC, FULL), 3, "the disk is full. Free some and run the same command"),
        (OSError(errno.ENOSPC, FULL, "/h/f"), 3, "the disk is full: /h/f. Free some"),
        (OSError(errno.EACCES, "Permission denied", "/h/f"), 1, "Permission denied: /h/f\n"),
        (OSError(errno.EIO, "Input/output error"), 1, "Input/output error\n"),
    ],
)
def test_a_command_ends_in_a_sentence(monkeypatch, capsys, error, code, says):
    def fail() -> None:
        raise error

    monkeypatch.setattr(main, "_run", fail)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == code
    said = capsys.readouterr().err
    assert said.startswith(f"crimelink: {says}")
    assert "None" not in said


def test_another_error_keeps_its_traceback(monkeypatch):
    def fail() -> None:
        raise duckdb.InternalException("a bug")

    monkeypatch.setattr(main, "_run", fail)
    with pytest.raises(duckdb.InternalException):
        main.main()


def test_a_step_of_a_night_journals_it_for_the_operator(tmp_path):
    home, night = Home.of(tmp_path / "home"), date(2026, 1, 12)
    with pytest.raises(duckdb.IOException), step(home, night, "load"):
        raise duckdb.IOException(f"Could not write file of MRS SMITH: {FULL}")
    *_, failed = map(json.loads, journal_path(home, night).read_text().splitlines())
    assert (failed["message"], failed["exit_code"]) == ("the disk is full. Free some.", 3)
