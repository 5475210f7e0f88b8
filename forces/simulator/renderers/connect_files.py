"""The two files that the connect-like record system writes: XML and NDJSON.

Both are made a column at a time: text is escaped and joined by Polars, never a row at a time.
"""

import json
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

import polars as pl

from forces.simulator.extract import Extract
from forces.simulator.renderers.connect_shapes import DEGREES, EPOCHS

# A parser turns a bare carriage return into a line feed: it goes as a character reference.
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
# Characters that XML 1.0 cannot hold, even escaped.
NOT_XML = r"[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]"
ATTRIBUTES = ("seq", "op")


def write_xml(folder: Path, frames: dict[str, pl.DataFrame], extract: Extract) -> None:
    """Write ``change_events.xml``: a root that tells the delivery, an element an event.

    Args:
        folder: where to.
        frames: by entity, its events: ``seq``, ``op``, then its fields. Null fields are left out.
        extract: the delivery.
    """
    counts = " ".join(f"{entity}:{events.height}" for entity, events in frames.items())
    root = (
        f'<ChangeEvents deliveryId={quoteattr(extract.delivery_id)} environment="LIVE"'
        f' kind="{extract.kind.upper()}" counts="{counts}">'
    )
    with (folder / "change_events.xml").open("wb") as file:
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode())
        for entity, events in frames.items():
            _write_lines(file, events.select(_xml_event(entity, events.columns)))
        file.write(b"</ChangeEvents>\n")


def write_ndjson(folder: Path, frames: dict[str, pl.DataFrame], extract: Extract) -> None:
    """Write ``change_events.ndjson``: a line that tells the delivery, then a line an event."""
    header = {
        "deliveryId": extract.delivery_id,
        "environment": "LIVE",
        "kind": extract.kind.upper(),
        "counts": {entity: events.height for entity, events in frames.items()},
    }
    with (folder / "change_events.ndjson").open("wb") as file:
        file.write(json.dumps(header).encode() + b"\n")
        for entity, events in frames.items():
            _write_lines(file, events.select(_json_event(entity, events.columns)))


def _xml_event(entity: str, columns: list[str]) -> pl.Expr:
    """One event as an element on a line of its own."""
    return pl.concat_str(
        pl.format('<Event seq="{}" op="{}"', *ATTRIBUTES),
        pl.lit(f' entity="{entity}">'),
        *(_xml_field(name) for name in columns if name not in ATTRIBUTES),
        pl.lit("</Event>"),
    )


def _xml_field(name: str) -> pl.Expr:
    """``<name>text</name>``, or nothing where there is no value."""
    text = pl.col(name).str.replace_all(NOT_XML, "")
    escaped = text.str.replace_many(list(ESCAPES), list(ESCAPES.values()))
    return pl.format(f"<{name}>{{}}</{name}>", escaped).fill_null("")


def _json_event(entity: str, columns: list[str]) -> pl.Expr:
    """One event as an object: epochs and degrees are numbers, everything else text."""
    fields = [
        pl.col(name).cast(pl.Int64) if name in EPOCHS
        else pl.col(name).cast(pl.Float64) if name in DEGREES
        else pl.col(name)
        for name in columns if name not in ATTRIBUTES
    ]  # fmt: skip
    return pl.struct(*ATTRIBUTES, pl.lit(entity).alias("entity"), *fields).struct.json_encode()


def _write_lines(file: BinaryIO, lines: pl.DataFrame) -> None:
    lines.write_csv(file, include_header=False, quote_style="never")
