"""What is a key, and what is refused by which name."""

import duckdb
import pytest

from warehouse.object_keys import KINDS, keyed_sql

COLUMNS = {"vehicle": "vrm", "handset": "imei", "phone_number": "number",
           "property": "serial_number"}  # fmt: skip


def read(object_type: str, value: str | None, property_type: str | None = "LAPTOP") -> tuple:
    """``key``, ``refused`` and ``object_id`` of one record."""
    kind = KINDS[object_type]
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        con.execute(
            f"CREATE TABLE core.{kind.record_type} AS SELECT 'kent' AS force, 'niche' AS "
            "source_system, '1' AS source_record_id, $type::VARCHAR AS property_type, "
            f"$value::VARCHAR AS {COLUMNS[object_type]}",
            {"type": property_type, "value": value},
        )
        [row] = con.execute(f"SELECT key, refused, object_id FROM ({keyed_sql(kind)})").fetchall()
        return row


@pytest.mark.parametrize(
    ("object_type", "value", "key"),
    [
        ("vehicle", "ab10 xyz", "AB10XYZ"),
        ("vehicle", "A1", "A1"),
        ("vehicle", "w.ob-ab 123", "WOBAB123"),
        ("handset", "49-015420-323751-8", "490154203237518"),
        ("phone_number", "+44 7700 900123", "+447700900123"),
        ("property", "sn 1234/56", "LAPTOP|SN123456"),
    ],
)
def test_a_value_is_a_key_however_it_is_written(object_type, value, key):
    assert read(object_type, value)[:2] == (key, None)


@pytest.mark.parametrize(
    ("object_type", "value", "name"),
    [
        ("vehicle", "not known", "placeholder"),
        ("vehicle", "NO PLATE", "placeholder"),
        ("vehicle", "12345678", "placeholder"),
        ("vehicle", "UNKNOWN1", "placeholder"),
        ("vehicle", "not visible", "placeholder"),
        ("vehicle", "STOLEN", "placeholder"),
        ("vehicle", "XXXXXXX", "one character repeated"),
        ("vehicle", "A", "too short"),
        ("vehicle", "NEAR THE SHOP", "too long"),
        ("handset", "49015420323751", "not 15 digits"),
        ("handset", "490154203237519", "wrong check digit"),
        ("handset", "000000000000000", "one character repeated"),
        ("handset", "004999010640000", "placeholder"),
        ("phone_number", "999", "not 7 to 15 digits"),
        ("phone_number", "+440000000000", "one character repeated"),
        ("phone_number", "+441234567890", "placeholder"),
        ("phone_number", "+447000000000", "last seven digits the same"),
        ("phone_number", "+441910000000", "last seven digits the same"),
        ("property", "N/A", "placeholder"),
        ("property", "12345678", "placeholder"),
        ("property", "not available", "placeholder"),
        ("property", "UNREADABLE", "placeholder"),
        ("property", "NO NUMBER", "no digit"),
        ("property", "A123", "too short"),
        ("property", "00000000", "one character repeated"),
    ],
)
def test_a_value_that_identifies_nothing_is_refused_by_name(object_type, value, name):
    assert read(object_type, value) == (None, name, None)


@pytest.mark.parametrize("property_type", [None, " ", "unknown", "N/A", "Not known"])
def test_an_item_of_which_nobody_says_what_it_is_has_no_key(property_type):
    assert read("property", "SN123456", property_type) == (None, "no property type", None)


@pytest.mark.parametrize("object_type", KINDS)
@pytest.mark.parametrize("value", [None, "", "   "])
def test_no_value_is_neither_a_key_nor_refused(object_type, value):
    assert read(object_type, value) == (None, None, None)


def test_a_serial_number_is_told_by_its_kind_of_item():
    laptop, phone = (read("property", "SN123456", kind) for kind in ("laptop ", "PHONE"))
    assert laptop[0] == "LAPTOP|SN123456"
    assert laptop[2] != phone[2]
    assert read("property", "SN123456", None) == (None, "no property type", None)


def test_an_id_is_a_letter_and_half_a_hash_of_type_and_key():
    # printf 'vehicle|AB10XYZ' | sha256sum
    assert read("vehicle", "AB10XYZ")[2] == "V-9c665ac46bbd8696"


@pytest.mark.parametrize("place", range(15))
def test_the_check_digit_finds_every_single_wrong_digit(place):
    imei = "490154203237518"
    for digit in set("0123456789") - {imei[place]}:
        wrong = imei[:place] + digit + imei[place + 1 :]
        assert read("handset", wrong)[1] == "wrong check digit"
