"""A set of persons with known truth, as ``standard`` deliveries of forces that are no police."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

NIGHT = date(2026, 1, 12)
KEY = ("force", "source_record_id")

# Another profile than GB: British rules for postcodes, identifiers and telephones do not apply.
_DECLARATION = """\
name = "{name}"
profile = "generic"

[record_system]
system = "standard"

[delivery]
kind = "full"
every_days = 1
"""


@dataclass(frozen=True)
class LinkageSet:
    """Persons with known truth.

    Attributes:
        name: of the set, for people.
        deliveries: by force (a slug), its tables in the columns of docs/standard-delivery.md.
        flat: one row a record, for plain Splink: ``force``, ``source_record_id``, ``unique_id``
            (from 0), ``true_person``, and what its tutorial compares.
        tutorial: how plain Splink is set up for it, a key of ``splink_tutorials.TUTORIALS``.
    """

    name: str
    deliveries: dict[str, dict[str, pl.DataFrame]]
    flat: pl.DataFrame
    tutorial: str


def make_set(
    name: str, tables: dict[str, dict[str, pl.DataFrame]], flat: pl.DataFrame, tutorial: str
) -> LinkageSet:
    """A set whose records are numbered in order of force and id."""
    numbered = flat.sort(KEY).with_row_index("unique_id").cast({"unique_id": pl.Int64})
    return LinkageSet(name, tables, numbered, tutorial)


def write_deliveries(given: LinkageSet, folder: Path) -> None:
    """Write ``folder/deliveries`` and the declarations ``folder/forces``."""
    (folder / "forces").mkdir(parents=True)
    for force, tables in given.deliveries.items():
        declaration = _DECLARATION.format(name=f"{given.name}: {force}")
        (folder / "forces" / f"{force}.toml").write_text(declaration, encoding="utf-8")
        delivery = folder / "deliveries" / force / NIGHT.isoformat()
        delivery.mkdir(parents=True)
        for table, rows in tables.items():
            rows.write_csv(delivery / f"{table}.csv")


def owned(records: pl.DataFrame, **columns: pl.Expr | str) -> pl.DataFrame:
    """Rows of a table that belong to records: ``source_record_id`` and the columns, where any that
    is not a constant is known."""
    made = records.select("source_record_id", **columns)
    varied = [name for name, made_of in columns.items() if isinstance(made_of, str) or
              made_of.meta.root_names()]  # fmt: skip
    return made.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in varied))
