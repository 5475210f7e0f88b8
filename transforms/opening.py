"""Open a kept delivery for reading: verified, unpacked, duplicates left out."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from forces.declaration import Declaration
from transforms.archives import hash_file, is_gzip, is_zip, undo_gzip, undo_zip
from transforms.deliverers import served
from transforms.landing import KEPT, Manifest, read_manifest
from transforms.listing import walk
from transforms.mapping import Delivery
from warehouse.batch import DeliveredFile
from warehouse.errors import DeliveryError
from warehouse.home import Home

# Files of one short line, such as a bare header, may be alike and still say different things.
HEADER_BYTES = 4096


@dataclass(frozen=True)
class OpenedDelivery(Delivery):
    """A delivery and an account of each of its files.

    Attributes:
        delivered: every plain file, also those left out of ``files``, with a note that says why.
    """

    delivered: tuple[DeliveredFile, ...] = ()


@contextmanager
def open_delivery(
    home: Home, deliverer: str, delivery_id: str, declarations: Mapping[str, Declaration]
) -> Iterator[OpenedDelivery]:
    """The delivery's files in a folder within the home that is gone when the block ends.

    A zip ``a.zip`` becomes a folder ``a.zip/`` of its members; ``b.csv.gz`` becomes ``b.csv``.

    Raises:
        DeliveryError: the problem that its manifest names; ``kept_bytes_changed`` where the kept
            bytes are no longer those collected; or what is wrong with an archive.
    """
    manifest = read_manifest(home, deliverer, delivery_id)
    if manifest.problem is not None:
        raise DeliveryError(manifest.problem.rule, manifest.problem.message)
    folder = home.root / "working" / delivery_id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        _unpack(home.landing(deliverer, delivery_id) / KEPT, manifest, folder)
        delivered = _account(folder)
        yield OpenedDelivery(
            folder=folder,
            files=tuple(file.file for file in delivered if file.note is None),
            deliverer=deliverer,
            delivery_date=manifest.delivery_date,
            declarations=tuple(served(declarations, deliverer).values()),
            delivered=delivered,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(kept: Path, manifest: Manifest, folder: Path) -> None:
    for file in manifest.files:
        source = kept / file.file
        if not source.is_file() or hash_file(source) != file.sha256:
            raise DeliveryError(
                "kept_bytes_changed", f"{file.file}: the kept bytes are not those collected"
            )
        target = folder / file.file
        target.parent.mkdir(parents=True, exist_ok=True)
        _lay(source, target, file.file)


def _lay(source: Path, target: Path, name: str) -> None:
    """Lay one kept file into the folder as plain files."""
    if is_zip(source):
        undo_zip(source, target, name)
    elif is_gzip(source):
        plain = target.with_suffix("") if target.suffix.lower() == ".gz" else target
        # Beside a plain file of its name it keeps its own, and the account notes the repetition.
        unpacked = target if plain.exists() else plain
        undo_gzip(source, unpacked, name)
        if hash_file(unpacked) != hash_file(plain):
            raise DeliveryError("duplicate_name", f"{name}: differs from the plain file beside it")
    else:
        os.link(source, target)


def _account(folder: Path) -> tuple[DeliveredFile, ...]:
    """Every plain file, sorted; a note on those that are hidden or repeat another's bytes."""
    first: dict[str, str] = {}
    found = []
    for path in walk(folder):
        name, digest = path.relative_to(folder).as_posix(), hash_file(path)
        note = None
        if any(part.startswith(".") for part in Path(name).parts):
            note = "hidden file: not read"
        elif not _may_be_bare(path):
            same = first.setdefault(digest, name)
            note = None if same == name else f"same bytes as {same}: not read twice"
        found.append(DeliveredFile(name, path.stat().st_size, digest, note=note))
    return tuple(found)


def _may_be_bare(path: Path) -> bool:
    if path.stat().st_size > HEADER_BYTES:
        return False
    return len(path.read_bytes().splitlines()) <= 1
