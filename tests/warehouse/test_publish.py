import shutil

import duckdb
import pytest

from warehouse import publish as publishing
from warehouse.build import build, building_path
from warehouse.errors import LockedError, StoreError, UsageError
from warehouse.home import exclusive
from warehouse.night import closed_nights, is_closed
from warehouse.publish import publish, rollback, versions
from warehouse.store import compare_stores, open_store
from warehouse.verify import answers_path, checks


def publish_night(bench, night, key):
    bench.put(night, night.isoformat(), {"offence_record": [{"record_key": key}]})
    bench.load(night)
    return bench.publish(night)


def test_a_published_store_is_sealed_linked_and_its_night_closed(bench, nights):
    path = publish_night(bench, nights[0], "a")
    assert path == bench.home.store / "versions" / "crimelink-2026-01-01.duckdb"
    assert str(bench.home.current.readlink()) == "versions/crimelink-2026-01-01.duckdb"
    assert path.stat().st_mode & 0o777 == 0o600
    assert is_closed(bench.home, nights[0])
    assert sorted(p.name for p in bench.home.store.rglob("*") if p.is_file()) == [
        "crimelink-2026-01-01.duckdb",
        "crimelink-2026-01-01.duckdb.sha256",
        "current.duckdb",
    ]


def test_a_closed_night_is_not_done_again(bench, nights):
    path = publish_night(bench, nights[0], "a")
    before = path.stat().st_mtime_ns
    bench.load(nights[0])
    assert bench.publish(nights[0]) == path
    assert path.stat().st_mtime_ns == before
    assert not building_path(bench.home, nights[0]).exists()


def test_readers_keep_the_version_they_hold(bench, nights):
    publish_night(bench, nights[0], "a")
    held = open_store(bench.home)
    publish_night(bench, nights[1], "b")
    assert held.execute("SELECT count(*) FROM core.offence_record").fetchall() == [(1,)]
    with open_store(bench.home) as fresh:
        assert fresh.execute("SELECT count(*) FROM core.offence_record").fetchall() == [(2,)]
    held.close()


def test_the_last_five_versions_are_kept(bench, nights):
    folder = bench.home.store / "versions"
    folder.mkdir(parents=True)
    for day in range(20, 27):
        for ending in ("duckdb", "duckdb.sha256"):
            (folder / f"crimelink-2025-12-{day}.{ending}").touch()
    bench.home.current.symlink_to("versions/crimelink-2025-12-21.duckdb")
    publish_night(bench, nights[0], "a")
    names = [version.name for version in versions(bench.home)]
    assert names == [*(f"crimelink-2025-12-{n}" for n in range(23, 27)), "crimelink-2026-01-01"]
    assert len(list(folder.iterdir())) == 10


def test_the_current_version_is_never_thrown_away(bench):
    folder = bench.home.store / "versions"
    folder.mkdir(parents=True)
    for day in range(20, 28):
        (folder / f"crimelink-2025-12-{day}.duckdb").touch()
    bench.home.current.symlink_to("versions/crimelink-2025-12-20.duckdb")
    publishing.prune(bench.home)
    names = [version.name[-2:] for version in versions(bench.home)]
    assert names == ["20", "23", "24", "25", "26", "27"]


def test_rollback_goes_to_the_version_before_or_to_the_one_named(bench, nights):
    first, second, third = (publish_night(bench, night, night.isoformat()) for night in nights[:3])
    assert rollback(bench.home) == second
    assert rollback(bench.home) == first
    with pytest.raises(UsageError, match="no version before"):
        rollback(bench.home)
    assert rollback(bench.home, "2026-01-03") == third
    assert rollback(bench.home, "crimelink-2026-01-02") == second
    assert [version.is_current for version in versions(bench.home)] == [False, True, False]
    with pytest.raises(UsageError, match=r"no version 2025-01-01\. Versions: crimelink-2026-01-01"):
        rollback(bench.home, "2025-01-01")


def test_rollback_refuses_a_version_that_is_not_as_it_was_published(bench, nights):
    first = publish_night(bench, nights[0], "a")
    second = publish_night(bench, nights[1], "b")
    with open(first, "r+b") as handle:
        handle.seek(5000)
        handle.write(b"x")
    with pytest.raises(StoreError, match="checksum differs"):
        rollback(bench.home)
    assert bench.home.current.resolve() == second


def test_rollback_waits_for_no_running_night(bench, nights):
    publish_night(bench, nights[0], "a")
    with exclusive(bench.home.run_lock, "night"), pytest.raises(LockedError):
        rollback(bench.home, "2026-01-01")


@pytest.mark.parametrize(
    ("killed_at", "builds_again"),
    [
        ("_seal", False),
        ("_point_to", True),
        ("_point_to", False),
        ("close_night", True),
        ("close_night", False),
    ],
)
def test_a_publish_that_is_killed_can_be_run_again(
    bench, nights, monkeypatch, killed_at, builds_again
):
    publish_night(bench, nights[0], "a")
    bench.put(nights[1], "2", {"offence_record": [{"record_key": "b"}]})
    bench.load(nights[1])
    bench.build(nights[1])
    with monkeypatch.context() as patched:
        patched.setattr(publishing, killed_at, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(bench.home, nights[1])
    assert not is_closed(bench.home, nights[1])
    if builds_again:
        bench.build(nights[1])
    publish(bench.home, nights[1])
    assert closed_nights(bench.home) == nights[:2]
    assert bench.ask_store("SELECT max(night), count(*) FROM governance.night") == [(nights[1], 2)]
    assert bench.ask_store("SELECT count(*) FROM core.offence_record") == [(2,)]
    assert not list(bench.home.store.glob(".*"))


def test_a_night_without_a_candidate_is_not_published(bench, nights):
    with pytest.raises(StoreError, match="build has not run"):
        publish(bench.home, nights[0])


def test_a_candidate_that_was_not_checked_is_not_published(bench, nights):
    bench.build(nights[0])
    answers_path(bench.home, nights[0]).unlink()
    with pytest.raises(StoreError, match="has not been checked"):
        publish(bench.home, nights[0])
    assert not bench.home.current.exists()


def test_a_candidate_that_failed_a_check_is_not_published(bench, nights):
    bench.put(nights[0], "1", {"person_record": [{"record_key": "p1"}]})
    bench.load(nights[0])
    with pytest.raises(StoreError, match="records_have_a_person"):
        bench.build(nights[0])
    with pytest.raises(StoreError, match="has not passed its checks"):
        publish(bench.home, nights[0])


def test_only_the_very_file_that_passed_is_published(bench, nights):
    bench.build(nights[0])
    build(bench.home, nights[0], bench.declarations)
    with pytest.raises(StoreError, match="is not the file that passed its checks"):
        publish(bench.home, nights[0])
    with duckdb.connect(str(bench.build(nights[0]))) as con:
        con.execute("DELETE FROM quality.store_check WHERE name = 'balance'")
    with pytest.raises(StoreError, match="is not the file that passed its checks"):
        publish(bench.home, nights[0])


def test_the_answers_of_the_checks_are_published(bench, nights):
    publish_night(bench, nights[0], "a")
    [(night, says, failed)] = bench.ask_store(
        "SELECT night, says, failed FROM quality.store_check WHERE name = 'store_balances'"
    )
    assert (night, failed) == (nights[0], 0)
    assert says.endswith("balances")
    [(asked,)] = bench.ask_store("SELECT count(*) FROM quality.store_check")
    assert asked == len(list(checks(nights[0])))


def test_a_store_that_is_not_there_says_how_to_get_one(bench):
    with pytest.raises(UsageError, match="crimelink run"):
        open_store(bench.home)


def test_a_reader_can_neither_write_nor_leave_the_store(bench, nights, tmp_path):
    publish_night(bench, nights[0], "a")
    with open_store(bench.home) as con:
        for sql in (
            "DELETE FROM core.offence_record",
            f"COPY core.offence_record TO '{tmp_path}/out.csv'",
            f"ATTACH '{bench.home.state}' AS state (READ_ONLY)",
            "SELECT * FROM read_text('/etc/hostname')",
            "SET enable_external_access = true",
        ):
            with pytest.raises(Exception, match=r"(?i)read-only|disabled|locked|cannot"):
                con.execute(sql).fetchall()


def test_a_readers_query_may_not_take_all_of_the_machines_memory(bench, nights):
    publish_night(bench, nights[0], "a")
    with open_store(bench.home) as con:
        assert con.execute("SELECT current_setting('memory_limit')").fetchall() == [("1.8 GiB",)]


def test_a_store_that_is_damaged_or_gone_says_how_to_go_back(bench, nights):
    path = publish_night(bench, nights[0], "a")
    for damaged in (b"", b"not a database" * 1000, path.read_bytes()[:5000]):
        path.write_bytes(damaged)
        with pytest.raises(StoreError, match=r"cannot be read.*crimelink rollback"):
            open_store(bench.home)
    path.unlink()
    with pytest.raises(StoreError, match=r"is gone.*crimelink rollback"):
        open_store(bench.home)


def test_two_runs_of_one_input_give_the_same_store(tmp_path, new_bench, nights):
    paths = [publish_night(new_bench(tmp_path / name), nights[0], "a") for name in ("one", "two")]
    assert compare_stores(*paths) == []


def test_stores_that_differ_say_where(bench, nights, tmp_path):
    path = publish_night(bench, nights[0], "a")
    other = tmp_path / "other.duckdb"
    shutil.copy(path, other)
    with duckdb.connect(str(other)) as con:
        con.execute("UPDATE core.offence_record SET status = 'closed'")
        con.execute("UPDATE governance.night SET published_at = published_at + INTERVAL 1 HOUR")
        con.execute("DROP TABLE mart.force_quality")
        con.execute("ALTER TABLE core.person RENAME sex TO gender")
    assert compare_stores(path, other) == [
        "mart.force_quality: only in the first",
        "core.offence_record: 1 rows only in the first, 1 only in the second",
        "core.person: the columns differ",
    ]
