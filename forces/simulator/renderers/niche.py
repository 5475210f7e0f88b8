"""The Niche-like record system, from the side that sends: a zip of CSV files in cp1252.

``niche_<force>_<yyyymmdd>.zip`` holds a file an entity, two files of links, ``Deletes.csv`` and
``Control.csv`` (one row an entity, with the rows sent). The vendor's schema is not public: this one
is ours, with what public sources say of keys, codes and dates (``OccurrenceNo`` of 11 digits,
local times ``dd/mm/yyyy HH:MM``, 16+1 ethnicity, Home Office codes, grid references).

What the form cannot carry: seconds and zones of times; that only a month is known; ethnicity codes
that 16+1 lacks (W3 and O2 become W9 and O9); letters that cp1252 lacks (each becomes ``?``); a
place's LSOA and coordinates finer than a metre; the place of an outcome; a tie between nominals.

Faults, by their names in the rates of ``[niche]``:

- ``placeholder_name``: surname NOT ENTERED.
- ``placeholder_birth``: date of birth 01/01/1900.
- ``lower_case``: a surname in lower case.
- ``trailing_blank``: blanks after a forename.
- ``curly_apostrophe``: a typesetter's apostrophe in a surname; only of names that have one.
- ``postcode_spacing``: an address's postcode without its space, with two, or with one misplaced.
- ``unknown_offence_code``: an offence code that the Home Office does not have.
- ``no_coordinates``: an occurrence or incident without easting and northing.
"""

import zipfile
from datetime import timedelta
from pathlib import Path

import polars as pl

from forces.declaration import Declaration
from forces.simulator.extract import Extract, Renderer
from forces.simulator.renderers.niche_files import DELETED_AS, FILES
from forces.simulator.renderers.shape import Fault, Shape, plant_faults


def _person(name: str, column: str, changed: pl.Expr) -> Fault:
    """A fault of one column of a person, where it has a value."""
    is_given = pl.col(column).is_not_null()
    return Fault(name, "Persons", ("PersonId",), {column: changed}, is_given)


def _no_coordinates(entity: str, key: str) -> Fault:
    blank = pl.lit(None, pl.String)
    is_given = pl.col("Easting").is_not_null()
    return Fault("no_coordinates", entity, (key,), {"Easting": blank, "Northing": blank}, is_given)


def _misspaced(postcode: pl.Expr) -> pl.Expr:
    """A postcode with its space left out, doubled or misplaced, by its last letter."""
    closed = postcode.str.replace(" ", "", literal=True)
    last = postcode.str.tail(1)
    return (
        pl.when(last <= "H")
        .then(closed)
        .when(last <= "P")
        .then(postcode.str.replace(" ", "  ", literal=True))
        .otherwise(closed.str.head(2) + " " + closed.str.slice(2))
    )


FAULTS = (
    Fault("curly_apostrophe", "Persons", ("PersonId",),
          {"Surname": pl.col("Surname").str.replace_all("'", "’", literal=True)},
          pl.col("Surname").str.contains("'", literal=True)),
    _person("lower_case", "Surname", pl.col("Surname").str.to_lowercase()),
    _person("placeholder_name", "Surname", pl.lit("NOT ENTERED")),
    _person("trailing_blank", "Forename1", pl.col("Forename1") + "  "),
    _person("placeholder_birth", "DateOfBirth", pl.lit("01/01/1900")),
    Fault("postcode_spacing", "PersonAddresses", ("PersonId", "Postcode"),
          {"Postcode": _misspaced(pl.col("Postcode"))}, pl.col("Postcode").is_not_null()),
    Fault("unknown_offence_code", "Occurrences", ("OccurrenceNo",),
          {"OffenceCode": pl.lit("999/99")}, pl.col("OffenceCode").is_not_null()),
    _no_coordinates("Occurrences", "OccurrenceNo"),
    _no_coordinates("Incidents", "IncidentNo"),
)  # fmt: skip


def person_id(number: pl.Expr, _declaration: Declaration) -> pl.Expr:
    """``PersonId``: the running number as text; each force counts for itself."""
    return number.cast(pl.String)


def event_id(number: pl.Expr, year: pl.Expr, _declaration: Declaration) -> pl.Expr:
    """``OccurrenceNo``: two digits of the year and the running number in nine, ``YY000NNNNNN``."""
    digits = (year % 100).cast(pl.String).str.zfill(2)
    return digits + number.cast(pl.String).str.zfill(9)


def write(folder: Path, extract: Extract) -> dict[str, int]:
    """Write the delivery's zip into ``folder``; the number of faults planted, by fault."""
    files = {shape.entity: _render(shape, extract) for shape in FILES}
    planted = plant_faults(files, FAULTS, extract.rates)
    files["Deletes"] = _deletes(extract)
    files["Control"] = _control(extract, files)
    path = folder / f"niche_{extract.deliverer}_{extract.delivery_date:%Y%m%d}.zip"
    write_zip(path, {f"{name}.csv": _csv(frame) for name, frame in files.items()})
    return planted


def write_zip(path: Path, members: dict[str, bytes]) -> None:
    """Write an archive whose bytes depend on names and contents alone."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(
                zipfile.ZipInfo(name), content, compress_type=zipfile.ZIP_DEFLATED, compresslevel=6
            )


def _render(shape: Shape, extract: Extract) -> pl.DataFrame:
    """The file's records: what its table upserts, in its columns, ordered as it came."""
    table = extract.tables.get(shape.table)
    if table is None:
        return pl.DataFrame(schema=dict.fromkeys(shape.columns, pl.String))
    upserts = table.filter(pl.col("operation") == "upsert")
    return upserts.select(
        expression.cast(pl.String).alias(name) for name, expression in shape.columns.items()
    )


def _deletes(extract: Extract) -> pl.DataFrame:
    """Every deletion: entity, id, and when; the extract knows only the day."""
    when = f"{extract.delivery_date:%d/%m/%Y} 00:00"
    empty = pl.DataFrame(schema={"Entity": pl.String, "Id": pl.String, "When": pl.String})
    deleted = [
        extract.tables[table]
        .filter(pl.col("operation") == "delete")
        .select(
            pl.lit(entity).alias("Entity"),
            pl.col("source_record_id").alias("Id"),
            pl.lit(when).alias("When"),
        )
        for table, entity in DELETED_AS.items()
        if table in extract.tables
    ]
    return pl.concat([empty, *deleted])


def _control(extract: Extract, files: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row an entity: the extract, what it says of itself, and the rows sent."""
    until = extract.delivery_date
    since = until - timedelta(days=1)
    return pl.DataFrame(
        {"Entity": list(files), "Rows": [str(frame.height) for frame in files.values()]}
    ).select(
        pl.lit(extract.delivery_id).alias("ExtractId"),
        pl.lit("LIVE").alias("Environment"),
        pl.lit(extract.kind.upper()).alias("Kind"),
        pl.lit(f"{since:%d/%m/%Y}").alias("From"),
        pl.lit(f"{until:%d/%m/%Y}").alias("To"),
        "Entity",
        "Rows",
    )


def _csv(frame: pl.DataFrame) -> bytes:
    """The frame as the system exports it: cp1252, Windows line ends."""
    return frame.write_csv(line_terminator="\r\n").encode("cp1252", errors="replace")


RENDERER = Renderer(system="niche", person_id=person_id, event_id=event_id, write=write)
