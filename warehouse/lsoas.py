"""What is known of each LSOA, put together from every look-up that the home has been given."""

from collections.abc import Iterator

import polars as pl

from warehouse.home import Home
from warehouse.reference_files import (
    LAD_FORCE,
    LSOA_AREAS,
    LSOA_CENTRES,
    LSOA_MSOA,
    LSOA_WARDS,
)

SCHEMA: dict[str, pl.DataType] = {
    **dict.fromkeys(("lsoa_code", "name", "msoa_code", "msoa_name", "ward_code", "ward_name",
                     "lad_code", "lad_name", "ons_code"), pl.String()),
    **dict.fromkeys(("easting", "northing", "longitude", "latitude"), pl.Float64()),
}  # fmt: skip

# Where two say different things the earlier counts: the newer census, and a look-up before what
# stands beside a boundary.
_IN_ORDER = (*reversed(LSOA_WARDS), *reversed(LSOA_AREAS), LSOA_MSOA, *reversed(LSOA_CENTRES))


def read_lsoas(home: Home) -> pl.DataFrame:
    """A row an LSOA, in order of its code; none where nothing of LSOAs is loaded.

    ``ons_code`` is the police force area: that of its local authority where such a look-up is
    loaded, else what a look-up says of the LSOA itself; null where neither tells.
    """
    forces = LAD_FORCE.read(home)
    parts = [_with_force(part, forces) for part in _parts(home)]
    if not parts:
        return pl.DataFrame(schema=SCHEMA)
    rows = pl.concat([pl.DataFrame(schema=SCHEMA), *parts], how="diagonal")
    first = (pl.col(name).drop_nulls().first() for name in SCHEMA if name != "lsoa_code")
    known = rows.group_by("lsoa_code", maintain_order=True).agg(first).sort("lsoa_code")
    # A name belongs to the code that was taken, not to that of another look-up.
    named = rows.select("lad_code", "lad_name").drop_nulls()
    names = named.unique("lad_code", keep="first", maintain_order=True)
    with_names = known.drop("lad_name").join(names, on="lad_code", how="left")
    return with_names.select(list(SCHEMA)).sort("lsoa_code")


def _parts(home: Home) -> Iterator[pl.DataFrame]:
    for kind in _IN_ORDER:
        frame = kind.read(home)
        if frame is not None:
            yield frame.select(name for name in frame.columns if name in SCHEMA)


def _with_force(part: pl.DataFrame, forces: pl.DataFrame | None) -> pl.DataFrame:
    if forces is None or "lad_code" not in part.columns:
        return part
    by_lad = forces.select("lad_code", of_lad="ons_code")
    own = pl.col("ons_code") if "ons_code" in part.columns else pl.lit(None, pl.String())
    return (
        part.join(by_lad, on="lad_code", how="left", maintain_order="left")
        .with_columns(ons_code=pl.coalesce("of_lad", own))
        .drop("of_lad")
    )
