"""What an athena-like extract says is what the contract's tables say, and nothing is lost."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forces.declaration import load_declarations
from forces.simulator.renderers.athena import RENDERER, write
from tests.transforms.clean_extract import DAY, make_extract
from tests.transforms.round_trip import assert_same, findings, quarantine, stage_folder, table
from transforms.systems.athena import SYSTEM

DECLARED = {force: load_declarations()[force] for force in ("essex", "kent")}
PLACES = ("easting", "northing", "longitude", "latitude", "h3_r8", "h3_r9", "bng_250m")
# What an athena-like extract does not carry, and why.
NOT_CARRIED = {
    # The URN is both key and reference.
    "offence_record": ("crime_ref", "offence_code_raw", "location_precision"),
    "outcome": ("crime_ref", "location_text", "postcode", "location_precision", *PLACES),
    "incident": ("incident_ref", "location_precision"),
    "custody": ("custody_ref",),
    # Coordinates are the centre of the postcode: their precision is that, not exact.
    "stop_search": ("location_precision",),
    # The NominalRef itself ties the region's records to one person.
    "person_record": ("source_person_ref",),
}


@settings(max_examples=4)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_clean_extract_comes_back_as_it_was_sent(seed):
    extract, gazetteer = make_extract(RENDERER, DECLARED, seed)
    with TemporaryDirectory() as folder:
        assert sum(write(Path(folder), extract).values()) == 0
        staged = stage_folder(SYSTEM, Path(folder), DECLARED, DAY, gazetteer)
    assert quarantine(staged).is_empty()
    assert findings(staged).is_empty()
    for name, sent in extract.tables.items():
        assert_same(staged, sent, name, NOT_CARRIED.get(name, ()))
    offences = table(staged, "offence_record")
    assert set(offences["location_precision"]) == {"postcode"}
    assert (offences["crime_ref"] == offences["source_record_id"]).all()


@pytest.mark.parametrize("instant", ["2025-10-26T00:30:00", "2025-10-26T01:30:00"])
def test_both_passes_of_the_repeated_hour_come_back_as_the_earlier_and_say_so(tmp_path, instant):
    extract, gazetteer = make_extract(RENDERER, DECLARED, 1)
    offences = extract.tables["offence_record"].with_columns(
        occurred_from=pl.lit(instant).str.to_datetime(time_unit="us"),
        occurred_precision=pl.lit("minute"),
    )
    write(tmp_path, replace(extract, tables={**extract.tables, "offence_record": offences}))
    came = table(stage_folder(SYSTEM, tmp_path, DECLARED, DAY, gazetteer), "offence_record")
    assert came["occurred_from"].cast(pl.String).unique().to_list() == [
        "2025-10-26 00:30:00.000000"
    ]
    assert came["is_time_ambiguous"].all()
