"""Kept bytes: what a delivery's folder under ``landing`` holds, and what its manifest says."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from warehouse.batch import Batch, DeliveredFile
from warehouse.home import Home, write_text_atomic
from warehouse.night import is_closed, read_handover

MANIFEST = "manifest.json"
KEPT = "files"


@dataclass(frozen=True)
class Problem:
    """Why a delivery could not be kept. Its batch is held under ``rule``."""

    rule: str
    message: str


@dataclass(frozen=True)
class Manifest:
    """What was collected as one delivery.

    Attributes:
        delivery_id: ``<deliverer>-<delivery date>-<12 hex digits of the content hash>``.
        night: night that collected it.
        content_hash: SHA-256 over the names and SHA-256 of its files; where nothing could be kept,
            over its listing, the problem and the night.
        bytes: bytes seen at the source.
        files: the kept files; none where there is a problem.
        listing: path and size of everything in the source's folder, as it was seen.
        problem: why nothing was kept, or None.
        collected_at: when its first byte was read, UTC, ISO.
        own_id: the id that the source gives the delivery, once standardise has read it.
    """

    delivery_id: str
    deliverer: str
    delivery_date: date
    night: date
    content_hash: str
    bytes: int
    files: tuple[DeliveredFile, ...]
    listing: dict[str, int]
    problem: Problem | None
    collected_at: str
    own_id: str | None = None

    @property
    def order(self) -> tuple[date, date, str]:
        """Position among the deliverer's collected deliveries."""
        return self.night, self.delivery_date, self.delivery_id

    def write(self, folder: Path) -> None:
        """Write ``manifest.json`` into ``folder``."""
        values = asdict(self) | {
            "delivery_date": self.delivery_date.isoformat(),
            "night": self.night.isoformat(),
        }
        write_text_atomic(folder / MANIFEST, json.dumps(values, indent=1))

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read ``manifest.json``. Raises ``FileNotFoundError`` where there is none."""
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        problem = values["problem"]
        return cls(
            **values
            | {
                "delivery_date": date.fromisoformat(values["delivery_date"]),
                "night": date.fromisoformat(values["night"]),
                "files": tuple(DeliveredFile(**file) for file in values["files"]),
                "problem": Problem(**problem) if problem else None,
            }
        )


def read_manifest(home: Home, deliverer: str, delivery_id: str) -> Manifest:
    """The manifest of a collected delivery. Raises ``FileNotFoundError`` where there is none."""
    return Manifest.read(home.landing(deliverer, delivery_id))


def collected(home: Home, deliverer: str) -> list[Manifest]:
    """Every delivery collected from the deliverer, in the order it was taken in."""
    found = (home.root / "landing" / deliverer).glob(f"[!.]*/{MANIFEST}")
    return sorted((Manifest.read(path.parent) for path in found), key=lambda m: m.order)


def is_taken(home: Home, manifest: Manifest) -> bool:
    """True where a closed night has taken the delivery all the way into batches."""
    done = read_handover(home, manifest.night, "standardise", manifest.deliverer)
    return done is not None and is_closed(home, manifest.night)


def content_hash(parts: list[str]) -> str:
    """SHA-256 over sorted lines of text, in hexadecimal."""
    return hashlib.sha256("\n".join(sorted(parts)).encode("utf-8", "surrogateescape")).hexdigest()


def find_repeated(
    home: Home, deliverer: str, delivery_id: str, own_id: str | None
) -> dict[str, Manifest]:
    """By force, the earlier delivery that this one repeats; forces that it is new for are left out.

    A delivery repeats another of its deliverer if the bytes are the same and the source gave both
    the same id. A source that gives no id names its deliveries by date, so that an unchanged weekly
    full is a delivery of its own. Of a force whose batch of the earlier was held it is
    taken as new: what held it may have been put right. The id is kept in the manifest.

    Args:
        own_id: the id that the source gives the delivery (``Control.delivery_id``).
    """
    if own_id is None:
        return {}
    here = read_manifest(home, deliverer, delivery_id)
    replace(here, own_id=own_id).write(home.landing(deliverer, delivery_id))
    repeated: dict[str, Manifest] = {}
    for earlier in collected(home, deliverer):
        if earlier.order < here.order and _is_same(home, earlier, here, own_id):
            repeated |= {f: earlier for f in _forces_taken(home, earlier) if f not in repeated}
    return repeated


def _is_same(home: Home, earlier: Manifest, here: Manifest, own_id: str) -> bool:
    """True where the earlier delivery is the same and has gone, or goes this night, into the
    state."""
    is_same = earlier.content_hash == here.content_hash and earlier.own_id == own_id
    return is_same and (earlier.night == here.night or is_taken(home, earlier))


def _forces_taken(home: Home, manifest: Manifest) -> list[str]:
    """Forces of which the delivery became a batch that the last step that judged it did not hold.

    One that itself repeats another does not count: the other tells.
    """
    pattern = f"*-{manifest.delivery_date}-{manifest.content_hash[:12]}/batch.json"
    verdicts: dict[str, bool] = {}
    for step in ("staged", "checked"):
        for path in sorted((home.root / step).glob(pattern)):
            batch = Batch.read(path.parent)
            if batch.delivery_id == manifest.delivery_id:
                verdicts[batch.force] = not batch.is_held and batch.repeats is None
    return [force for force, is_taken_in in verdicts.items() if is_taken_in]
