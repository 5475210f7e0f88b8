"""Reference data that comes as deliveries: ``DIR/reference/<YYYY-MM-DD>/``.

``postcode.csv`` is the gazetteer, ``force_area.geojson`` the official areas of forces; either may
be gzipped. A file is taken whole or not at all. Where the newest is bad the night goes on with what
is loaded.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from transforms.archives import is_gzip, undo_gzip
from transforms.force_areas import read_force_areas
from transforms.geography import AREAS, POSTCODES
from transforms.keeping import copy_still
from transforms.mapping import Entity
from transforms.readers import read_delimited
from warehouse.contract import TABLES, delivered_table
from warehouse.errors import DeliveryError
from warehouse.home import Home, write_text_atomic
from warehouse.journal import step
from warehouse.night import is_closed

POSTCODE = TABLES["reference.postcode"]
_PATTERN = delivered_table("person_address").column("postcode").pattern or ""
_PLACE = delivered_table("offence_record")


@dataclass(frozen=True)
class Kind:
    """A kind of reference data: the file that brings it, how it is read, and what it becomes."""

    delivered: str
    read: Callable[[Path, str], pl.DataFrame]
    stored: str


def take_reference(home: Home, deliveries: Path, night: date) -> None:
    """Load the newest reference deliveries dated at or before ``night`` into the home.

    Writes ``reference/postcode.parquet``, with the columns of ``reference.postcode``, and
    ``reference/force_area.parquet``, each with a JSON beside it that says which file it is. A bad
    file loads nothing: the journal says what is wrong with it.
    """
    if is_closed(home, night):
        return
    with step(home, night, "take_reference") as note:
        for kind in KINDS:
            found = _newest(deliveries / "reference", kind, night)
            if found is not None:
                note[kind.delivered] = _try_load(home, kind, found)


def _newest(folder: Path, kind: Kind, night: date) -> Path | None:
    """The file of the latest dated folder that has one, up to the night."""
    names = (kind.delivered, f"{kind.delivered}.gz")
    dated = sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"), reverse=True)
    return next((file for day in dated if day.name <= night.isoformat()
                 for name in names if os.path.lexists(file := day / name)), None)  # fmt: skip


def _try_load(home: Home, kind: Kind, source: Path) -> str:
    """Load the file and say so, or say what is wrong with it."""
    try:
        return _load(home, kind, source)
    except DeliveryError as error:
        return f"NOT LOADED ({error.rule}): {error}"


def _load(home: Home, kind: Kind, source: Path) -> str:
    where = f"reference/{source.parent.name}/{source.name}"
    working = home.root / "working" / "reference"
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True, mode=0o700)
    try:
        copy = working / source.name
        digest, _ = copy_still(source, copy, where)
        loaded: dict[str, object] = {"file": where, "sha256": digest}
        if _is_loaded(home, kind, loaded):
            return f"{where}, loaded already"
        plain = copy
        if is_gzip(copy):
            plain = working / "plain"
            undo_gzip(copy, plain, where)
        frame = kind.read(plain, where)
        _write(home, kind, frame, loaded)
        return f"{where}, {frame.height:,} rows"
    finally:
        shutil.rmtree(working)


def _said(home: Home, kind: Kind) -> Path:
    return (home.reference / kind.stored).with_suffix(".json")


def _is_loaded(home: Home, kind: Kind, loaded: dict[str, object]) -> bool:
    said = _said(home, kind)
    is_there = said.exists() and (home.reference / kind.stored).exists()
    return is_there and loaded.items() <= json.loads(said.read_text(encoding="utf-8")).items()


def _write(home: Home, kind: Kind, frame: pl.DataFrame, loaded: dict[str, object]) -> None:
    home.reference.mkdir(parents=True, exist_ok=True)
    building = home.reference / f".{kind.stored}.building"
    frame.write_parquet(building)
    os.chmod(building, 0o600)
    os.replace(building, home.reference / kind.stored)
    write_text_atomic(_said(home, kind), json.dumps(loaded | {"rows": frame.height}, indent=1))


def read_postcodes(path: Path, file: str) -> pl.DataFrame:
    """The postcodes of a CSV file in the contract's columns and types, sorted.

    Raises:
        DeliveryError: what ``read_delimited`` raises, ``reference_row`` for a row that cannot be
            read, ``reference_value`` for a value missing, of the wrong form or out of bounds,
            ``reference_repeated`` for a postcode that stands twice.
    """
    records = read_delimited(path, file=file, entity=Entity("postcode", POSTCODE.names))
    if records.rejects.height:
        row, rule = records.rejects.select("source_row", "rule").row(0)
        raise DeliveryError("reference_row", f"{file}: row {row}: {rule}")
    typed = records.frame.with_columns(
        pl.col(column.name).cast(column.kind.polars, strict=False)
        for column in POSTCODE.columns
        if column.name != "postcode"
    )
    _check(typed, file)
    return typed.select(POSTCODE.names).sort("postcode")


def _check(frame: pl.DataFrame, file: str) -> None:
    sound = {"postcode": pl.col("postcode").str.contains(_PATTERN)} | {
        name: pl.col(name).is_between(_PLACE.column(name).minimum, _PLACE.column(name).maximum)
        for name in POSTCODE.names
        if name != "postcode"
    }
    for name, is_sound in sound.items():
        bad = frame.filter(~is_sound.fill_null(value=False))["source_row"]
        if bad.len():
            raise DeliveryError(
                "reference_value",
                f"{file}: {name} is missing, malformed or out of bounds in {bad.len():,} rows, "
                f"first in row {bad[0]}",
            )
    repeated = frame.filter(pl.col("postcode").is_duplicated())["source_row"]
    if repeated.len():
        raise DeliveryError(
            "reference_repeated", f"{file}: {repeated.len():,} rows repeat a postcode"
        )


KINDS = (
    Kind("postcode.csv", read_postcodes, POSTCODES),
    Kind("force_area.geojson", read_force_areas, AREAS),
)
