"""The table of live facial recognition deployments: its header, and the records of its file.

The file has no name of its own, and is known by its header. A table is whole: it runs from the
first deployment, as its cumulative faces do, and one file is one table.
"""

from dataclasses import replace
from pathlib import PurePosixPath

from transforms.mapping import Delivery, Entity, Records
from transforms.readers import read_delimited
from transforms.systems.met_lfr_dates import DERIVED, add_dates
from warehouse.errors import DeliveryError

# The columns that are stored or looked at. The census shares of ward and London, which the
# compilers set beside each row, and the rate that follows from alerts and faces are not: they are
# counted as extra columns.
FILE = Entity(
    "deployments",
    (
        "Year", "Date", "Watchlist size", "Total Alerts", "True Alerts Confirmed",
        "True Alerts Unconfirmed", "False Alerts Confirmed", "False Alerts Unconfirmed",
        "Faces seen", "Arrests", "No Action", "Deployment",
    ),
    (
        "Other Disposal", "Duration", "Cumulative faces seen", "Source", "Borough", "LFR Use Case",
        "Min Threshold setting", "Our False Alert rate", "Post code (approx)", "Ward (approx)",
        "Ward Code",
    ),
)  # fmt: skip

# With what is told of each row from the whole table.
ENTITY = Entity(FILE.name, (*FILE.required, *DERIVED), FILE.optional)

_TELLING = frozenset({"Watchlist size", "Faces seen", "Total Alerts"})
_MAX_HEADER_BYTES = 65_536


def is_csv(file: str) -> bool:
    """True for a file that may be such a table by its name."""
    return PurePosixPath(file).suffix.lower() == ".csv"


def looks_like(delivery: Delivery) -> bool:
    """True where the first line of some file names watchlist, faces and alerts."""
    return any(_is_table(delivery, file) for file in delivery.files)


def find_table(delivery: Delivery) -> str:
    """The delivery's only file.

    Raises:
        DeliveryError: ``unknown_file`` or ``file_twice``.
    """
    tables = [file for file in delivery.files if _is_table(delivery, file)]
    for file in delivery.files:
        if file not in tables:
            raise DeliveryError("unknown_file", f"{file}: has not the header of the LFR table")
    if len(tables) != 1:
        raise DeliveryError("file_twice", f"{tables[1]}: {tables[0]} is the LFR table already")
    return tables[0]


def read_table(delivery: Delivery) -> Records:
    """The table's records in the file's order, with what their dates are taken to be.

    Raises:
        DeliveryError: as ``find_table`` and ``read_delimited``.
    """
    file = find_table(delivery)
    records = read_delimited(
        delivery.folder / file, file=file, entity=FILE, are_names_repeated=True
    )
    return replace(records, frame=add_dates(records.frame, delivery.delivery_date))


def _is_table(delivery: Delivery, file: str) -> bool:
    if not is_csv(file):
        return False
    with (delivery.folder / file).open("rb") as opened:
        first = opened.readline(_MAX_HEADER_BYTES).decode("utf-8-sig", "replace")
    return {name.strip().strip('"') for name in first.split(",")} >= _TELLING
