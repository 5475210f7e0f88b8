"""Which deliveries a night takes in, and which wait, are late or have changed since."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

from forces.declaration import Declaration
from transforms.archives import unpacked_size
from transforms.arrived import Ignored, find_deliveries, has_changed
from transforms.deliverers import deliverers
from transforms.landing import Manifest, collected, is_taken
from transforms.listing import listing, walk
from warehouse.errors import NightError, UsageError
from warehouse.home import Home, require_disk, write_text_atomic
from warehouse.journal import step
from warehouse.night import Plan, PlannedDelivery, closed_nights, is_closed
from warehouse.release import take_releases

# A byte of delivery becomes kept bytes, unpacked text, staged, checked, state and store.
DISK_FACTOR = 6

_UNDECLARED = "no force declares this deliverer"
_MOST_NAMED = 5


def latest_night() -> date:
    """The last night that may be run: tomorrow, by the machine's clock.

    A night once closed makes every earlier one impossible, so a folder with a wrong year must not
    become one.
    """
    return datetime.now(ZoneInfo("Europe/London")).date() + timedelta(days=1)


def refuse_future(night: date) -> None:
    """Raise ``NightError`` for a night after tomorrow."""
    latest = latest_night()
    if night > latest:
        raise NightError(
            f"night {night} cannot be run: it is in the future. The latest that can is {latest}."
        )


def refuse_past(home: Home, night: date) -> None:
    """Raise ``NightError`` for a night before the last closed one."""
    last = max(closed_nights(home), default=date.min)
    if night < last:
        raise NightError(
            f"night {night} cannot be run: {last} is closed already. Deliveries that came late "
            "enter the next night by themselves."
        )


def pending_nights(
    home: Home, deliveries: Path, declarations: Mapping[str, Declaration]
) -> list[date]:
    """Every date of a declared deliverer's delivery that is later than the last closed night and
    not in the future, oldest first.

    Raises:
        UsageError: ``deliveries`` cannot be read.
    """
    last = max(closed_nights(home), default=date.min)
    own, _ = _find_declared(deliveries, declarations)
    dated = {date.fromisoformat(delivery.delivery_date) for delivery in own}
    return sorted(night for night in dated if last < night)


def refuse_none(deliveries: Path, declarations: Mapping[str, Declaration]) -> None:
    """Refuse a folder that has no delivery of a declared deliverer that is not in the future, taken
    in already or not.

    Raises:
        UsageError: it has none, with what was found in place of one; or it cannot be read.
    """
    own, ignored = _find_declared(deliveries, declarations)
    if own:
        return
    known, found = deliverers(declarations), dict[str, str]()
    for each in ignored:
        name, is_within, _ = each.entry.partition("/")
        if name in known or not (is_within or each.reason == _UNDECLARED):
            found[each.entry] = each.reason
        else:  # whatever it holds: the name is wrong first of all
            near = get_close_matches(name, known, n=1)
            found[name] = _UNDECLARED + (f"; did you mean {near[0]}?" if near else "")
    named = [f"{entry} ({reason})" for entry, reason in found.items()]
    more = f" and {len(named) - _MOST_NAMED:,} more" if len(named) > _MOST_NAMED else ""
    raise UsageError(
        f"no deliveries in {deliveries}: expected <deliverer>/<YYYY-MM-DD>/ of a declared "
        f"deliverer. Found: {', '.join(named[:_MOST_NAMED]) or 'no such folder'}{more}"
    )


def late_deliveries(
    home: Home, deliveries: Path, declarations: Mapping[str, Declaration]
) -> list[PlannedDelivery]:
    """Declared deliverers' deliveries dated at or before the last closed night that no closed
    night has taken in.

    Raises:
        UsageError: ``deliveries`` cannot be read.
    """
    closed = closed_nights(home)
    if not closed:
        return []
    taken = _taken(home)
    return [d for d in _find_declared(deliveries, declarations)[0]
            if d.delivery_date <= closed[-1].isoformat()
            and _is_due(taken.get(_key(d)), d)]  # fmt: skip


def changed_deliveries(
    home: Home, deliveries: Path, declarations: Mapping[str, Declaration]
) -> list[PlannedDelivery]:
    """Declared deliverers' deliveries that a closed night has taken in and whose folder has been
    changed since. They are never taken again under their date.

    Raises:
        UsageError: ``deliveries`` cannot be read.
    """
    taken = _taken(home)
    own, _ = _find_declared(deliveries, declarations)
    return [d for d in own if _is_changed(taken.get(_key(d)), d)]


def plan_night(
    home: Home, deliveries: Path, night: date, declarations: Mapping[str, Declaration]
) -> list[str]:
    """Fix what the night takes in and return the deliverers that have something, sorted.

    A plan once written stays: what comes later waits for the next night. Whatever lies in
    ``deliveries`` and is nobody's delivery is listed in the night's ``ignored.json``.

    Raises:
        NightError: a later night is closed already, or the night is in the future.
        UsageError: ``deliveries`` cannot be read.
        DiskError: too little disk.

    A night that is refused leaves nothing but its journal, which says why.
    """
    if is_closed(home, night):
        return []
    with step(home, night, "plan") as note:
        refuse_future(night)
        refuse_past(home, night)
        plan = Plan.read(home, night)
        if plan is None:
            plan, ignored = _make_plan(home, deliveries, night, declarations)
            require_disk(home.root, DISK_FACTOR * _bytes(plan), f"night {night}")
            entries = [{"entry": i.entry, "reason": i.reason} for i in ignored]
            write_text_atomic(home.night(night) / "ignored.json", json.dumps(entries, indent=1))
            released = take_releases(home, night, declarations.keys())
            plan.write(home)
            note["ignored"] = entries
            note["released"] = [release.batch_id for release in released]
        note["deliveries"] = len(plan.deliveries)
    return sorted({delivery.deliverer for delivery in plan.deliveries})


def _make_plan(
    home: Home, folder: Path, night: date, declarations: Mapping[str, Declaration]
) -> tuple[Plan, list[Ignored]]:
    own, ignored = _find_declared(folder, declarations)
    taken = _taken(home)
    dated = [d for d in own if d.delivery_date <= night.isoformat()]
    ignored += [Ignored(f"{d.deliverer}/{d.delivery_date}",
                        "changed since it was collected; send it under a new date")
                for d in dated if _is_changed(taken.get(_key(d)), d)]  # fmt: skip
    due = tuple(d for d in dated if _is_due(taken.get(_key(d)), d))
    return Plan(night.isoformat(), due), ignored


def _find_declared(
    deliveries: Path, declarations: Mapping[str, Declaration]
) -> tuple[list[PlannedDelivery], list[Ignored]]:
    """The deliveries of declared deliverers that are not in the future, and what else there is."""
    known, latest = deliverers(declarations), latest_night().isoformat()
    found, ignored = find_deliveries(deliveries)
    ignored += [Ignored(name, _UNDECLARED)
                for name in sorted({d.deliverer for d in found} - known)]  # fmt: skip
    own = [d for d in found if d.deliverer in known]
    ignored += [Ignored(f"{d.deliverer}/{d.delivery_date}", "dated in the future")
                for d in own if d.delivery_date > latest]  # fmt: skip
    return [d for d in own if d.delivery_date <= latest], ignored


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
    return taken is not None and taken.problem is None and has_changed(taken, delivery)


def _bytes(plan: Plan) -> int:
    """Bytes of the planned deliveries, unpacked where their archives say so."""
    return sum(unpacked_size(path) for d in plan.deliveries for path in walk(Path(d.folder)))
