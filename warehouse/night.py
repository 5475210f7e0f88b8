"""The plan of a night, what its steps hand to each other, and whether it is closed."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from warehouse.batch import Batch
from warehouse.home import Home, write_text_atomic


@dataclass(frozen=True)
class PlannedDelivery:
    """A delivery that the night takes in: who sent it, its date, and the folder it lies in."""

    deliverer: str
    delivery_date: str
    folder: str


@dataclass(frozen=True)
class Plan:
    """Every delivery that a night takes in, fixed when the night is opened.

    A night that is killed and run again takes in the same deliveries; whatever has come since
    waits for the next night.
    """

    night: str
    deliveries: tuple[PlannedDelivery, ...]

    def write(self, home: Home) -> None:
        """Write the plan into the night's folder."""
        path = home.night(date.fromisoformat(self.night)) / "plan.json"
        write_text_atomic(path, json.dumps(asdict(self), indent=1))

    @classmethod
    def read(cls, home: Home, night: date) -> "Plan | None":
        """The night's plan, or None where it has not been opened."""
        path = home.night(night) / "plan.json"
        if not path.exists():
            return None
        values = json.loads(path.read_text(encoding="utf-8"))
        deliveries = tuple(PlannedDelivery(**delivery) for delivery in values["deliveries"])
        return cls(values["night"], deliveries)

    def of(self, deliverer: str) -> tuple[PlannedDelivery, ...]:
        """The deliverer's deliveries, oldest first."""
        own = (d for d in self.deliveries if d.deliverer == deliverer)
        return tuple(sorted(own, key=lambda d: d.delivery_date))


def write_handover(home: Home, night: date, step: str, deliverer: str, ids: list[str]) -> None:
    """Say what a deliverer's step has made: delivery ids of ``collect``, batch ids of
    ``standardise``."""
    write_text_atomic(_handover(home, night, step, deliverer), json.dumps(ids))


def read_handover(home: Home, night: date, step: str, deliverer: str) -> list[str] | None:
    """The ids that the step has made for the deliverer, or None where it has not ended.

    A standardise step whose batches have since been deleted has not ended, as long as its night is
    open: run again, it makes them again.
    """
    path = _handover(home, night, step, deliverer)
    if not path.exists():
        return None
    ids: list[str] = json.loads(path.read_text(encoding="utf-8"))
    is_believed = step != "standardise" or is_closed(home, night)
    return ids if is_believed or all(is_staged(home, batch_id) for batch_id in ids) else None


def is_staged(home: Home, batch_id: str) -> bool:
    """True where the batch stands, whole, where standardise put it."""
    return (home.staged(batch_id) / "batch.json").exists()


def _handover(home: Home, night: date, step: str, deliverer: str) -> Path:
    return home.night(night) / step / f"{deliverer}.json"


def staged_batches(home: Home, night: date) -> list[Batch]:
    """Every batch that the night's standardise step made, in the order they are to be loaded.

    Those of a deliverer with a batch that is gone are left out: ``unfinished_deliverers`` names it.
    """
    ids: list[str] = []
    for path in sorted((home.night(night) / "standardise").glob("*.json")):
        ids += read_handover(home, night, "standardise", path.stem) or []
    batches = [Batch.read(home.staged(batch_id)) for batch_id in dict.fromkeys(ids)]
    return sorted(batches, key=lambda batch: (batch.sequence, batch.batch_id))


def rules_path(home: Home, night: date) -> Path:
    """Where the night's check hands over its rules: rows of ``quality.rule``, as Parquet."""
    return home.night(night) / "rules.parquet"


def unfinished_deliverers(home: Home, night: date) -> list[str]:
    """Deliverers of the plan whose collect or standardise step has not ended: it failed."""
    plan = Plan.read(home, night)
    planned = {delivery.deliverer for delivery in plan.deliveries} if plan else set()
    return sorted(d for d in planned if read_handover(home, night, "standardise", d) is None)


def hand_over_model(home: Home, night: date, model_id: str | None) -> None:
    """Say which model linked the night's persons; None where there was nobody to link."""
    write_text_atomic(_linked(home, night), json.dumps({"model_id": model_id}))


def read_model(home: Home, night: date) -> str | None:
    """The model that linked the night's persons; None where none did."""
    path = _linked(home, night)
    if not path.exists():
        return None
    model_id: str | None = json.loads(path.read_text(encoding="utf-8"))["model_id"]
    return model_id


def _linked(home: Home, night: date) -> Path:
    return home.night(night) / "link.json"


def close_night(home: Home, night: date, published: Path) -> None:
    """Mark the night closed: its store is published and nothing of it is done again."""
    write_text_atomic(_closed(home, night), json.dumps({"published": published.name}))


def is_closed(home: Home, night: date) -> bool:
    """True where the night's store has been published. Every step of a closed night does
    nothing."""
    return _closed(home, night).exists()


def closed_nights(home: Home) -> list[date]:
    """Every closed night, oldest first."""
    found = home.root.glob("nights/*/closed.json")
    return sorted(date.fromisoformat(path.parent.name) for path in found)


def unfinished_nights(home: Home) -> list[date]:
    """Nights after the last closed one of which a step has begun, oldest first: one of them may be
    under way, the others were stopped or failed, and are to be run again."""
    last = max(closed_nights(home), default=date.min)
    found = home.root.glob("nights/*/journal.jsonl")
    return sorted(n for path in found if (n := date.fromisoformat(path.parent.name)) > last)


def last_published(home: Home) -> Path | None:
    """The file that the newest closed night published, whatever readers have been rolled back to.

    It is what the state holds: a rollback leaves the state as it is. None where no night is closed
    or the file is gone.
    """
    nights = closed_nights(home)
    if not nights:
        return None
    values = json.loads(_closed(home, nights[-1]).read_text(encoding="utf-8"))
    path = home.store / "versions" / str(values["published"])
    return path if path.exists() else None


def _closed(home: Home, night: date) -> Path:
    return home.night(night) / "closed.json"
