"""The SQL that a model scores with, of which its id is a hash: the same text in every process."""

import os
import subprocess
import sys

import pytest

from linkage.models import person
from linkage.scoring_sql import compile_scoring

COMPILE = """
from linkage.models import person
from linkage.scoring_sql import compile_scoring
print(compile_scoring(person.COMPARISONS, person.PRIOR, "person"), end="")
"""


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_every_process_compiles_the_same_text(seed):
    said = subprocess.run(
        [sys.executable, "-c", COMPILE],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": seed},
    ).stdout
    assert said == compile_scoring(person.COMPARISONS, person.PRIOR, "person")
