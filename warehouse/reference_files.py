"""Reference data that a home has been given: which kinds there are, and where each is stored.

Each kind is one Parquet file under ``reference/`` with a JSON beside it that says which file it
came from. A stored file of another shape, as an older version wrote, counts as not loaded.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.contract import TABLES
from warehouse.home import Home

CENSUSES = ("2011", "2021")
"""Years of the censuses whose LSOA codes are in use."""

_TEXT, _NUMBER = pl.String(), pl.Float64()
_POINT: dict[str, pl.DataType] = dict.fromkeys(
    ("easting", "northing", "longitude", "latitude"), _NUMBER
)


@dataclass(frozen=True)
class StoredKind:
    """A kind of reference data.

    Attributes:
        name: what ``crimelink reference`` calls it.
        says: what it is, for people.
        columns: names and types of the stored file, the key first.
    """

    name: str
    says: str
    columns: tuple[tuple[str, pl.DataType], ...]

    @cached_property
    def schema(self) -> dict[str, pl.DataType]:
        """Names and types of the stored file."""
        return dict(self.columns)

    @property
    def key(self) -> str:
        """The column that tells its rows apart."""
        return self.columns[0][0]

    def path(self, home: Home) -> Path:
        """Where the home stores it."""
        return home.reference / f"{self.name}.parquet"

    def said_path(self, home: Home) -> Path:
        """The JSON that says which file it came from."""
        return home.reference / f"{self.name}.json"

    def is_stored(self, home: Home) -> bool:
        """True where the home has it, in this shape."""
        path = self.path(home)
        return path.exists() and dict(pl.read_parquet_schema(path)) == self.schema

    def read(self, home: Home) -> pl.DataFrame | None:
        """The stored rows, in order of the key; None where it is not loaded."""
        return pl.read_parquet(self.path(home), glob=False) if self.is_stored(home) else None

    def said(self, home: Home) -> dict[str, Any]:
        """What the JSON says: ``file``, ``sha256``, ``rows`` and, of a night's, ``delivery``."""
        path = self.said_path(home)
        if not path.exists():
            return {}
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return told


def _kind(name: str, says: str, texts: str, /, **others: pl.DataType) -> StoredKind:
    named = dict.fromkeys(texts.split(), _TEXT) | others
    return StoredKind(name, says, tuple(named.items()))


def _per_census(name: str, says: str, texts: str, **others: pl.DataType) -> tuple[StoredKind, ...]:
    return tuple(
        _kind(f"{name}_{year}", f"{says}, codes of {year}", texts, **others) for year in CENSUSES
    )


_BOUNDARY = {"boundary": pl.Binary()}  # WKB, degrees (EPSG:4326)

FORCE_AREA = _kind("force_area", "police force areas", "ons_code name", **_BOUNDARY)
WARD_AREA = _kind("ward_area", "wards", "ward_code name lad_code ons_code", **_BOUNDARY)
LSOA_AREAS = _per_census("lsoa_area", "LSOAs", "lsoa_code name lad_code ons_code", **_BOUNDARY)
LSOA_CENTRES = _per_census("lsoa_centroid", "centres of LSOAs", "lsoa_code name", **_POINT)
LSOA_WARDS = _per_census(
    "lsoa_ward",
    "LSOAs to wards and local authorities",
    "lsoa_code name ward_code ward_name lad_code lad_name",
)
LSOA_MSOA = _kind(
    "lsoa_msoa",
    "LSOAs to MSOAs, local authorities and forces",
    "lsoa_code name msoa_code msoa_name lad_code lad_name ons_code",
)
LAD_FORCE = _kind(
    "lad_force",
    "local authorities to community safety partnerships and forces",
    "lad_code lad_name csp_code csp_name ons_code",
)
WARD_FORCE = _kind("ward_force", "wards to forces", "ward_code ons_code")
POPULATION = _kind("population", "residents of LSOAs", "lsoa_code", persons=pl.Int64())
POSTCODE = StoredKind(
    "postcode",
    "postcodes and their centres",
    tuple(TABLES["reference.postcode"].polars_schema().items()),
)

STORED: tuple[StoredKind, ...] = (
    FORCE_AREA,
    WARD_AREA,
    *LSOA_AREAS,
    *LSOA_CENTRES,
    *LSOA_WARDS,
    LSOA_MSOA,
    LAD_FORCE,
    WARD_FORCE,
    POSTCODE,
    POPULATION,
)
