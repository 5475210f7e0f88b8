"""Readers: files of records to ``Records``, every value text, every bad row accounted for."""

from transforms.readers.delimited import read_delimited, read_edge_lines
from transforms.readers.documents import (
    read_json_document,
    read_json_lines,
    read_json_value,
    read_ndjson,
)
from transforms.readers.shape import MAX_FIELD_CHARACTERS, Elements, combine, make_rejects
from transforms.readers.trees import explode, extract, flatten, pick
from transforms.readers.xml_events import read_xml_events, read_xml_root

__all__ = [
    "MAX_FIELD_CHARACTERS",
    "Elements",
    "combine",
    "explode",
    "extract",
    "flatten",
    "make_rejects",
    "pick",
    "read_delimited",
    "read_edge_lines",
    "read_json_document",
    "read_json_lines",
    "read_json_value",
    "read_ndjson",
    "read_xml_events",
    "read_xml_root",
]
