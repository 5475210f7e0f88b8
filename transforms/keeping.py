"""Copy a delivery's bytes: plain files, hashed as they pass, and only while they hold still."""

import hashlib
import os
import stat
from pathlib import Path

from transforms.listing import listing, walk
from warehouse.batch import DeliveredFile
from warehouse.errors import DeliveryError

_CHUNK = 1024**2


def keep_folder(source: Path, target: Path, where: str) -> list[DeliveredFile]:
    """Copy every file under ``source`` to ``target``.

    Args:
        where: what messages call the source.

    Raises:
        DeliveryError: ``symlink`` or ``not_a_file`` (never followed or read), ``unreadable_file``,
            ``file_name``, ``changed_while_read``, ``delivery_gone`` or ``empty_delivery``.
    """
    if source.is_symlink():
        raise DeliveryError("symlink", f"{where}: is a symbolic link, which is not followed")
    if not source.is_dir():
        raise DeliveryError("delivery_gone", f"{where}: is not there any more")
    before = listing(source)
    if not before:
        raise DeliveryError("empty_delivery", f"{where}: holds no file")
    try:
        files = [_keep_file(path, source, target, where) for path in walk(source)]
    except FileNotFoundError as error:
        raise DeliveryError(
            "changed_while_read", f"{where}: a file went while it was read"
        ) from error
    if listing(source) != before:
        raise DeliveryError("changed_while_read", f"{where}: files came or went while it was read")
    return files


def _keep_file(path: Path, source: Path, target: Path, where: str) -> DeliveredFile:
    name = path.relative_to(source).as_posix()
    if not name.isprintable():  # control characters, and bytes that are not UTF-8
        raise DeliveryError("file_name", f"{where}/{name!a}: its name cannot be kept")
    copy = target / name
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = copy_still(path, copy, f"{where}/{name}")
    return DeliveredFile(name, size, digest)


def copy_still(path: Path, copy: Path, where: str) -> tuple[str, int]:
    """Copy one plain file, mode 0600, and return its SHA-256 and size in bytes.

    Raises:
        DeliveryError: as ``keep_folder``, ``changed_while_read`` where it does not hold still.
    """
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
        if stat.S_ISDIR(status.st_mode):
            raise DeliveryError("unreadable_file", f"{where}: the folder may not be read")
        raise DeliveryError("not_a_file", f"{where}: is no plain file")
    try:
        # O_NOFOLLOW: it may have become a link since; O_NONBLOCK: or a pipe that never answers.
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise DeliveryError("unreadable_file", f"{where}: {error.strerror}") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
