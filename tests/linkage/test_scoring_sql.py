"""The SQL that a model scores with, of which its id is a hash: the same text in every process."""

import os
import subprocess
import sys
from dataclasses import replace

import duckdb
import pytest

from linkage import scoring_sql
from linkage.features import FEATURES
from linkage.model import Comparison, Level
from linkage.models import person
from linkage.score import score_pairs
from linkage.scoring_sql import compile_scoring
from tests.linkage.small_model import small_model

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


def test_frequencies_of_one_side_weigh_as_those_of_both(monkeypatch):
    """Of names that are known, of one that is not, and where a side or both have none."""
    model = small_model()
    names = ["ASH", "ELM", "YEW", None]
    others = ", ".join(f"NULL::{kind} AS {name}" for name, kind in FEATURES.items()
                       if name != "surname")  # fmt: skip
    with duckdb.connect() as con:
        con.execute(
            f"CREATE TABLE record AS SELECT row_number() OVER () AS record, surname, {others} "
            "FROM (SELECT unnest($names) AS surname FROM range(2))",
            {"names": names},
        )
        con.execute("CREATE TABLE pair AS SELECT l.record AS record_l, r.record AS record_r, 0 AS "
                    "block FROM record AS l JOIN record AS r ON l.record < r.record")  # fmt: skip
        score_pairs(con, model, into="once")
        monkeypatch.setattr(scoring_sql, "_look_up_once", lambda scoring, _: scoring)
        both = compile_scoring.__wrapped__(model.comparisons, model.prior, model.entity)
        assert both != model.scoring
        score_pairs(con, replace(model, scoring=both), into="twice")
        [(pairs, weights)] = con.execute(
            "SELECT count(*), count(DISTINCT match_weight) FROM once"
        ).fetchall()
        assert (pairs, weights) == (28, 5)
        assert con.execute("FROM once EXCEPT FROM twice").fetchall() == []
        assert con.execute("FROM twice EXCEPT FROM once").fetchall() == []


def test_a_frequency_of_anything_but_one_value_is_refused():
    alike = Level("alike", "left(surname_l, 1) = left(surname_r, 1)", 0.9, 0.1, "surname")
    unknown = "surname_l IS NULL OR surname_r IS NULL"
    comparison = Comparison("surname", unknown, (alike,), (0.1, 0.9), needs=("surname",))
    with pytest.raises(ValueError, match="a frequency is of one value"):
        compile_scoring((comparison,), 0.1, "person")


def test_sql_that_splink_writes_otherwise_is_refused():
    with pytest.raises(RuntimeError, match="otherwise than it is read"):
        scoring_sql._look_up_once("SELECT 1", ("surname",))
