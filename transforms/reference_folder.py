"""Load a folder of official geography, as the Office for National Statistics publishes it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from transforms.listing import walk
from transforms.reference import is_loaded, opened, store
from transforms.reference_kind import Kind
from transforms.reference_kinds import recognise
from warehouse.errors import DeliveryError, UsageError
from warehouse.home import Home, exclusive
from warehouse.journal import append_entry


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Attributes:
        file: path within the folder.
        kind: what it was recognised as; None where it is none of the kinds.
        rows: how many it brought; 0 where none.
        state: ``loaded``, ``loaded already``, ``left`` (none of the kinds) or ``refused``.
        reason: what is wrong with a refused one; why one was left.
    """

    file: str
    kind: str | None
    rows: int
    state: str
    reason: str = ""


@dataclass(frozen=True)
class _Read:
    kind: Kind
    origin: dict[str, str]
    frame: pl.DataFrame


def load_folder(home: Home, folder: Path, by: str) -> list[Outcome]:
    """Load every file under ``folder`` that is reference data, each whole or not at all.

    A file is recognised by its content. Of two files of one kind neither is loaded: nobody can tell
    which counts. ``reference/journal.jsonl`` says who loaded what, and when.

    Args:
        home: where to.
        folder: of files, nested or not, gzipped or not.
        by: who loads it.

    Returns:
        What became of every file, in order of their paths.

    Raises:
        UsageError: the folder holds no file.
        LockedError: a night, or another load, holds the home.
    """
    files = list(walk(folder))
    if not files:
        raise UsageError(f"{folder}: holds no file")
    before = os.umask(0o077)
    try:
        with exclusive(home.run_lock, "reference load"):
            return list(_load_all(home, folder, files, by))
    finally:
        os.umask(before)


def _load_all(home: Home, folder: Path, files: list[Path], by: str) -> Iterator[Outcome]:
    given: dict[str, _Read | Outcome] = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            given[name] = _read(home, path, name)
        except DeliveryError as error:
            # Sound JSON of something else is left; what is one of the kinds and bad, or damaged so
            # that nobody can tell, is refused.
            state = "left" if error.rule == "reference_form" else "refused"
            given[name] = Outcome(name, None, 0, state, str(error))
    by_kind: dict[str, list[str]] = {}
    for name, one in given.items():
        if isinstance(one, _Read):
            by_kind.setdefault(one.kind.stored.name, []).append(name)
    for name, one in given.items():
        if isinstance(one, Outcome):
            yield one
            continue
        same = by_kind[one.kind.stored.name]
        if len(same) > 1:
            reason = f"{', '.join(same)} are all of kind {one.kind.stored.name}: leave one of them"
            yield Outcome(name, one.kind.stored.name, 0, "refused", reason)
        else:
            yield _store(home, name, one, by)


def _read(home: Home, path: Path, name: str) -> _Read | Outcome:
    with opened(home, path, name) as file:
        kind = recognise(file.table)
        if kind is None:
            shown = ", ".join(file.table.columns[:6])
            return Outcome(name, None, 0, "left", f"{name}: no kind has the columns {shown}")
        origin = {"file": name, "sha256": file.sha256}
        return _Read(kind, origin, kind.read(file.table, name))


def _store(home: Home, name: str, one: _Read, by: str) -> Outcome:
    kind = one.kind
    if is_loaded(home, kind, one.origin):
        return Outcome(name, kind.stored.name, one.frame.height, "loaded already")
    said = kind.stored.said(home)
    # A night takes a delivery once: of a home that knows of none, what is loaded may be one.
    earlier = {key: said[key] for key in ("file", "sha256") if key in said}
    delivery = said.get("delivery", earlier or None)
    store(home, kind, one.frame, one.origin, delivery=delivery)
    append_entry(
        home.reference / "journal.jsonl",
        {"by": by, "kind": kind.stored.name, **one.origin, "rows": one.frame.height},
    )
    return Outcome(name, kind.stored.name, one.frame.height, "loaded")
