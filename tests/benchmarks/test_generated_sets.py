import polars as pl
import pytest

from benchmarks.crowd_sets import make_crowd_sets
from benchmarks.generated_sets import make_generated_sets, make_households
from benchmarks.splink_tutorials import TUTORIALS


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    return make_households(3000, seed=1)


def test_kin_of_a_household_share_address_and_telephone_and_mostly_surname(people):
    homes = people.group_by("household").agg(
        pl.col("address", "postcode", "phone", "surname").n_unique(), size=pl.len()
    )
    assert homes["size"].max() == 6
    assert homes.select("address", "postcode", "phone").max().row(0) == (1, 1, 1)
    assert 0.7 < (homes["surname"] == 1).mean() < 0.9


def test_children_are_younger_than_their_parents_and_some_are_twins(people):
    placed = people.with_columns(place=pl.int_range(pl.len()).over("household"))
    parent = pl.col("birth").filter(pl.col("place") == 0).first().over("household")
    children = placed.with_columns(parent=parent).filter(pl.col("place") >= 2)
    assert (children["birth"] > children["parent"]).all()
    assert children.select("household", "birth").is_duplicated().any()


@pytest.mark.parametrize("make", [make_generated_sets, make_crowd_sets])
def test_the_sets_are_the_same_for_a_seed_and_each_has_a_tutorial_and_duplicates(make):
    first, again = make(3), make(3)
    for one, other in zip(first, again, strict=True):
        assert one.flat.equals(other.flat)
        assert one.tutorial in TUTORIALS
        assert one.flat["true_person"].n_unique() < one.flat.height


def test_what_a_set_is_not_to_hold_is_delivered_nowhere():
    sets = {given.name: given for given in make_generated_sets()}
    years = sets["households, birth years only"].deliveries["census"]
    assert "birth_date" not in years["person_record"].columns
    members = sets["members, no births"].deliveries["census"]["person_record"].columns
    assert members == ["source_record_id", "forename", "surname"]
    assert list(sets["households"].deliveries) == ["census", "survey"]
    holders = {
        name
        for name, given in sets.items()
        if any("person_identifier" in tables for tables in given.deliveries.values())
    }
    assert holders == {"one policy a household"}
    assert list(sets["one telephone a household"].deliveries["census"]) == [
        "person_record",
        "person_contact",
    ]
    nameless = sets["no forenames"].deliveries["survey"]
    assert "forename" not in nameless["person_record"].columns
    assert "person_contact" not in nameless


def test_a_crowd_shares_its_home_and_its_telephone_with_those_who_give_no_own():
    for given in make_crowd_sets():
        crowds = given.flat.group_by("crowd").agg(
            pl.col("address", "locality", "postcode").n_unique(),
            forenames=pl.col("forename").n_unique(),
            common=pl.col("phone").unique_counts().max() / pl.len(),
        )
        assert crowds.select("address", "locality", "postcode").max().row(0) == (1, 1, 1)
        assert crowds["forenames"].min() > 12  # More than a household has.
        assert 0.4 < crowds["common"].mean() < 0.8
        own = given.flat.filter(pl.col("phone").is_unique().over("crowd"))
        assert own.height


def test_births_are_known_as_each_crowd_knows_them():
    sets = {given.name: given for given in make_crowd_sets()}
    assert "birth_date" not in sets["halls of residence"].flat.columns
    part = sets["hostels, births in part"].flat["birth_date"]
    first = (part.dt.month() == 1) & (part.dt.day() == 1)
    assert 0.18 < part.is_null().mean() < 0.22
    assert 0.18 < first.fill_null(False).mean() < 0.22
    canteen = sets["staff of companies"].deliveries["canteen"]["person_record"]
    assert canteen["birth_date"].null_count() == canteen.height
    kinds = sets["staff of companies"].deliveries["payroll"]["person_contact"]["type"]
    assert set(kinds) == {"phone", "email"}
