"""Release a held batch, and list those that are held."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from console.nights import Tell
from console.user import name_user
from forces.declaration import load_declarations
from quality.gate.releasing import HeldBatch, held_batches, release
from transforms.standardise import restage
from warehouse.decisions import tell_damaged_lines
from warehouse.home import Home
from warehouse.night import closed_nights
from warehouse.release import append_release, read_releases, releases_path, waiting_releases
from warehouse.store import open_newest


def tell_release(
    home: Home, batch_id: str, reason: str, by: str | None, force_config: Path | None, tell: Tell
) -> None:
    """Write down that somebody releases a held batch.

    Raises:
        UsageError: there is no such held batch, or it may not be released; or the name or the
            reason is no such thing.
        DeliveryError: what was staged of it is gone and its kept bytes cannot be read.
    """
    user = name_user(by, "released_by", "--by")

    def stage_again(batch: HeldBatch) -> None:
        declarations = load_declarations(force_config)
        restage(home, batch.batch_id, batch.deliverer, batch.delivery_id, declarations)
        tell(f"{batch_id} was staged again from the kept bytes")

    with open_newest(home) as store:
        batch, made = release(home, store, batch_id, user, reason, datetime.now(UTC), stage_again)
    append_release(home, made)
    tell(
        f"{batch_id} is released by {user}, in spite of {', '.join(_rules(made.overruled))}. The "
        f"next night after {made.after_night} takes it in and checks it again."
    )
    if batch.is_superseded:
        tell(
            "A newer full delivery has been loaded since: what that says stays, and what this "
            "batch says of the same records becomes history."
        )


def tell_held(home: Home, as_json: bool, tell: Tell) -> None:
    """List the held batches, the longest held first.

    Raises:
        UsageError: nothing has been published yet.
    """
    with open_newest(home) as store:
        batches = held_batches(store)
    waiting = {release.batch_id: release for release in waiting_releases(home)}
    today = max(closed_nights(home))
    listed = [
        {
            "batch_id": batch.batch_id, "force": batch.force, "rule": batch.rule,
            "reason": batch.reason, "held_since": str(batch.night),
            "days": (today - batch.night).days,
            "released_by": waiting[batch.batch_id].released_by
            if batch.batch_id in waiting else None,
            "never": batch.never,
        }
        for batch in batches
    ]  # fmt: skip
    if as_json:
        tell(json.dumps(listed, indent=1))
        return
    tell(f"{len(batches):,} batches are held" if batches else "no batch is held")
    for batch, values in zip(batches, listed, strict=True):
        tell(
            f"{batch.batch_id}\n  {batch.rule}: {batch.reason}\n"
            f"  held since {batch.night}, {values['days']} d\n  {_what_next(batch, values)}"
        )
    damage = tell_damaged_lines(releases_path(home), read_releases(home).damaged)
    if damage:
        tell(damage)


def _what_next(batch: HeldBatch, values: Mapping[str, object]) -> str:
    if values["released_by"]:
        return f"released by {values['released_by']}: the next night takes it in"
    if batch.never:
        return f"never released: {batch.never}. Have a corrected delivery sent"
    return f"crimelink quality release {batch.batch_id} --reason '...'"


def _rules(overruled: tuple[tuple[str, str | None, str], ...]) -> list[str]:
    return sorted({rule for _, _, rule in overruled})
