"""Country profiles: the rules that differ between countries, named in a force's declaration."""

from dataclasses import dataclass

from warehouse.errors import DeclarationError


@dataclass(frozen=True)
class Profile:
    """What a country's records are held to.

    Attributes:
        name: as ``profile =`` in a declaration.
        zone: IANA time zone of local times.
        has_postcodes: postcodes have the British form and a directory of centres.
        has_identifiers: PNC IDs and CRO numbers are checked by their letters.
        has_national_grid: coordinates have eastings and northings of EPSG:27700 and a 250 m cell;
            elsewhere only longitude, latitude and H3 cells.
    """

    name: str
    zone: str
    has_postcodes: bool
    has_identifiers: bool
    has_national_grid: bool


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "GB", "Europe/London", has_postcodes=True, has_identifiers=True, has_national_grid=True
        ),
        Profile(
            "generic", "UTC", has_postcodes=False, has_identifiers=False, has_national_grid=False
        ),
    )
}


def profile(name: str) -> Profile:
    """The profile of that name.

    Raises:
        DeclarationError: there is none.
    """
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(sorted(PROFILES))
        raise DeclarationError(f"no country profile {name}; there are: {known}") from None
