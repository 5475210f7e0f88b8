"""A kind of reference data: how its columns are called as published, and what may stand in them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from forces.declaration import load_declarations
from transforms.reference_tables import BOUNDARY, ROW, GivenTable
from warehouse.errors import DeliveryError
from warehouse.reference_files import StoredKind


@dataclass(frozen=True)
class Field:
    """A stored column.

    Attributes:
        given: names that publishers give it, as regular expressions, the preferred first. Upper and
            lower case are one.
        is_needed: a file without it is none of the kind.
        is_filled: null is a fault.
        pattern: form of a code.
        bounds: lowest and highest value.
        of_force: the column names a force, whose ONS code is stored.
    """

    name: str
    given: tuple[str, ...]
    is_needed: bool = True
    is_filled: bool = True
    pattern: str | None = None
    bounds: tuple[float, float] | None = None
    of_force: bool = False

    def find(self, columns: tuple[str, ...]) -> str | None:
        """The column of a file that holds it; of several vintages the newest."""
        for name in self.given:
            fitting = [c for c in columns if re.fullmatch(name, c, re.IGNORECASE)]
            if fitting:
                return max(fitting)
        return None


@dataclass(frozen=True)
class Kind:
    """A kind of reference data: its stored form and where each column comes from.

    Attributes:
        stored: what it becomes.
        fields: its columns but the boundary.
    """

    stored: StoredKind
    fields: tuple[Field, ...]

    @property
    def has_boundaries(self) -> bool:
        """True where it is published as GeoJSON."""
        return BOUNDARY in self.stored.schema

    def fits(self, table: GivenTable) -> bool:
        """True where the table has every column that the kind needs."""
        return table.has_boundaries == self.has_boundaries and all(
            f.find(table.columns) for f in self.fields if f.is_needed
        )

    def read(self, table: GivenTable, file: str) -> pl.DataFrame:
        """The rows in the stored columns and types, in order of the key.

        Raises:
            DeliveryError: ``column_missing``; ``reference_row`` for a row that cannot be read;
                ``reference_value`` for a value missing, of the wrong form or out of bounds;
                ``reference_repeated`` for a key of which two rows say different things.
        """
        found = {f: f.find(table.columns) for f in self.fields}
        missing = [f.name for f, column in found.items() if f.is_needed and column is None]
        if missing or table.has_boundaries != self.has_boundaries:
            lacks = missing or ["boundaries" if self.has_boundaries else "a table, not boundaries"]
            raise DeliveryError(
                "column_missing", f"{file}: not of kind {self.stored.name}: lacks {lacks[0]}"
            )
        given = table.read(list(dict.fromkeys(c for c in found.values() if c is not None)))
        typed = given.select(ROW, *self._typed(found), *([BOUNDARY] if self.has_boundaries else ()))
        for f, column in found.items():
            if column is not None:
                _check(given[column], typed[f.name], typed[ROW], f, f"{file}: {column}")
        return self._unique(typed, file)

    def _typed(self, found: Mapping[Field, str | None]) -> Iterator[pl.Expr]:
        for f, column in found.items():
            kind = self.stored.schema[f.name]
            if column is None:
                yield pl.lit(None, kind).alias(f.name)
                continue
            value = pl.col(column)
            if kind == pl.String():
                value = value.cast(pl.String()).str.strip_chars().replace("", None)
            if f.of_force and not re.fullmatch(r"id|PFA\d\dCD", column, re.IGNORECASE):
                code = value.str.to_lowercase().replace_strict(
                    force_codes(), default="", return_dtype=pl.String()
                )
                value = pl.when(value.is_not_null()).then(code)
            yield value.cast(kind, strict=False).alias(f.name)

    def _unique(self, typed: pl.DataFrame, file: str) -> pl.DataFrame:
        # Rows that say the same are one row: publishers repeat features, and look-ups of smaller
        # areas repeat those above them.
        rows = typed.select(ROW, *self.stored.schema).unique(
            list(self.stored.schema), keep="first", maintain_order=True
        )
        repeated = rows.filter(pl.col(self.stored.key).is_duplicated())[ROW]
        if repeated.len():
            raise DeliveryError(
                "reference_repeated",
                f"{file}: {repeated.len():,} rows repeat a {self.stored.key} and differ, first in "
                f"row {repeated[0]}",
            )
        return rows.drop(ROW).sort(self.stored.key)


def _check(given: pl.Series, typed: pl.Series, row: pl.Series, f: Field, where: str) -> None:
    sound = typed.is_not_null()
    if f.pattern:
        sound = sound & typed.str.contains(f.pattern)
    if f.bounds:
        sound = sound & typed.is_between(*f.bounds)
    is_blank = given.is_null() if given.dtype != pl.String() else (
        given.is_null() | (given.str.strip_chars() == "")
    )  # fmt: skip
    bad = row.filter(~sound.fill_null(value=False) & (~is_blank if not f.is_filled else True))
    if bad.len():
        what = "names no force" if f.of_force else "is missing, malformed or out of bounds"
        raise DeliveryError(
            "reference_value", f"{where} {what} in {bad.len():,} rows, first in row {bad[0]}"
        )


@cache
def force_codes() -> dict[str, str]:
    """ONS codes of the forces of England and Wales by every name they go by, lower case."""
    return {
        name.lower(): declared.ons_code
        for declared in load_declarations().values()
        if declared.ons_code
        for name in (declared.name, *declared.aliases)
    }
