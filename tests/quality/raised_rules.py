"""The rules that a delivery can break outside the suites and the gate, as the code raises them.

Those of values and of traps are asked of the mappings themselves. The others stand as text in the
modules: those that hold a delivery, those under which a reader puts a record aside, and those under
which the load refuses a batch.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import transforms
import warehouse
from forces.declaration import load_declarations
from transforms.known_bad import RULE as KNOWN_BAD
from transforms.mapping import Parsed
from transforms.places import NULLED_RULES
from transforms.superseded import RULE as SUPERSEDED
from transforms.systems import SYSTEMS, load_system
from warehouse.contract import Severity
from warehouse.coverage import KEPT_RULE
from warehouse.release import DECLARED_COUNT_DIFFERS, NO_RECORDS, TEST_ENVIRONMENT

Raised = tuple[str, Severity]

_TRANSFORMS, _WAREHOUSE = (Path(package.__file__).parent for package in (transforms, warehouse))
# Where the name of a rule stands among a call's arguments, and what becomes of what breaks it; None
# where a further argument says so.
_CALLS: dict[str, tuple[int, Severity | None]] = {
    "DeliveryError": (0, "critical"),
    "_find": (2, "critical"),
    "_RefusedError": (0, "critical"),
    "held": (1, "critical"),
    "_quarantined": (1, "warning"),
    "Parsed": (2, "warning"),
    "Trap": (0, None),
    "Finding": (2, None),
    "Rule": (2, None),
}
_SAID = {"counted": "info", "mended": "info", "quarantined": "warning"}
# Readers, which name the rule of a record that they put aside in pairs and triples and in SQL.
_READERS = (*(_TRANSFORMS / "readers").glob("*.py"), _TRANSFORMS / "systems" / "standard_files.py")
_HELD = (TEST_ENVIRONMENT, DECLARED_COUNT_DIFFERS, NO_RECORDS)
_COUNTED = (KNOWN_BAD, SUPERSEDED, KEPT_RULE, *NULLED_RULES)
# Rules of reference data, which no force delivers.
_NOT_OF_FORCES = {
    "reference_damaged", "reference_form", "reference_repeated", "reference_row", "reference_value",
}  # fmt: skip


def raised_rules() -> dict[str, Severity]:
    """All of them by name, with the severity of the strongest thing that is done."""
    strongest: dict[str, Severity] = {}
    order: tuple[Severity, ...] = ("info", "warning", "critical")
    for rule, severity in sorted(_raised(), key=lambda raised: order.index(raised[1])):
        if rule not in _NOT_OF_FORCES:
            strongest[rule] = severity
    return strongest


def mapped_rules() -> set[Raised]:
    """Rules of the values and traps of every record system's mappings, for a force of Britain and
    for one of another country."""
    british = load_declarations()["durham"]
    abroad = replace(british, profile="generic")
    mappings = [
        mapping
        for name in SYSTEMS
        for declaration in (british, abroad)
        for mapping in load_system(name).mappings_for(declaration)
    ]
    values = (c.rule for m in mappings for c in m.columns.values() if isinstance(c, Parsed))
    traps = (trap for mapping in mappings for trap in mapping.traps)
    return {(rule, "warning") for rule in values} | {(t.rule, _SAID[t.action]) for t in traps}


def _raised() -> set[Raised]:
    found = mapped_rules() | {(rule, "critical") for rule in _HELD}
    found |= {(rule, "info") for rule in _COUNTED}
    for path in (*_TRANSFORMS.rglob("*.py"), _WAREHOUSE / "load.py"):
        found |= set(_called(ast.parse(path.read_text(encoding="utf-8"))))
    for path in _READERS:
        found |= {(rule, "warning") for rule in _put_aside(path.read_text(encoding="utf-8"))}
    return found


def _called(module: ast.Module) -> Iterator[Raised]:
    """Rules given as text to a call that raises or names one, or chosen for the load to hold by."""
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "rule":
            yield from ((rule, "critical") for rule in _texts(node.value))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _CALLS:
            place, severity = _CALLS[ast.unparse(node.func)]
            texts = [text for argument in node.args for text in _texts(argument)]
            said = severity or next((_SAID[text] for text in texts if text in _SAID), None)
            named = [*node.args[place : place + 1], *_keyword(node, "rule")]
            if said is not None:
                yield from ((rule, said) for argument in named for rule in _texts(argument))


def _keyword(call: ast.Call, name: str) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in call.keywords if keyword.arg == name)


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _put_aside(text: str) -> Iterator[str]:
    """Rules in ``(rule, reason)`` and ``(row, rule, reason)``, and in the SQL that judges JSON."""
    yield from re.findall(r"THEN '([a-z_]+)'", text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Tuple) and len(node.elts) in (2, 3):
            *_, rule, reason = node.elts
            is_reason = isinstance(reason, ast.JoinedStr | ast.Name) or any(
                " " in said for said in _texts(reason)
            )
            yield from _texts(rule) if is_reason else ()
