import pytest

from tests.warehouse.hotspots.made_store import made_store


@pytest.fixture(scope="module")
def store():
    with made_store() as con:
        yield con
