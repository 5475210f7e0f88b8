"""A record system small enough to see through: one CSV of people, one of their addresses."""

import json
from datetime import date
from pathlib import Path

import polars as pl

from forces.declaration import Declaration
from transforms.contacts import postcode_traps, real_postcode
from transforms.mapping import (
    Control,
    Delivery,
    Entity,
    Parsed,
    Records,
    System,
    TableMapping,
    Trap,
)
from transforms.names import name_traps, real_name
from transforms.readers.shape import REJECTS
from transforms.times import birth_date, birth_date_trap, parse_datetime
from warehouse.batch import Batch
from warehouse.errors import DeliveryError
from warehouse.home import Home
from warehouse.night import Plan, PlannedDelivery

NIGHT = date(2026, 1, 5)
PERSON = Entity("person", ("id", "surname", "born"), ("force", "op", "sequence", "title"))
ADDRESS = Entity("address", ("id", "postcode"), ("force", "sequence"))
EVENT = Entity("event", ("id", "kind", "longitude", "latitude"), ("force", "part"))


def _control(delivery: Delivery) -> Control:
    return Control(**json.loads((delivery.folder / "control.json").read_text()))


def _read(delivery: Delivery) -> dict[str, Records]:
    found = {}
    for file in delivery.files:
        if not file.endswith(".csv"):
            continue
        frame = pl.read_csv(delivery.folder / file, infer_schema=False)
        if "BROKEN" in frame.columns:
            raise DeliveryError("column_missing", f"{file}: misses a column")
        frame = frame.with_columns(source_file=pl.lit(file)).with_row_index("source_row", 1)
        frame = frame.with_columns(pl.col("source_row").cast(pl.Int64))
        bad = (pl.col(frame.columns[2]) == "UNREADABLE").fill_null(value=False)
        rejects = frame.filter(bad).select(
            "source_file", "source_row", rule=pl.lit("unreadable"), reason=pl.lit("no record")
        )
        found[Path(file).stem] = Records(frame.filter(~bad), rejects.select(*REJECTS))
    return found


_COORDINATE = {
    name: Parsed(pl.col(name), pl.col(name).cast(pl.Float64, strict=False), "not_a_number")
    for name in ("longitude", "latitude")
}
MAPPINGS = (
    TableMapping(
        "person_record",
        "person",
        {
            "source_record_id": pl.col("id"),
            "surname": real_name(pl.col("surname")),
            "birth_date": birth_date(pl.col("born"), "%d/%m/%Y"),
        },
        operation=pl.when(pl.col("op") == "D").then(pl.lit("delete")).otherwise(pl.lit("upsert")),
        sequence=pl.col("sequence").cast(pl.Int64),
        traps=(
            *name_traps(pl.col("surname"), "surname"),
            birth_date_trap(pl.col("born"), "%d/%m/%Y"),
            Trap("test_person", None, pl.col("title") == "TEST", "quarantined"),
            Trap("has_title", None, pl.col("title").is_not_null(), "counted"),
        ),
    ),
    TableMapping(
        "person_address",
        "address",
        {"source_record_id": pl.col("id"), "postcode": real_postcode(pl.col("postcode"))},
        sequence=pl.col("sequence").cast(pl.Int64),
        traps=postcode_traps(pl.col("postcode")),
    ),
    *(
        TableMapping(
            table,
            "event",
            {
                "source_record_id": pl.col("id"),
                **_COORDINATE,
                "occurred_precision": pl.lit("unknown"),
                "is_time_ambiguous": pl.lit(value=False),
                **extra,
            },
            where=pl.col("kind") == kind,
            scope=pl.col("part"),
        )
        for kind, table, extra in (
            ("crime", "offence_record", {"offence_group": pl.lit("unmapped"),
                                         "is_notifiable": pl.lit(value=True)}),
            ("call", "incident", {"attended_at": parse_datetime(pl.lit(None, pl.String), "%Y")}),
        )
    ),
)  # fmt: skip
ENTITIES = (PERSON, ADDRESS, EVENT)
TOY = System(
    name="toy",
    recognise=lambda files: "control.json" in files,
    control=_control,
    read=_read,
    entities=ENTITIES,
    mappings=MAPPINGS,
)
SHARED_TOY = System(
    name="shared_toy",
    recognise=TOY.recognise,
    control=_control,
    read=_read,
    entities=ENTITIES,
    mappings=MAPPINGS,
    force=lambda delivery: pl.col("force"),
)


def declare(force: str, deliverer: str | None = None, **values: object) -> Declaration:
    """A force on the toy system, or on the shared one where it has a deliverer."""
    given = {
        "name": force.title(),
        "aliases": (),
        "ons_code": None,
        "pnc_codes": (),
        "system": "toy" if deliverer is None else "shared_toy",
        "deliverer": deliverer or force,
        "accepts": (),
        "profile": "GB",
        "kind": "delta",
        "every_days": 1,
        "is_public": False,
        "encoding": "utf-8",
        "form": None,
    }
    return Declaration(force=force, **(given | values))  # type: ignore[arg-type]


def deliver(root: Path, deliverer: str, files: dict[str, str], **control: object) -> Path:
    """Lay a delivery of the night out and return the folder of all deliveries."""
    folder = root / "deliveries" / deliverer / NIGHT.isoformat()
    folder.mkdir(parents=True)
    given = {"delivery_id": None, "kind": "delta", "environment": "live"} | control
    for name, text in ({"control.json": json.dumps(given)} | files).items():
        # As CSV that a person can read: no indentation, no blank lines.
        lines = [line.strip() for line in text.strip().splitlines()]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def plan(home: Home, *folders: Path) -> None:
    """The night's plan, with those deliveries."""
    deliveries = tuple(
        PlannedDelivery(folder.parent.name, folder.name, str(folder)) for folder in folders
    )
    Plan(NIGHT.isoformat(), deliveries).write(home)


def staged_table(home: Home, batch: Batch, table: str) -> pl.DataFrame:
    """The staged rows of a table, empty where there is no file."""
    path = home.staged(batch.batch_id) / f"{table}.parquet"
    return pl.read_parquet(path) if path.exists() else pl.DataFrame()
