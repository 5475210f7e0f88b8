"""Marts: one SELECT a file in ``warehouse/marts``, described by the comment on top of it.

The header names ``grain``, ``owner`` and ``about``, then every column of the result in order, as
``-- name: text`` or ``-- name [personal]: text``; a line that begins with more than one space goes
on with the line before.
"""

import re
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import cast, get_args

import duckdb

from warehouse.contract import Column, Kind, Table
from warehouse.contract.model import Sensitivity
from warehouse.errors import StoreError

FOLDER = Path(__file__).parent / "marts"
_FIELD = re.compile(r"^-- (\w+)(?: \[([a-z ]+)\])?: (.+)$")
_READ = re.compile(r"\bmart\.(\w+)")
_PREAMBLE = ("grain", "owner", "about")


@dataclass(frozen=True)
class Mart:
    """One mart, as its file states it. ``columns`` maps a name to sensitivity and description."""

    name: str
    grain: str
    owner: str
    about: str
    columns: dict[str, tuple[Sensitivity, str]]
    select: str

    @property
    def reads(self) -> frozenset[str]:
        """Tables of ``mart`` that the SELECT names."""
        return frozenset(_READ.findall(self.select))

    @property
    def description(self) -> str:
        """Grain first, then what it is for and whose it is."""
        return f"{self.grain[0].upper()}{self.grain[1:]}. {self.about} Owner: {self.owner}."


def read_marts(folder: Path = FOLDER) -> tuple[Mart, ...]:
    """Every mart of the folder, each after those that it reads."""
    marts = {path.stem: read_mart(path) for path in sorted(folder.glob("*.sql"))}
    order = TopologicalSorter(
        {name: sorted(mart.reads & marts.keys()) for name, mart in marts.items()}
    )
    return tuple(marts[name] for name in order.static_order())


def read_mart(path: Path) -> Mart:
    """A mart's header and SELECT.

    Raises:
        StoreError: grain, owner or about is missing, or a line of the header cannot be read.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    end = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    fields = _fields(path, lines[:end])
    missing = [name for name in _PREAMBLE if name not in fields]
    if missing:
        raise StoreError(f"mart {path.name}: the header does not name {', '.join(missing)}")
    grain, owner, about = (fields.pop(name)[1] for name in _PREAMBLE)
    return Mart(path.stem, grain, owner, about, fields, "\n".join(lines[end:]))


def _fields(path: Path, header: list[str]) -> dict[str, tuple[Sensitivity, str]]:
    fields: dict[str, tuple[Sensitivity, str]] = {}
    for number, line in enumerate(header, start=1):
        found = _FIELD.match(line)
        if found:
            name, sensitivity, text = found.groups()
            if (sensitivity or "internal") not in get_args(Sensitivity):
                raise StoreError(f"mart {path.name}, line {number}: no such sensitivity")
            fields[name] = (cast("Sensitivity", sensitivity or "internal"), text)
        elif fields and line.startswith("--  "):
            last, (level, text) = next(reversed(fields.items()))
            fields[last] = (level, f"{text} {line[2:].strip()}")
        else:
            raise StoreError(f"mart {path.name}, line {number}: not `-- name: text`")
    return fields


def create_mart(con: duckdb.DuckDBPyConnection, mart: Mart) -> Table:
    """Make ``mart.<name>`` in the store that ``con`` has open, and say what it is made of.

    Raises:
        StoreError: the header and the SELECT do not have the same columns in the same order.
    """
    con.execute(f"CREATE TABLE mart.{mart.name} AS {mart.select}")
    made = con.execute(f"DESCRIBE mart.{mart.name}").fetchall()
    names = [row[0] for row in made]
    if names != list(mart.columns):
        raise StoreError(
            f"mart {mart.name}: the header describes {', '.join(mart.columns)}; the SELECT gives "
            f"{', '.join(names)}. Every column needs its line, in order."
        )
    columns = tuple(
        Column(name, Kind(kind), mart.columns[name][1], sensitivity=mart.columns[name][0])
        for name, kind, *_ in made
    )
    return Table("mart", mart.name, mart.description, columns)
