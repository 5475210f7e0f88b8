"""The gate: which batches are held as a whole, by rules about batches rather than rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import duckdb

from quality.connection import is_in_store
from quality.source import Source
from warehouse.contract import DELIVERED

# Volume is compared with the median of the force's last batches of the same kind, from the third
# batch on, and only where that median is large enough that a quiet day is no alarm.
HISTORY_LENGTH = 10
HISTORY_NEEDED = 2
HISTORY_MEDIAN_NEEDED = 50
VOLUME_LOW = 0.1
VOLUME_HIGH = 10.0

# More of a batch's persons or offences quarantined than this, and the batch is not to be trusted.
FAILURE_SHARE = 0.5
FAILURE_TABLES = ("person_record", "offence_record")
FAILURE_ROWS_NEEDED = 10

# A full delivery closes what it does not bring. More of the records held than this is a cut file.
LOSS_SHARE = 0.5
LOSS_ROWS_NEEDED = 50

WHOLE_BATCH = "batch"
"""What stands as the table of a rule about the whole batch."""


@dataclass(frozen=True)
class GateCheck:
    """One rule of the gate, looked at for one batch: ``failed`` is 0 or all that it is about."""

    number: int
    table: str
    rule: str
    checked: int
    failed: int
    reason: str

    @property
    def is_broken(self) -> bool:
        """True where it holds the batch."""
        return self.failed > 0


def check_contents(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> list[GateCheck]:
    """The rules that do not depend on which rows are kept out: emptiness, volume, loss."""
    return [*_check_empty(sources), *_check_volume(con, sources), *_check_loss(con, sources)]


def check_failures(
    sources: Sequence[Source], accepted: Mapping[tuple[int, str], int]
) -> list[GateCheck]:
    """More than half of the persons or offences are quarantined.

    Args:
        sources: batches to look at.
        accepted: accepted rows by batch number and table.
    """
    return [
        _judge_share(source, table, source.batch.received[table], accepted)
        for source in sources
        for table in FAILURE_TABLES
        if source.batch.received.get(table, 0) >= FAILURE_ROWS_NEEDED
    ]


def _judge_share(
    source: Source, table: str, received: int, accepted: Mapping[tuple[int, str], int]
) -> GateCheck:
    quarantined = received - accepted.get((source.number, table), 0)
    is_broken = quarantined > FAILURE_SHARE * received
    reason = f"{table}: {quarantined:,} of {received:,} rows quarantined"
    failed = quarantined if is_broken else 0
    return GateCheck(source.number, table, "too_many_failures", received, failed, reason)


def _check_empty(sources: Sequence[Source]) -> Iterator[GateCheck]:
    for source in sources:
        if source.batch.kind == "full":
            # There is no row to count, so the batch itself is what was looked at.
            failed = int(sum(source.batch.received.values()) == 0)
            reason = "a full delivery without a row"
            yield GateCheck(source.number, WHOLE_BATCH, "empty_batch", 1, failed, reason)


def _check_volume(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> Iterator[GateCheck]:
    history = _read_history(con, sources)
    for source in sources:
        for table in DELIVERED:
            usual = history.get((source.number, table.name), 0.0)
            if usual >= HISTORY_MEDIAN_NEEDED:
                yield _judge_volume(source, table.name, usual)


def _judge_volume(source: Source, table: str, usual: float) -> GateCheck:
    received = source.batch.received.get(table, 0)
    is_usual = VOLUME_LOW * usual <= received <= VOLUME_HIGH * usual
    reason = f"{table}: {received:,} rows where {usual:,.0f} are usual"
    # A table that is missing altogether fails as one.
    failed = 0 if is_usual else max(received, 1)
    return GateCheck(source.number, table, "volume", max(received, failed), failed, reason)


def _read_history(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source]
) -> dict[tuple[int, str], float]:
    """Median rows of the last batches of the same force, system and kind, by batch number and
    table. Parts (a month's file) are of no usual size, and have none."""
    if not (is_in_store(con, "quality", "reconciliation") and is_in_store(con, "quality", "batch")):
        return {}
    of_kind: dict[tuple[str, str, str], dict[str, dict[str, int]]] = {}
    for force, system, kind, batch_id, table, received in con.sql(_HISTORY).fetchall():
        tables = of_kind.setdefault((force, system, kind), {}).setdefault(batch_id, {})
        if table is not None:
            tables[table] = received
    medians = {}
    for source in sources:
        batch = source.batch
        past = [
            tables
            for batch_id, tables in of_kind.get(
                (batch.force, batch.source_system, batch.kind), {}
            ).items()
            if batch_id != batch.batch_id
        ][:HISTORY_LENGTH]
        if len(past) >= HISTORY_NEEDED:
            for table in DELIVERED:
                usual = median(tables.get(table.name, 0) for tables in past)
                medians[source.number, table.name] = float(usual)
    return medians


# The last batches of each kind, newest first; one more, since the batch itself may be among them.
_HISTORY = f"""
SELECT b.force, b.source_system, b.kind, b.batch_id, r.table_name, r.received
FROM (
    SELECT *, row_number() OVER (
        PARTITION BY force, source_system, kind ORDER BY delivery_date DESC, batch_id DESC
    ) AS age
    FROM store.quality.batch
    WHERE status = 'loaded' AND kind IN ('full', 'delta')
) AS b
LEFT JOIN store.quality.reconciliation AS r ON r.batch_id = b.batch_id
WHERE b.age <= {HISTORY_LENGTH + 1}
ORDER BY b.age, r.table_name
"""


def _check_loss(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> Iterator[GateCheck]:
    """A full batch that lacks most of the records that the store holds of a table it covers."""
    by_number = {source.number: source for source in sources}
    for table in DELIVERED:
        for number, stored, lost in con.sql(_loss_sql(table.name)).fetchall():
            covers = by_number[number].batch.covers if number in by_number else {}
            if covers.get(table.name, []) is None:
                is_empty = not by_number[number].batch.received.get(table.name)
                yield _judge_loss(number, table.name, stored, lost, is_empty=is_empty)


def _judge_loss(number: int, table: str, stored: int, lost: int, *, is_empty: bool) -> GateCheck:
    """Few records may come and go; a file with none at all is a cut one, however few are held."""
    is_cut = stored >= LOSS_ROWS_NEEDED and lost > LOSS_SHARE * stored
    reason = f"{table}: lacks {lost:,} of {stored:,} records that the store holds"
    failed = lost if is_cut or is_empty else 0
    return GateCheck(number, table, "full_too_small", stored, failed, reason)


def _loss_sql(table: str) -> str:
    return (
        "SELECT b.batch_no, count(*), count(*) FILTER (t.source_record_id IS NULL) "
        "FROM night_batch AS b "
        f"JOIN held_{table} AS h ON h.source_no = b.source_no "
        "LEFT JOIN (SELECT DISTINCT batch_no, source_record_id "
        f"FROM {table} WHERE operation = 'upsert') AS t "
        "ON t.batch_no = b.batch_no AND t.source_record_id = h.source_record_id "
        "WHERE b.kind = 'full' GROUP BY b.batch_no ORDER BY b.batch_no"
    )
