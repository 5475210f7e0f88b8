"""A fault for every check of the finished store: changes of a candidate that break what the check
says must hold, in a number of rows that is known beforehand.

A check without a fault is an error of whoever adds the check: ``tests/benchmarks/
test_store_faults.py`` says so.
"""

from collections.abc import Callable

from benchmarks.store_association_faults import ASSOCIATION_FAULTS
from benchmarks.store_crime_faults import CRIME_FAULTS
from benchmarks.store_fault import LITERALS, NOWHERE, TABLES, StoreFault, fault, first
from benchmarks.store_link_faults import LINK_FAULTS
from benchmarks.store_object_faults import OBJECT_FAULTS
from benchmarks.store_offence_faults import OFFENCE_FAULTS
from warehouse.contract import DELIVERED, Table
from warehouse.orphans import owned_tables
from warehouse.store_checks import Check


def fault_of(check: Check) -> StoreFault:
    """The fault that breaks the check.

    Raises:
        KeyError: nobody has said how the check is broken.
    """
    if check.name in _FAULTS:
        return _FAULTS[check.name]
    table, _, kind = check.name.rpartition(".")
    return _OF_ANY_TABLE[kind](TABLES[table])


def _second_of_a_key(table: Table) -> StoreFault:
    """A row that stands twice; a table that is empty gets one made from the contract before."""
    name, key = table.qualified, ", ".join(table.key)
    return fault(
        "a row stands twice",
        1,
        f"INSERT INTO {name} BY NAME SELECT {_invented(table)} WHERE NOT EXISTS (FROM {name})",
        f"INSERT INTO {name} FROM {name} ORDER BY {key} LIMIT 1",
    )


def _invented(table: Table) -> str:
    """The columns that a row of the table must have, as SQL."""
    return ", ".join(f'{LITERALS[c.kind]} AS "{c.name}"' for c in table.columns if c.required)


def _not_of_the_state(table: Table) -> StoreFault:
    """A row that the state has not: of a key that is not known, of a record that is."""
    name, key = table.qualified, ", ".join(table.key)
    copied = f"SELECT * REPLACE ('{NOWHERE}' AS record_key) FROM {name} ORDER BY {key} LIMIT 1"
    return fault("a row more than the state holds", 1, f"INSERT INTO {name} {copied}")


def _not_as_told(table: Table) -> StoreFault:
    """Of two batches more is said to be stored than is, of a third nothing; each still balances."""
    own = f"table_name = '{table.name}'"
    return fault(
        "two batches are said to have stored a row more, a third is not told of",
        3,
        f"UPDATE {_TOLD} SET received = received + 1, stored = stored + 1 "
        f"WHERE {first(_TOLD, 2, own)}",
        f"DELETE FROM {_TOLD} WHERE {own} AND batch_id = "
        f"(SELECT max(batch_id) FROM {_TOLD} WHERE {own} AND stored > 0)",
    )


_OF_ANY_TABLE: dict[str, Callable[[Table], StoreFault]] = {
    "key": _second_of_a_key,
    "rows": _not_of_the_state,
    "stored": _not_as_told,
}

_TOLD = "quality.reconciliation"

_OF_BATCHES = {
    "balance": fault(
        "two rows received that nothing became of", 2,
        f"UPDATE {_TOLD} SET received = received + 1 WHERE {first(_TOLD, 2)}",
    ),
    "held_batches_store_nothing": fault(
        "a batch that was stored is said to be held", len(DELIVERED),
        f"UPDATE quality.batch SET status = 'held' WHERE {first('quality.batch', 1)}",
    ),
    "quarantine_is_counted": fault(
        "one of the rows kept out of a table is not listed", 1,
        "DELETE FROM quality.quarantine WHERE " + first("quality.quarantine", 1),
    ),
    "store_balances": fault(
        "a table does not balance, another is not told of", 2,
        "UPDATE quality.store_reconciliation SET is_balanced = false "
        "WHERE table_name = 'person_record'",
        "DELETE FROM quality.store_reconciliation WHERE table_name = 'custody'",
    ),
    "every_force_has_a_status": fault(
        "a force has none", 1,
        "DELETE FROM quality.force_status WHERE " + first("quality.force_status", 1),
    ),
    "loaded_forces_are_listed": fault(
        "a force that delivered is not listed", 1,
        "DELETE FROM reference.force WHERE " + first("reference.force", 1),
    ),
    "the_night_is_told": fault(
        "the store's own night is not told of", 1,
        "DELETE FROM governance.night WHERE night = (SELECT max(night) FROM governance.night)",
    ),
    "everything_is_explained": fault(
        "a table and a column of another are without a comment", 2,
        "COMMENT ON TABLE core.incident IS NULL",
        "COMMENT ON COLUMN core.custody.force IS NULL",
    ),
}  # fmt: skip

_OF_RECORDS = {
    "records_have_a_person": fault(
        "two records are of nobody", 2,
        f"UPDATE core.person_record SET person_id = NULL WHERE {first('core.person_record', 2)}",
    ),
    "offences_are_resolved": fault(
        "two records are of no offence", 2,
        "UPDATE core.offence_record SET offence_id = NULL "
        f"WHERE {first('core.offence_record', 2)}",
    ),
    "roles_follow_their_record": fault(
        "two roles are another person's, a third is nobody's", 3,
        f"UPDATE core.event_role SET person_id = NULL WHERE {first('core.event_role', 1)}",
        "UPDATE core.event_role SET person_id = 'another' "
        f"WHERE {first('core.event_role', 2, 'person_id IS NOT NULL')}",
    ),
    "persons_are_their_records": fault(
        "two persons have a record too many, a third is not there", 3,
        "UPDATE core.person SET record_count = record_count + 1 "
        f"WHERE {first('core.person', 2)}",
        "DELETE FROM core.person WHERE person_id = (SELECT max(person_id) FROM core.person)",
    ),
    "offences_are_their_records": fault(
        "two offences have a record too many, a third is not there", 3,
        "UPDATE core.offence SET record_count = record_count + 1 "
        f"WHERE {first('core.offence', 2)}",
        "DELETE FROM core.offence WHERE offence_id = (SELECT max(offence_id) FROM core.offence)",
    ),
    "owned_rows_have_their_owner": fault(
        "of every table whose rows belong to a record, a row of no record", len(owned_tables()),
        *(
            f"UPDATE {t.qualified} SET source_record_id = '{NOWHERE}' "
            f"WHERE {first(t.qualified, 1)}"
            for t in owned_tables()
        ),
    ),
    "hotspots_add_up": fault(
        "a cell of each unit counts an offence too many", 2,
        *(
            "UPDATE mart.hotspot_cell_month SET offences = offences + 1 WHERE rowid = "
            f"(SELECT min(rowid) FROM mart.hotspot_cell_month WHERE unit = '{unit}')"
            for unit in ("h3_r8", "bng_250m")
        ),
    ),
    "hotspot_cells_are_named_as_their_unit": fault(
        "a cell has a name that those of no unit have", 1,
        "UPDATE mart.hotspot SET area = '?' WHERE area = (SELECT min(area) FROM mart.hotspot)",
    ),
    "hotspot_forecasts_are_in_order": fault(
        "of two cells, an interval is turned round and one has no end", 2,
        "UPDATE mart.hotspot SET next_month_low = next_month_high + 1 WHERE rowid = "
        "(SELECT min(rowid) FROM mart.hotspot WHERE next_month_high IS NOT NULL)",
        "UPDATE mart.hotspot SET next_month_high = NULL WHERE rowid = "
        "(SELECT max(rowid) FROM mart.hotspot WHERE next_month_high IS NOT NULL)",
    ),
}  # fmt: skip

_FAULTS: dict[str, StoreFault] = (
    _OF_BATCHES
    | _OF_RECORDS
    | LINK_FAULTS
    | OBJECT_FAULTS
    | OFFENCE_FAULTS
    | CRIME_FAULTS
    | ASSOCIATION_FAULTS
)
