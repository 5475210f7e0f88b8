"""The kinds of cell that maps are made of: what each is called, and how its cells are named."""

from dataclasses import dataclass

from warehouse.contract.place import PLACE

_LSOA = next(column.pattern for column in PLACE if column.name == "lsoa_code")


@dataclass(frozen=True)
class UnitName:
    """A kind of cell.

    Attributes:
        name: as ``unit`` in the marts.
        says: what its cells are, and which offences are in them.
        pattern: form of a cell's name.
        none: why a force has no offence in such cells, where it has none.
    """

    name: str
    says: str
    pattern: str
    none: str


_SQUARE = r"E-?\d+N-?\d+$"
_UTM = rf"^utm\d{{1,2}}s?_{_SQUARE}"

UNIT_NAMES: tuple[UnitName, ...] = (
    UnitName("h3_r8", "H3 at resolution 8", r"^88[0-9a-f]{13}$", "no offence has a place"),
    UnitName(
        "h3_r9",
        "H3 at resolution 9, of offences with points of their own",
        r"^89[0-9a-f]{13}$",
        "no offence has a point of its own",
    ),
    UnitName(
        "bng_250m",
        "squares of the British National Grid, of offences with points of their own",
        rf"^{_SQUARE}",
        "no offence has a point of its own on the British National Grid",
    ),
    UnitName(
        "bng_500m",
        "the same, of offences snapped to public map points, which are in no finer cells",
        rf"^{_SQUARE}",
        "no offence is snapped to a public map point on the British National Grid",
    ),
    UnitName(
        "utm_250m",
        "squares of the UTM grid of forces without a place on the British one, as bng_250m",
        _UTM,
        "no offence has a point of its own outside the British National Grid",
    ),
    UnitName(
        "utm_500m",
        "the same as bng_500m",
        _UTM,
        "no offence is snapped to a public map point outside the British National Grid",
    ),
    UnitName(
        "lsoa",
        "Lower-layer Super Output Areas",
        _LSOA or "",
        "no offence names an LSOA of the force, and no loaded boundary of one holds an offence's "
        "point",
    ),
    UnitName(
        "ward",
        "electoral wards",
        r"^[EW]05\d{6}$",
        "no loaded boundary of a ward holds an offence's point, and no loaded look-up tells the "
        "ward of an offence's LSOA",
    ),
    UnitName(
        "local_area",
        "local policing areas: community safety partnerships, else local authorities",
        r"^(E22|W14|E0[6-9]|W06)\d{6}$",
        "no loaded look-up or boundary tells the local authority of an offence's LSOA or ward",
    ),
    UnitName(
        "force",
        "a force's offences, with or without a place",
        r"^[a-z0-9][a-z0-9-]*$",
        "no offence has a date",
    ),
)
"""In the order in which the marts are filled."""

UNITS: dict[str, UnitName] = {unit.name: unit for unit in UNIT_NAMES}
