"""Every kind of reference data: how its columns are called as published, and what may stand in
them.

Codes and their forms: Office for National Statistics, "Register of geographic codes": a letter for
the country, two digits for the kind of area, six for the area.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from forces.declaration import load_declarations
from transforms.reference_tables import BOUNDARY, ROW, GivenTable
from warehouse import reference_files as stored
from warehouse.contract import delivered_table
from warehouse.errors import DeliveryError
from warehouse.reference_files import StoredKind

LSOA, MSOA, WARD = r"^[EW]01\d{6}$", r"^[EW]02\d{6}$", r"^[EW]05\d{6}$"
LAD, CSP, FORCE = r"^(E0[6-9]|W06)\d{6}$", r"^(E22|W14)\d{6}$", r"^(E23|W15)\d{6}$"


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


def _coordinates() -> tuple[Field, ...]:
    place = delivered_table("offence_record")
    names = {
        "easting": ("easting", "BNG_E"),
        "northing": ("northing", "BNG_N"),
        "longitude": ("longitude", "long?"),
        "latitude": ("latitude", "lat"),
    }
    return tuple(
        Field(name, given, bounds=(float(column.minimum or 0), float(column.maximum or 0)))
        for name, given in names.items()
        for column in (place.column(name),)
    )


def _code(
    name: str, pattern: str, *given: str, is_needed: bool = True, is_filled: bool = True
) -> Field:
    return Field(name, given, is_needed, is_filled, pattern)


def _text(name: str, *given: str) -> Field:
    return Field(name, given, is_needed=False, is_filled=False)


def _force(*given: str, is_needed: bool, is_filled: bool = False) -> Field:
    return Field("ons_code", given, is_needed, is_filled, FORCE, of_force=True)


_NAMED_FORCE = ("PFA_NAME", "police_force", r"PFA\d\dNM", "pfa")
_POSTCODE = delivered_table("offence_record").column("postcode").pattern
_LAD = _code("lad_code", LAD, r"LAD\d\dCD", "LADCD_ACTIVE", is_needed=False, is_filled=False)


def _lsoa(year: str) -> tuple[Field, Field]:
    short = year[2:]
    return (
        _code("lsoa_code", LSOA, f"LSOA{short}CD"),
        _text("name", f"LSOA{short}NM"),
    )


def _of_census(year: str) -> Iterator[Kind]:
    by_name = {kind.name: kind for kind in stored.STORED}
    force = _force(r"PFA\d\dCD", *_NAMED_FORCE, is_needed=False)
    yield Kind(by_name[f"lsoa_area_{year}"], (*_lsoa(year), _LAD, force))
    yield Kind(
        by_name[f"lsoa_ward_{year}"],
        (
            *_lsoa(year),
            _code("ward_code", WARD, r"WD\d\dCD"),
            _text("ward_name", r"WD\d\dNM"),
            _code("lad_code", LAD, r"LAD\d\dCD"),
            _text("lad_name", r"LAD\d\dNM"),
        ),
    )
    yield Kind(by_name[f"lsoa_centroid_{year}"], (*_lsoa(year), *_coordinates()))


# Where a file fits several kinds the first counts: what needs more columns stands before what needs
# fewer of the same.
KINDS: tuple[Kind, ...] = (
    Kind(
        stored.POSTCODE,
        (_code("postcode", _POSTCODE or "", "postcode", "pcds"), *_coordinates()),
    ),
    *(kind for year in stored.CENSUSES for kind in _of_census(year)),
    Kind(
        stored.WARD_AREA,
        (
            _code("ward_code", WARD, r"WD\d\dCD"),
            _text("name", r"WD\d\dNM"),
            _LAD,
            _force(r"PFA\d\dCD", *_NAMED_FORCE, is_needed=False),
        ),
    ),
    Kind(
        stored.FORCE_AREA,
        (
            _force(r"PFA\d\dCD", "id", is_needed=True, is_filled=True),
            _text("name", r"PFA\d\dNM", "name"),
        ),
    ),
    Kind(
        stored.LSOA_MSOA,
        (
            _code("lsoa_code", LSOA, r"LSOA\d\dCD", "LSOA Code"),
            _text("name", r"LSOA\d\dNM", "LSOA Name"),
            _code("msoa_code", MSOA, r"MSOA\d\dCD", "MSOA Code"),
            _text("msoa_name", r"MSOA\d\dNM", "MSOA Name"),
            _code("lad_code", LAD, r"LAD\d\dCD", "Local authority code"),
            _text("lad_name", r"LAD\d\dNM", "Local authority name"),
            _force(r"PFA\d\dCD", *_NAMED_FORCE, is_needed=False),
        ),
    ),
    Kind(
        stored.WARD_FORCE,
        (
            _code("ward_code", WARD, r"WD\d\dCD", "ward_code"),
            _force(r"PFA\d\dCD", *_NAMED_FORCE, is_needed=True, is_filled=True),
        ),
    ),
    Kind(
        stored.LAD_FORCE,
        (
            _code("lad_code", LAD, r"LAD\d\dCD"),
            _text("lad_name", r"LAD\d\dNM"),
            _code("csp_code", CSP, r"CSP\d\dCD", is_needed=False, is_filled=False),
            _text("csp_name", r"CSP\d\dNM"),
            _force(r"PFA\d\dCD", is_needed=True, is_filled=True),
        ),
    ),
)


def recognise(table: GivenTable) -> Kind | None:
    """The kind of reference data that an opened file is; None where it is none of them."""
    return next((kind for kind in KINDS if kind.fits(table)), None)
