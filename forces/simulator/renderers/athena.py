"""The athena-like record system: pipe-delimited text, several forces in a file, a weekly full.

Files: ``CONTROL.txt`` (extract id, environment, kind) and one ``<entity>.txt`` an entity, UTF-8
with a byte order mark, a header, records, and ``#TRAILER|<entity>|<records>`` at the end. All are
there even where they are empty. A field that holds a pipe, a quote or a line break is quoted.

Rates of its faults, each a share of the rows it can befall:

- ``urn_force_00``: an event's URN begins with 00, the region's code, wherever it is quoted
- ``owning_force_missing``: an event's owning force is blank; its URN still tells it
- ``force_unknown``: the owning force is blank and the URN begins with 00
- ``postcode_missing``: an offence or incident has no postcode
- ``postcode_placeholder``: an offence's or address's postcode is NF1 1NF
- ``location_missing``: an offence has neither postcode nor location text
- ``name_double_spaces``: spaces before, after and doubled within a name
- ``name_full_width``: a surname in full-width letters
- ``name_lower_case``: a name in lower case
- ``name_placeholder``: surname NOT ENTERED, no forename
- ``birth_placeholder``: birth date 1900-01-01
- ``sex_unknown``: sex 0, not known
- ``blank_field``: fields that hold nothing but spaces
- ``offence_code_unknown``: an offence code that no list has
- ``offence_code_lower_case``: an offence code in lower case
"""

from pathlib import Path

import polars as pl

from forces.declaration import Declaration
from forces.simulator.extract import Extract, Renderer
from forces.simulator.renderers.athena_shapes import SHAPES
from forces.simulator.renderers.shape import Fault, Shape, full_width, plant_faults
from warehouse.reference import read_reference

REGION_CODE = "00"

OWNED = tuple(shape.entity for shape in SHAPES if "OwningForce" in shape.columns)
NOMINAL_KEY = ("ForceCode", "NominalRef")
EVENT_KEY = ("OwningForce", "URN")


def _region_urn(column: str = "URN") -> pl.Expr:
    return pl.concat_str(pl.lit(REGION_CODE), pl.col(column).str.slice(2))


def _spaced(column: str) -> pl.Expr:
    """Spaces around and doubled within."""
    doubled = pl.col(column).str.replace_all(" ", "  ", literal=True)
    return pl.concat_str(pl.lit(" "), doubled, pl.lit("  "))


# In order: what hides the force comes last, so that the keys of the others still tell it.
FAULTS = (
    Fault("location_missing", "investigation", EVENT_KEY,
          {"LocationText": pl.lit(None, pl.String), "Postcode": pl.lit(None, pl.String)}),
    *(Fault("postcode_missing", entity, EVENT_KEY, {"Postcode": pl.lit(None, pl.String)},
            pl.col("Postcode").is_not_null()) for entity in ("investigation", "incident")),
    Fault("postcode_placeholder", "investigation", EVENT_KEY, {"Postcode": pl.lit("NF1 1NF")},
          pl.col("Postcode").is_not_null()),
    Fault("postcode_placeholder", "nominal_address", (*NOMINAL_KEY, "Postcode"),
          {"Postcode": pl.lit("NF1 1NF")}, pl.col("Postcode").is_not_null()),
    Fault("name_double_spaces", "nominal", NOMINAL_KEY,
          {"Surname": _spaced("Surname"), "Forename1": _spaced("Forename1")}),
    Fault("name_full_width", "nominal", NOMINAL_KEY, {"Surname": full_width("Surname")}),
    Fault("name_lower_case", "nominal", NOMINAL_KEY,
          {"Surname": pl.col("Surname").str.to_lowercase(),
           "Forename1": pl.col("Forename1").str.to_lowercase()}),
    Fault("name_placeholder", "nominal", NOMINAL_KEY,
          {"Surname": pl.lit("NOT ENTERED"), "Forename1": pl.lit(None, pl.String)}),
    Fault("birth_placeholder", "nominal", NOMINAL_KEY,
          {"DateOfBirth": pl.lit("1900-01-01"), "YearOfBirth": pl.lit("1900")}),
    Fault("sex_unknown", "nominal", NOMINAL_KEY, {"Sex": pl.lit("0")}),
    Fault("blank_field", "nominal", NOMINAL_KEY, {"Forename2": pl.lit("  ")},
          pl.col("Forename2").is_null()),
    Fault("offence_code_unknown", "investigation", EVENT_KEY, {"OffenceCode": pl.lit("ZZ99999")}),
    Fault("offence_code_lower_case", "investigation", EVENT_KEY,
          {"OffenceCode": pl.col("OffenceCode").str.to_lowercase()}),
    Fault("force_unknown", "investigation", EVENT_KEY,
          {"OwningForce": pl.lit(None, pl.String), "URN": _region_urn()}),
    *(Fault("urn_force_00", entity, EVENT_KEY, {"URN": _region_urn()},
            pl.col("OwningForce").is_not_null()) for entity in OWNED),
    *(Fault("owning_force_missing", entity, EVENT_KEY, {"OwningForce": pl.lit(None, pl.String)},
            ~pl.col("URN").str.starts_with(REGION_CODE)) for entity in ("incident", "custody")),
)  # fmt: skip


def pnc_code(declaration: Declaration) -> str:
    """The force's own PNC code: the first that is not the region's."""
    return next(code for code in declaration.pnc_codes if code != REGION_CODE)


def nominal_ref(number: pl.Expr, declaration: Declaration) -> pl.Expr:  # noqa: ARG001
    """``N00000042``: one series for the whole region."""
    return pl.concat_str(pl.lit("N"), number.cast(pl.String).str.zfill(8))


def urn(number: pl.Expr, year: pl.Expr, declaration: Declaration) -> pl.Expr:
    """``FF/NNNNNN/YY``."""
    serial = number.cast(pl.String).str.zfill(6)
    short_year = (year % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str(pl.lit(pnc_code(declaration)), serial, short_year, separator="/")


def _records(shape: Shape, extract: Extract) -> pl.DataFrame:
    """The rows of one shape. A full extract lacks what was deleted."""
    rows = extract.tables.get(shape.table)
    if rows is None or rows.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(shape.columns, pl.String()))
    codes = {force: pnc_code(declared) for force, declared in extract.declarations.items()}
    rows = rows.filter(pl.col("operation") == "upsert").with_columns(
        pl.col("force").replace_strict(codes, return_dtype=pl.String).alias("pnc_code")
    )
    if shape.table == "offence_record":
        rows = _with_cjs_code(rows)
    return rows.select(**shape.columns)


def _with_cjs_code(rows: pl.DataFrame) -> pl.DataFrame:
    """Offences with the CJS code of their Home Office code, null where there is none."""
    cjs = read_reference("offence_code").select("offence_code", "cjs_code")
    return rows.join(cjs, on="offence_code", how="left", maintain_order="left")


def _write_entity(folder: Path, entity: str, rows: pl.DataFrame) -> None:
    with (folder / f"{entity}.txt").open("wb") as file:
        rows.write_csv(file, separator="|", include_bom=True)
        file.write(f"#TRAILER|{entity}|{rows.height}\n".encode())


def write(folder: Path, extract: Extract) -> dict[str, int]:
    """Write one extract into ``folder``; the faults planted, by name."""
    frames = {shape.entity: _records(shape, extract) for shape in SHAPES}
    planted = plant_faults(frames, FAULTS, extract.rates)
    control = f"ExtractId|{extract.delivery_id}\nEnvironment|LIVE\nKind|{extract.kind.upper()}\n"
    (folder / "CONTROL.txt").write_text(control, encoding="utf-8-sig", newline="\n")
    for entity, rows in frames.items():
        _write_entity(folder, entity, rows)
    return planted


RENDERER = Renderer(system="athena", person_id=nominal_ref, event_id=urn, write=write)
