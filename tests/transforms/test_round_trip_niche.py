"""What a niche-like extract says is what the contract's tables say, and nothing is lost."""

import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from forces.declaration import load_declarations
from forces.simulator.renderers.niche import FAULTS, RENDERER, write
from tests.transforms.clean_extract import DAY, make_extract
from tests.transforms.round_trip import assert_same, findings, quarantine, stage_folder, table
from transforms.places import locate
from transforms.profiles import profile
from transforms.systems.niche import DELETED, SYSTEM

DECLARED = {"northumbria": load_declarations()["northumbria"]}
PLACES = ("easting", "northing", "longitude", "latitude", "h3_r8", "h3_r9", "bng_250m")
# What a niche-like extract does not carry, and why.
NOT_CARRIED = {
    # The code as received is the Home Office's own.
    "offence_record": ("offence_code_raw",),
    # An outcome has no place of its own there.
    "outcome": ("location_text", "postcode", "location_precision", *PLACES),
    # No master id ties nominals.
    "person_record": ("source_person_ref",),
}


def stage(folder):
    """The delivery as opened: its zip unpacked."""
    (archive,) = folder.glob("*.zip")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder / "unpacked")
    return stage_folder(SYSTEM, folder / "unpacked", DECLARED, DAY)


def as_niche_can_hold(extract):
    """The extract in letters of cp1252, codes of 16+1 and whole metres."""
    return replace(extract, tables={n: _narrow(rows) for n, rows in extract.tables.items()})


def _narrow(rows):
    texts = [pl.Series(n, [_cp1252(v) for v in rows[n]], dtype=pl.String)
             for n, kind in rows.schema.items() if kind == pl.String]  # fmt: skip
    rows = rows.with_columns(texts)
    if "sex" in rows.columns:
        narrower = {"W3": "W9", "O2": "O9"}
        rows = rows.with_columns(pl.col("ethnicity_self_defined").replace(narrower))
    if "easting" in rows.columns:
        none = pl.lit(None, pl.Float64)
        grid = [pl.col(name).round(0) for name in ("easting", "northing")]
        whole = rows.with_columns(*grid, longitude=none, latitude=none)
        rows = locate(whole, None, profile("GB"))[0]
    return rows


def _cp1252(value):
    return value and value.encode("cp1252", errors="replace").decode("cp1252")


@settings(max_examples=3, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 2**32 - 1))
def test_a_clean_extract_comes_back_as_it_was_sent(seed):
    extract, _ = make_extract(RENDERER, DECLARED, seed)
    with TemporaryDirectory() as folder:
        assert sum(write(Path(folder), extract).values()) == 0
        staged = stage(Path(folder))
    assert quarantine(staged).is_empty()
    # Chinese is always sent as O1 there.
    assert set(findings(staged)["rule"]) <= {"ethnicity_o1_is_a4"}
    for name, sent in as_niche_can_hold(extract).tables.items():
        assert_same(staged, sent, name, NOT_CARRIED.get(name, ()))


def test_every_kind_of_record_that_has_an_id_can_be_deleted(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 3)
    kept = ("force", "source_record_id", "operation")
    gone = {
        name: extract.tables[name].with_columns(
            pl.lit("delete").alias("operation"),
            pl.exclude(*kept).map_batches(lambda s: s.clear(len(s))),
        )
        for name in DELETED.values()
    }
    write(tmp_path, replace(extract, tables=gone))
    staged = stage(tmp_path)
    assert quarantine(staged).is_empty()
    for name, sent in gone.items():
        assert_same(staged, sent.select(kept), name)


@pytest.mark.parametrize("instant", ["2025-10-26T00:30:00", "2025-10-26T01:30:00"])
def test_both_passes_of_the_repeated_hour_come_back_as_the_earlier_and_say_so(tmp_path, instant):
    extract, _ = make_extract(RENDERER, DECLARED, 1)
    offences = extract.tables["offence_record"].with_columns(
        occurred_from=pl.lit(instant).str.to_datetime(time_unit="us"),
        occurred_precision=pl.lit("minute"),
    )
    write(tmp_path, replace(extract, tables={"offence_record": offences}))
    came = table(stage(tmp_path), "offence_record")
    assert came["occurred_from"].cast(pl.String).unique().to_list() == [
        "2025-10-26 00:30:00.000000"
    ]
    assert came["is_time_ambiguous"].all()


def test_an_offence_dated_to_a_day_comes_back_dated_to_the_local_day(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 1)
    # Midnight of 1 July in London.
    midnight = pl.lit("2025-06-30T23:00:00").str.to_datetime(time_unit="us")
    offences = extract.tables["offence_record"].with_columns(
        occurred_from=midnight, occurred_precision=pl.lit("day")
    )
    write(tmp_path, replace(extract, tables={"offence_record": offences}))
    came = table(stage(tmp_path), "offence_record")
    assert came["occurred_on"].cast(pl.String).unique().to_list() == ["2025-07-01"]
    assert came["occurred_precision"].unique().to_list() == ["day"]
    assert came["occurred_from"].cast(pl.String).unique().to_list() == [
        "2025-06-30 23:00:00.000000"
    ]


def test_ethnicity_codes_that_16_plus_1_lacks_fall_to_their_group_and_chinese_survives(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 2, people=4)
    sent = pl.Series("ethnicity_self_defined", ["A4", "W3", "O2", "W1"])
    persons = extract.tables["person_record"].with_columns(sent)
    write(tmp_path, replace(extract, tables={"person_record": persons}))
    came = table(stage(tmp_path), "person_record")
    by_id = dict(came.select("source_record_id", "ethnicity_self_defined").iter_rows())
    assert [by_id[i] for i in persons["source_record_id"]] == ["A4", "W9", "O9", "W1"]


def test_letters_that_cp1252_lacks_are_lost_and_those_it_has_are_kept(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 2, people=2)
    persons = extract.tables["person_record"].with_columns(
        pl.Series("surname", ["ŁUKASIK", "ZOË-ŠEVČÍK"])
    )
    write(tmp_path, replace(extract, tables={"person_record": persons}))
    came = table(stage(tmp_path), "person_record")
    assert set(came["surname"]) == {"?UKASIK", "ZOË-ŠEV?ÍK"}


def test_each_fault_is_planted_and_counted_at_a_rate_of_one(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 5, people=30)
    for fault in FAULTS:
        folder = tmp_path / fault.name
        folder.mkdir(exist_ok=True)
        assert write(folder, replace(extract, rates={fault.name: 1.0}))[fault.name] > 0


def test_dirt_of_form_is_mended_and_dirt_of_fact_is_counted(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 6, people=30)
    mended = ("lower_case", "trailing_blank", "curly_apostrophe", "postcode_spacing")
    dirty = replace(extract, rates=dict.fromkeys(mended, 1.0))
    assert write(tmp_path, dirty)["lower_case"] > 0
    staged = stage(tmp_path)
    assert quarantine(staged).is_empty()
    for name, sent in as_niche_can_hold(extract).tables.items():
        assert_same(staged, sent, name, NOT_CARRIED.get(name, ()))


def test_faults_of_fact_are_counted_by_name_as_often_as_they_were_planted(tmp_path):
    rules = {
        "placeholder_name": "placeholder_name_not_entered",
        "placeholder_birth": "placeholder_birth_date",
        "unknown_offence_code": "offence_code_unmapped",
        "no_coordinates": "no_location",
    }
    extract, _ = make_extract(RENDERER, DECLARED, 7, people=40)
    planted = write(tmp_path, replace(extract, rates=dict.fromkeys(rules, 0.5)))
    staged = stage(tmp_path)
    assert quarantine(staged).is_empty()
    met = findings(staged).group_by("rule").agg(pl.col("failed").cast(pl.Int64).sum())
    counted = dict(met.iter_rows())
    for fault, rule in rules.items():
        assert counted[rule] == planted[fault] > 0, fault


def test_two_renderings_of_one_extract_are_the_same_bytes(tmp_path):
    extract, _ = make_extract(RENDERER, DECLARED, 8)
    archives = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, replace(extract, rates={"lower_case": 0.5}))
        (path,) = (tmp_path / name).iterdir()
        archives.append(path.read_bytes())
    assert archives[0] == archives[1]
