"""Collect: keep the bytes of every delivery that the night's plan names, and a manifest of them.

What cannot be kept is not an error of the night: its manifest says why, and standardise holds it.
"""

import hashlib
import os
import shutil
import stat
from datetime import UTC, date, datetime
from pathlib import Path

from transforms.landing import (
    KEPT,
    Manifest,
    Problem,
    collected,
    content_hash,
    find_duplicate,
    read_manifest,
)
from transforms.listing import listing, walk
from transforms.opening import OpenedDelivery, open_delivery
from transforms.planning import late_deliveries, pending_nights, plan_night
from warehouse.batch import DeliveredFile
from warehouse.errors import DeliveryError
from warehouse.home import Home, atomic_folder
from warehouse.journal import step
from warehouse.night import Plan, PlannedDelivery, is_closed, read_handover, write_handover

__all__ = [
    "OpenedDelivery",
    "collect",
    "find_duplicate",
    "late_deliveries",
    "open_delivery",
    "pending_nights",
    "plan_night",
    "read_manifest",
]

_CHUNK = 1024**2


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
    building = home.root / "landing" / delivery.deliverer / f".{delivery.delivery_date}.taking"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700, parents=True)
    try:
        files = _keep(Path(delivery.folder), building, _where(delivery))
    except DeliveryError as error:
        shutil.rmtree(building)
        return _write(home, _refusal(night, delivery, Problem(error.rule, str(error))), None)
    return _write(home, _manifest(night, delivery, files), building)


def _where(delivery: PlannedDelivery) -> str:
    return f"{delivery.deliverer}/{delivery.delivery_date}"


def _write(home: Home, manifest: Manifest, kept: Path | None) -> Manifest:
    with atomic_folder(home.landing(manifest.deliverer, manifest.delivery_id)) as folder:
        if kept is not None:
            kept.rename(folder / KEPT)
        manifest.write(folder)
    return manifest


def _manifest(night: date, delivery: PlannedDelivery, files: list[DeliveredFile]) -> Manifest:
    digest = content_hash([f"{file.file}\t{file.sha256}" for file in files])
    sizes = {file.file: file.bytes for file in files}
    return _entry(night, delivery, digest, tuple(files), sizes, None)


def _refusal(night: date, delivery: PlannedDelivery, problem: Problem) -> Manifest:
    sizes = listing(Path(delivery.folder))
    parts = [f"{name}\t{size}" for name, size in sizes.items()]
    digest = content_hash([*parts, problem.rule, night.isoformat()])
    return _entry(night, delivery, digest, (), sizes, problem)


def _entry(
    night: date,
    delivery: PlannedDelivery,
    digest: str,
    files: tuple[DeliveredFile, ...],
    sizes: dict[str, int],
    problem: Problem | None,
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
        collected_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _keep(source: Path, target: Path, where: str) -> list[DeliveredFile]:
    """Copy every file of the delivery; refuses what is no plain file, and what does not hold
    still."""
    if source.is_symlink():
        raise DeliveryError("symlink", f"{where}: is a symbolic link, which is not followed")
    before = listing(source)
    if not before:
        raise DeliveryError("empty_delivery", f"{where}: holds no file")
    files = [_keep_file(path, source, target, where) for path in walk(source)]
    if listing(source) != before:
        raise DeliveryError("changed_while_read", f"{where}: files came or went while it was read")
    return files


def _keep_file(path: Path, source: Path, target: Path, where: str) -> DeliveredFile:
    name = path.relative_to(source).as_posix()
    copy = target / name
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = _copy_still(path, copy, f"{where}/{name}")
    return DeliveredFile(name, size, digest)


def _copy_still(path: Path, copy: Path, where: str) -> tuple[str, int]:
    """Copy one plain file and return its SHA-256 and size; it must not change meanwhile."""
    handle = _open_plain(path, where)
    with os.fdopen(handle, "rb") as reader, open(copy, "xb", opener=_private) as writer:
        before = os.fstat(reader.fileno())
        digest, size = hashlib.sha256(), 0
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            writer.write(chunk)
            size += len(chunk)
        after = os.fstat(reader.fileno())
        writer.flush()
        os.fsync(writer.fileno())
    is_still = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not is_still or size != before.st_size:
        raise DeliveryError(
            "changed_while_read",
            f"{where}: changed while it was read ({before.st_size:,} bytes at first, {size:,} "
            f"read, {after.st_size:,} at last); it is tried again the next night",
        )
    return digest.hexdigest(), size


def _open_plain(path: Path, where: str) -> int:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise DeliveryError("symlink", f"{where}: is a symbolic link, which is not followed")
    if not stat.S_ISREG(status.st_mode):
        raise DeliveryError("not_a_file", f"{where}: is no plain file")
    try:
        # O_NOFOLLOW: it may have become a link since; O_NONBLOCK: or a pipe that never answers.
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise DeliveryError("unreadable_file", f"{where}: {error.strerror}") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
