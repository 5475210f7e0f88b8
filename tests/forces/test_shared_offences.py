"""Offences that several forces record: one truth, one set of people and things, many tellings."""

import re

import polars as pl
import pytest

from forces.simulator.chance import stream
from forces.simulator.methods import reword
from forces.simulator.quotes import (
    AS_IS,
    FORCE_BEFORE,
    LOWER_CASE,
    MISTYPED,
    NO_SLASHES,
    spell_quotes,
)
from forces.simulator.shared_conflicts import date_to_day
from tests.forces.simulation import Simulation, run

FORCES = ("btp", "durham", "northumbria", "west-yorkshire", "kent", "essex", "metropolitan")
KEYS = ["force", "source_record_id"]


@pytest.fixture(scope="module")
def heavy(tmp_path_factory) -> Simulation:
    return run(tmp_path_factory.mktemp("shared") / "out", FORCES, dirt="heavy", persons=6000,
               nights=1)  # fmt: skip


@pytest.fixture(scope="module")
def offences(heavy) -> pl.DataFrame:
    return heavy.table("offence_record").join(heavy.truth("offence"), on=KEYS)


@pytest.fixture(scope="module")
def shared(offences) -> pl.DataFrame:
    return offences.filter(has("shared_offence"))


def has(trap: str) -> pl.Expr:
    return pl.col("traps").list.contains(trap)


def pairs(rows: pl.DataFrame) -> pl.DataFrame:
    """Pairs of records of one true offence, the second of another force."""
    both = rows.join(rows, on="truth_offence_id", suffix="_other")
    return both.filter(pl.col("force") < pl.col("force_other"))


def bare(reference: str) -> str:
    """What is left of a reference whatever form it is quoted in."""
    return re.sub(r"\D", "", reference)


def test_a_shared_offence_stands_once_in_each_of_two_or_three_forces(shared):
    forces = shared.group_by("truth_offence_id").agg(
        records=pl.len(), forces=pl.col("force").n_unique()
    )
    assert (forces["records"] == forces["forces"]).all()
    assert set(forces["forces"]) == {2, 3}


def test_all_kinds_are_planted_and_the_railway_police_are_in_those_on_trains(shared):
    for variant in ("transfer", "fraud", "vehicle", "train", "border"):
        rows = shared.filter(has(f"shared_{variant}"))
        assert rows.height > 10, variant
        if variant == "train":
            with_btp = (pl.col("force") == "btp").any().over("truth_offence_id")
            assert rows.select(with_btp.all()).item()
            assert rows["location_text"].str.contains("RAILWAY STATION").all()


def test_a_quoted_reference_is_the_other_records_own_but_for_its_form(shared):
    quoting = shared.filter(pl.col("other_force_ref").is_not_null())
    assert quoting.height > 25
    sound = quoting.filter(~has("quote_mistyped"))
    refs = {(truth, bare(ref)): force for truth, ref, force in
            shared.select("truth_offence_id", "crime_ref", "force").iter_rows()}  # fmt: skip
    for truth, quoted, force in sound.select(
        "truth_offence_id", "other_force_ref", "force"
    ).iter_rows():
        assert refs[truth, bare(quoted)] != force
    is_plain = quoting["other_force_ref"].str.contains(r"^[0-9A-Z]{2}/\d{6}/\d{2}$")
    is_said = quoting.select(has("quote_reformatted")).to_series()
    assert (is_plain == ~is_said).all()


def test_every_form_of_a_quote_is_what_it_says():
    rows = pl.DataFrame(
        {
            "draft": [0, 1, 2, 3, 4, 5], "quotes": [None, 0, 0, 0, 0, 0],
            "quote_form": [None, AS_IS, NO_SLASHES, LOWER_CASE, FORCE_BEFORE, MISTYPED],
            "crime_ref": ["11/000123/26"] * 6, "force": ["west-mercia"] * 6,
        }
    )  # fmt: skip
    spelt = spell_quotes(rows, stream(1, "quotes"))
    *plain, wrong = spelt["other_force_ref"].to_list()
    assert plain == [
        None, "11/000123/26", "1100012326", "ref 11/000123/26", "WEST MERCIA 11/000123/26"
    ]  # fmt: skip
    assert re.fullmatch(r"11/00012[0-24-9]/26", wrong)
    assert spelt["quote_mistyped"].to_list() == [False] * 5 + [True]
    assert spelt["quote_reformatted"].to_list() == [False, False, True, True, True, False]


def test_transferred_records_quote_and_those_that_do_not_are_said(shared):
    removed = shared.filter(pl.col("status") == "transferred")
    assert removed.height > 20
    assert removed["last_outcome_code"].null_count() > 0.4 * removed.height
    is_quoting = removed["other_force_ref"].is_not_null()
    assert (is_quoting == ~removed.select(has("transfer_unquoted")).to_series()).all()


def test_the_same_people_stand_on_all_records_of_an_offence(heavy, shared):
    persons = heavy.truth("person").select(
        "force", "truth_person_id", person_source_record_id="source_record_id"
    )
    roles = heavy.table("event_role").join(shared.select(*KEYS, "truth_offence_id"), on=KEYS)
    named = roles.join(persons, on=["force", "person_source_record_id"])
    victims = named.filter(pl.col("role") == "victim")
    of_one = victims.group_by("truth_offence_id").agg(
        people=pl.col("truth_person_id").n_unique(), forces=pl.col("force").n_unique()
    )
    assert (of_one["people"] == 1).all()
    assert (of_one["forces"] > 1).mean() > 0.5
    # A suspect whom another of its forces knows is named there too.
    suspects = named.filter(pl.col("role") == "suspect")
    known = persons.select("force", "truth_person_id").unique()
    wanted = (
        suspects.select("truth_offence_id", "truth_person_id")
        .unique()
        .join(shared.select("truth_offence_id", "force"), on="truth_offence_id")
        .join(known, on=["force", "truth_person_id"], how="semi")
    )
    assert wanted.join(suspects, on=wanted.columns, how="anti").is_empty()


def test_conflicts_are_as_said(shared):
    both = pairs(shared.filter(pl.col("truth_offence_id").len().over("truth_offence_id") == 2))
    differs = both["offence_code"] != both["offence_code_other"]
    either = has("code_differs") | pl.col("traps_other").list.contains("code_differs")
    assert (differs == both.select(either).to_series()).all()
    assert 0.1 < differs.mean() < 0.7
    for code, group in shared.select("offence_code", "offence_group").iter_rows():
        assert code is not None
        assert group != "unmapped"
    reworded = pl.any_horizontal(
        has("method_reworded"), pl.col("traps_other").list.contains("method_reworded")
    )
    same = both.filter(~reworded)
    assert same.height > 5
    assert (same["method_text"] == same["method_text_other"]).all()
    day = shared.filter(has("day_only"))
    assert day.height > 10
    assert (day["occurred_precision"] == "day").all()


def test_times_overlap_where_nothing_moved_them_and_a_train_theft_always(shared):
    both = pairs(shared.filter(~has("day_only")))
    overlaps = (both["occurred_from"] <= both["occurred_to_other"]) & (
        both["occurred_from_other"] <= both["occurred_to"]
    )
    moved = has("time_shifted") | pl.col("traps_other").list.contains("time_shifted")
    assert overlaps.filter(~both.select(moved).to_series()).all()
    assert overlaps.filter(both.select(has("shared_train")).to_series()).all()


def test_two_forces_place_an_offence_at_their_border_within_two_kilometres(shared):
    both = pairs(shared.filter(has("shared_border")))
    apart = ((both["easting"] - both["easting_other"]) ** 2
             + (both["northing"] - both["northing_other"]) ** 2).sqrt()  # fmt: skip
    assert (apart < 2300).all()
    assert (apart > 100).any()


def test_a_vehicle_taken_in_one_force_is_found_in_the_other(heavy, shared):
    vehicles = heavy.table("vehicle_record").select(
        "force", "vrm", "make", object_source_record_id="source_record_id"
    )
    named = (
        heavy.table("event_object")
        .join(shared.filter(has("shared_vehicle")), on=KEYS)
        .join(vehicles, on=["force", "object_source_record_id"])
    )
    of_plan = named.group_by("truth_offence_id", "vrm").agg(
        roles=pl.col("role").unique().sort(), forces=pl.col("force").n_unique()
    ).filter(pl.col("forces") > 1)  # fmt: skip
    assert of_plan.height == shared.filter(has("shared_vehicle"))["truth_offence_id"].n_unique()
    assert (of_plan["roles"].list.join(",") == "recovered,stolen").all()


def test_near_offences_are_two_with_other_victims(heavy, offences):
    near = offences.filter(has("near_offence"))
    assert near.height >= 4
    assert not near["truth_offence_id"].is_duplicated().any()
    assert near["other_force_ref"].is_null().all()
    assert (near["truth_offence_id"].str.strip_suffix("b").value_counts()["count"] == 2).all()


def test_one_force_alone_shares_nothing(tmp_path):
    alone = run(tmp_path / "out", ("durham",), persons=400, nights=1)
    traps = alone.truth("offence")["traps"].explode(empty_as_null=False, keep_nulls=False)
    assert not {"shared_offence", "near_offence"} & set(traps)


def test_a_rewording_keeps_what_happened_in_other_words():
    texts = pl.Series("text", ["LOCK CUT AT RACK. ANGLE GRINDER", "LOCK CUT AT RACK"])
    told = reword(texts, stream(1, "words"))
    assert told.len() == 2
    assert told.str.contains("CROPPED AT CYCLE STAND").all()
    assert not told.str.contains("ANGLE GRINDER").any()


def test_a_day_alone_begins_at_local_midnight():
    noon = pl.datetime(2025, 6, 3, 11, 30)
    rows = pl.select(occurred_from=noon, occurred_to=noon, occurred_precision=pl.lit("minute"))
    [row] = date_to_day(rows, pl.Series([True])).to_dicts()
    assert str(row["occurred_from"]) == "2025-06-02 23:00:00"
    assert row["occurred_precision"] == "day"
