"""The standard form: the contract itself as CSV or Parquet, one file a table.

For forces whose record system nobody has mapped yet, and for other countries. It is told for those
who deliver it in docs/standard-delivery.md.
"""

import json
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from forces.declaration import Declaration
from transforms.mapping import Control, Delivery, Records, System, TableMapping
from transforms.profiles import profile
from transforms.systems.readings import trimmed
from transforms.systems.standard_files import (
    DELIVERY_FILE,
    ENTITIES,
    list_tables,
    read_table,
    table_of,
)
from transforms.systems.standard_tables import map_table
from warehouse.batch import BatchKind
from warehouse.contract import DELIVERED
from warehouse.errors import DeliveryError

KINDS: dict[str, BatchKind] = {"full": "full", "delta": "delta"}
_KEYS = frozenset({"delivery_id", "kind", "environment", "rows"})


def recognise(files: tuple[str, ...]) -> bool:
    """Any file named ``<table>.csv`` or ``<table>.parquet`` for a table of the contract."""
    return any(table_of(file) for file in files)


def control(delivery: Delivery) -> Control:
    """What ``delivery.json`` says; without it a full, live delivery that declares nothing.

    Raises:
        DeliveryError: ``control_unreadable``, ``unknown_file`` or ``file_twice``.
    """
    list_tables(delivery)
    files = [file for file in delivery.files if PurePosixPath(file).name == DELIVERY_FILE]
    if len(files) > 1:
        raise DeliveryError("file_twice", f"{DELIVERY_FILE}: stands {len(files)} times")
    said = _read_control(delivery, files[0]) if files else {}
    kind = KINDS.get(str(said.get("kind", "full")))
    if kind is None:
        raise _unreadable(f"kind is none of {', '.join(KINDS)}")
    return Control(
        delivery_id=_delivery_id(said),
        kind=kind,
        # Whatever does not say that it is live is not; saying nothing is the usual delivery.
        environment="live" if said.get("environment", "live") == "live" else "test",
        declared=_declared(said),
    )


def read(delivery: Delivery) -> dict[str, Records]:
    """The records of every table. Raises ``DeliveryError`` as ``list_tables`` and
    ``read_table``."""
    return {
        table: read_table(delivery, file, table) for table, file in list_tables(delivery).items()
    }


def force(delivery: Delivery) -> pl.Expr:
    """The slug in column ``force``; where one force delivers, it may be left out."""
    served = [declaration.force for declaration in delivery.declarations]
    given = trimmed("force")
    return pl.coalesce(given, pl.lit(served[0])) if len(served) == 1 else given


def mappings(declaration: Declaration) -> tuple[TableMapping, ...]:
    """One mapping a delivered table, for the force's country."""
    rules = profile(declaration.profile)
    return tuple(map_table(table, rules) for table in DELIVERED)


def _read_control(delivery: Delivery, file: str) -> dict[str, Any]:
    try:
        said = json.loads((delivery.folder / file).read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _unreadable("is not JSON") from error
    if not isinstance(said, dict):
        raise _unreadable("is not an object")
    unknown = sum(key not in _KEYS for key in said)
    if unknown:  # not named: what stands as a key may be anybody's data
        raise _unreadable(f"has {unknown:,} unknown keys; known: {', '.join(sorted(_KEYS))}")
    return said


def _delivery_id(said: dict[str, Any]) -> str | None:
    given = said.get("delivery_id")
    if given is not None and not isinstance(given, str):
        raise _unreadable("delivery_id is not text")
    return given or None


def _declared(said: dict[str, Any]) -> dict[str, int]:
    rows = said.get("rows", {})
    known = {table.name for table in DELIVERED}
    is_right = isinstance(rows, dict) and all(
        name in known and type(count) is int and count >= 0 for name, count in rows.items()
    )
    if not is_right:
        raise _unreadable("rows is not a whole number for each of its tables")
    return dict(rows)


def _unreadable(what: str) -> DeliveryError:
    return DeliveryError("control_unreadable", f"{DELIVERY_FILE}: {what}")


SYSTEM = System(
    name="standard",
    recognise=recognise,
    control=control,
    read=read,
    entities=ENTITIES,
    mappings=mappings,
    force=force,
)
