import csv
import io

import polars as pl
import pytest

from linkage.evaluation.sample import STRATA
from linkage.evaluation.sample_csv import COLUMNS, pairs_of, read_reviewed, write_sample
from linkage.explanation.facts import Record
from linkage.judgements.csv_rows import find_pair, read_rows
from warehouse.errors import UsageError

LINK, NO_EDGE = STRATA[2].name, STRATA[4].name
SAMPLE = pl.DataFrame(
    [
        ("kent", "2", "kent", "=1", 12.5, "link", "forename same", LINK, 8, 0.25),
        ("kent", "3", "kent", "4", 11.0, "link", "surname same", LINK, 8, 0.25),
        ("essex", "5", "kent", "6", None, "no edge", "not scored", NO_EDGE, 5, 0.2),
    ],
    schema=["force_l", "source_record_id_l", "force_r", "source_record_id_r", "match_weight",
            "band", "says", "stratum", "stratum_pairs", "inclusion_probability"],
    orient="row",
).with_columns(
    source_system_l=pl.lit("niche"), source_system_r=pl.lit("niche"), strata=pl.lit(2)
)  # fmt: skip


def write(*verdicts: str, **changed: str) -> str:
    """The sample with verdicts, and cells of its first row changed."""
    records = {
        key: Record(key, None, {"forename": ("ANA",)}) for pair in pairs_of(SAMPLE) for key in pair
    }
    rows = list(csv.DictReader(io.StringIO(write_sample(SAMPLE, records))))
    for row, verdict in zip(rows, verdicts, strict=True):
        row["verdict"] = verdict
    rows[0] |= changed
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_verdicts_come_back_by_stratum_however_they_were_typed():
    strata = read_reviewed(write("same", "", "Not the same"), "s.csv")
    assert strata.rows() == [
        (LINK, 8, 1, 0, 0, 1),
        (NO_EDGE, 5, 0, 1, 0, 0),
    ]
    assert strata.columns == ["stratum", "pairs", "same", "not_same", "unsure", "unreviewed"]


def test_a_reviewer_sees_what_each_record_holds_and_no_formula_is_run():
    rows, bad = read_rows(write("", "", ""), "s.csv")
    assert not bad
    assert rows[0].cells["forename_l"] == "ANA"
    assert "'=1" in write("", "", "")
    assert rows[0].cells["source_record_id_r"] == "=1"


def test_a_sample_with_verdicts_can_be_taken_in_as_judgements():
    rows, _ = read_rows(write("same", "same", "same"), "s.csv")
    assert [find_pair(row.cells, {}) for row in rows] == pairs_of(SAMPLE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (write("maybe", "same", "same"), "row 1: a verdict is"),
        (write("same", "same", ""), "no verdict yet in: joined without an edge"),
        (write("same", "same", "same", stratum="other"), "row 1: no stratum"),
        (write("same", "same", "same", stratum_pairs="many"), "row 1: .* no whole numbers"),
        (write("same", "same", "same", stratum_pairs="9"), "row 1, 2: stratum_pairs differs"),
        (write("same", "same", "same").replace(",2\r\n", ",3\r\n"), "rows of 2 strata are there"),
        (write("same", "same", "same").replace(",8,", ",1,"), "more verdicts than pairs"),
        ("verdict,reason,pair\r\nsame,,pair-1\r\n", "no column stratum"),
        (write("same", "same", "same") + "same,again\r\n", "row 4: 2 cells"),
    ],
    ids=["verdict", "silent", "stratum", "number", "size", "strata", "too many", "columns",
         "cells"],
)  # fmt: skip
def test_a_file_that_cannot_be_estimated_from_is_refused(text, says):
    with pytest.raises(UsageError, match=says):
        read_reviewed(text, "s.csv")


def test_a_pair_that_stands_twice_is_refused():
    text = write("same", "same", "same")
    with pytest.raises(UsageError, match="row 2, 4: the pair stands twice"):
        read_reviewed(text + text.splitlines(keepends=True)[2], "s.csv")
