"""What a workspace leaves behind: nothing."""

import gc

import duckdb
import pytest

from linkage.workspace import _SCHEMAS, workspace


@pytest.fixture
def con():
    gc.unfreeze()  # Whatever ran before in this process.
    with duckdb.connect() as con:
        for schema in _SCHEMAS:
            con.execute(f"CREATE SCHEMA {schema}")
        yield con


def test_garbage_is_looked_for_again_afterwards_whatever_happened(con):
    with workspace(con):
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
    with pytest.raises(RuntimeError, match="a step failed"), workspace(con):
        raise RuntimeError("a step failed")
    assert gc.get_freeze_count() == 0


def test_what_the_caller_froze_stays_frozen(con):
    gc.freeze()
    try:
        with workspace(con):
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
