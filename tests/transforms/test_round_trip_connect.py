"""What connect-like change events say is what the contract's tables say, in either form."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forces.declaration import load_declarations
from forces.simulator.renderers.connect import RENDERER, write
from tests.transforms.clean_extract import DAY, make_extract
from tests.transforms.round_trip import assert_same, findings, quarantine, stage_folder, table
from transforms.systems.connect import SYSTEM

FORMS = {"xml": "lancashire", "ndjson": "metropolitan"}
DECLARED = load_declarations()
GRID = ("easting", "northing")
# What connect-like change events do not carry, and why.
NOT_CARRIED = {
    # Its code is of another list; the grid is told from the degrees, to the millimetre.
    "offence_record": ("offence_code_raw", *GRID),
    "incident": GRID,
    "stop_search": GRID,
    # The place is the offence's.
    "outcome": ("location_text", "postcode", "location_precision", "longitude", "latitude", *GRID,
                "h3_r8", "h3_r9", "bng_250m"),
    # Only ever the person's own words and code; 16+1 has no W3 and O2.
    "person_record": ("ethnicity_observed", "ethnicity_self_defined"),
}  # fmt: skip
COARSER = {"W3": "W9", "O2": "O9"}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=3)
@given(seed=st.integers(0, 2**32 - 1))
def test_clean_change_events_come_back_as_they_were_sent(form, seed):
    declared = {FORMS[form]: DECLARED[FORMS[form]]}
    assert declared[FORMS[form]].form == form
    extract, _ = make_extract(RENDERER, declared, seed)
    with TemporaryDirectory() as folder:
        assert sum(write(Path(folder), extract).values()) == 0
        staged = stage_folder(SYSTEM, Path(folder), declared, DAY)
    assert quarantine(staged).is_empty()
    assert set(findings(staged)["rule"]) <= {"ethnicity_o1_is_a4"}
    for name, sent in extract.tables.items():
        assert_same(staged, sent, name, NOT_CARRIED.get(name, ()))
    key, code = "source_record_id", "ethnicity_self_defined"
    sent = extract.tables["person_record"].sort(key)[code].replace(COARSER)
    assert table(staged, "person_record").sort(key)[code].equals(sent)


@pytest.mark.parametrize("form", FORMS)
def test_a_deletion_comes_back_as_one_with_nothing_but_its_id(tmp_path, form):
    declared = {FORMS[form]: DECLARED[FORMS[form]]}
    extract, _ = make_extract(RENDERER, declared, 5)
    persons = extract.tables["person_record"]
    ids = ("force", "source_record_id")
    deleted = persons.select(
        pl.col(name) if name in ids else pl.lit(None, kind).alias(name)
        for name, kind in persons.schema.items()
    ).with_columns(operation=pl.lit("delete"))
    write(tmp_path, replace(extract, tables={"person_record": deleted}))
    staged = stage_folder(SYSTEM, tmp_path, declared, DAY)
    assert quarantine(staged).is_empty()
    assert findings(staged).is_empty()
    assert_same(staged, deleted, "person_record")
