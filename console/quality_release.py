"""Release a held batch."""

from datetime import UTC, datetime
from pathlib import Path

from console.nights import Tell
from console.user import name_user
from forces.declaration import load_declarations
from quality.gate.held import HeldBatch
from quality.gate.releasing import release
from transforms.standardise import restage
from warehouse.home import Home
from warehouse.release import append_release
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


def _rules(overruled: tuple[tuple[str, str | None, str], ...]) -> list[str]:
    return sorted({rule for _, _, rule in overruled})
