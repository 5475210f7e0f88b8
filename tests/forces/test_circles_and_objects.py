"""Circles offend together, hubs hold dozens, and things are met again: as the truth says."""

from datetime import timedelta

import polars as pl
import pytest

from forces.declaration import load_declarations
from tests.forces.simulation import Simulation, run

KEYS = ["force", "source_record_id"]


@pytest.fixture(scope="module")
def nation(tmp_path_factory) -> Simulation:
    folder = tmp_path_factory.mktemp("circles") / "out"
    return run(folder, tuple(load_declarations()), persons=12_000, nights=1)


@pytest.fixture(scope="module")
def named(nation) -> pl.DataFrame:
    """Roles with the true person, and the circle, null for none."""
    persons = nation.truth("person").select(
        "force", "truth_person_id", person_source_record_id="source_record_id"
    )
    roles = nation.table("event_role").join(persons, on=["force", "person_source_record_id"])
    return roles.join(nation.truth("circle"), on="truth_person_id", how="left")


def test_a_circle_has_three_to_ten_people_who_are_in_no_other(nation):
    circles = nation.truth("circle")
    sizes = circles.group_by("truth_circle_id").len()["len"]
    assert sizes.len() > 20
    assert sizes.min() >= 3
    assert sizes.max() <= 10
    assert not circles["truth_person_id"].is_duplicated().any()
    homes = nation.truth("person").join(circles, on="truth_person_id")
    forces = homes.group_by("truth_circle_id").agg(pl.col("force").n_unique())["force"]
    assert (forces > 1).any()


def test_members_of_a_circle_are_suspects_of_the_same_offences_and_arrested_together(nation, named):
    suspects = named.filter(pl.col("role") == "suspect").drop_nulls("truth_circle_id")
    together = suspects.group_by(*KEYS, "truth_circle_id").agg(people=pl.len())
    together = together.filter(pl.col("people") > 1)
    assert together.height > 100
    custody = nation.table("custody").join(
        together, left_on=["force", "offence_source_record_id"], right_on=KEYS
    )
    arrests = custody.group_by("force", "offence_source_record_id").agg(
        pl.len(), span=pl.col("arrested_at").max() - pl.col("arrested_at").min()
    )
    several = arrests.filter(pl.col("len") > 1)
    assert several.height > 20
    assert (several["span"] <= timedelta(hours=4)).mean() > 0.8


def test_a_hub_is_the_address_or_the_telephone_of_dozens(nation):
    hubs = nation.truth("hub")
    people = nation.truth("person").select(*KEYS, "truth_person_id")
    assert set(hubs["kind"]) == {"address", "phone"}
    homes = nation.table("person_address").join(people, on=KEYS).with_columns(
        value=pl.concat_str("postcode", pl.col("address").str.split(" ").list.first(),
                            separator=" ")
    )  # fmt: skip
    calls = nation.table("person_contact").join(people, on=KEYS)
    for kind, value, _ in hubs.iter_rows():
        at = (homes if kind == "address" else calls).filter(pl.col("value") == value)
        assert at["truth_person_id"].n_unique() >= 5, kind
    usual = homes.group_by("value").agg(pl.col("truth_person_id").n_unique())
    crowded = usual.filter(pl.col("truth_person_id") > 10)["value"]
    assert set(crowded) <= set(hubs["value"])


def things(nation: Simulation, table: str) -> pl.DataFrame:
    truth = nation.truth("object").filter(pl.col("object_type") == table)
    return nation.table(table).join(truth, on=KEYS)


def test_one_thing_has_one_number_but_where_the_truth_says_that_it_is_wrong(nation):
    for table, number in (
        ("vehicle_record", "vrm"), ("phone_record", "imei"), ("property_record", "serial_number")
    ):  # fmt: skip
        rows = things(nation, table).drop_nulls(number)
        assert rows.height == things(nation, table).drop_nulls(number)["source_record_id"].len()
        sound = rows.filter(
            (pl.col("traps").list.len() == 0) | pl.col("traps").list.contains("cloned_plate")
        )
        numbers = sound.group_by("truth_object_id").agg(
            pl.col(number).n_unique(), pl.len(), pl.col("force").n_unique()
        )
        assert (numbers[number] == 1).all(), table
        again = numbers.filter(pl.col("len") > 1)
        assert again.height > 20, table
        assert (again["force"] > 1).sum() > 3, table
        wrong = rows.filter(pl.col("traps").list.len() > 0).filter(
            ~pl.col("traps").list.contains("cloned_plate")
        )
        right = sound.select("truth_object_id", right=number).unique()
        differs = wrong.join(right, on="truth_object_id")
        assert (differs[number] != differs["right"]).all(), table


def test_a_mark_that_is_confused_is_the_same_once_look_alikes_are_folded(nation):
    vehicles = things(nation, "vehicle_record")
    folded = pl.col("vrm").str.replace_many(["O", "I", "S", " "], ["0", "1", "5", ""])
    wrong = vehicles.filter(
        pl.col("traps").list.contains("vrm_confused") | pl.col("traps").list.contains("vrm_spaced")
    )
    assert wrong.height > 3
    marks = vehicles.with_columns(folded=folded).join(
        wrong.select("truth_object_id"), on="truth_object_id", how="semi"
    )
    assert (marks.group_by("truth_object_id").agg(pl.col("folded").n_unique())["folded"] == 1).all()


def test_a_cloned_mark_is_on_two_makes_met_far_apart_within_minutes(nation):
    clones = things(nation, "vehicle_record").filter(pl.col("traps").list.contains("cloned_plate"))
    seen = nation.table("event_object").filter(pl.col("object_type") == "vehicle_record")
    events = seen.join(
        clones.select("force", "vrm", "make", object_source_record_id="source_record_id"),
        on=["force", "object_source_record_id"],
    ).join(nation.table("offence_record"), on=KEYS)  # fmt: skip
    of_mark = events.group_by("vrm").agg(
        pl.len(), pl.col("make").n_unique(), pl.col("force").n_unique(),
        span=pl.col("occurred_from").max() - pl.col("occurred_from").min(),
        apart=pl.col("northing").max() - pl.col("northing").min()
        + pl.col("easting").max() - pl.col("easting").min(),
    )  # fmt: skip
    assert of_mark.height >= 3
    for column in ("len", "make", "force"):
        assert (of_mark[column] == 2).all()
    assert (of_mark["span"] <= timedelta(minutes=20)).all()
    assert (of_mark["apart"] > 20_000).all()
