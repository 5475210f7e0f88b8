"""List the held batches: which rule, why, since when, and what can be done about each."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from console.nights import Tell
from quality.feedback.remedies import remedy_of
from quality.gate.held import HeldBatch, held_batches, released_batches
from warehouse.decisions import tell_damaged_lines
from warehouse.home import Home
from warehouse.night import closed_nights
from warehouse.release import Release, read_releases, releases_path, waiting_releases
from warehouse.store import open_newest
from warehouse.wording import counted


def tell_held(home: Home, as_json: bool, tell: Tell, *, everything: bool = False) -> None:
    """List the held batches that still matter, the longest held first.

    Args:
        home: the home.
        as_json: as JSON.
        tell: where the lines go.
        everything: those too that were settled (``warehouse.settled``), a release included.

    Raises:
        UsageError: nothing has been published yet.
    """
    with open_newest(home) as store:
        held = held_batches(store)
        released = released_batches(store) if everything else []
    waiting = {release.batch_id: release for release in waiting_releases(home)}
    today = max(closed_nights(home))
    is_open = [batch for batch in held if batch.settled is None]
    settled = [batch for batch in held if batch.settled is not None]
    ended = [*settled, *released]
    found = [*is_open, *ended] if everything else is_open
    listed = [_values(batch, waiting.get(batch.batch_id), today) for batch in found]
    if as_json:
        tell(json.dumps(listed, indent=1))
        return
    tell(_say_how_many(len(is_open), len(ended), everything=everything))
    for batch, values in zip(found, listed, strict=True):
        tell(
            f"{batch.batch_id}\n  {batch.rule}: {batch.reason}\n"
            f"  held since {batch.night}, {values['days']} d\n  {_what_next(batch, values)}"
        )
    damage = tell_damaged_lines(releases_path(home), read_releases(home).damaged)
    if damage:
        tell(damage)


def _values(batch: HeldBatch, waiting: Release | None, today: date) -> dict[str, Any]:
    settled = batch.settled
    return {
        "batch_id": batch.batch_id, "force": batch.force, "kind": batch.kind, "rule": batch.rule,
        "reason": batch.reason, "held_since": str(batch.night),
        "days": ((settled.night if settled else today) - batch.night).days,
        "released_by": waiting.released_by if waiting else None,
        "never": batch.never, "remedy": remedy_of(batch.rule),
        "settled_how": settled.how if settled else None,
        "settled_by": settled.by if settled else None,
        "settled_night": str(settled.night) if settled else None,
    }  # fmt: skip


def _say_how_many(is_open: int, ended: int, *, everything: bool) -> str:
    said = f"{counted(is_open, 'batch', 'batches')} held" if is_open else "no batch is held"
    if not ended:
        return said
    more = counted(ended, "more was", "more were")
    return f"{said}; {more} held and settled since" + ("" if everything else ": --all")


def _what_next(batch: HeldBatch, values: Mapping[str, Any]) -> str:
    if batch.settled is not None:
        return str(batch.settled)
    if values["released_by"]:
        return f"released by {values['released_by']}: the next night takes it in"
    if batch.never is None:
        return (
            f"crimelink quality release {batch.batch_id} --reason '...'\n"
            f"  or have it corrected: {values['remedy']}{_what_settles(batch)}"
        )
    return f"release: never, {batch.never}\n  instead: {values['remedy']}{_what_settles(batch)}"


def _what_settles(batch: HeldBatch) -> str:
    """What a correction of changes leaves open: nothing tells that it brings all of them."""
    if batch.kind == "full":
        return ""
    return f"; it stays listed until a full delivery is loaded, or {batch.delivery_date} anew"
