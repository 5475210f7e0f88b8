"""Readers: what is clean is read, what is not is rejected or refused by name."""

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.mapping import Entity
from transforms.readers import (
    combine,
    delimited,
    explode,
    flatten,
    pick,
    read_delimited,
    read_edge_lines,
    read_json_document,
    read_json_lines,
    read_json_value,
    read_ndjson,
    read_xml_events,
    read_xml_root,
    xml_events,
)
from transforms.readers.careful import read_carefully
from transforms.readers.layout_check import is_clean
from transforms.readers.shape import ROW
from warehouse.errors import DeliveryError

PERSON = Entity("person", ("PersonId", "Surname", "Town"), ("Note",))


def _read(folder: Path, data: bytes, **options):
    path = folder / "persons.csv"
    path.write_bytes(data)
    records = read_delimited(path, file="persons.csv", entity=PERSON, **options)
    return records, list(records.extra)


def _rules(records) -> list[tuple[int, str]]:
    return records.rejects.select("source_row", "rule").rows()


def _refusal(folder: Path, data: bytes, **options) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        _read(folder, data, **options)
    return caught.value


def test_a_clean_file_is_read_as_text_with_nulls_rows_and_missing_optional_columns(tmp_path):
    records, extra = _read(tmp_path, b'PersonId,Surname,Town\r\n007,"O,""B",\r\n2,X,"a\nb"\r\n')
    assert records.frame.to_dicts() == [
        {"PersonId": "007", "Surname": 'O,"B', "Town": None, "Note": None,
         "source_file": "persons.csv", "source_row": 1},
        {"PersonId": "2", "Surname": "X", "Town": "a\nb", "Note": None,
         "source_file": "persons.csv", "source_row": 2},
    ]  # fmt: skip
    assert records.frame.schema["PersonId"] == pl.String
    assert records.frame.schema["source_row"] == pl.Int64
    assert records.rejects.is_empty()
    assert extra == []


def test_an_extra_column_is_kept_aside_and_named(tmp_path):
    records, extra = _read(tmp_path, b"PersonId,Surname,Shoe size,Town\n1,X,9,Y\n")
    assert extra == ["Shoe size"]
    assert records.frame["Town"].to_list() == ["Y"]
    assert "Shoe size" not in records.frame.columns


def test_a_renamed_header_names_what_misses_and_what_is_not_expected(tmp_path):
    error = _refusal(tmp_path, b"PersonId,LastName,Town\n1,X,Y\n")
    assert error.rule == "column_missing"
    assert "'Surname'" in str(error)
    assert "not expected: column 2" in str(error)
    # What stands in a header may be a person's row.
    assert "LastName" not in str(error)
    assert "persons.csv" in str(error)


def test_a_missing_column_is_refused(tmp_path):
    assert _refusal(tmp_path, b"PersonId,Town\n1,Y\n").rule == "column_missing"


def test_a_renamed_key_is_named_even_where_nothing_else_is_required(tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes(b"nominal_number,Surname\n1,X\n")
    with pytest.raises(DeliveryError) as caught:
        read_delimited(path, file="p.csv", entity=Entity("person", ("PersonId",), ("Surname",)))
    assert caught.value.rule == "column_missing"
    assert "not expected: column 1" in str(caught.value)


def test_a_file_without_a_header_is_refused_and_shows_no_values(tmp_path):
    error = _refusal(tmp_path, b"1,SECRETNAME,Leeds\n2,OTHER,York\n")
    assert error.rule == "header_missing"
    assert "SECRETNAME" not in str(error)


def test_a_header_that_stands_twice_is_refused(tmp_path):
    error = _refusal(tmp_path, b"PersonId,Surname,Town,Town\n1,X,Y,Z\n")
    assert error.rule == "header_duplicate"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n\r\n"])
def test_an_empty_file_is_refused(tmp_path, data):
    assert _refusal(tmp_path, data).rule == "empty_file"


@pytest.mark.parametrize(
    "data", [b"PersonId,Surname,Town", b"\xef\xbb\xbfPersonId,Surname,Town\r\n"]
)
def test_a_header_alone_gives_no_records(tmp_path, data):
    records, _ = _read(tmp_path, data)
    assert records.frame.height == 0
    assert records.frame.columns == ["PersonId", "Surname", "Town", "Note", "source_file",
                                     "source_row"]  # fmt: skip


def test_rows_of_the_wrong_width_are_rejected_and_the_others_keep_their_numbers(tmp_path):
    records, _ = _read(tmp_path, b"PersonId,Surname,Town\n1,A,B\n2,A\n3,A,B,C\n\n4,A,B\n")
    assert _rules(records) == [(2, "field_count"), (3, "field_count")]
    assert records.frame["source_row"].to_list() == [1, 4]
    assert records.frame["PersonId"].to_list() == ["1", "4"]


def test_undecodable_bytes_reject_their_row_alone(tmp_path):
    body = b"PersonId,Surname,Town\n1,A,B\n2,\xff,B\n3,Jos\xc3\xa9,B\n"
    records, _ = _read(tmp_path, body)
    assert _rules(records) == [(2, "encoding")]
    assert records.frame["Surname"].to_list() == ["A", "José"]


def test_bytes_that_cp1252_does_not_define_reject_their_row(tmp_path):
    body = b"PersonId,Surname,Town\n1,O\x92Neill,B\n2,\x81,B\n"
    records, _ = _read(tmp_path, body, encoding="cp1252")
    assert _rules(records) == [(2, "encoding")]
    assert records.frame["Surname"].to_list() == ["O’Neill"]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("PersonId,Surname,Town\n1,A,B\n".encode("utf-16"), "utf-8"),
        ("PersonId,Surname,Town\n1,A,B\n".encode("utf-16-le"), "cp1252"),
        (b"PersonId,Surname,Town\n" + b"1,\xe9\xff,B\n" * 9 + b"1,A,B\n", "utf-8"),
        (b"PersonId,Surname,Town\n" + "1,José,B\n".encode() * 30, "cp1252"),
        (b"\xef\xbb\xbfPersonId,Surname,Town\n1,\xc3\xa9,B\n", "cp1252"),
    ],
)
def test_a_file_in_another_encoding_is_refused(tmp_path, data, encoding):
    assert _refusal(tmp_path, data, encoding=encoding).rule == "wrong_encoding"


def test_a_nul_rejects_its_row(tmp_path):
    records, _ = _read(tmp_path, b"PersonId,Surname,Town\n1,A\0,B\n2,A,B\n")
    assert _rules(records) == [(1, "nul_byte")]
    assert records.frame["source_row"].to_list() == [2]


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_field_of_a_million_characters_rejects_its_row(tmp_path, quote):
    long = quote + b"x" * 1_000_000 + quote
    records, _ = _read(tmp_path, b"PersonId,Surname,Town\n1,A,B\n2," + long + b",B\n3,A,B\n")
    assert _rules(records) == [(2, "field_too_long")]
    assert records.frame["source_row"].to_list() == [1, 3]
    assert "xxx" not in records.rejects["reason"][0]


def test_a_quote_never_closed_costs_its_own_row_only(tmp_path):
    body = b'PersonId,Surname,Town\n1,"A,B\n2,C,D\n3,"E",F\n4,"G\n5,H,I\n6,"J\nK",L\n'
    records, _ = _read(tmp_path, body)
    assert _rules(records) == [(1, "unterminated_quote"), (4, "unterminated_quote")]
    assert records.frame["PersonId"].to_list() == ["2", "3", "5", "6"]
    assert records.frame["Surname"].to_list()[-1] == "J\nK"


def test_text_after_a_closing_quote_rejects_its_row(tmp_path):
    records, _ = _read(tmp_path, b'PersonId,Surname,Town\n1,"A"x,B\n2,5" pipe,B\n')
    assert _rules(records) == [(1, "malformed_quote")]
    assert records.frame["Surname"].to_list() == ['5" pipe']


def test_preamble_and_trailer_are_no_records(tmp_path):
    data = b"\xef\xbb\xbfHDR|x\r\nPersonId|Surname|Town\r\n1|A|B\r\n#TRAILER|person|1\r\n"
    records, _ = _read(tmp_path, data, delimiter="|", preamble="HDR|", trailer="#TRAILER|")
    assert records.frame["PersonId"].to_list() == ["1"]
    assert read_edge_lines(tmp_path / "persons.csv") == ("HDR|x", "#TRAILER|person|1")


def test_a_file_cut_before_its_trailer_is_refused(tmp_path):
    data = b"PersonId|Surname|Town\n1|A|B\n2|C|"
    assert _refusal(tmp_path, data, delimiter="|", trailer="#TRAILER|").rule == "trailer_missing"


def test_files_of_one_entity_are_combined_in_order(tmp_path):
    first, _ = _read(tmp_path, b"PersonId,Surname,Town\n1,A,B\n")
    second, _ = _read(tmp_path, b"PersonId,Surname,Town\n2,A\n")
    both = combine([first, second])
    assert both.frame.height == 1
    assert _rules(both) == [(1, "field_count")]


# Sound records and what breaks them.
_PIECES = ("a,b,c\n", 'é,"x,y",\r\n', '"p""q","\n",""\n', ",,", ",,\n", "\n", '"', '""', "\r", "a,",
           '"a"b,c,d\n', ' "a",b,c\n', '"u,\n')  # fmt: skip
_FIELDS = st.text(st.sampled_from('ab ",|\n\ré’0'), max_size=5)


@settings(max_examples=150)
@given(
    rows=st.lists(st.lists(_FIELDS, min_size=3, max_size=3), max_size=6),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    has_last_end=st.booleans(),
)
def test_fast_and_careful_reading_agree_on_every_file_that_is_clean(
    rows, quoting, end, has_last_end
):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=quoting, lineterminator=end).writerows(rows)
    data = buffer.getvalue().encode()
    _assert_agreement(data if has_last_end else data.removesuffix(end.encode()))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_PIECES), max_size=7))
def test_fast_and_careful_reading_agree_on_any_text_that_passes_for_clean(pieces):
    _assert_agreement("".join(pieces).encode())


def _assert_agreement(data: bytes) -> None:
    header = ["x", "y", "z"]
    fast = delimited._read_fast(data, header, ",", "utf-8")
    if fast is None:
        return
    careful = read_carefully(data, 3, ",", "utf-8")
    assert careful.rejects == []
    blank = [pl.col(name).fill_null("") for name in header]
    assert fast.select(blank).rows() == careful.frame(header).select(blank).rows()
    assert [int(n) for n in fast[ROW]] == careful.numbers


@settings(max_examples=200)
@given(
    pieces=st.lists(st.sampled_from([*(p.encode() for p in _PIECES), b"\0", b"\x81,", b"\xff"])),
    encoding=st.sampled_from(["utf-8", "cp1252"]),
)
def test_every_record_stands_once_in_the_frame_or_the_rejects(tmp_path_factory, pieces, encoding):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"PersonId,Surname,Town\n" + b"".join(pieces))
    try:
        records = read_delimited(path, file="any.csv", entity=PERSON, encoding=encoding)
    except DeliveryError as error:
        assert error.rule == "wrong_encoding"  # noqa: PT017
        return
    numbers = [*records.frame["source_row"], *records.rejects["source_row"]]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_an_ordinary_quoted_file_is_clean_enough_for_the_fast_path():
    data = b'1,"a,b","c ""d"""\r\n2,"x\r\ny",""\r\n3,,z'
    assert is_clean(data, 3, ",") == 3
    assert delimited._read_fast(data, ["x", "y", "z"], ",", "utf-8") is not None


EVENT = Entity("event", ("Id",), ("Person.Surname", "Person.Aliases", "At", "IsLive"))


def test_json_lines_become_flat_text_and_bad_lines_rejects(tmp_path):
    path = tmp_path / "e.ndjson"
    path.write_text(
        '{"Id":"1","Person":{"Surname":"S","Aliases":["A"]},"At":1700000000000,"IsLive":true}\n'
        '\n{"Id":\n{"Id":"3","Person":{"Surname":null,"Hat":1},"Odd":2}\n[1]\n{"Id":"5\\u0000"}\n'
        '{"Id":"' + "x" * 1_000_000 + '"}\n'
    )
    records = read_ndjson(path, file="e.ndjson", entity=EVENT)
    assert records.frame.drop("source_file").rows() == [
        ("1", "S", '["A"]', "1700000000000", "true", 1),
        ("3", None, None, None, None, 3),
    ]
    assert _rules(records) == [(2, "malformed_json"), (4, "malformed_json"), (5, "nul_byte"),
                               (6, "field_too_long")]  # fmt: skip
    assert records.extra == ("Odd", "Person.Hat")


def test_a_required_key_that_no_record_has_is_refused(tmp_path):
    path = tmp_path / "e.ndjson"
    path.write_text('{"id":"1"}\n{"id":"2"}\n')
    with pytest.raises(DeliveryError) as caught:
        read_ndjson(path, file="e.ndjson", entity=EVENT)
    assert caught.value.rule == "column_missing"
    assert "'Id'" in str(caught.value)
    assert "1 names are not expected" in str(caught.value)


def test_lists_within_records_become_records_with_the_parents_id_and_row(tmp_path):
    path = tmp_path / "e.ndjson"
    path.write_text(
        '{"Id":"1","P":{"A":[{"pc":"x","L":[{"n":"1"}]},{"pc":"y"}]}}\n{"Id":"2","P":{"A":null}}\n'
        '{"Id":"3","P":{"A":{"pc":"one","L":{"n":"2"}}}}\n'
    )
    addresses = explode(read_json_lines(path, file="e"), "P.A", {"Owner": "Id"})
    records = flatten(addresses, Entity("address", ("Owner", "pc")), file="e")
    assert records.frame.rows() == [("1", "x", "e", 1), ("1", "y", "e", 1), ("3", "one", "e", 3)]
    assert records.extra == ("L",)
    lines = explode(addresses, "L", {"Postcode": "pc"})
    records = flatten(lines, Entity("line", ("Owner", "Postcode", "n")), file="e")
    assert [row[:3] for row in records.frame.rows()] == [("1", "x", "1"), ("3", "one", "2")]


def test_a_document_gives_its_lists_members_numbered_through(tmp_path):
    path = tmp_path / "d.json"
    path.write_text(json.dumps({
        "data": [{"type": "incident", "id": "1"}, 5],
        "included": [{"type": "person", "id": "9", "attributes": {"familyName": "É\n"}}],
        "meta": {"counts": {"person": 1}},
    }))  # fmt: skip
    elements = read_json_document(path, file="d.json")
    assert elements.frame["source_row"].to_list() == [1, 3]
    assert elements.rejects.select("source_row", "rule").rows() == [(2, "malformed_json")]
    person = Entity("person", ("id",), ("attributes.familyName",))
    records = flatten(pick(elements, "type", "person"), person, file="d.json")
    assert records.frame.rows() == [("9", "É\n", "d.json", 3)]
    assert read_json_value(path, file="d.json", key="meta") == {"counts": {"person": 1}}
    assert read_json_value(path, file="d.json", key="links") is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('{"data":[{"id":"1"},{"id', "truncated_json"),
        ("[" * 100_000, "truncated_json"),
        ('{"data":[}]}', "malformed_json"),
        ("[]", "malformed_json"),
        (" \n", "empty_file"),
    ],
)
def test_a_document_that_is_cut_or_unsound_is_refused(tmp_path, text, rule):
    path = tmp_path / "d.json"
    path.write_text(text)
    with pytest.raises(DeliveryError) as caught:
        read_json_document(path, file="d.json")
    assert caught.value.rule == rule


def test_json_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "d.json"
    path.write_bytes('{"data":[{"id":"José"}]}'.encode("cp1252"))
    with pytest.raises(DeliveryError) as caught:
        read_json_document(path, file="d.json")
    assert caught.value.rule == "wrong_encoding"


XML = """<?xml version="1.0" encoding="UTF-8"?>
<c:Events xmlns:c="urn:connect" deliveryId="7">
 <c:Event seq="1"><Id>a</Id><Person><Surname>Smith &amp; Co</Surname>
  <Address kind="home"><Postcode>AB1 2CD</Postcode></Address><Address>old</Address></Person>
 </c:Event>
 <c:Event seq="2"><Id>b</Id><Person/></c:Event>
</c:Events>"""


def _write_xml(folder: Path, text: str) -> Path:
    path = folder / "e.xml"
    path.write_text(text)
    return path


def test_xml_records_become_the_same_trees_as_json(tmp_path):
    path = _write_xml(tmp_path, XML)
    elements = read_xml_events(path, file="e.xml", record_tag="Event", list_tags=("Address",))
    assert [json.loads(text) for text in elements.frame["json"]] == [
        {"seq": "1", "Id": "a", "Person": {"Surname": "Smith & Co", "Address": [
            {"kind": "home", "Postcode": "AB1 2CD"}, "old"]}},
        {"seq": "2", "Id": "b", "Person": None},
    ]  # fmt: skip
    assert elements.frame["source_row"].to_list() == [1, 2]
    assert read_xml_root(path, file="e.xml") == {"deliveryId": "7"}


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Events><Event><Id>&c;</Id></Event></Events>"""
OUTSIDE = (
    """<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Events><Event>&f;</Event></Events>"""
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (BOMB, "xml_entity"),
        (OUTSIDE, "xml_entity"),
        (XML[:-30], "truncated_xml"),
        (XML[:200], "truncated_xml"),
        (XML.replace("</Person>", "</Persn>", 1), "malformed_xml"),
        (XML + '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "malformed_xml"),
        (XML.replace("<Person/>", '<!DOCTYPE x [<!ENTITY f "g">]><Person/>'), "malformed_xml"),
        (XML.replace("<Id>b</Id>", '<!ENTITY f "g"><Id>&f;</Id>'), "malformed_xml"),
        (XML.replace("<Id>b</Id>", "<Id>&f;</Id>"), "malformed_xml"),
        ("", "empty_file"),
    ],
)
def test_xml_that_is_a_bomb_cut_or_unsound_is_refused(tmp_path, text, rule):
    with pytest.raises(DeliveryError) as caught:
        read_xml_events(_write_xml(tmp_path, text), file="e.xml", record_tag="Event")
    assert caught.value.rule == rule


def test_xml_records_too_long_or_too_deep_are_rejected(tmp_path, monkeypatch):
    monkeypatch.setattr(xml_events, "MAX_DEPTH", 3)
    deep = "<a>" * 5 + "</a>" * 5
    text = (f"<E><Event><Id>{'x' * 1_000_000}</Id></Event><Event>{deep}</Event>"
            "<Event><Id>ok</Id></Event></E>")  # fmt: skip
    elements = read_xml_events(_write_xml(tmp_path, text), file="e.xml", record_tag="Event")
    assert elements.rejects.select("source_row", "rule").rows() == [
        (1, "field_too_long"), (2, "too_deep")]  # fmt: skip
    assert elements.frame["source_row"].to_list() == [3]


def test_a_header_that_runs_into_the_first_row_tells_nothing_of_the_person(tmp_path):
    for text in (b"PersonId,SurnameP1,ANNE,TREVELYAN\n", b"PersonId,Surname,ANNE,ANNE\n"):
        message = str(_refusal(tmp_path, text + b"2,X,Y,Z\n"))
        assert "ANNE" not in message
        assert "TREVELYAN" not in message
