"""Collect: keep the bytes of every delivery that the night's plan names, and a manifest of them.

What cannot be kept is not an error of the night: its manifest says why, and standardise holds it.
"""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from transforms.keeping import keep_folder
from transforms.landing import KEPT, Manifest, Problem, collected, content_hash
from transforms.listing import listing
from warehouse.batch import DeliveredFile
from warehouse.errors import DeliveryError
from warehouse.home import Home, atomic_folder
from warehouse.journal import step
from warehouse.night import Plan, PlannedDelivery, is_closed, read_handover, write_handover


def collect(home: Home, night: date, deliverer: str) -> list[str]:
    """Keep the deliverer's planned deliveries and return their ids, oldest first.

    Each stands in ``landing/<deliverer>/<delivery_id>/``: ``manifest.json`` and, unless the
    manifest names a problem, the bytes under ``files/``, mode 0600.
    """
    done = read_handover(home, night, "collect", deliverer)
    if is_closed(home, night) or done is not None:
        return done or []
    plan = Plan.read(home, night)
    planned = plan.of(deliverer) if plan else ()
    with step(home, night, "collect", deliverer) as note:
        manifests = [_take(home, night, delivery) for delivery in planned]
        ids = [manifest.delivery_id for manifest in manifests]
        note["deliveries"] = len(ids)
        note["bytes"] = sum(manifest.bytes for manifest in manifests)
        note["problems"] = [f"{m.delivery_id}: {m.problem.message}" for m in manifests if m.problem]
        write_handover(home, night, "collect", deliverer, ids)
    return ids


def _take(home: Home, night: date, delivery: PlannedDelivery) -> Manifest:
    for manifest in collected(home, delivery.deliverer):
        is_this = manifest.delivery_date.isoformat() == delivery.delivery_date
        if is_this and manifest.night == night and manifest.problem is None:
            return manifest
    began = datetime.now(UTC).isoformat(timespec="seconds")
    building = home.root / "landing" / delivery.deliverer / f".{delivery.delivery_date}.taking"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700, parents=True)
    try:
        files = keep_folder(Path(delivery.folder), building, _where(delivery))
    except DeliveryError as error:
        shutil.rmtree(building)
        return _write(home, _refusal(night, delivery, Problem(error.rule, str(error)), began), None)
    return _write(home, _manifest(night, delivery, files, began), building)


def _where(delivery: PlannedDelivery) -> str:
    return f"{delivery.deliverer}/{delivery.delivery_date}"


def _write(home: Home, manifest: Manifest, kept: Path | None) -> Manifest:
    with atomic_folder(home.landing(manifest.deliverer, manifest.delivery_id)) as folder:
        if kept is not None:
            kept.rename(folder / KEPT)
        manifest.write(folder)
    return manifest


def _manifest(
    night: date, delivery: PlannedDelivery, files: list[DeliveredFile], began: str
) -> Manifest:
    digest = content_hash([f"{file.file}\t{file.sha256}" for file in files])
    sizes = {file.file: file.bytes for file in files}
    return _entry(night, delivery, digest, tuple(files), sizes, None, began)


def _refusal(night: date, delivery: PlannedDelivery, problem: Problem, began: str) -> Manifest:
    sizes = listing(Path(delivery.folder))
    parts = [f"{name}\t{size}" for name, size in sizes.items()]
    digest = content_hash([*parts, problem.rule, night.isoformat()])
    return _entry(night, delivery, digest, (), sizes, problem, began)


def _entry(
    night: date,
    delivery: PlannedDelivery,
    digest: str,
    files: tuple[DeliveredFile, ...],
    sizes: dict[str, int],
    problem: Problem | None,
    began: str,
) -> Manifest:
    return Manifest(
        delivery_id=f"{delivery.deliverer}-{delivery.delivery_date}-{digest[:12]}",
        deliverer=delivery.deliverer,
        delivery_date=date.fromisoformat(delivery.delivery_date),
        night=night,
        content_hash=digest,
        bytes=sum(sizes.values()),
        files=files,
        listing=sizes,
        problem=problem,
        collected_at=began,
    )
