"""The people around a person for other programs: GraphML, and CSV of nodes and edges."""

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping

from console.network_words import say_roles
from linkage.networks.around import Around, Associate, Tie

# What a spreadsheet needs to see that a file is UTF-8.
_BOM = "\ufeff"
# Begins a formula in a spreadsheet, whoever wrote it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_NODE = {
    "person_id": "string", "name": "string", "birth_date": "string", "steps": "int",
    "forces": "string", "roles": "string", "network_id": "string", "is_central": "boolean",
}  # fmt: skip
_EDGE = {
    "person_id_l": "string", "person_id_r": "string", "strength": "double", "kinds": "string",
    "events": "int", "first_date": "string", "last_date": "string",
}  # fmt: skip
_ENDS = ("person_id_l", "person_id_r")


def write_nodes(around: Around) -> str:
    """CSV, one row a person."""
    return _csv(_NODE, (_node(each) for each in around.associates))


def write_edges(around: Around) -> str:
    """CSV, one row a tie; its ends are ``person_id`` of the nodes."""
    return _csv(_EDGE, (_edge(tie) for tie in around.ties))


def write_graphml(around: Around) -> str:
    """GraphML 1.0 (graphml.graphdrawing.org): undirected, nodes named by ``person_id``."""
    root = ET.Element("graphml", {"xmlns": _GRAPHML})
    for of, fields in (("node", _NODE), ("edge", _EDGE)):
        for name, kind in fields.items():
            if name not in ("person_id", *_ENDS):
                ET.SubElement(root, "key", {"id": f"{of}-{name}", "for": of, "attr.name": name,
                                            "attr.type": kind})  # fmt: skip
    graph = ET.SubElement(root, "graph", {"id": "network", "edgedefault": "undirected"})
    for each in around.associates:
        node = _node(each)
        _data(ET.SubElement(graph, "node", {"id": node.pop("person_id")}), "node", node)
    for tie in around.ties:
        edge = _edge(tie)
        ends = {"source": edge.pop("person_id_l"), "target": edge.pop("person_id_r")}
        _data(ET.SubElement(graph, "edge", ends), "edge", edge)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _data(element: ET.Element, of: str, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if value:
            # XML knows no control characters, and a record may hold any.
            text = "".join(letter for letter in value if letter.isprintable())
            ET.SubElement(element, "data", {"key": f"{of}-{name}"}).text = text


def _node(each: Associate) -> dict[str, str]:
    return {
        "person_id": each.person_id,
        "name": each.name or "",
        "birth_date": str(each.birth_date or ""),
        "steps": str(each.steps),
        "forces": each.forces,
        "roles": say_roles(each.roles),
        "network_id": each.network_id or "",
        "is_central": str(each.is_central).lower(),
    }


def _edge(tie: Tie) -> dict[str, str]:
    first = [each.first_date for each in tie.evidence if each.first_date]
    last = [each.last_date for each in tie.evidence]
    ended = [each for each in last if each]
    return {
        "person_id_l": tie.person_id_l,
        "person_id_r": tie.person_id_r,
        "strength": f"{tie.strength:.9f}".rstrip("0").rstrip("."),
        "kinds": ",".join(tie.kinds),
        "events": str(len(tie.evidence)),
        "first_date": str(min(first)) if first else "",
        "last_date": str(max(ended)) if len(ended) == len(last) else "",
    }


def _csv(header: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(header), lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _plain(value) for name, value in row.items()})
    return _BOM + out.getvalue()


def _plain(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
