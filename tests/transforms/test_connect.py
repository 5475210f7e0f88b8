from datetime import date
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from forces.declaration import load_declarations
from tests.transforms.round_trip import assert_golden, stage_folder, table
from transforms.mapping import Delivery
from transforms.systems.connect import SYSTEM
from warehouse.errors import DeliveryError

DAY = date(2025, 11, 3)
GOLDEN = Path(__file__).parents[1] / "golden" / "connect"
DECLARED = load_declarations()
FORCES = ("west-midlands", "metropolitan")


def stage(force):
    return stage_folder(SYSTEM, GOLDEN / force / "2025-11-03", {force: DECLARED[force]}, DAY)


@pytest.fixture(params=FORCES)
def force(request, tmp_path):
    copytree(GOLDEN / request.param / "2025-11-03", tmp_path / "delivery")
    return request.param


def delivery(tmp_path, force):
    folder = tmp_path / "delivery"
    files = tuple(path.name for path in folder.iterdir())
    return Delivery(folder, files, force, DAY, (DECLARED[force],))


def rewrite(tmp_path, old, new):
    (path,) = (tmp_path / "delivery").iterdir()
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("name", FORCES)
def test_golden_change_events_become_the_golden_tables(name):
    assert_golden(stage(name), GOLDEN / name / "expected")


def test_events_on_one_record_keep_their_order():
    persons = table(stage("west-midlands"), "person_record").filter(
        pl.col("source_record_id") == "100000001"
    )
    assert persons.sort("sequence")["surname"].to_list() == ["KAUR & GILL", "GILL"]


def test_what_belongs_to_a_record_stays_though_the_record_has_a_later_event():
    addresses = table(stage("west-midlands"), "person_address")
    assert addresses["operation"].to_list() == ["upsert", "upsert"]


def test_a_deletion_covers_what_belonged_to_the_record():
    staged = stage("west-midlands")["west-midlands"]
    assert "person_record:100000004" in staged.batch.covers["person_address"]


def test_the_delivery_says_what_it_is(tmp_path, force):
    control = SYSTEM.control(delivery(tmp_path, force))
    assert (control.kind, control.environment) == ("delta", "live")
    assert control.declared["Person"] == {"west-midlands": 5, "metropolitan": 2}[force]


def test_only_what_says_that_it_is_live_is_live(tmp_path, force):
    rewrite(tmp_path, '"LIVE"', '"TRAINING"')
    assert SYSTEM.control(delivery(tmp_path, force)).environment == "test"


def test_an_unknown_kind_of_delivery_is_held(tmp_path, force):
    rewrite(tmp_path, '"DELTA"', '"PARTIAL"')
    with pytest.raises(DeliveryError) as error:
        SYSTEM.control(delivery(tmp_path, force))
    assert error.value.rule == "header_unreadable"


def test_events_of_an_unknown_entity_hold_the_delivery(tmp_path, force):
    replaced = {"west-midlands": 'entity="Vehicle"', "metropolitan": '"entity": "Telephone"'}[force]
    rewrite(tmp_path, replaced, replaced.rstrip('"') + 'X"')
    with pytest.raises(DeliveryError) as error:
        SYSTEM.read(delivery(tmp_path, force))
    assert error.value.rule == "unknown_entity"


def test_a_line_that_cannot_be_read_is_put_to_the_entity_that_is_short_of_it(tmp_path):
    copytree(GOLDEN / "metropolitan" / "2025-11-03", tmp_path / "delivery")
    rewrite(tmp_path, '{"seq": 8, "op"', '{"seq": 8, op"')
    read = SYSTEM.read(delivery(tmp_path, "metropolitan"))
    assert read["Telephone"].frame.is_empty()
    assert read["Telephone"].rejects["source_row"].to_list() == [8]


def test_an_xml_file_cut_short_holds_the_delivery(tmp_path):
    folder = copytree(GOLDEN / "west-midlands" / "2025-11-03", tmp_path / "delivery")
    path = folder / "change_events.xml"
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(DeliveryError) as error:
        SYSTEM.read(delivery(tmp_path, "west-midlands"))
    assert error.value.rule == "truncated_xml"


def test_an_xml_entity_bomb_holds_the_delivery_before_it_is_read(tmp_path):
    folder = tmp_path / "delivery"
    folder.mkdir()
    bomb = '<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ChangeEvents deliveryId="&b;"/>'
    (folder / "change_events.xml").write_text(bomb)
    with pytest.raises(DeliveryError) as error:
        SYSTEM.control(delivery(tmp_path, "west-midlands"))
    assert error.value.rule == "xml_entity"


def test_other_files_are_not_taken_for_change_events():
    assert SYSTEM.recognise(("change_events.ndjson",))
    assert not SYSTEM.recognise(("CONTROL.txt", "nominal.txt", "ihub.json"))
