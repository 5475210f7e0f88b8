"""Febrl and fake_1000 become deliveries that say what their files say."""

from datetime import date

import polars as pl
import pytest

from benchmarks.linkage_set import NIGHT, make_set, write_deliveries
from benchmarks.public_sets import fake_1000_set, febrl_set, names_and_addresses, read_public_sets
from forces.declaration import load_declarations
from transforms.collect import collect
from transforms.planning import plan_night
from transforms.standardise import standardise
from warehouse.batch import Batch
from warehouse.home import Home

FEBRL = """\
rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, \
date_of_birth, soc_sec_id
rec-7-org, mitchell, green, 7, wallaby place, delmar, cleveland, 2119, sa, 19560409, 1804974
rec-7-dup-0, , gren, , wallaby place, , , 2119, , 19560431, 1804974
rec-12-org, ella, stone, 4, , , marsden, , nsw, , 
"""  # noqa: W291
FAKE = """\
unique_id,first_name,surname,dob,city,email,cluster
0,Robert,Alan,1971-06-24,,robert255@smith.net,5
1,Rob,Alan,1971-06-24,London,,5
2,Grace,,1997-04-26,Hull,,6
"""


@pytest.fixture
def febrl(tmp_path):
    file = tmp_path / "febrl.csv"
    file.write_text(FEBRL)
    return febrl_set("febrl3", {"febrl-three": file})


def test_a_febrl_record_and_its_duplicate_are_of_one_true_person(febrl):
    assert febrl.flat.select("source_record_id", "true_person").rows() == [
        ("rec-12-org", "12"),
        ("rec-7-dup-0", "7"),
        ("rec-7-org", "7"),
    ]


def test_a_febrl_birth_date_that_is_no_date_is_left_empty(febrl):
    assert febrl.deliveries["febrl-three"]["person_record"].rows() == [
        ("rec-7-org", "green", "mitchell", date(1956, 4, 9)),
        ("rec-7-dup-0", "gren", None, None),
        ("rec-12-org", "stone", "ella", None),
    ]


def test_febrl_numbers_and_addresses_stand_where_they_are_known(febrl):
    tables = febrl.deliveries["febrl-three"]
    assert tables["person_identifier"].rows() == [
        ("rec-7-org", "other", "1804974"),
        ("rec-7-dup-0", "other", "1804974"),
    ]
    assert tables["person_address"].rows() == [
        ("rec-7-org", "7 wallaby place delmar", "cleveland", "2119"),
        ("rec-7-dup-0", "wallaby place", None, "2119"),
        ("rec-12-org", "4", "marsden", None),
    ]


def test_a_set_cut_to_names_and_addresses_has_the_records_and_nothing_else(febrl):
    cut = names_and_addresses(febrl)
    tables = cut.deliveries["febrl-three"]
    assert {name: set(rows.columns) for name, rows in tables.items()} == {
        "person_record": {"source_record_id", "forename", "surname"},
        "person_address": {"source_record_id", "address", "locality", "postcode"},
    }
    kept = ("unique_id", "force", "source_record_id", "true_person")
    assert cut.flat.select(kept).equals(febrl.flat.select(kept))
    assert cut.flat["address"].to_list() == [None, None, "7 wallaby place"]


def test_fake_1000_keeps_its_clusters_as_the_truth(tmp_path):
    file = tmp_path / "fake_1000.csv"
    file.write_text(FAKE)
    given = fake_1000_set(file)
    assert given.flat["true_person"].to_list() == ["5", "5", "6"]
    tables = given.deliveries["fake-thousand"]
    assert tables["person_record"].rows()[0] == ("0", "Alan", "Robert", "1971-06-24")
    assert tables["person_address"].rows() == [("1", "London"), ("2", "Hull")]
    assert tables["person_contact"].rows() == [("0", "email", "robert255@smith.net")]


def test_the_deliveries_are_read_by_the_standard_form_without_a_loss(febrl, tmp_path):
    write_deliveries(febrl, tmp_path / "set")
    home = Home.of(tmp_path / "home")
    [batch] = _standardise(home, tmp_path / "set")
    assert not batch.is_held
    assert batch.received == {"person_record": 3, "person_identifier": 2, "person_address": 3}


def _standardise(home, folder) -> list[Batch]:
    declared = load_declarations(folder / "forces")
    batches = []
    for deliverer in plan_night(home, folder / "deliveries", NIGHT, declared):
        collect(home, NIGHT, deliverer)
        ids = standardise(home, NIGHT, deliverer, declared)
        batches += [Batch.read(home.staged(batch_id)) for batch_id in ids]
    return batches


def test_records_are_numbered_in_order_of_their_keys():
    flat = pl.DataFrame({"force": ["b", "a"], "source_record_id": ["1", "2"]})
    numbered = make_set("any", {}, flat, "febrl3").flat
    assert numbered.select("unique_id", "force").rows() == [(0, "a"), (1, "b")]


@pytest.mark.shared_data
def test_the_public_files_hold_the_records_and_persons_that_are_known_of_them(shared_data):
    sets = read_public_sets(shared_data / "linkage")
    counts = {s.name: (s.flat.height, s.flat["true_person"].n_unique()) for s in sets}
    assert counts == {
        "febrl3": (5000, 2000),
        "febrl4": (10_000, 5000),
        "fake_1000": (1000, 251),
        "febrl3, names and addresses": (5000, 2000),
        "febrl4, names and addresses": (10_000, 5000),
    }
    assert list(sets[1].deliveries) == ["febrl-four-a", "febrl-four-b"]
