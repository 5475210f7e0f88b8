"""Files of data.police.uk: their names, their records, and a key for rows that have none.

A Crime ID is no key: it is null for anti-social behaviour and may repeat. A row is known by its
kind of file, month, the hash of its content and its ordinal among identical rows of that file.
"""

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import polars as pl

from transforms.mapping import Delivery, Entity, Records
from transforms.readers import combine, read_delimited
from transforms.row_keys import hash_rows, number_repeats
from warehouse.errors import DeliveryError

# Headers as data.police.uk writes them, in its order, on which the hash of a row depends.
_COMMON = ("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location",
           "LSOA code", "LSOA name")  # fmt: skip
FILES = (
    Entity("street", (*_COMMON, "Crime type", "Last outcome category", "Context")),
    Entity("outcomes", (*_COMMON, "Outcome type")),
    Entity(
        "stop-and-search",
        ("Type", "Date", "Part of a policing operation", "Policing operation", "Latitude",
         "Longitude", "Gender", "Age range", "Self-defined ethnicity", "Officer-defined ethnicity",
         "Legislation", "Object of search", "Outcome", "Outcome linked to object of search",
         "Removal of more than just outer clothing"),
    ),
)  # fmt: skip

ROW_KEY = "row key"
CRIME_IS_HERE = "crime is here"
# What the records have besides: nothing that a file says.
ENTITIES = tuple(
    Entity(
        file.name,
        (*file.required, ROW_KEY, *((CRIME_IS_HERE,) if file.name == "outcomes" else ())),
    )
    for file in FILES
)

_NAME = re.compile(
    r"^(?P<month>\d{4}-(?:0[1-9]|1[0-2]))-(?P<force>[a-z]+(?:-[a-z]+)*?)"
    r"-(?P<kind>street|outcomes|stop-and-search)\.csv$"
)
_IN_PATH = r"(?:^|/)(\d{4}-\d{2})-([a-z-]+?)-(street|outcomes|stop-and-search)\.csv$"
FILE_MONTH = pl.col("source_file").str.extract(_IN_PATH, 1)
FILE_FORCE = pl.col("source_file").str.extract(_IN_PATH, 2)


@dataclass(frozen=True)
class MonthFile:
    """A file by what its name says: month as ``YYYY-MM``, the force's slug and the kind."""

    path: str
    month: str
    force: str
    kind: str


def parse_name(path: str) -> MonthFile | None:
    """What the name of a file says, or None where it is no name of data.police.uk."""
    match = _NAME.match(PurePosixPath(path).name)
    return MonthFile(path, match["month"], match["force"], match["kind"]) if match else None


def list_files(delivery: Delivery) -> list[MonthFile]:
    """The delivery's files by their names.

    Raises:
        DeliveryError: ``unknown_file``, ``other_force_file`` or ``file_twice``.
    """
    served = {declaration.force for declaration in delivery.declarations}
    found: dict[tuple[str, str, str], MonthFile] = {}
    for path in delivery.files:
        file = parse_name(path)
        if file is None:
            raise DeliveryError("unknown_file", f"{path}: not named like 2021-03-durham-street.csv")
        if file.force not in served:
            raise DeliveryError(
                "other_force_file", f"{path}: is of {file.force}, not of {delivery.deliverer}"
            )
        key = (file.kind, file.month, file.force)
        if key in found:
            raise DeliveryError(
                "file_twice", f"{path}: {found[key].path} has this name and differs"
            )
        found[key] = file
    return list(found.values())


def read_files(delivery: Delivery) -> dict[str, Records]:
    """The records of the delivery by kind of file, with a key a row.

    Outcomes also say whether their crime is in a street file of the delivery.

    Raises:
        DeliveryError: as ``list_files`` and ``read_delimited``.
    """
    files = list_files(delivery)
    read = {}
    for entity in FILES:
        parts = [_read_file(delivery, file, entity) for file in files if file.kind == entity.name]
        if parts:
            read[entity.name] = combine(parts)
    if "outcomes" in read:
        read["outcomes"] = _look_for_crimes(read["outcomes"], read.get("street"))
    return read


def _read_file(delivery: Delivery, file: MonthFile, entity: Entity) -> Records:
    records = read_delimited(delivery.folder / file.path, file=file.path, entity=entity)
    hashed = records.frame.with_columns(row_hash=hash_rows(records.frame, entity.required))
    key = pl.format(
        "{}:{}:{}:{}",
        pl.lit(file.kind), pl.lit(file.month), "row_hash", number_repeats(pl.col("row_hash")),
    )  # fmt: skip
    frame = hashed.with_columns(key.alias(ROW_KEY)).drop("row_hash")
    return replace(records, frame=frame)


def _look_for_crimes(outcomes: Records, street: Records | None) -> Records:
    crimes = (
        pl.Series("Crime ID", [], pl.String) if street is None
        else street.frame["Crime ID"].drop_nulls().unique()
    )  # fmt: skip
    is_here = pl.col("Crime ID").is_in(crimes.implode()).fill_null(value=False)
    text = pl.when(is_here).then(pl.lit("yes")).otherwise(pl.lit("no"))
    return replace(outcomes, frame=outcomes.frame.with_columns(text.alias(CRIME_IS_HERE)))
