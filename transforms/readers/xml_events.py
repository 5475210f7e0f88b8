"""Read XML record by record into the same trees as JSON, without entities and without growing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import polars as pl
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from transforms.readers.shape import MAX_FIELD_CHARACTERS, Elements, make_rejects
from warehouse.errors import DeliveryError

MAX_DEPTH = 50


def read_xml_events(
    path: Path, *, file: str, record_tag: str, list_tags: tuple[str, ...] = ()
) -> Elements:
    """Every element ``record_tag`` of the file as JSON text, numbered from 1.

    A child without children or attributes becomes text, others objects; children that repeat, and
    every one named in ``list_tags``, become lists. Attributes are keys like children; text beside
    children or attributes is the key ``text``. Namespaces are left out of names.

    Rejects have the rule ``field_too_long`` or ``too_deep``.

    Raises:
        DeliveryError: ``empty_file``, ``xml_entity``, ``truncated_xml``, ``malformed_xml``.
    """
    rows: list[tuple[int, str]] = []
    rejects: list[tuple[int, str, str]] = []
    for number, element in enumerate(_records(path, file, record_tag), 1):
        problem = _problem(element)
        if problem is None:
            tree = _tree(element, frozenset(list_tags))
            rows.append((number, json.dumps(tree, ensure_ascii=False)))
        else:
            rejects.append((number, *problem))
    frame = pl.DataFrame(rows, schema={"source_row": pl.Int64, "json": pl.String}, orient="row")
    placed = frame.select(pl.lit(file, pl.String).alias("source_file"), "source_row", "json")
    return Elements(placed, make_rejects(file, rejects))


def read_xml_root(path: Path, *, file: str) -> dict[str, str]:
    """The attributes of the document's root, names without namespace.

    Raises:
        DeliveryError: as ``read_xml_events``.
    """
    _, root = next(_events(path, file))
    return {_local(name): value for name, value in root.attrib.items()}


def _records(path: Path, file: str, record_tag: str) -> Iterator[Element]:
    """The outermost elements of the tag, one at a time; what was given is forgotten."""
    parents: list[Element] = []
    inside = 0
    for event, element in _events(path, file):
        is_record = _local(element.tag) == record_tag
        if event == "start":
            parents.append(element)
            inside += is_record
            continue
        parents.pop()
        inside -= is_record
        if is_record and not inside:
            yield element
            if parents:
                parents[-1].clear()


def _events(path: Path, file: str) -> Iterator[tuple[str, Element]]:
    if path.stat().st_size == 0:
        raise DeliveryError("empty_file", f"{file}: the file is empty")
    try:
        yield from ElementTree.iterparse(path, events=("start", "end"), forbid_dtd=True)
    except DefusedXmlException as error:
        raise DeliveryError(
            "xml_entity", f"{file}: declares a document type or entities, which are refused"
        ) from error
    except ParseError as error:
        raise _unsound(error, path, file) from error


def _unsound(error: ParseError, path: Path, file: str) -> DeliveryError:
    line, column = error.position
    # expat's codes 3 (no element found) and 5 (unclosed token) are met at the end of the text.
    if error.code in (3, 5) or _is_at_end(path, line):
        return DeliveryError("truncated_xml", f"{file}: the document is cut short at line {line}")
    return DeliveryError("malformed_xml", f"{file}: not sound XML, line {line}, column {column}")


def _is_at_end(path: Path, line: int) -> bool:
    data = path.read_bytes().rstrip()
    return not data.endswith(b">") and data.count(b"\n") + 1 == line


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _problem(element: Element, depth: int = 0) -> tuple[str, str] | None:
    if depth > MAX_DEPTH:
        return "too_deep", f"more than {MAX_DEPTH} elements within each other"
    values = (element.text or "", *element.attrib.values())
    if max(map(len, values)) > MAX_FIELD_CHARACTERS:
        return (
            "field_too_long",
            f"{_local(element.tag)} has over {MAX_FIELD_CHARACTERS:,} characters",
        )
    found = (_problem(child, depth + 1) for child in element)
    return next((problem for problem in found if problem), None)


def _tree(element: Element, list_tags: frozenset[str]) -> dict[str, Any]:
    """The element's attributes, children and text as an object."""
    tree: dict[str, Any] = {_local(name): value for name, value in element.attrib.items()}
    for child in element:
        name = _local(child.tag)
        value = _tree(child, list_tags) if len(child) or child.attrib else child.text
        if name in tree and isinstance(tree[name], list):
            tree[name].append(value)
        elif name in tree:
            tree[name] = [tree[name], value]
        else:
            tree[name] = [value] if name in list_tags else value
    text = (element.text or "").strip()
    if text and (len(element) or element.attrib):
        tree["text"] = text
    return tree
