"""A small made-up country of square LSOAs, for tests: four rows of four, 0.01 degrees wide."""

import polars as pl
import shapely

from warehouse.home import Home
from warehouse.reference_files import (
    LAD_FORCE,
    LSOA_AREAS,
    LSOA_CENTRES,
    LSOA_WARDS,
    POPULATION,
    WARD_AREA,
    StoredKind,
)

SIDE, STEP = 4, 0.01
WEST, SOUTH = -2.0, 54.0
FORCES = pl.DataFrame({"force": ["alpha", "beta"], "ons_code": ["E23000008", "E23000012"]})
LEFT, RIGHT = ("E06000001", "E23000008"), ("E06000002", "E23000012")
"""Local authority and force of the two columns of LSOAs in the west, and of those in the east."""


def lsoa(column: int, row: int) -> str:
    return f"E010000{row}{column}"


def middle(column: int, row: int) -> tuple[float, float]:
    return WEST + STEP * (column + 0.5), SOUTH + STEP * (row + 0.5)


def square(column: float, row: float, width: float = 1.0, height: float = 1.0) -> bytes:
    corner = WEST + STEP * column, SOUTH + STEP * row
    return shapely.to_wkb(shapely.box(*corner, corner[0] + STEP * width, corner[1] + STEP * height))


def lad(column: int) -> tuple[str, str]:
    return LEFT if column < SIDE // 2 else RIGHT


def ward(row: int, half: str = LEFT[0]) -> str:
    return f"E0500{half[-1]}00{row}"


def places() -> list[tuple[int, int]]:
    return [(column, row) for row in range(SIDE) for column in range(SIDE)]


def give(home: Home, kind: StoredKind, rows: list[dict[str, object]]) -> None:
    """Load rows as a kind; what they do not say is null."""
    home.reference.mkdir(parents=True, exist_ok=True, mode=0o700)
    pl.DataFrame(rows, schema=kind.schema).write_parquet(kind.path(home))


def boundaries(without: tuple[str, ...] = ()) -> list[dict[str, object]]:
    return [
        {"lsoa_code": lsoa(c, r), "name": f"Field {c}{r}", "lad_code": lad(c)[0],
         "ons_code": lad(c)[1], "boundary": square(c, r)}
        for c, r in places() if lsoa(c, r) not in without
    ]  # fmt: skip


def look_ups() -> list[dict[str, object]]:
    return [
        {"lsoa_code": lsoa(c, r), "ward_code": ward(r, lad(c)[0]), "ward_name": f"Row {r}",
         "lad_code": lad(c)[0], "lad_name": f"Half {lad(c)[0][-1]}"}
        for c, r in places()
    ]  # fmt: skip


def centres() -> list[dict[str, object]]:
    return [
        {"lsoa_code": lsoa(c, r), "longitude": middle(c, r)[0], "latitude": middle(c, r)[1]}
        for c, r in places()
    ]


def people(without: tuple[str, ...] = ()) -> list[dict[str, object]]:
    return [{"lsoa_code": lsoa(c, r), "persons": 1000 + 100 * r}
            for c, r in places() if lsoa(c, r) not in without]  # fmt: skip


def partnerships() -> list[dict[str, object]]:
    """Of the western authority alone."""
    return [{"lad_code": LEFT[0], "lad_name": "Half 1", "csp_code": "E22000072",
             "csp_name": "Darlington", "ons_code": LEFT[1]},
            {"lad_code": RIGHT[0], "lad_name": "Half 2", "ons_code": RIGHT[1]}]  # fmt: skip


def load_all(home: Home) -> None:
    """Boundaries of 2021, look-ups, centres and population of all LSOAs."""
    give(home, LSOA_AREAS[1], boundaries())
    give(home, LSOA_WARDS[1], look_ups())
    give(home, LSOA_CENTRES[1], centres())
    give(home, POPULATION, people())
    give(home, LAD_FORCE, partnerships())


def ward_boundaries() -> list[dict[str, object]]:
    """Two wards of another year's codes over the western half."""
    return [{"ward_code": f"E0590000{n}", "name": f"New {n}", "lad_code": LEFT[0],
             "ons_code": LEFT[1], "boundary": square(0, 2 * n, 2, 2)} for n in (0, 1)]  # fmt: skip


def draw_wards(home: Home) -> None:
    give(home, WARD_AREA, ward_boundaries())
