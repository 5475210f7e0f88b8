"""Read XML record by record into the same trees as JSON, without entities and without growing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import Element, ParseError, iterparse

import polars as pl
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from transforms.readers.shape import MAX_FIELD_CHARACTERS, Elements, make_rejects
from warehouse.errors import DeliveryError

MAX_DEPTH = 50

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


class _TooDeepError(Exception):
    """A record nests deeper than any real one."""


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
    lists = frozenset(list_tags)
    for number, element in enumerate(_records(path, file, record_tag), 1):
        try:
            text = _ENCODE(_tree(element, lists, MAX_DEPTH))
        except _TooDeepError:
            why = f"more than {MAX_DEPTH} elements within each other"
            rejects.append((number, "too_deep", why))
            continue
        # Only a long record can hold a text that is too long.
        tag = _too_long(element) if len(text) > MAX_FIELD_CHARACTERS else None
        if tag is None:
            rows.append((number, text))
        else:
            why = f"{tag} has over {MAX_FIELD_CHARACTERS:,} characters"
            rejects.append((number, "field_too_long", why))
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
        is_record = element.tag == record_tag or element.tag.endswith("}" + record_tag)
        if event == "start":
            parents.append(element)
            inside += is_record
            continue
        parents.pop()
        if not is_record:
            continue
        inside -= 1
        if not inside:
            yield element
            if parents:
                parents[-1].clear()


def _events(path: Path, file: str) -> Iterator[tuple[str, Element]]:
    if path.stat().st_size == 0:
        raise DeliveryError("empty_file", f"{file}: the file is empty")
    both: tuple[Literal["start"], Literal["end"]] = ("start", "end")
    try:
        # A document type, and with it every entity, can only stand before the root. The refusing
        # parser reads up to there; what follows holds none and goes to the parser written in C.
        next(iter(ElementTree.iterparse(path, events=both, forbid_dtd=True)))
        yield from iterparse(path, events=both)  # noqa: S314
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


def _too_long(record: Element) -> str | None:
    """The name of the first element with a text or attribute that is too long, or None."""
    for element in record.iter():
        values = (element.text or "", *element.attrib.values())
        if max(map(len, values)) > MAX_FIELD_CHARACTERS:
            return _local(element.tag)
    return None


def _tree(element: Element, lists: frozenset[str], depth: int) -> dict[str, Any]:
    """The element's attributes, children and text as an object.

    Args:
        lists: names of children that are lists even where they stand once.
        depth: how many levels more are allowed.
    """
    if not depth:
        raise _TooDeepError
    tree: dict[str, Any] = {_local(name): value for name, value in element.attrib.items()}
    for child in element:
        name = _local(child.tag)
        value = _tree(child, lists, depth - 1) if len(child) or child.attrib else child.text
        if name in tree and isinstance(tree[name], list):
            tree[name].append(value)
        elif name in tree:
            tree[name] = [tree[name], value]
        else:
            tree[name] = [value] if name in lists else value
    text = (element.text or "").strip()
    if text and (len(element) or element.attrib):
        tree["text"] = text
    return tree
