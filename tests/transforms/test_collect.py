"""Planning a night and keeping its deliveries, whatever is wrong with them."""

import gzip
import json
import os
import shutil
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from forces.declaration import Declaration
from transforms import arrived, keeping, planning
from transforms.collect import collect
from transforms.landing import find_repeated, read_manifest
from transforms.opening import open_delivery
from transforms.planning import changed_deliveries, late_deliveries, pending_nights, plan_night
from warehouse.batch import Batch
from warehouse.errors import DeliveryError, DiskError, NightError, UsageError
from warehouse.home import Home
from warehouse.journal import journal_path
from warehouse.night import Plan, PlannedDelivery, close_night, write_handover

DURHAM = Declaration(
    force="durham", name="Durham Constabulary", aliases=(), ons_code=None, pnc_codes=("11",),
    system="niche", deliverer="durham", accepts=(), profile="GB", kind="delta", every_days=1,
    is_public=False, encoding="cp1252", form=None,
)  # fmt: skip
DECLARED = {
    "durham": DURHAM,
    "essex": replace(DURHAM, force="essex", deliverer="athena"),
    "kent": replace(DURHAM, force="kent", deliverer="athena"),
}
FIRST, SECOND, THIRD = date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)


@pytest.fixture
def home(tmp_path) -> Home:
    return Home.of(tmp_path / "home")


@pytest.fixture
def deliveries(tmp_path) -> Path:
    folder = tmp_path / "deliveries"
    folder.mkdir()
    return folder


def _put(deliveries: Path, deliverer: str, day: date | str, **files: bytes) -> Path:
    folder = deliveries / deliverer / str(day)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def _run(home: Home, deliveries: Path, night: date, *, close: bool = True) -> list[str]:
    """Plan, collect and, as the later steps would, close a night."""
    ids = []
    for deliverer in plan_night(home, deliveries, night, DECLARED):
        ids += collect(home, night, deliverer)
        write_handover(home, night, "standardise", deliverer, [])
    if close:
        close_night(home, night, home.store / f"{night}.duckdb")
    return ids


def _journal(home: Home, night: date) -> list[dict[str, object]]:
    return [json.loads(line) for line in journal_path(home, night).read_text().splitlines()]


def _ignored(home: Home, night: date) -> dict[str, str]:
    entries = json.loads((home.night(night) / "ignored.json").read_text())
    return {entry["entry"]: entry["reason"] for entry in entries}


def test_a_night_takes_every_delivery_up_to_its_date_and_fixes_the_plan(home, deliveries):
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    _put(deliveries, "durham", SECOND, a__csv=b"2")
    _put(deliveries, "athena", THIRD, a__csv=b"3")
    assert plan_night(home, deliveries, SECOND, DECLARED) == ["durham"]
    _put(deliveries, "athena", FIRST, a__csv=b"4")
    assert plan_night(home, deliveries, SECOND, DECLARED) == ["durham"]
    plan = Plan.read(home, SECOND)
    assert [d.delivery_date for d in plan.of("durham")] == ["2024-01-01", "2024-01-02"]


def test_what_a_closed_night_took_is_not_taken_again_and_what_came_late_enters_the_next(
    home, deliveries
):
    _put(deliveries, "durham", SECOND, a__csv=b"2")
    _run(home, deliveries, SECOND)
    _put(deliveries, "athena", FIRST, a__csv=b"1")
    _put(deliveries, "nobody", FIRST, a__csv=b"1")
    late = late_deliveries(home, deliveries, DECLARED)
    assert [(d.deliverer, d.delivery_date) for d in late] == [("athena", "2024-01-01")]
    assert plan_night(home, deliveries, THIRD, DECLARED) == ["athena"]
    _run(home, deliveries, THIRD)
    assert late_deliveries(home, deliveries, DECLARED) == []


def test_what_a_night_collected_but_did_not_standardise_is_taken_again(home, deliveries):
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    plan_night(home, deliveries, FIRST, DECLARED)
    first = collect(home, FIRST, "durham")
    close_night(home, FIRST, home.store / "1.duckdb")  # the force's standardise step failed
    assert plan_night(home, deliveries, SECOND, DECLARED) == ["durham"]
    assert collect(home, SECOND, "durham") == first
    assert read_manifest(home, "durham", first[0]).night == SECOND


def test_nights_pending_are_the_dates_after_the_last_closed_one(home, deliveries):
    for day in (FIRST, SECOND, THIRD):
        _put(deliveries, "durham", day, a__csv=b"1")
    _put(deliveries, "athena", SECOND, a__csv=b"1")
    _put(deliveries, "truth", date(2023, 1, 1), a__csv=b"1")
    assert pending_nights(home, deliveries, DECLARED) == [FIRST, SECOND, THIRD]
    _run(home, deliveries, SECOND)
    assert pending_nights(home, deliveries, DECLARED) == [THIRD]


def test_a_folder_of_nobody_makes_no_night(home, deliveries):
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    _put(deliveries, "duhram", SECOND, a__csv=b"1")
    assert pending_nights(home, deliveries, DECLARED) == [FIRST]


def test_a_folder_dated_in_the_future_makes_no_night_and_is_reported(home, deliveries, monkeypatch):
    monkeypatch.setattr(planning, "latest_night", lambda: SECOND)
    for day in (FIRST, SECOND, THIRD, "2204-01-01"):
        _put(deliveries, "durham", day, a__csv=b"1")
    assert pending_nights(home, deliveries, DECLARED) == [FIRST, SECOND]
    assert plan_night(home, deliveries, FIRST, DECLARED) == ["durham"]
    future = {f"durham/{day}": "dated in the future" for day in (THIRD, "2204-01-01")}
    assert _ignored(home, FIRST) == future
    assert len(_journal(home, FIRST)[-1]["ignored"]) == 2


def test_a_night_may_be_run_until_tomorrow_and_no_later(home, deliveries):
    latest = planning.latest_night()
    assert timedelta(0) <= latest - datetime.now(UTC).date() <= timedelta(2)
    assert plan_night(home, deliveries, latest, DECLARED) == []
    with pytest.raises(NightError, match="in the future"):
        plan_night(home, deliveries, latest + timedelta(1), DECLARED)
    assert Plan.read(home, latest + timedelta(1)) is None


def test_a_night_before_a_closed_one_is_refused(home, deliveries):
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    close_night(home, SECOND, home.store / "x.duckdb")
    with pytest.raises(NightError, match="2024-01-02 is closed"):
        plan_night(home, deliveries, FIRST, DECLARED)
    assert _journal(home, FIRST)[-1]["error"] == "NightError"
    assert Plan.read(home, FIRST) is None
    assert plan_night(home, deliveries, SECOND, DECLARED) == []


def test_deliveries_that_cannot_be_read_are_a_mistake_of_use(home, tmp_path):
    with pytest.raises(UsageError, match="nowhere"):
        plan_night(home, tmp_path / "nowhere", FIRST, DECLARED)
    with pytest.raises(UsageError):
        pending_nights(home, tmp_path / "nowhere", DECLARED)


def test_whatever_is_nobodys_delivery_is_reported(home, deliveries):
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    _put(deliveries, "durham", "2024-02-31")
    _put(deliveries, "durham", "latest")
    _put(deliveries, "duhram", FIRST, a__csv=b"1")
    _put(deliveries, "reference", FIRST)
    (deliveries / "durham" / "persons.csv").write_bytes(b"1")
    (deliveries / "durham" / "2024-01-02").write_bytes(b"a file")
    (deliveries / "notes.txt").write_bytes(b"1")
    (deliveries / "kent").symlink_to(deliveries / "durham")
    assert plan_night(home, deliveries, THIRD, DECLARED) == ["durham"]
    assert _ignored(home, THIRD) == {
        "durham/2024-01-02": "not a dated folder",
        "durham/2024-02-31": "not a dated folder",
        "durham/latest": "not a dated folder",
        "durham/persons.csv": "not a dated folder",
        "kent": "not a folder of a deliverer",
        "notes.txt": "not a folder of a deliverer",
        "duhram": "no force declares this deliverer",
    }


def test_a_delivery_changed_after_it_was_collected_is_reported_not_lost_in_silence(
    home, deliveries
):
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    _run(home, deliveries, FIRST)
    _put(deliveries, "durham", FIRST, b__csv=b"2")
    assert plan_night(home, deliveries, SECOND, DECLARED) == []
    assert "changed since" in _ignored(home, SECOND)["durham/2024-01-01"]


def _changed(home: Home, deliveries: Path) -> list[str]:
    changed = changed_deliveries(home, deliveries, DECLARED)
    return [f"{delivery.deliverer}/{delivery.delivery_date}" for delivery in changed]


def test_a_correction_of_the_same_size_and_time_is_reported(home, deliveries):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1", b__csv=b"2")
    status = (folder / "b.csv").stat()
    _run(home, deliveries, FIRST)
    assert _changed(home, deliveries) == []
    (folder / "b.csv").write_bytes(b"3")
    os.utime(folder / "b.csv", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert _changed(home, deliveries) == ["durham/2024-01-01"]
    assert plan_night(home, deliveries, SECOND, DECLARED) == []
    assert "changed since" in _ignored(home, SECOND)["durham/2024-01-01"]


def test_a_file_that_was_touched_or_written_anew_with_the_same_bytes_is_no_change(home, deliveries):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1", b__csv=b"2")
    _run(home, deliveries, FIRST)
    (folder / "a.csv").touch()
    (folder / "b.csv").write_bytes(b"2")
    assert _changed(home, deliveries) == []


def test_files_untouched_since_they_were_kept_are_not_read_again(home, deliveries, monkeypatch):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1")
    (delivery_id,) = _run(home, deliveries, FIRST)
    manifest = read_manifest(home, "durham", delivery_id)
    later = datetime.now(UTC) + timedelta(hours=1)
    kept = replace(manifest, collected_at=later.isoformat(timespec="seconds"))
    monkeypatch.setattr(arrived, "hash_file", lambda path: pytest.fail(f"{path} was read"))
    planned = PlannedDelivery("durham", str(FIRST), str(folder))
    assert not arrived.has_changed(kept, planned)
    assert arrived.has_changed(replace(kept, listing={"a.csv": 2}), planned)


def test_a_file_that_became_a_link_to_as_many_bytes_is_a_change(home, deliveries):
    folder = _put(deliveries, "durham", FIRST, abcde=b"12345")
    _run(home, deliveries, FIRST)
    (folder / "abcde").unlink()
    (folder / "abcde").symlink_to("fghij")
    assert _changed(home, deliveries) == ["durham/2024-01-01"]


def test_too_little_disk_is_refused_before_anything_is_written(home, deliveries, monkeypatch):
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    monkeypatch.setenv("CRIMELINK_DISK_RESERVE", str(10**18))
    with pytest.raises(DiskError, match="Nothing was written"):
        plan_night(home, deliveries, FIRST, DECLARED)
    # Only the journal says anything, and it says why.
    assert [path.name for path in home.root.rglob("*") if path.is_file()] == ["journal.jsonl"]
    begun, failed = _journal(home, FIRST)
    assert (begun["step"], begun["event"]) == ("plan", "begun")
    assert (failed["step"], failed["error"]) == ("plan", "DiskError")
    assert "too little disk" in failed["message"]


def test_the_disk_check_counts_unpacked_bytes_of_the_plan(home, deliveries, monkeypatch):
    asked = []
    monkeypatch.setattr(planning, "require_disk", lambda _folder, size, _doing: asked.append(size))
    _put(deliveries, "durham", FIRST, a__csv__gz=gzip.compress(b"x" * 5_000), b__csv=b"y" * 100)
    plan_night(home, deliveries, FIRST, DECLARED)
    assert asked == [planning.DISK_FACTOR * 5_100]


def test_bytes_are_kept_privately_with_a_manifest(home, deliveries):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"PersonId\n1\n")
    (folder / "more").mkdir()
    (folder / "more" / "b.csv").write_bytes(b"x")
    (delivery_id,) = _run(home, deliveries, FIRST)
    manifest = read_manifest(home, "durham", delivery_id)
    assert delivery_id == f"durham-2024-01-01-{manifest.content_hash[:12]}"
    assert [(f.file, f.bytes) for f in manifest.files] == [("a.csv", 11), ("more/b.csv", 1)]
    assert manifest.problem is None
    kept = home.landing("durham", delivery_id) / "files"
    assert (kept / "a.csv").read_bytes() == b"PersonId\n1\n"
    assert (kept / "more" / "b.csv").stat().st_mode & 0o777 == 0o600
    assert (folder / "a.csv").exists()


def test_collecting_again_gives_the_same_ids_even_if_the_source_is_gone(home, deliveries):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1")
    first = _run(home, deliveries, FIRST, close=False)
    shutil.rmtree(folder)
    assert collect(home, FIRST, "durham") == first
    (home.night(FIRST) / "collect" / "durham.json").unlink()  # killed before it was handed over
    assert collect(home, FIRST, "durham") == first


def test_what_a_killed_collect_left_behind_does_no_harm(home, deliveries):
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    half = home.root / "landing" / "durham" / ".2024-01-01.taking"
    half.mkdir(parents=True)
    (half / "a.csv").write_bytes(b"half")
    (delivery_id,) = _run(home, deliveries, FIRST)
    assert (home.landing("durham", delivery_id) / "files" / "a.csv").read_bytes() == b"1"
    assert [p.name for p in (home.root / "landing" / "durham").iterdir()] == [delivery_id]


def _held(home: Home, deliveries: Path, night: date = FIRST):
    (delivery_id,) = _run(home, deliveries, night)
    manifest = read_manifest(home, "durham", delivery_id)
    assert manifest.files == ()
    assert not (home.landing("durham", delivery_id) / "files").exists()
    with (
        pytest.raises(DeliveryError) as caught,
        open_delivery(home, "durham", delivery_id, DECLARED),
    ):
        pass
    assert caught.value.rule == manifest.problem.rule
    return manifest


def test_a_symlink_in_a_delivery_is_not_followed(home, deliveries, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_bytes(b"secret")
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1")
    (folder / "b.csv").symlink_to(secret)
    manifest = _held(home, deliveries)
    assert manifest.problem.rule == "symlink"
    assert "durham/2024-01-01/b.csv" in manifest.problem.message


def test_a_delivery_that_is_itself_a_symlink_is_not_followed(home, deliveries, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.csv").write_bytes(b"secret")
    (deliveries / "durham").mkdir()
    (deliveries / "durham" / str(FIRST)).symlink_to(elsewhere)
    assert _held(home, deliveries).problem.rule == "symlink"


def test_a_linked_folder_within_a_delivery_is_not_followed(home, deliveries, tmp_path):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1")
    (folder / "more").symlink_to(tmp_path)
    assert _held(home, deliveries).problem.rule == "symlink"


def test_a_pipe_in_a_delivery_is_not_read(home, deliveries):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1")
    os.mkfifo(folder / "b.csv")
    assert _held(home, deliveries).problem.rule == "not_a_file"


@pytest.mark.parametrize("name", [b"per\xffsons.csv", b"a\nb.csv"])
def test_a_file_name_that_is_no_text_is_held(home, deliveries, name):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1")
    (folder / os.fsdecode(name)).write_bytes(b"1")
    assert _held(home, deliveries).problem.rule == "file_name"


def test_a_file_that_goes_while_it_is_read_is_held(home, deliveries, monkeypatch):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1", b__csv=b"2")
    taken = keeping.copy_still

    def take_and_remove(path, copy, where):
        (folder / "b.csv").unlink(missing_ok=True)
        return taken(path, copy, where)

    monkeypatch.setattr(keeping, "copy_still", take_and_remove)
    assert _held(home, deliveries).problem.rule == "changed_while_read"


def test_an_empty_delivery_is_held(home, deliveries):
    _put(deliveries, "durham", FIRST)
    assert _held(home, deliveries).problem.rule == "empty_delivery"


def test_a_delivery_gone_between_plan_and_collect_is_held(home, deliveries):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1")
    plan_night(home, deliveries, FIRST, DECLARED)
    shutil.rmtree(folder)
    assert _held(home, deliveries).problem.rule == "delivery_gone"


class _Shrinking:
    """Stands in for hashlib: shortens the file as soon as its first bytes have been read."""

    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size = path, size

    def sha256(self):
        os.truncate(self.path, self.size)
        return keeping_sha256()


keeping_sha256 = keeping.hashlib.sha256


@pytest.mark.parametrize("size", [10, 0, 3_000_000])
def test_a_file_that_shrinks_or_grows_while_it_is_read_is_held_and_comes_again(
    home, deliveries, monkeypatch, size
):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"x" * 2_500_000)
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "hashlib", _Shrinking(folder / "a.csv", size))
        manifest = _held(home, deliveries)
    assert manifest.problem.rule == "changed_while_read"
    assert "durham/2024-01-01/a.csv" in manifest.problem.message
    (again,) = _run(home, deliveries, SECOND)
    assert again != manifest.delivery_id
    assert read_manifest(home, "durham", again).files[0].bytes == size
    assert plan_night(home, deliveries, THIRD, DECLARED) == []


def test_a_held_delivery_comes_again_once_it_has_been_put_right(home, deliveries, tmp_path):
    folder = _put(deliveries, "durham", FIRST, a__csv=b"1")
    (folder / "b.csv").symlink_to(tmp_path)
    _held(home, deliveries)
    assert plan_night(home, deliveries, SECOND, DECLARED) == []
    close_night(home, SECOND, home.store / "2.duckdb")
    (folder / "b.csv").unlink()
    (delivery_id,) = _run(home, deliveries, THIRD)
    assert read_manifest(home, "durham", delivery_id).problem is None


def _open(home: Home, delivery_id: str, deliverer: str = "durham"):
    return open_delivery(home, deliverer, delivery_id, DECLARED)


def test_a_delivery_is_opened_unpacked_and_closed_without_a_trace(home, deliveries):
    folder = _put(deliveries, "athena", FIRST, a__csv__gz=gzip.compress(b"x\n1\n"),
                  c__csv=b"y\n2\n", _DS_Store=b"junk")  # fmt: skip
    (folder / "_DS_Store").rename(folder / ".DS_Store")
    with zipfile.ZipFile(folder / "n.zip", "w") as archive:
        archive.writestr("in/d.csv", "z\n3\n")
    (delivery_id,) = _run(home, deliveries, FIRST)
    with _open(home, delivery_id, "athena") as delivery:
        assert delivery.files == ("a.csv", "c.csv", "n.zip/in/d.csv")
        assert (delivery.folder / "a.csv").read_bytes() == b"x\n1\n"
        assert (delivery.folder / "n.zip" / "in" / "d.csv").read_bytes() == b"z\n3\n"
        assert [d.force for d in delivery.declarations] == ["essex", "kent"]
        assert delivery.delivery_date == FIRST
        assert home.root in delivery.folder.parents
        notes = {file.file: file.note for file in delivery.delivered if file.note}
        assert notes == {".DS_Store": "hidden file: not read"}
    assert not delivery.folder.exists()


def test_the_same_bytes_under_two_names_are_read_once_and_noted(home, deliveries):
    text = b"PersonId\n1\n2\n"
    _put(deliveries, "durham", FIRST, a__csv=text, b__csv=text, a__csv__gz=gzip.compress(text),
         empty_may__csv=b"Id\n", empty_june__csv=b"Id\n")  # fmt: skip
    (delivery_id,) = _run(home, deliveries, FIRST)
    with _open(home, delivery_id) as delivery:
        assert delivery.files == ("a.csv", "empty_june.csv", "empty_may.csv")
        notes = {file.file: file.note for file in delivery.delivered if file.note}
    assert notes == {"a.csv.gz": "same bytes as a.csv: not read twice",
                     "b.csv": "same bytes as a.csv: not read twice"}  # fmt: skip


def test_a_plain_and_a_gzipped_file_of_one_name_that_differ_are_refused(home, deliveries):
    _put(deliveries, "durham", FIRST, a__csv=b"x\n1\n", a__csv__gz=gzip.compress(b"x\n2\n"))
    (delivery_id,) = _run(home, deliveries, FIRST)
    with pytest.raises(DeliveryError) as caught, _open(home, delivery_id):
        pass
    assert caught.value.rule == "duplicate_name"


def test_kept_bytes_that_changed_since_are_refused(home, deliveries):
    _put(deliveries, "durham", FIRST, a__csv=b"x\n1\n")
    (delivery_id,) = _run(home, deliveries, FIRST)
    (home.landing("durham", delivery_id) / "files" / "a.csv").write_bytes(b"x\n2\n")
    with pytest.raises(DeliveryError) as caught, _open(home, delivery_id):
        pass
    assert caught.value.rule == "kept_bytes_changed"
    assert list((home.root / "working").iterdir()) == []


def test_a_truncated_archive_is_kept_whole_and_refused_when_opened(home, deliveries):
    bad = gzip.compress(bytes(range(256)) * 99)[:-20]
    _put(deliveries, "durham", FIRST, a__csv__gz=bad)
    (delivery_id,) = _run(home, deliveries, FIRST)
    assert (home.landing("durham", delivery_id) / "files" / "a.csv.gz").read_bytes() == bad
    with pytest.raises(DeliveryError) as caught, _open(home, delivery_id):
        pass
    assert caught.value.rule == "truncated_gzip"


def _sent_twice(home: Home, deliveries: Path) -> tuple[str, str]:
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    _put(deliveries, "durham", SECOND, a__csv=b"1")
    first, second = _run(home, deliveries, SECOND, close=False)
    return first, second


def _batch(home: Home, delivery_id: str, force: str = "durham", **values: object) -> None:
    """Stage a batch of the delivery, as standardise would."""
    day, digest = delivery_id.removeprefix("durham-").rsplit("-", 1)
    batch = Batch(
        batch_id=f"{force}-{day}-{digest}", delivery_id=delivery_id, deliverer="durham",
        force=force, source_system="niche", delivery_date=FIRST, sequence=delivery_id,
        kind="delta", environment="live", content_hash="", bytes=1, **values,
    )  # fmt: skip
    home.staged(batch.batch_id).mkdir(parents=True, exist_ok=True)
    batch.write(home.staged(batch.batch_id))


def _repeated(home: Home, delivery_id: str, own_id: str | None) -> dict[str, str]:
    found = find_repeated(home, "durham", delivery_id, own_id)
    return {force: earlier.delivery_id for force, earlier in found.items()}


def test_the_same_bytes_and_source_id_under_another_date_are_one_delivery(home, deliveries):
    first, second = _sent_twice(home, deliveries)
    assert _repeated(home, first, "E1") == {}
    _batch(home, first)
    assert _repeated(home, second, "E1") == {"durham": first}
    # Asked again, as after a kill: the same answers.
    assert _repeated(home, first, "E1") == {}
    assert _repeated(home, second, "E1") == {"durham": first}


@pytest.mark.parametrize(("one", "other"), [("E1", "E2"), (None, None), (None, "E1")])
def test_an_unchanged_delivery_of_another_id_or_none_is_new(home, deliveries, one, other):
    first, second = _sent_twice(home, deliveries)
    assert _repeated(home, first, one) == {}
    _batch(home, first)
    assert _repeated(home, second, other) == {}


def test_a_repeat_is_new_for_the_forces_whose_batch_was_held(home, deliveries):
    first, second = _sent_twice(home, deliveries)
    _repeated(home, first, "E1")
    _batch(home, first, held_rule="volume", held_reason="few")
    _batch(home, first, "kent")
    assert _repeated(home, second, "E1") == {"kent": first}
    _batch(home, first)
    assert _repeated(home, second, "E1") == {"durham": first, "kent": first}


def test_a_repeat_of_a_repeat_repeats_the_first_and_never_the_second(home, deliveries):
    _sent_twice(home, deliveries)
    _put(deliveries, "durham", THIRD, a__csv=b"1")
    close_night(home, SECOND, home.store / "2.duckdb")
    [third] = _run(home, deliveries, THIRD)
    first, second = sorted(p.name for p in (home.root / "landing" / "durham").iterdir())[:2]
    for delivery_id in (first, second):
        find_repeated(home, "durham", delivery_id, "E1")
    _batch(home, second, repeats=first)
    assert _repeated(home, third, "E1") == {}
    _batch(home, first)
    assert _repeated(home, third, "E1") == {"durham": first}


def test_a_repeat_of_a_delivery_that_never_became_batches_is_new(home, deliveries):
    _put(deliveries, "durham", FIRST, a__csv=b"1")
    plan_night(home, deliveries, FIRST, DECLARED)
    (first,) = collect(home, FIRST, "durham")
    find_repeated(home, "durham", first, "E1")
    close_night(home, FIRST, home.store / "1.duckdb")  # the force's standardise step failed
    shutil.rmtree(deliveries / "durham" / str(FIRST))
    _put(deliveries, "durham", SECOND, a__csv=b"1")
    (second,) = _run(home, deliveries, SECOND)
    assert _repeated(home, second, "E1") == {}
    assert read_manifest(home, "durham", second).own_id == "E1"
