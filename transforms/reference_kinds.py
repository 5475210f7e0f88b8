"""Every kind of reference data that crimelink reads.

Codes and their forms: Office for National Statistics, "Register of geographic codes": a letter for
the country, two digits for the kind of area, six for the area.
"""

from collections.abc import Iterator

from transforms.reference_kind import Field, Kind
from transforms.reference_tables import GivenTable
from warehouse import reference_files as stored
from warehouse.contract import delivered_table

LSOA, MSOA, WARD = r"^[EW]01\d{6}$", r"^[EW]02\d{6}$", r"^[EW]05\d{6}$"
LAD, CSP, FORCE = r"^(E0[6-9]|W06)\d{6}$", r"^(E22|W14)\d{6}$", r"^(E23|W15)\d{6}$"


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


# Census 2021 TS001 and 2011 KS101 as Nomis gives them in bulk, and the mid-year estimates of small
# areas (ONS, "Lower layer Super Output Area population estimates").
_PERSONS = (
    r"Residence type: Total; measures: Value", r"Variable: All usual residents; measures: Value",
    "Total", "persons", "population",
)  # fmt: skip


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
    Kind(
        stored.POPULATION,
        (
            _code(
                "lsoa_code", LSOA, r"LSOA\d\dCD", r"LSOA( \d{4})? Code", "geography code",
                "lsoa_code",
            ),
            Field("persons", _PERSONS, bounds=(0.0, 100_000.0)),
        ),
    ),
)  # fmt: skip


def recognise(table: GivenTable) -> Kind | None:
    """The kind of reference data that an opened file is; None where it is none of them."""
    return next((kind for kind in KINDS if kind.fits(table)), None)
