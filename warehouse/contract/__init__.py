"""The contract: every table of the store, stated once.

The store's schema and comments, the staged files, the check suites, the data dictionary and the
simulator are derived from it.
"""

from warehouse.contract import (
    control,
    event,
    force_night,
    governance,
    hotspot,
    hotspot_cluster,
    judgement,
    link,
    link_run,
    link_state,
    near_repeat,
    network,
    offence_link,
    person,
    person_tie,
    profile,
    reference,
    release,
    resolved,
    series,
    store_reconciliation,
    thing,
)
from warehouse.contract import object as object_contract
from warehouse.contract.constraint import CheckScheme, Order, Reference, Refusal, Severity
from warehouse.contract.model import (
    IDENTITY_COLUMNS,
    PROVENANCE_COLUMNS,
    REQUIRED_DERIVED,
    STAGING_COLUMNS,
    VERSION_COLUMNS,
    Column,
    Kind,
    Table,
)

# Tables that forces deliver, owners before what belongs to them.
DELIVERED: tuple[Table, ...] = (*person.TABLES, *thing.TABLES, *event.TABLES)
CONTROL: tuple[Table, ...] = (
    *control.TABLES,
    *profile.TABLES,
    *release.TABLES,
    force_night.FORCE_NIGHT,
)
# Control that is of one store and not of the state.
STORE_CONTROL: tuple[Table, ...] = store_reconciliation.TABLES
LINK: tuple[Table, ...] = (
    *link.TABLES,
    *judgement.TABLES,
    *link_run.TABLES,
    *resolved.TABLES,
    *object_contract.TABLES,
    *offence_link.TABLES,
    *person_tie.TABLES,
    *network.TABLES,
    *series.TABLES,
)
# What the state holds of linkage, and which of the published tables it holds as they are.
LINK_STATE: tuple[Table, ...] = (
    *link_state.TABLES,
    *object_contract.STATE,
    *offence_link.STATE,
    *network.STATE,
    *series.STATE,
)
LINK_KEPT: tuple[Table, ...] = (
    *link_state.KEPT,
    *object_contract.KEPT,
    *offence_link.KEPT,
    *network.KEPT,
)
GOVERNANCE: tuple[Table, ...] = governance.TABLES
REFERENCE: tuple[Table, ...] = reference.TABLES
# Marts that are no SELECT of their own (warehouse/marts).
MART: tuple[Table, ...] = (
    *hotspot.TABLES,
    *hotspot_cluster.TABLES,
    *near_repeat.TABLES,
)

TABLES: dict[str, Table] = {
    table.qualified: table
    for table in (*DELIVERED, *CONTROL, *STORE_CONTROL, *LINK, *GOVERNANCE, *REFERENCE, *MART)
}


def delivered_table(name: str) -> Table:
    """The delivered table of that name, such as ``person_record``.

    Raises:
        KeyError: no delivered table has that name.
    """
    return _DELIVERED_BY_NAME[name]


_DELIVERED_BY_NAME = {table.name: table for table in DELIVERED}

__all__ = [
    "CONTROL",
    "DELIVERED",
    "GOVERNANCE",
    "IDENTITY_COLUMNS",
    "LINK",
    "LINK_KEPT",
    "LINK_STATE",
    "MART",
    "PROVENANCE_COLUMNS",
    "REFERENCE",
    "REQUIRED_DERIVED",
    "STAGING_COLUMNS",
    "STORE_CONTROL",
    "TABLES",
    "VERSION_COLUMNS",
    "CheckScheme",
    "Column",
    "Kind",
    "Order",
    "Reference",
    "Refusal",
    "Severity",
    "Table",
    "delivered_table",
]
