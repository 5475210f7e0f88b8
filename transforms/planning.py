"""Which deliveries a night takes in: ``DIR/<deliverer>/<YYYY-MM-DD>/``, and what is left lying."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forces.declaration import Declaration
from transforms.archives import unpacked_size
from transforms.deliverers import deliverers
from transforms.landing import Manifest, collected, is_taken
from transforms.listing import listing, walk
from warehouse.errors import NightError, UsageError
from warehouse.home import Home, require_disk, write_text_atomic
from warehouse.journal import step
from warehouse.night import Plan, PlannedDelivery, closed_nights, is_closed

# Folders of DIR that are no deliverer's: the simulator's answers and the reference deliveries.
NOT_DELIVERERS = frozenset({"truth", "reference"})
# A byte of delivery becomes kept bytes, unpacked text, staged, checked, state and store.
DISK_FACTOR = 6

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Ignored:
    """An entry of DIR that the night does not take in, and why."""

    entry: str
    reason: str


def pending_nights(home: Home, deliveries: Path) -> list[date]:
    """Every date in ``deliveries`` later than the last closed night, oldest first.

    Raises:
        UsageError: ``deliveries`` cannot be read.
    """
    last = max(closed_nights(home), default=date.min)
    dated = {date.fromisoformat(d.delivery_date) for d in _found(deliveries)[0]}
    return sorted(night for night in dated if night > last)


def late_deliveries(
    home: Home, deliveries: Path, declarations: Mapping[str, Declaration] | None = None
) -> list[PlannedDelivery]:
    """Deliveries dated at or before the last closed night that no closed night has taken in.

    Args:
        declarations: where given, only the deliverers that they name.

    Raises:
        UsageError: ``deliveries`` cannot be read.
    """
    closed = closed_nights(home)
    if not closed:
        return []
    known = deliverers(declarations) if declarations is not None else None
    taken = _taken(home)
    return [d for d in _found(deliveries)[0]
            if d.delivery_date <= closed[-1].isoformat()
            and (known is None or d.deliverer in known)
            and _is_due(taken.get(_key(d)), d)]  # fmt: skip


def plan_night(
    home: Home, deliveries: Path, night: date, declarations: Mapping[str, Declaration]
) -> list[str]:
    """Fix what the night takes in and return the deliverers that have something, sorted.

    A plan once written stays: what comes later waits for the next night. Whatever lies in
    ``deliveries`` and is nobody's delivery is listed in the night's ``ignored.json``.

    Raises:
        NightError: a later night is closed already.
        UsageError: ``deliveries`` cannot be read.
        DiskError: too little disk.

    A night that is refused leaves nothing but its journal, which says why.
    """
    if is_closed(home, night):
        return []
    with step(home, night, "plan") as note:
        _refuse_past(home, night)
        plan = Plan.read(home, night)
        if plan is None:
            plan, ignored = _make_plan(home, deliveries, night, declarations)
            require_disk(home.root, DISK_FACTOR * _bytes(plan), f"night {night}")
            entries = [{"entry": i.entry, "reason": i.reason} for i in ignored]
            write_text_atomic(home.night(night) / "ignored.json", json.dumps(entries, indent=1))
            plan.write(home)
            note["ignored"] = entries
        note["deliveries"] = len(plan.deliveries)
    return sorted({delivery.deliverer for delivery in plan.deliveries})


def _refuse_past(home: Home, night: date) -> None:
    last = max(closed_nights(home), default=date.min)
    if night < last:
        raise NightError(
            f"night {night} cannot be run: {last} is closed already. Deliveries that came late "
            "enter the next night by themselves."
        )


def _make_plan(
    home: Home, folder: Path, night: date, declarations: Mapping[str, Declaration]
) -> tuple[Plan, list[Ignored]]:
    known, taken = deliverers(declarations), _taken(home)
    found, ignored = _found(folder)
    ignored += [Ignored(name, "no force declares this deliverer")
                for name in sorted({d.deliverer for d in found} - known)]  # fmt: skip
    dated = [d for d in found if d.deliverer in known and d.delivery_date <= night.isoformat()]
    ignored += [Ignored(f"{d.deliverer}/{d.delivery_date}",
                        "changed since it was collected; send it under a new date")
                for d in dated if _is_changed(taken.get(_key(d)), d)]  # fmt: skip
    due = tuple(d for d in dated if _is_due(taken.get(_key(d)), d))
    return Plan(night.isoformat(), due), ignored


def _found(deliveries: Path) -> tuple[list[PlannedDelivery], list[Ignored]]:
    """Every dated folder of every deliverer, sorted, and the entries that are neither."""
    found: list[PlannedDelivery] = []
    ignored: list[Ignored] = []
    for deliverer in _entries(deliveries):
        if deliverer.name in NOT_DELIVERERS:
            continue
        if not deliverer.is_dir(follow_symlinks=False):
            ignored.append(Ignored(deliverer.name, "not a folder of a deliverer"))
            continue
        try:
            entries = _entries(Path(deliverer.path))
        except UsageError as error:  # one deliverer's folder: the others' deliveries go on
            ignored.append(Ignored(deliverer.name, str(error)))
            continue
        for entry in entries:
            if _is_date(entry.name) and (entry.is_symlink() or entry.is_dir()):
                found.append(PlannedDelivery(deliverer.name, entry.name, str(Path(entry.path))))
            else:
                ignored.append(Ignored(f"{deliverer.name}/{entry.name}", "not a dated folder"))
    return found, ignored


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"deliveries cannot be read: {folder}: {error.strerror}") from error


def _is_date(name: str) -> bool:
    try:
        return bool(_DATE.match(name)) and date.fromisoformat(name) is not None
    except ValueError:
        return False


def _key(delivery: PlannedDelivery) -> tuple[str, str]:
    return delivery.deliverer, delivery.delivery_date


def _taken(home: Home) -> dict[tuple[str, str], Manifest]:
    """By deliverer and date the last manifest that a closed night made."""
    deliverers = sorted(path.name for path in (home.root / "landing").glob("*"))
    return {(deliverer, manifest.delivery_date.isoformat()): manifest
            for deliverer in deliverers
            for manifest in collected(home, deliverer) if is_taken(home, manifest)}  # fmt: skip


def _is_due(taken: Manifest | None, delivery: PlannedDelivery) -> bool:
    """True where no closed night has the delivery, or it could not be kept and may be mended."""
    if taken is None:
        return True
    if taken.problem is None:
        return False
    is_unsettled = taken.problem.rule == "changed_while_read"
    return is_unsettled or listing(Path(delivery.folder)) != taken.listing


def _is_changed(taken: Manifest | None, delivery: PlannedDelivery) -> bool:
    if taken is None or taken.problem is not None:
        return False
    return listing(Path(delivery.folder)) != taken.listing


def _bytes(plan: Plan) -> int:
    """Bytes of the planned deliveries, unpacked where their archives say so."""
    return sum(unpacked_size(path) for d in plan.deliveries for path in walk(Path(d.folder)))
