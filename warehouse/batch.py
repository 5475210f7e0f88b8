"""What travels between the steps about a delivery and a batch, beside the rows themselves.

A staged batch is a folder ``staged/<batch_id>/``: ``batch.json`` (a ``Batch``), one
``<table>.parquet`` a delivered table that has rows, and ``quarantine.parquet`` for rows that could
not be put into the contract's types. A checked batch is ``checked/<batch_id>/`` with ``batch.json``
again (now with its verdict), the accepted ``<table>.parquet``, all of ``quarantine.parquet``,
``check_result.parquet``, and what the batch held, as ``table_profile.parquet``,
``column_profile.parquet`` and ``code_profile.parquet``.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from warehouse.home import write_text_atomic

BatchKind = Literal["full", "delta", "part"]


@dataclass(frozen=True)
class DeliveredFile:
    """One file of a delivery. ``file`` is its path within the delivery, ``archive/member`` for a
    member of an archive; ``records`` is None where it was not read as records."""

    file: str
    bytes: int
    sha256: str
    records: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class Finding:
    """A trap of the source that was met: how often, and what was done about it."""

    table: str
    column: str | None
    rule: str
    checked: int
    failed: int
    action: Literal["counted", "mended", "quarantined"]


@dataclass(frozen=True)
class Batch:
    """What one delivery brought for one force.

    Attributes:
        batch_id: ``<force>-<delivery_date>-<12 hex digits of the content hash>``.
        sequence: order among the deliverer's deliveries, ascending; ties cannot be.
        received: rows per table, quarantined ones included. Every row counted here stands in
            ``<table>.parquet`` or, once or more, in ``quarantine.parquet``.
        covers: per table, the scopes that the batch brings whole. ``None`` for a table means
            everything the system holds of it for the force.
        repeats: id of the earlier delivery that has the same bytes and the source's same id; its
            date is then the batch's. Nothing of the batch is staged: whatever it received is
            unchanged.
        held_rule, held_reason: set by whichever step holds the batch.
    """

    batch_id: str
    delivery_id: str
    deliverer: str
    force: str
    source_system: str
    delivery_date: date
    sequence: str
    kind: BatchKind
    environment: Literal["live", "test"]
    content_hash: str
    bytes: int
    received: dict[str, int] = field(default_factory=dict)
    covers: dict[str, list[str] | None] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    files: tuple[DeliveredFile, ...] = ()
    unreadable_bytes: int = 0
    repeats: str | None = None
    held_rule: str | None = None
    held_reason: str | None = None

    @property
    def is_held(self) -> bool:
        """True where the batch may not be loaded."""
        return self.held_rule is not None

    def write(self, folder: Path) -> None:
        """Write ``batch.json`` into ``folder``."""
        values = asdict(self) | {"delivery_date": self.delivery_date.isoformat()}
        write_text_atomic(folder / "batch.json", json.dumps(values, indent=1))

    @classmethod
    def read(cls, folder: Path) -> "Batch":
        """Read ``batch.json`` from ``folder``. Raises ``FileNotFoundError`` where there is none."""
        values: dict[str, Any] = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
        return cls(
            **values
            | {
                "delivery_date": date.fromisoformat(values["delivery_date"]),
                "findings": tuple(Finding(**finding) for finding in values["findings"]),
                "files": tuple(DeliveredFile(**file) for file in values["files"]),
            }
        )
