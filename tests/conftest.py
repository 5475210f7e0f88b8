"""Fixtures that every package's tests may use."""

from pathlib import Path

import pytest
from hypothesis import settings

# No test is timed: a machine that does something else beside would fail it.
settings.register_profile("crimelink", deadline=None)
settings.load_profile("crimelink")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of public data beside the project; the test skips where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public data folder beside the project is absent")
    return folder
