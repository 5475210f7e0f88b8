"""Staged tables as the files that a force would have delivered them in, in the standard form."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import polars as pl

from benchmarks.faults import Planted, Tables, put
from benchmarks.sound_rows import record_id
from quality.rules.rule import Rule
from transforms.systems.standard_files import delivered_columns
from warehouse.contract import DELIVERED, delivered_table

Form = Literal["csv", "parquet"]


def as_delivered(tables: Tables) -> Tables:
    """What of the tables stands in a force's files."""
    return {
        name: frame.select(delivered_columns(delivered_table(name)))
        for name, frame in tables.items()
    }


def write_delivery(folder: Path, tables: Tables, form: Form) -> None:
    """Write the tables as a delivery: as text, or with the types that they have."""
    folder.mkdir(parents=True)
    for name, frame in as_delivered(tables).items():
        instants = frame.with_columns(pl.col(pl.Datetime).dt.replace_time_zone("UTC"))
        path = folder / f"{name}.{form}"
        if form == "parquet":
            instants.write_parquet(path)
        else:
            instants.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%S%.fZ")


def in_files(broken: Planted) -> Planted:
    """Rows that are kept out for want of what no file holds are kept out for an operation that is
    none."""
    tables = broken.tables
    for table, row in sorted(broken.lost):
        tables = put(tables, table, [row], operation="ZZ")
    return replace(broken, tables=tables)


def is_in_files(rule: Rule, sound: Tables, broken: Planted) -> bool:
    """Whether a force's files can break the rule: not where it is about a column that no file
    holds, or about the key of rows that have no id of their own.

    Raises:
        ValueError: the column stands in files, but the fault does not.
    """
    table = delivered_table(rule.table)
    if table.owner and rule.column == "record_key":
        return False
    before, after = as_delivered(sound), as_delivered(broken.tables)
    if any(not frame.equals(after[name]) for name, frame in before.items()):
        return True
    if rule.column in delivered_columns(table):
        raise ValueError(f"{rule.table}.{rule.column}: {rule.name} is broken in no file")
    return False


def around(sound: Tables, broken: Tables, table: str) -> frozenset[str]:
    """The tables that a delivery with a fault needs: those that are broken, those with rows that
    point at them, however far, and those that rows of all these point at."""
    targets = {name: _targets(name, frame) for name, frame in sound.items()}
    found = {table, *(name for name in sound if not broken[name].equals(sound[name]))}
    while more := {name for name in sound if targets[name] & found} - found:
        found |= more
    while more := {target for name in found for target in targets[name]} - found:
        found |= more
    return frozenset(found)


def _targets(name: str, frame: pl.DataFrame) -> set[str]:
    """The tables that a table points at: its record 1 at record 1 of each."""
    others = {table.name for table in DELIVERED} - {name}
    return {table for table in others if record_id(table, 1) in frame.row(0)}
