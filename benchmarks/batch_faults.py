"""A fault for every rule about batches as a whole, in a delivery that is otherwise sound."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from benchmarks.faults import Tables, put
from benchmarks.sound_rows import sound_tables
from warehouse.batch import BatchKind

# The store holds 50 records of each table; the night brings 60 of each but where it says otherwise.
HELD = 50


@dataclass(frozen=True)
class BatchFault:
    """A fault in a batch.

    Attributes:
        rule, table, column: as ``quality.check_result`` names them.
        says: what is done to the delivery.
        is_critical: whether the batch is to be held.
        plant: makes the tables out of sound ones.
        is_torn: whether the first staged file is cut to its first bytes.
        kind: kind of the delivery.
    """

    rule: str
    table: str
    column: str | None
    says: str
    is_critical: bool
    plant: Callable[[Tables], Tables]
    is_torn: bool = False
    kind: BatchKind = "full"


def _only(table: str, rows: int) -> Callable[[Tables], Tables]:
    """The table with so many rows: fewer, or more of the same kind."""

    def plant(tables: Tables) -> Tables:
        force, batch_id = tables[table].select("force", "batch_id").row(0)
        return tables | {table: sound_tables(force, batch_id, rows)[table]}

    return plant


def _in_all(table: str, **values: object) -> Callable[[Tables], Tables]:
    return lambda tables: put(tables, table, tables[table]["source_row"].to_list(), **values)


def _in_most(table: str, **values: object) -> Callable[[Tables], Tables]:
    def plant(tables: Tables) -> Tables:
        rows = tables[table]["source_row"]
        return put(tables, table, rows.filter(rows > rows.len() // 4).to_list(), **values)

    return plant


def _deleting(table: str, rows: int) -> Callable[[Tables], Tables]:
    """Changes of that table alone: so many records are deleted."""
    return lambda tables: {
        table: tables[table].head(rows).with_columns(pl.lit("delete").alias("operation"))
    }


def _nothing(tables: Tables) -> Tables:
    return {name: frame.clear() for name, frame in tables.items()}


def _sound(tables: Tables) -> Tables:
    return tables


BATCH_FAULTS = (
    BatchFault("empty_batch", "batch", None, "a full delivery without a row", True, _nothing),
    BatchFault(
        "check_failed", "batch", None, "a staged file cut short", True, _sound, is_torn=True
    ),
    BatchFault("volume", "incident", None, "2 rows of 50", True, _only("incident", 2)),
    BatchFault(
        "volume", "vehicle_record", None, "200 rows where 50 are usual", True,
        _only("vehicle_record", 200),
    ),
    BatchFault(
        "unusual_volume", "property_record", None, "130 rows where 50 are usual", False,
        _only("property_record", 130),
    ),
    BatchFault(
        "full_too_small", "phone_record", None, "30 of the 50 records held are missing", True,
        _only("phone_record", 20),
    ),
    BatchFault(
        "full_smaller", "phone_record", None, "15 of the 50 records held are missing", False,
        _only("phone_record", 35),
    ),
    BatchFault(
        "delta_deletes_most", "vehicle_record", None, "changes delete 40 of the 50 records", True,
        _deleting("vehicle_record", 40), kind="delta",
    ),
    BatchFault(
        "delta_deletes_many", "vehicle_record", None, "changes delete 10 of the 50 records", False,
        _deleting("vehicle_record", 10), kind="delta",
    ),
    BatchFault(
        "too_many_failures", "person_record", None, "3 of 4 persons have a sex that is none", True,
        _in_most("person_record", sex="ZZ"),
    ),
    BatchFault(
        "too_many_failures", "offence_record", None, "3 of 4 offences have no group", True,
        _in_most("offence_record", offence_group=None),
    ),
    BatchFault(
        "null_share", "vehicle_record", "colour", "colour is empty throughout", False,
        _in_all("vehicle_record", colour=None),
    ),
    BatchFault(
        "unseen_values", "offence_record", "offence_code_raw", "3 of 4 rows have a new code", False,
        _in_most("offence_record", offence_code_raw="NEW"),
    ),
    BatchFault(
        "code_distribution", "stop_search", "gender", "all are of one gender", False,
        _in_all("stop_search", gender="male"),
    ),
)  # fmt: skip


def failed_rows(results: pl.DataFrame, fault: BatchFault) -> int:
    """Rows that ``quality.check_result`` says the fault's rule names."""
    own = results.filter(
        pl.col("rule") == fault.rule,
        pl.col("table_name") == fault.table,
        pl.col("column_name").eq_missing(pl.lit(fault.column)),
    )
    return int(own["failed"].sum())
