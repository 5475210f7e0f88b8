import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from warehouse import state
from warehouse.connect import transaction
from warehouse.contract import DELIVERED
from warehouse.contract.person import HASHED
from warehouse.errors import LockedError, StoreError, UsageError
from warehouse.home import Home, exclusive
from warehouse.journal import step
from warehouse.night import close_night
from warehouse.schema import fingerprint, state_tables
from warehouse.state import reader, writer


@pytest.fixture
def home(tmp_path):
    return Home.of(tmp_path / "home")


def test_a_new_state_has_every_delivered_table_with_its_versions(home):
    with writer(home, "test") as con:
        for table in DELIVERED:
            found = [row[0] for row in con.execute(f"DESCRIBE {table.qualified}").fetchall()]
            assert found[: len(table.names)] == list(table.names)
            assert found[len(table.names) :] == [
                "version", "valid_from", "valid_to", "scope", "delivery_sequence",
                "closed_sequence", *(["record_hash"] if table in HASHED else []),
            ]  # fmt: skip
        comment = con.execute(
            "SELECT comment FROM duckdb_columns() "
            "WHERE table_name = 'person_record' AND column_name = 'surname'"
        ).fetchall()
    assert comment == [("Family name, upper case. Sensitivity: personal.",)]
    assert home.state.stat().st_mode & 0o777 == 0o600


def test_what_a_killed_step_laid_aside_is_removed_by_the_next(home):
    spilled = home.state.with_name("state.duckdb.tmp")
    spilled.mkdir(parents=True)
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").write_text("SMITH")
    with writer(home, "test"):
        assert not spilled.exists()


def test_a_state_of_another_schema_is_refused_with_what_to_do(home):
    with writer(home, "test") as con:
        con.execute("UPDATE ledger.schema_version SET fingerprint = 'older'")
    with pytest.raises(StoreError, match="has schema older"), writer(home, "test"):
        pass


def test_a_text_may_change_without_another_schema_a_type_may_not():
    tables = state_tables()
    assert fingerprint(tables) == fingerprint(state_tables())
    assert fingerprint(tables) != fingerprint(tables[1:])


def test_a_run_that_is_killed_before_the_schema_is_whole_leaves_a_state_that_can_be_used(
    home, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr(state, "comment_statements", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError), writer(home, "test"):
            pass
    with writer(home, "test") as con:
        assert con.execute("SELECT count(*) FROM core.person_record").fetchall() == [(0,)]


def test_a_second_writer_waits_and_is_then_told_who_writes(home):
    with (
        exclusive(home.root / "state.lock", "the load"),
        pytest.raises(LockedError, match="the load"),
        writer(home, "test", wait_seconds=0.3),
    ):
        pass


def test_reading_a_state_that_is_not_there_is_the_users_mistake(home):
    with pytest.raises(UsageError, match="no night has been loaded"), reader(home):
        pass


def test_what_makes_no_sense_before_a_night_makes_no_home_where_one_was_mistyped(tmp_path):
    mistyped = Home.of(tmp_path / "hmoe")
    use = writer(mistyped, "test", is_made=True)
    with pytest.raises(UsageError, match="no night has been loaded"):
        use.__enter__()
    assert not mistyped.root.exists()


def close(home, night=date(2026, 1, 1)):
    close_night(home, night, Path("crimelink-2026-01-01.duckdb"))


def test_a_state_that_is_lost_while_nights_are_closed_is_not_replaced_by_an_empty_one(home):
    close(home)
    for use in (writer(home, "test"), reader(home)):
        with pytest.raises(
            StoreError,
            match=r"is gone, though night 2026-01-01 and those before it are closed.*from backup",
        ):
            use.__enter__()
    assert not home.state.exists()


def test_a_state_without_bytes_or_tables_is_refused_once_nights_are_closed(home):
    close(home)
    home.state.touch()
    with pytest.raises(StoreError, match=r"is empty.*landing/"), writer(home, "test"):
        pass
    assert home.state.stat().st_size == 0
    home.state.unlink()
    duckdb.connect(str(home.state)).close()
    with pytest.raises(StoreError, match=r"has no tables.*landing/"), writer(home, "test"):
        pass


def test_a_run_that_is_killed_before_its_first_byte_leaves_a_state_that_can_be_used(home):
    home.root.mkdir()
    home.state.touch()
    with pytest.raises(UsageError), reader(home):
        pass
    with writer(home, "test") as con:
        assert con.execute("SELECT count(*) FROM core.person_record").fetchall() == [(0,)]


@pytest.mark.parametrize("kept", [100, 0.5])
def test_a_state_that_is_cut_short_is_told_from_a_new_one(home, kept):
    with writer(home, "test"):
        pass
    whole = home.state.read_bytes()
    home.state.write_bytes(whole[: kept if kept > 1 else int(len(whole) * kept)])
    for use in (writer(home, "test"), reader(home)):
        with pytest.raises(StoreError, match="cannot be read"):
            use.__enter__()


def test_a_state_that_is_no_database_is_refused_in_words(home):
    home.root.mkdir()
    home.state.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match=r"state.duckdb cannot be read"), writer(home, "test"):
        pass


def test_a_state_that_somebody_has_open_names_the_process(home):
    with writer(home, "test"):
        pass
    holding = f"import duckdb, sys; c = duckdb.connect({str(home.state)!r}); print(flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", holding + "; sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        other.stdout.readline()
        for use in (writer(home, "test"), reader(home)):
            with pytest.raises(LockedError, match=rf"PID {other.pid}\) has it open"):
                use.__enter__()
        other.communicate()


def test_files_of_a_step_are_for_their_owner_only_whatever_the_umask(home):
    before = os.umask(0o022)
    try:
        with step(home, date(2026, 1, 1), "any"), writer(home, "test") as con:
            (home.root / "made" / "by").mkdir(parents=True)
            (home.root / "made" / "file").write_text("x")
            con.execute("INSERT INTO ledger.schema_version VALUES ('x')")
            paths = [home.root, *home.root.rglob("*")]
            assert {"state.duckdb.wal", "journal.jsonl"} < {path.name for path in paths}
            modes = {str(path): path.stat().st_mode & 0o077 for path in paths}
        assert not any(modes.values()), modes
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


@pytest.mark.parametrize("error", [KeyboardInterrupt, duckdb.TransactionException])
def test_what_ends_a_transaction_at_its_commit_is_what_is_told(error):
    """Nothing is left under way, and a COMMIT that failed is not rolled back a second time."""

    class Ended:
        def __init__(self, con):
            self.con = con

        def execute(self, statement):
            if statement == "COMMIT":
                if error is not KeyboardInterrupt:
                    self.con.execute("ROLLBACK")
                raise error
            return self.con.execute(statement)

    with duckdb.connect() as con:
        con.execute("CREATE TABLE made (i INTEGER)")
        with pytest.raises(error), transaction(Ended(con)):
            con.execute("INSERT INTO made VALUES (1)")
        con.execute("BEGIN")
        assert con.execute("FROM made").fetchall() == []
