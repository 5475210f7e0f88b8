"""The journal of what people decided about pairs of person records.

``decisions/judgements.jsonl`` in the home holds one decision a line and is only ever added to, so
whoever decides waits for nobody: neither for a night that runs nor for another reviewer. The state
takes in what it has not yet taken in, and there every decision stays.
"""

import os
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl

from linkage.judgements.judgement import Judgement, peek_id, read_line, write_line
from linkage.record_key import RecordKey
from warehouse.contract.judgement import JUDGEMENT
from warehouse.errors import DiskError
from warehouse.home import Home

_COLUMNS = ", ".join(name for name in JUDGEMENT.names if name != "night")
_READ = f"SELECT {_COLUMNS} FROM link.judgement ORDER BY judged_at, judgement_id"


def judgements_path(home: Home) -> Path:
    """Where the journal is kept."""
    return home.root / "decisions" / "judgements.jsonl"


def append_judgements(home: Home, judgements: Sequence[Judgement]) -> None:
    """Add decisions to the journal. When this returns they are on the disk.

    Raises:
        DiskError: the disk is full. Those decisions count whose lines were written whole.
    """
    if not judgements:
        return
    path = judgements_path(home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # What a writer that was killed left behind has no end of line: this begins on its own.
    text = b"\n" + b"".join(write_line(judgement) for judgement in judgements)
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
    _sync_folder(home.root)
    if written < len(text):
        raise DiskError(
            f"the disk is full: {path} took {written:,} of {len(text):,} bytes. Free some and run "
            "the same command again; the decisions that it took whole count."
        )


def _sync_folder(folder: Path) -> None:
    """A file that is new in the folder is found there after a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Journal(NamedTuple):
    """What the journal holds.

    Attributes:
        judgements: every decision once, in the order in which they were written.
        damaged: numbers, from 1, of lines that are no decision: torn by a writer that was killed,
            or tampered with.
    """

    judgements: list[Judgement]
    damaged: list[int]


def read_journal(home: Home, known: Collection[str] = ()) -> Journal:
    """What the journal holds, lines of the judgement ids in ``known`` left out unread; empty where
    nobody has decided anything yet."""
    path = judgements_path(home)
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    read = [
        (number, read_line(line))
        for number, line in enumerate(lines, start=1)
        if line and peek_id(line) not in known
    ]
    whole = {judgement.judgement_id: judgement for _, judgement in read if judgement}
    return Journal(list(whole.values()), [number for number, judgement in read if not judgement])


def tell_damage(home: Home, damaged: Sequence[int]) -> str:
    """Words for the operator about damaged lines; empty where there are none."""
    if not damaged:
        return ""
    lines = ", ".join(str(number) for number in damaged[:10])
    more = f" and {len(damaged) - 10:,} more" if len(damaged) > 10 else ""
    return (
        f"{judgements_path(home)}: line {lines}{more} cannot be read and does not count. A command "
        "was killed while it wrote, or the file was changed: whoever decided must decide again."
    )


def judgement_frame(judgements: Iterable[Judgement], night: date) -> pl.DataFrame:
    """Rows of ``link.judgement``, oldest first, that count from ``night`` on."""
    rows = [
        (j.judgement_id, *j.pair[0], *j.pair[1], j.verdict, j.judged_by,
         j.judged_at.replace(tzinfo=None), j.reason, j.source, night)
        for j in judgements
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=JUDGEMENT.polars_schema(), orient="row")
    return frame.sort("judged_at", "judgement_id")


def read_judgements(con: duckdb.DuckDBPyConnection) -> list[Judgement]:
    """Every decision in ``link.judgement`` of the state or of the store, oldest first."""
    return [
        Judgement(judgement_id, (RecordKey(*key[:3]), RecordKey(*key[3:])), verdict, by,
                  at.replace(tzinfo=UTC), reason, source)
        for judgement_id, *key, verdict, by, at, reason, source in con.execute(_READ).fetchall()
    ]  # fmt: skip


def take_in(con: duckdb.DuckDBPyConnection, home: Home, night: date) -> list[RecordKey]:
    """Put the decisions of the journal that ``link.judgement`` lacks into it.

    Within the caller's transaction; a second time it changes nothing.

    Returns:
        The records that they are about, in alphabetical order.
    """
    known = {row[0] for row in con.execute("SELECT judgement_id FROM link.judgement").fetchall()}
    new = read_journal(home, known).judgements
    if new:
        con.register("taken_in", judgement_frame(new, night))
        con.execute("INSERT INTO link.judgement BY NAME SELECT * FROM taken_in")
        con.unregister("taken_in")
    return sorted({key for judgement in new for key in judgement.pair})
