import pytest

from warehouse import state
from warehouse.contract import DELIVERED
from warehouse.errors import LockedError, StoreError, UsageError
from warehouse.home import Home, exclusive
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
                "closed_sequence",
            ]  # fmt: skip
        comment = con.execute(
            "SELECT comment FROM duckdb_columns() "
            "WHERE table_name = 'person_record' AND column_name = 'surname'"
        ).fetchall()
    assert comment == [("Family name, upper case. Sensitivity: personal.",)]
    assert home.state.stat().st_mode & 0o777 == 0o600


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


def test_a_second_writer_waits_and_is_then_told_who_writes(home, monkeypatch):
    monkeypatch.setattr(state, "WAIT_SECONDS", 0.3)
    with (
        exclusive(home.root / "state.lock", "the load"),
        pytest.raises(LockedError, match="the load"),
        writer(home, "test"),
    ):
        pass


def test_reading_a_state_that_is_not_there_is_the_users_mistake(home):
    with pytest.raises(UsageError, match="no night has been loaded"), reader(home):
        pass
