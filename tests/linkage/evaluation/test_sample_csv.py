import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from linkage.evaluation.sample import STRATA
from linkage.evaluation.sample_csv import COLUMNS, pairs_of, read_reviewed, write_sample
from linkage.evaluation.sample_id import Night
from linkage.explanation.facts import Record
from linkage.judgements.csv_rows import find_pair, read_rows
from warehouse.errors import UsageError

LINK, NO_EDGE = STRATA[2].name, STRATA[4].name
SAMPLE = pl.DataFrame(
    [
        ("kent", "2", "kent", "=1", 12.5, "link", "forename same", LINK, 8, 3, 2, 0.25),
        ("kent", "3", "kent", "4", 11.0, "link", "surname same", LINK, 8, 3, 2, 0.25),
        ("essex", "5", "kent", "6", None, "no edge", "not scored", NO_EDGE, 5, 0, 1, 0.2),
    ],
    schema=["force_l", "source_record_id_l", "force_r", "source_record_id_r", "match_weight",
            "band", "says", "stratum", "stratum_pairs", "stratum_identified",
            "stratum_drawn", "inclusion_probability"],
    orient="row",
).with_columns(
    source_system_l=pl.lit("niche"), source_system_r=pl.lit("niche"), strata=pl.lit(2)
)  # fmt: skip


NIGHT = Night(date(2026, 1, 12), "person-1", datetime(2026, 1, 13, tzinfo=UTC))
LATER = Night(date(2026, 1, 13), "person-2", datetime(2026, 1, 14, tzinfo=UTC))


def read(text: str, nights: tuple[Night, ...] = (NIGHT, LATER)) -> pl.DataFrame:
    return read_reviewed(text, "s.csv", nights).strata


def write(*verdicts: str, **changed: str) -> str:
    """The sample with verdicts, and cells of its first row changed."""
    records = {
        key: Record(key, None, None, {"forename": ("ANA",)})
        for pair in pairs_of(SAMPLE)
        for key in pair
    }
    rows = list(csv.DictReader(io.StringIO(write_sample(SAMPLE, records, NIGHT))))
    for row, verdict in zip(rows, verdicts, strict=True):
        row["verdict"] = verdict
    rows[0] |= changed
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize(
    ("same", "not_same"),
    [("same", "Not the same"), ("The same", "NOT-THE SAME"), (" THE-SAME", "not_same ")],
)
def test_verdicts_come_back_by_stratum_however_they_were_typed(same, not_same):
    strata = read(write(same, "", not_same))
    assert strata.rows() == [
        (LINK, 8, 3, 1, 0, 0, 1),
        (NO_EDGE, 5, 0, 0, 1, 0, 0),
    ]
    assert strata.columns == [
        "stratum", "pairs", "identified", "same", "not_same", "unsure", "unreviewed"
    ]  # fmt: skip


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
        (write("the", "same", "same"), "row 1: a verdict is"),
        (write("same", "same", ""), "no verdict yet in: joined without an edge"),
        (write("same", "same", "same", stratum="other"), "row 1: no stratum"),
        (write("same", "same", "same", stratum_pairs="many"), "row 1: .* whole numbers are"),
        (write("same", "same", "same", stratum_pairs="9"), "row 1, 2: stratum_pairs differs"),
        (write("same", "same", "same").replace(",2,sample", ",3,sample"), "rows of 2 strata are"),
        (write("same", "same", "same").replace(",8,", ",9,"), "says of the draw"),
        (write("same", "same", "same", sample="sample-2026"), "rows of 2 samples"),
        (write("unsure", "unsure", "unsure"), "every verdict is unsure"),
        ("verdict,reason,pair\r\nsame,,pair-1\r\n", "no column stratum"),
        (write("same", "same", "same") + "same,again\r\n", "row 4: 2 cells"),
    ],
    ids=["verdict", "half a verdict", "silent", "stratum", "number", "size", "strata", "all sizes",
         "samples", "unsure", "columns", "cells"],
)  # fmt: skip
def test_a_file_that_cannot_be_estimated_from_is_refused(text, says):
    with pytest.raises(UsageError, match=says):
        read(text)


def test_a_pair_that_stands_twice_is_refused():
    text = write("same", "same", "same")
    with pytest.raises(UsageError, match="row 2, 4: the pair stands twice"):
        read(text + text.splitlines(keepends=True)[2])


def without_row(text: str, row: int) -> str:
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:row], *lines[row + 1 :]])


def test_a_file_of_which_a_row_went_is_refused_by_stratum():
    text = without_row(write("same", "not_same", "same"), 2)
    with pytest.raises(UsageError, match=f"'{LINK}' 2 rows were drawn and 1 are there"):
        read(text)


def test_rows_that_changed_their_strata_are_refused():
    text = write("same", "same", "not_same")
    one, other = f'"{LINK}",8,3,2', f"{NO_EDGE},5,0,1"
    first, last = text.index(one), text.index(other)
    swapped = text[:first] + other + text[first + len(one) : last] + one + text[last + len(other) :]
    with pytest.raises(UsageError, match="of the draw"):
        read(swapped)


def test_the_order_of_rows_is_free():
    lines = write("same", "not_same", "same").splitlines(keepends=True)
    assert read("".join([lines[0], *reversed(lines[1:])])).equals(read("".join(lines)))


def test_the_night_of_the_sample_is_known_after_later_ones():
    text = write("same", "same", "same")
    assert read_reviewed(text, "s.csv", [NIGHT, LATER]).night == NIGHT


@pytest.mark.parametrize(
    "nights",
    [
        (),
        (LATER,),
        (replace(NIGHT, model_id="person-2"),),
        (replace(NIGHT, published_at=NIGHT.published_at + timedelta(seconds=1)),),
    ],
    ids=["none", "later", "another model", "another home"],
)
def test_a_sample_of_another_store_is_refused(nights):
    with pytest.raises(UsageError, match="not drawn from this home's store"):
        read(write("same", "same", "same"), nights)
