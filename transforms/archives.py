"""Undoing gzip and zip without trusting them: nothing climbs out, nothing bursts the disk."""

import gzip
import hashlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from warehouse.errors import DeliveryError

# Text of records deflates 5 to 50 times; deflate itself can do 1,032. The ratio is not asked of
# little archives, where a few repeated lines reach it.
MAX_RATIO = 200
RATIO_FLOOR_BYTES = 16 * 1024**2
MAX_UNPACKED_BYTES = 20 * 1024**3
MAX_MEMBERS = 10_000

_CHUNK = 1024**2
_LONGEST_NAME = 255  # bytes that a file system takes


class _Reads(Protocol):
    def read(self, size: int, /) -> bytes: ...


_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"


def allowed_bytes(packed: int) -> int:
    """Most bytes that an archive of ``packed`` bytes may unpack to."""
    return min(MAX_UNPACKED_BYTES, max(RATIO_FLOOR_BYTES, MAX_RATIO * packed))


def unpacked_size(path: Path) -> int:
    """Bytes of a file, unpacked where its own header says so cheaply; never more than allowed.

    An estimate for the disk check only: what an archive claims beyond ``allowed_bytes`` would be
    refused, so it is counted as it lies there.
    """
    if not os.path.lexists(path):
        return 0
    status = path.lstat()
    size = status.st_size
    if not stat.S_ISREG(status.st_mode):
        return 0
    try:
        claimed = _claimed_size(path)
    except (OSError, zipfile.BadZipFile, struct.error, ValueError, NotImplementedError):
        return size
    return claimed if size < claimed <= allowed_bytes(size) else size


def _claimed_size(path: Path) -> int:
    if is_zip(path):
        with zipfile.ZipFile(path) as archive:
            return sum(member.file_size for member in archive.infolist())
    with open(path, "rb") as handle:
        if handle.read(2) != _GZIP:
            return 0
        handle.seek(-4, 2)
        return int(struct.unpack("<I", handle.read(4))[0])


def is_zip(path: Path) -> bool:
    """True where the file is a zip, by name or by its first bytes."""
    return path.suffix.lower() == ".zip" or _head(path) in _ZIP


def is_gzip(path: Path) -> bool:
    """True where the file is gzipped, by name or by its first bytes."""
    return path.suffix.lower() == ".gz" or _head(path)[:2] == _GZIP


def _head(path: Path) -> bytes:
    with open(path, "rb") as handle:
        return handle.read(4)


def undo_gzip(source: Path, target: Path, name: str) -> None:
    """Write the unpacked bytes of ``source`` to ``target``.

    Raises:
        DeliveryError: ``empty_file``, ``truncated_gzip``, ``corrupt_gzip``, ``nested_archive`` or
            ``archive_too_large``, naming ``name``.
    """
    _refuse_empty(source, name)
    try:
        with gzip.open(source, "rb") as packed:
            _copy(packed, target, name, allowed_bytes(source.stat().st_size))
    except EOFError as error:
        raise DeliveryError("truncated_gzip", f"{name}: the gzip file is cut short") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DeliveryError("corrupt_gzip", f"{name}: not a sound gzip file") from error


def undo_zip(source: Path, folder: Path, name: str) -> None:
    """Unpack ``source`` into ``folder``, which is made.

    Raises:
        DeliveryError: ``empty_file``, ``truncated_zip`` (also for a wrong CRC), ``path_climbs``,
            ``symlink``, ``encrypted_zip``, ``duplicate_member``, ``too_many_members``,
            ``name_too_long``, ``archive_too_large``, ``nested_archive`` or
            ``unknown_compression``, naming ``name`` and the member.
    """
    _refuse_empty(source, name)
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            _check_members(members, name)
            _unpack(archive, members, folder, name, allowed_bytes(source.stat().st_size))
    except (zipfile.BadZipFile, EOFError, zlib.error, struct.error, UnicodeError) as error:
        raise DeliveryError(
            "truncated_zip", f"{name}: the zip file is cut short or damaged"
        ) from error


def _refuse_empty(source: Path, name: str) -> None:
    if source.stat().st_size == 0:
        raise DeliveryError("empty_file", f"{name}: the file is empty")


def _unpack(
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    folder: Path,
    name: str,
    allowed: int,
) -> None:
    folder.mkdir(parents=True)
    for member in members:
        if member.is_dir():
            continue
        target = folder / PurePosixPath(member.filename)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as packed:
            allowed -= _copy(packed, target, f"{name}!{member.filename}", allowed)


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MAX_MEMBERS:
        raise DeliveryError(
            "too_many_members", f"{name}: {len(members):,} members, at most {MAX_MEMBERS:,} allowed"
        )
    files: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    for member in members:
        where = f"{name}!{member.filename!a}"
        _check_member(member, where)
        path = PurePosixPath(member.filename.casefold())
        folders |= set(path.parents)
        if member.is_dir():
            folders.add(path)
        elif path in files:
            raise DeliveryError("duplicate_member", f"{where}: stands twice")
        else:
            files.add(path)
    if files & folders:
        raise DeliveryError("duplicate_member", f"{name}: a file and a folder of one name")


def _check_member(member: zipfile.ZipInfo, where: str) -> None:
    path = PurePosixPath(member.filename)
    has_drive = "\\" in member.filename or ":" in path.parts[0] if path.parts else True
    if path.is_absolute() or ".." in path.parts or has_drive:
        raise DeliveryError("path_climbs", f"{where}: its path leads out of the archive")
    if any(len(part.encode()) > _LONGEST_NAME for part in path.parts):
        raise DeliveryError("name_too_long", f"{where[:80]}…: its name is too long")
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DeliveryError("symlink", f"{where}: a link or a special file, which is not followed")
    if member.flag_bits & 0x1:
        raise DeliveryError("encrypted_zip", f"{where}: is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DeliveryError("unknown_compression", f"{where}: is neither stored nor deflated")


def _copy(packed: _Reads, target: Path, where: str, allowed: int) -> int:
    """Write the unpacked bytes and return how many; stops as soon as there are too many."""
    written = 0
    with open(target, "xb") as handle:
        for chunk in _chunks(packed):
            if written == 0 and (chunk[:4] in _ZIP or chunk[:2] == _GZIP):
                raise DeliveryError("nested_archive", f"{where}: an archive within an archive")
            written += len(chunk)
            if written > allowed:
                raise DeliveryError(
                    "archive_too_large", f"{where}: unpacks to more than {allowed:,} bytes"
                )
            handle.write(chunk)
    return written


def _chunks(handle: _Reads) -> Iterator[bytes]:
    while chunk := handle.read(_CHUNK):
        yield chunk


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
