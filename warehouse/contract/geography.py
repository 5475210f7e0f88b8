"""Official geography as it is published in the store: what the home was given, and from where."""

from warehouse.contract.constraint import Reference
from warehouse.contract.model import Column, Kind, Table
from warehouse.contract.units import UNITS

_FORCE = Column(
    "force",
    Kind.TEXT,
    "Force whose area it is or lies in; null where no declared force has that area.",
    references=Reference("force", "force", severity="info"),
)
_ONS_CODE = "ONS code of the police force area (E23…, W15…)"

LSOA = Table(
    "reference",
    "lsoa",
    "One row an LSOA of the loaded look-ups, of the 2011 and the 2021 census: what lies in what. "
    "Empty where none is loaded.",
    (
        Column("lsoa_code", Kind.TEXT, "Lower-layer Super Output Area code.", required=True),
        Column(
            "name",
            Kind.TEXT,
            "Name as published with it; it may hold the name of a district that is no more.",
        ),
        Column("msoa_code", Kind.TEXT, "Middle-layer Super Output Area code."),
        Column("msoa_name", Kind.TEXT, "Its name."),
        Column("ward_code", Kind.TEXT, "Ward that it is best fitted to."),
        Column("ward_name", Kind.TEXT, "Its name."),
        Column("lad_code", Kind.TEXT, "Local authority district."),
        Column("lad_name", Kind.TEXT, "Its name."),
        Column("ons_code", Kind.TEXT, f"{_ONS_CODE}; null where no look-up tells."),
        _FORCE,
        Column("easting", Kind.DOUBLE, "Of its population-weighted centre, metres, EPSG:27700."),
        Column("northing", Kind.DOUBLE, "The same, metres, EPSG:27700."),
        Column("longitude", Kind.DOUBLE, "The same, degrees east, EPSG:4326."),
        Column("latitude", Kind.DOUBLE, "The same, degrees north, EPSG:4326."),
    ),
    key=("lsoa_code",),
)

FORCE_AREA = Table(
    "reference",
    "force_area",
    "One row a police force area whose boundary is loaded. Empty where none is.",
    (
        Column("ons_code", Kind.TEXT, f"{_ONS_CODE}.", required=True),
        Column("name", Kind.TEXT, "Name as published with the boundary."),
        _FORCE,
        Column(
            "boundary",
            Kind.TEXT,
            "The boundary as GeoJSON geometry, degrees, EPSG:4326, as generalised as its publisher "
            "made it.",
            required=True,
        ),
    ),
    key=("ons_code",),
)

_AREAL = ("lsoa", "ward", "local_area")

AREA = Table(
    "reference",
    "area",
    "One row an area of the loaded geography that offences are counted by. Empty where none is "
    "loaded.",
    (
        Column("unit", Kind.TEXT, "lsoa, ward, local_area: as in mart.hotspot.", required=True,
               allowed=_AREAL),
        Column("area", Kind.TEXT, "Its code.", required=True,
               pattern="|".join(UNITS[name].pattern for name in _AREAL)),
        Column("name", Kind.TEXT, "Its name as published."),
        Column("local_area", Kind.TEXT,
               "Local policing area that it lies in: the community safety partnership of its local "
               "authority where such a look-up is loaded, else the local authority."),
        Column("ons_code", Kind.TEXT, f"{_ONS_CODE}; null where nothing loaded tells."),
        _FORCE,
        Column("census", Kind.TEXT,
               "Of an LSOA, the censuses whose loaded files have its code: 2011, 2021 or both; "
               "null where no file tells."),
        Column("km2", Kind.DOUBLE,
               "Square kilometres: of its boundary, else of the LSOAs that it is made of where the "
               "boundaries of all are loaded."),
        Column("persons", Kind.BIGINT,
               "Residents; of wards and local areas the sum of their LSOAs, where those of all are "
               "loaded."),
        Column("longitude", Kind.DOUBLE, "Of its centre, degrees east, EPSG:4326."),
        Column("latitude", Kind.DOUBLE, "The same, degrees north."),
        Column("boundary", Kind.TEXT,
               "The boundary as GeoJSON geometry, degrees, EPSG:4326, as generalised as its "
               "publisher made it; null where it is not loaded, and of local areas."),
    ),
    key=("unit", "area"),
)  # fmt: skip

LOADED = Table(
    "reference",
    "loaded",
    "One row a kind of reference data that the home had been given when the store was built.",
    (
        Column("kind", Kind.TEXT, "Kind, as crimelink reference names it.", required=True),
        Column("file", Kind.TEXT, "File it was read from."),
        Column("sha256", Kind.TEXT, "SHA-256 of that file."),
        Column("row_count", Kind.BIGINT, "Rows loaded.", required=True),
    ),
    key=("kind",),
)

TABLES = (LSOA, AREA, FORCE_AREA, LOADED)
