"""The Metropolitan Police's live facial recognition deployments: one table out of a spreadsheet.

A row a deployment, totals at the foot. Each delivery is the whole table: a deployment that a later
one no longer holds is closed. It has no ids: a deployment is known by its day, its place and its
number among those of that day and place, as ``2024-02-23:London Bridge:2``.
"""

import polars as pl

from transforms.contacts import real_postcode
from transforms.mapping import Control, Delivery, Parsed, Records, System, TableMapping
from transforms.systems.met_lfr_dates import DEPLOYED_ON, ROW_KEY
from transforms.systems.met_lfr_files import ENTITY, find_table, is_csv, looks_like, read_table
from transforms.systems.met_lfr_forms import (
    COUNTS,
    FALSE_CONFIRMED,
    FALSE_UNCONFIRMED,
    TRUE_CONFIRMED,
    TRUE_UNCONFIRMED,
    both,
    count,
    decimal,
    minutes,
    own,
)
from transforms.systems.met_lfr_traps import all_traps
from transforms.times import parse_date


def recognise(files: tuple[str, ...]) -> bool:
    """Any CSV; what it holds is told by its header."""
    return any(map(is_csv, files))


def control(delivery: Delivery) -> Control:
    """A whole, live table; it declares neither an id nor counts.

    Raises:
        DeliveryError: ``unknown_file`` or ``file_twice``.
    """
    find_table(delivery)
    return Control(delivery_id=None, kind="full", environment="live")


def read(delivery: Delivery) -> dict[str, Records]:
    """The table's rows. Raises ``DeliveryError`` as ``read_table``."""
    return {ENTITY.name: read_table(delivery)}


def _columns() -> dict[str, pl.Expr | Parsed]:
    day = parse_date(pl.col(DEPLOYED_ON), "%Y-%m-%d")
    return {
        "source_record_id": pl.col(ROW_KEY),
        "deployed_on": Parsed(own("Date"), day, "not_a_date"),
        "duration_minutes": minutes("Duration"),
        "use_case": own("LFR Use Case"),
        "threshold": decimal("Min Threshold setting"),
        **{column: count(name) for column, name in COUNTS.items()},
        "true_alerts": both(TRUE_CONFIRMED, TRUE_UNCONFIRMED),
        "false_alerts": both(FALSE_CONFIRMED, FALSE_UNCONFIRMED),
        "location_text": own("Deployment"),
        "postcode": real_postcode(own("Post code (approx)")),
        "borough": own("Borough"),
        "ward_name": own("Ward (approx)"),
        "ward_code": own("Ward Code").str.to_uppercase(),
        "source_document": own("Source"),
    }


SYSTEM = System(
    name="met_lfr",
    recognise=recognise,
    looks_like=looks_like,
    control=control,
    read=read,
    entities=(ENTITY,),
    mappings=(TableMapping("lfr_deployment", ENTITY.name, _columns(), traps=all_traps()),),
)
