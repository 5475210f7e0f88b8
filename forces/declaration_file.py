"""The shape of a force's TOML file: its keys, what each must hold, and its default."""

import codecs
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from forces.drift_limits import DriftLimits, find_drift_problem
from warehouse.batch import BatchKind
from warehouse.contract import DELIVERED

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SECTIONS = ("record_system", "delivery", "simulator")

_TABLES = {table.name: table for table in DELIVERED}
_REQUIRED = object()

# What is wrong with a value, or None.
Check = Callable[[Any], str | None]


@dataclass(frozen=True)
class Key:
    """One key of the file.

    Attributes:
        path: ``section.key``, or the key alone where it stands above the sections.
        attribute: attribute of ``Declaration`` that it fills.
        check: what is wrong with a value, or None.
        default: value of the attribute where the key is left out.
        convert: makes the attribute's value of the key's, and of the default.
    """

    path: str
    attribute: str
    check: Check
    default: Any = _REQUIRED
    convert: Callable[[Any], Any] = lambda value: value


def read_declaration_file(file: Path) -> tuple[dict[str, Any], list[str]]:
    """A declaration's attributes by name, and everything that is wrong with the file: of one that
    is not TOML that alone, since nothing is known of its keys."""
    try:
        given = _read_keys(file)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, [f"{file.name}: not valid TOML: {error}"]
    found: list[str] = []
    if not re.fullmatch(SLUG, file.stem):
        found.append("the file's name is not a slug: lower case, digits, single hyphens")
    values: dict[str, Any] = {"force": file.stem, "deliverer": file.stem}
    for key in KEYS:
        if key.path in given:
            wrong = key.check(given[key.path])
            found += [f"{key.path}: {wrong}"] if wrong else []
            values[key.attribute] = given[key.path] if wrong else key.convert(given[key.path])
        elif key.default is _REQUIRED:
            found.append(f"{key.path}: missing")
        else:
            values.setdefault(key.attribute, key.convert(key.default))
    known = {key.path for key in KEYS}
    found += [f"{path}: unknown key" for path in given if path not in known]
    return values, [f"{file.name}: {problem}" for problem in found]


def _read_keys(file: Path) -> dict[str, Any]:
    """The file's values by path."""
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    given: dict[str, Any] = {}
    for name, value in document.items():
        if name in SECTIONS and isinstance(value, dict):
            given |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            given[name] = value
    return given


def _expect(what: str, holds: Callable[[Any], bool]) -> Check:
    """A check that says what was expected."""
    return lambda value: None if holds(value) else f"not {what}"


def _is_number(value: Any) -> bool:  # noqa: ANN401  (TOML holds any type)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, list) and all(isinstance(one, str) and one for one in value)


def _is_encoding(value: Any) -> bool:  # noqa: ANN401
    try:
        return isinstance(value, str) and bool(codecs.lookup(value))
    except LookupError:
        return False


def _is_column(name: str) -> bool:
    table, _, column = name.partition(".")
    return table in _TABLES and column in _TABLES[table]


def _expect_table(what: str, is_name: Callable[[str], bool], inner: Check) -> Check:
    """A check of a table whose keys are names of the contract."""

    def check(value: Any) -> str | None:  # noqa: ANN401
        if not isinstance(value, dict):
            return "not a table"
        found = [f"{name} is not a {what} that forces deliver"
                 for name in value if not is_name(name)]  # fmt: skip
        found += [f"{name} is {wrong}" for name, one in value.items() if (wrong := inner(one))]
        return "; ".join(found) or None

    return check


_TEXT = _expect("a text", lambda value: isinstance(value, str) and bool(value.strip()))
_TEXTS = _expect("a list of texts", _is_texts)
_SLUG = _expect("a slug", lambda value: isinstance(value, str) and bool(re.fullmatch(SLUG, value)))
_TRUTH = _expect("true or false", lambda value: isinstance(value, bool))
_COUNT = _expect("a whole number from 1", lambda value: type(value) is int and value >= 1)
_KIND = _expect("full, delta or part", lambda value: value in get_args(BatchKind))
_ENCODING = _expect("an encoding that Python knows", _is_encoding)
_METRES = _expect("a number of metres from 0", lambda value: _is_number(value) and value >= 0)
_SHARE = _expect("a number from 0 to 1", lambda value: _is_number(value) and 0 <= value <= 1)
_POINT = _expect(
    "[easting, northing]",
    lambda value: isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)),
)
_KNOWN_BAD = _expect_table("column", _is_column, _TEXTS)
_EXPECTED_ROWS = _expect_table("table", _TABLES.__contains__, _COUNT)

KEYS = (
    Key("name", "name", _TEXT),
    Key("aliases", "aliases", _TEXTS, (), tuple),
    Key("ons_code", "ons_code", _TEXT, None),
    Key("pnc_codes", "pnc_codes", _TEXTS, (), tuple),
    Key("profile", "profile", _TEXT, "GB"),
    Key("record_system.system", "system", _TEXT),
    # Its default is the slug, which stands in the values before any key is read.
    Key("record_system.deliverer", "deliverer", _SLUG, None),
    Key("record_system.form", "form", _TEXT, None),
    Key("record_system.accepts", "accepts", _TEXTS, (), tuple),
    Key("record_system.is_public", "is_public", _TRUTH, False),
    Key("record_system.encoding", "encoding", _ENCODING, "utf-8"),
    Key("delivery.kind", "kind", _KIND, "full"),
    Key("delivery.every_days", "every_days", _COUNT, 1),
    Key("known_bad", "known_bad", _KNOWN_BAD, {},
        lambda value: {column: tuple(bad) for column, bad in value.items()}),
    Key("expected_rows", "expected_rows", _EXPECTED_ROWS, {}, dict),
    Key("drift", "drift", find_drift_problem, {}, DriftLimits.of),
    Key("simulator.centre", "centre", _POINT, (0.0, 0.0),
        lambda value: (float(value[0]), float(value[1]))),
    Key("simulator.radius_metres", "radius", _METRES, 0.0, float),
    Key("simulator.share", "share", _SHARE, 0.0, float),
)  # fmt: skip
