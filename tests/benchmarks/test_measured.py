import subprocess

import pytest

from benchmarks.measured import Meter, measure


def double(meter: Meter, number: int) -> dict[str, int]:
    with meter:
        return {"twice": 2 * number}


def test_a_function_runs_in_a_process_of_its_own_and_says_what_it_found():
    measured = measure(f"{__name__}:double", number=21)
    assert measured.found == {"twice": 42}
    assert measured.peak > 0


def test_a_function_that_fails_is_no_measurement():
    with pytest.raises(subprocess.CalledProcessError):
        measure(f"{__name__}:double", number=None)
