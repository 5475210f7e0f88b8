"""The staged batches that a night's check looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forces.declaration import Declaration
from forces.drift_limits import DEFAULT_LIMITS, DriftLimits
from warehouse.batch import Batch
from warehouse.contract import DELIVERED
from warehouse.home import Home


@dataclass(frozen=True)
class Source:
    """A staged batch that is checked: its number in the working database, the profile of its
    force, its staged file per table, its staged quarantine where it has one, the ONS code of its
    force's area where it has one, and how far it may differ from the force's earlier ones."""

    number: int
    batch: Batch
    profile: str
    files: Mapping[str, Path]
    quarantine: Path | None
    ons_code: str | None
    limits: DriftLimits = DEFAULT_LIMITS


def read_sources(
    home: Home, batches: Sequence[Batch], declarations: Mapping[str, Declaration]
) -> list[Source]:
    """The batches as sources, numbered in the order in which they are to be loaded."""
    return [
        Source(
            number,
            batch,
            declarations[batch.force].profile,
            _staged_files(home, batch),
            _staged_quarantine(home, batch),
            declarations[batch.force].ons_code,
            declarations[batch.force].drift,
        )
        for number, batch in enumerate(batches)
    ]


def _staged_files(home: Home, batch: Batch) -> dict[str, Path]:
    folder = home.staged(batch.batch_id)
    paths = {table.name: folder / f"{table.name}.parquet" for table in DELIVERED}
    return {name: path for name, path in paths.items() if path.exists()}


def _staged_quarantine(home: Home, batch: Batch) -> Path | None:
    path = home.staged(batch.batch_id) / "quarantine.parquet"
    return path if path.exists() else None
