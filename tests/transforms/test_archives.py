"""Archives: what is sound is unpacked, what would climb, burst or hide is refused by name."""

import gzip
import io
import stat
import struct
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest

from transforms import archives
from transforms.archives import undo_gzip, undo_zip, unpacked_size
from warehouse.errors import DeliveryError


def _zip(folder: Path, members: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    path = folder / "d.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def _refusal_of_zip(path: Path, folder: Path) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        undo_zip(path, folder / "out", "d.zip")
    return caught.value


def test_a_zip_is_unpacked_with_its_folders(tmp_path):
    path = _zip(tmp_path, [("a.csv", b"x\n1\n"), ("in/b.csv", b"y\n"), ("empty/", b"")])
    undo_zip(path, tmp_path / "out", "d.zip")
    assert (tmp_path / "out" / "a.csv").read_bytes() == b"x\n1\n"
    assert (tmp_path / "out" / "in" / "b.csv").read_bytes() == b"y\n"


def test_a_truncated_zip_is_refused(tmp_path):
    path = _zip(tmp_path, [("a.csv", b"x\n1\n" * 500)])
    path.write_bytes(path.read_bytes()[:-30])
    assert _refusal_of_zip(path, tmp_path).rule == "truncated_zip"


def test_a_zip_with_a_wrong_checksum_is_refused(tmp_path):
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.csv", b"PersonId\n12345\n")
    path.write_bytes(path.read_bytes().replace(b"12345", b"12346", 1))
    assert _refusal_of_zip(path, tmp_path).rule == "truncated_zip"


@pytest.mark.parametrize(
    "name",
    ["../up.csv", "in/../../up.csv", "/etc/cron.d/x", "..\\up.csv", "C:/up.csv", "C:\\up.csv"],
)
def test_a_member_that_climbs_out_is_refused_and_nothing_is_written(tmp_path, name):
    path = _zip(tmp_path, [("good.csv", b"x\n"), (name, b"y\n")])
    assert _refusal_of_zip(path, tmp_path).rule == "path_climbs"
    assert [entry.name for entry in tmp_path.iterdir()] == ["d.zip"]


def test_a_symlink_within_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("persons.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = _zip(tmp_path, [(link, b"/etc/passwd")])
    assert _refusal_of_zip(path, tmp_path).rule == "symlink"


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "./a.csv"])
def test_members_of_one_name_are_refused(tmp_path, name):
    with pytest.warns(UserWarning, match="Duplicate") if name == "a.csv" else nullcontext():
        path = _zip(tmp_path, [("a.csv", b"x\n"), (name, b"y\n")])
    assert _refusal_of_zip(path, tmp_path).rule == "duplicate_member"


@pytest.mark.parametrize(
    ("names", "rule"),
    [(["a", "a/b.csv"], "duplicate_member"), (["x" * 300 + ".csv"], "name_too_long")],
)
def test_names_that_no_disk_can_hold_are_refused(tmp_path, names, rule):
    path = _zip(tmp_path, [(name, b"x") for name in names])
    assert _refusal_of_zip(path, tmp_path).rule == rule


def test_packing_other_than_deflate_is_refused(tmp_path):
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.csv", b"x\n")
    assert _refusal_of_zip(path, tmp_path).rule == "unknown_compression"


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    path = _zip(tmp_path, [(f"{n}.csv", b"") for n in range(4)])
    assert _refusal_of_zip(path, tmp_path).rule == "too_many_members"


def test_an_encrypted_member_is_refused(tmp_path):
    path = _zip(tmp_path, [("a.csv", b"x\n")])
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # general purpose flags of the central directory
    path.write_bytes(bytes(data))
    assert _refusal_of_zip(path, tmp_path).rule == "encrypted_zip"


def test_a_zip_bomb_is_refused_before_it_fills_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_FLOOR_BYTES", 1024)
    path = _zip(tmp_path, [("a.csv", b"0" * 50_000_000)])
    assert _refusal_of_zip(path, tmp_path).rule == "archive_too_large"
    assert (tmp_path / "out" / "a.csv").stat().st_size <= 200 * path.stat().st_size


def test_a_bomb_spread_over_members_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_FLOOR_BYTES", 1024)
    path = _zip(tmp_path, [(f"{n}.csv", b"0" * 1_000_000) for n in range(20)])
    assert _refusal_of_zip(path, tmp_path).rule == "archive_too_large"


def test_an_archive_within_an_archive_is_refused(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", b"x")
    path = _zip(tmp_path, [("inner.dat", inner.getvalue())])
    assert _refusal_of_zip(path, tmp_path).rule == "nested_archive"
    (tmp_path / "out2").mkdir()
    path = _zip(tmp_path, [("inner.csv.gz", gzip.compress(b"x"))])
    assert _refusal_of_zip(path, tmp_path / "out2").rule == "nested_archive"


def _gzip(folder: Path, data: bytes) -> Path:
    path = folder / "a.csv.gz"
    path.write_bytes(data)
    return path


def test_gzip_is_undone_also_of_several_parts(tmp_path):
    path = _gzip(tmp_path, gzip.compress(b"x\n1\n") + gzip.compress(b"2\n"))
    undo_gzip(path, tmp_path / "a.csv", "a.csv.gz")
    assert (tmp_path / "a.csv").read_bytes() == b"x\n1\n2\n"


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (gzip.compress(bytes(range(256)) * 50)[:-12], "truncated_gzip"),
        (gzip.compress(b"x\n1\n")[:5], "truncated_gzip"),
        (gzip.compress(b"x\n1\n")[:-8] + struct.pack("<II", 1, 4), "corrupt_gzip"),
        (b"PersonId,Surname\n", "corrupt_gzip"),
        (b"", "empty_file"),
        (gzip.compress(gzip.compress(b"x")), "nested_archive"),
    ],
    # The bytes hold the time: as names they would differ between the workers that collect them.
    ids=["cut short", "cut in its head", "wrong checksum", "no gzip", "empty", "gzip in gzip"],
)
def test_gzip_that_is_cut_damaged_or_nested_is_refused(tmp_path, data, rule):
    with pytest.raises(DeliveryError) as caught:
        undo_gzip(_gzip(tmp_path, data), tmp_path / "a.csv", "a.csv.gz")
    assert caught.value.rule == rule


def test_a_gzip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_FLOOR_BYTES", 1024)
    path = _gzip(tmp_path, gzip.compress(b"0" * 50_000_000))
    with pytest.raises(DeliveryError) as caught:
        undo_gzip(path, tmp_path / "a.csv", "a.csv.gz")
    assert caught.value.rule == "archive_too_large"


def test_the_estimate_of_unpacked_bytes_believes_no_boast(tmp_path):
    honest = _zip(tmp_path, [("a.csv", bytes(range(256)) * 100)])
    assert unpacked_size(honest) == 25_600
    boast = _gzip(tmp_path, gzip.compress(b"x")[:-4] + struct.pack("<I", 2**32 - 1))
    assert unpacked_size(boast) == boast.stat().st_size
    plain = tmp_path / "plain.csv"
    plain.write_bytes(b"abc")
    assert unpacked_size(plain) == 3
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04")
    assert unpacked_size(broken) == 4
