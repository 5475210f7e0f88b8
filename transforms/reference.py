"""Reference data that comes as deliveries: ``DIR/reference/<YYYY-MM-DD>/``.

A file there is known by its name, ``<kind>.csv``, ``.parquet`` or ``.geojson``, gzipped or not:
``postcode.csv`` is the gazetteer, ``force_area.geojson`` the areas of forces. It is taken whole or
not at all. Where the newest is bad the night goes on with what is loaded. What a delivery brought
is taken once, so that what ``crimelink reference load`` brings later stays.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from transforms.archives import is_gzip, undo_gzip
from transforms.keeping import copy_still
from transforms.reference_kind import Kind
from transforms.reference_kinds import KINDS
from transforms.reference_tables import GivenTable, open_table
from warehouse.errors import DeliveryError
from warehouse.home import Home, write_text_atomic
from warehouse.journal import step
from warehouse.night import is_closed


@dataclass(frozen=True)
class Opened:
    """A file of reference data, copied, unpacked and opened.

    Attributes:
        file: what messages and the home call it.
        sha256: of its bytes as given.
        table: what it holds.
    """

    file: str
    sha256: str
    table: GivenTable


def take_reference(home: Home, deliveries: Path, night: date) -> None:
    """Load the newest reference deliveries dated at or before ``night`` into the home.

    Writes ``reference/<kind>.parquet`` (``warehouse.reference_files``) with a JSON beside it that
    says which file it is. A bad file loads nothing: the journal says what is wrong with it.
    """
    if is_closed(home, night):
        return
    with step(home, night, "take_reference") as note:
        for kind in KINDS:
            found = _newest(deliveries / "reference", kind, night)
            if found is not None:
                note[_names(kind)[0]] = _try_load(home, kind, found)


def _names(kind: Kind) -> tuple[str, ...]:
    suffixes = ("geojson",) if kind.has_boundaries else ("csv", "parquet")
    return tuple(f"{kind.stored.name}.{suffix}" for suffix in suffixes)


def _newest(folder: Path, kind: Kind, night: date) -> Path | None:
    """The file of the latest dated folder that has one, up to the night."""
    names = [name + packed for name in _names(kind) for packed in ("", ".gz")]
    dated = sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"), reverse=True)
    return next((file for day in dated if day.name <= night.isoformat()
                 for name in names if os.path.lexists(file := day / name)), None)  # fmt: skip


def _try_load(home: Home, kind: Kind, source: Path) -> str:
    """Load the file and say so, or say what is wrong with it."""
    try:
        return _load(home, kind, source, f"reference/{source.parent.name}/{source.name}")
    except DeliveryError as error:
        return f"NOT LOADED ({error.rule}): {error}"


def _load(home: Home, kind: Kind, source: Path, where: str) -> str:
    with opened(home, source, where) as given:
        delivery = {"file": given.file, "sha256": given.sha256}
        said = kind.stored.said(home)
        # Before there was a delivery of its own, what is loaded was one.
        if kind.stored.is_stored(home) and said.get("delivery", _origin(said)) == delivery:
            return f"{where}, loaded already"
        frame = kind.read(given.table, where)
        store(home, kind, frame, delivery, delivery=delivery)
        return f"{where}, {frame.height:,} rows"


@contextmanager
def opened(home: Home, source: Path, where: str) -> Iterator[Opened]:
    """A private copy of the file, unpacked and opened, for the block.

    Raises:
        DeliveryError: it is no plain file, does not hold still, is packed badly, or is neither CSV,
            Parquet nor GeoJSON.
    """
    working = home.root / "working" / "reference"
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True, mode=0o700)
    try:
        copy = working / source.name
        digest, _ = copy_still(source, copy, where)
        plain = copy
        if is_gzip(copy):
            plain = working / "plain"
            undo_gzip(copy, plain, where)
        yield Opened(where, digest, open_table(plain, where))
    finally:
        shutil.rmtree(working)


def _origin(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said.get(name) for name in ("file", "sha256")}


def is_loaded(home: Home, kind: Kind, origin: dict[str, str]) -> bool:
    """True where the home has the kind from that very file."""
    return kind.stored.is_stored(home) and _origin(kind.stored.said(home)) == origin


def store(
    home: Home,
    kind: Kind,
    frame: pl.DataFrame,
    origin: dict[str, str],
    *,
    delivery: dict[str, Any] | None,
) -> None:
    """Put a kind into the home in place of what it had of it.

    Args:
        home: where.
        kind: what.
        frame: its rows.
        origin: ``file`` and ``sha256`` of where they come from.
        delivery: the same of the reference delivery that a night took last; None: none did.
    """
    home.reference.mkdir(parents=True, exist_ok=True, mode=0o700)
    said, remembered = kind.stored.said_path(home), {"delivery": delivery} if delivery else {}
    building = home.reference / f".{kind.stored.name}.building"
    frame.write_parquet(building)
    os.chmod(building, 0o600)
    # Killed between the two, it is loaded again: nothing says then where the rows come from.
    write_text_atomic(said, json.dumps(remembered, indent=1))
    os.replace(building, kind.stored.path(home))
    write_text_atomic(said, json.dumps(origin | {"rows": frame.height} | remembered, indent=1))
