"""The gate: which batches are held as a whole, by rules about batches rather than rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from quality.rules.links import id_hash, links_of
from quality.source import Source
from warehouse.contract import DELIVERED, Severity

# More of a batch's persons or offences quarantined than this, and the batch is not to be trusted.
FAILURE_SHARE = 0.5
FAILURE_TABLES = ("person_record", "offence_record")
FAILURE_ROWS_NEEDED = 10

# A full delivery closes what it does not bring. Of fewer records held than these, any share may go.
LOSS_ROWS_NEEDED = 50

DELETED_TABLES = frozenset(
    target for table in DELIVERED for link in links_of(table) for target in link.targets
)
"""Tables of records that others belong to or point at: what a deletion takes away is known."""

CHECK_FAILED = "check_failed"
WHOLE_BATCH = "batch"
"""What stands as the table of a rule about the whole batch."""


@dataclass(frozen=True)
class GateCheck:
    """One rule about batches, looked at for one batch: ``failed`` is 0 or all that it is about."""

    number: int
    table: str
    rule: str
    checked: int
    failed: int
    reason: str
    column: str | None = None
    severity: Severity = "critical"

    @property
    def is_broken(self) -> bool:
        """True where it holds the batch."""
        return self.failed > 0 and self.severity == "critical"


def check_contents(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> list[GateCheck]:
    """The rules that do not depend on which rows are kept out: emptiness, loss and deletions. What
    a batch that follows another one takes away is for ``check_following``."""
    first = [source for source in sources if not _earlier(source, sources)]
    return [
        *_check_empty(sources),
        *_check_loss(con, first, _LOSS),
        *_check_deletions(con, first, _DELETIONS),
    ]


def following(sources: Sequence[Source]) -> list[Source]:
    """Batches of a source that has sent an earlier one for the same night, in their order."""
    later = [source for source in sources if _earlier(source, sources)]
    return sorted(later, key=lambda source: source.batch.sequence)


def check_following(
    con: duckdb.DuckDBPyConnection, source: Source, sources: Sequence[Source]
) -> list[GateCheck]:
    """Loss and deletions of a batch that follows others: it takes away what these bring, too.

    Args:
        con: the working database, in which is known which rows are kept out.
        source: the batch.
        sources: batches that are not held.
    """
    earlier = [each.number for each in _earlier(source, sources)]
    con.execute(f"CREATE OR REPLACE TEMP TABLE earlier AS SELECT unnest({earlier}::INTEGER[]) AS n")
    return [
        *_check_loss(con, [source], _LOSS_AFTER),
        *_check_deletions(con, [source], _DELETIONS_AFTER),
    ]


def _earlier(source: Source, sources: Sequence[Source]) -> list[Source]:
    own = source.batch
    return [
        each
        for each in sources
        if (each.batch.force, each.batch.source_system) == (own.force, own.source_system)
        and each.batch.sequence < own.sequence
    ]


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


def _check_loss(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], query: str
) -> Iterator[GateCheck]:
    """A full batch that lacks many of the records that are held of a table it covers."""
    by_number = {source.number: source for source in sources}
    for table in DELIVERED:
        for number, stored, lost in con.sql(query.format(table=table.name)).fetchall():
            covers = by_number[number].batch.covers if number in by_number else {}
            if covers.get(table.name, []) is None:
                yield from _judge_loss(by_number[number], table.name, stored, lost)


def _check_deletions(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], query: str
) -> Iterator[GateCheck]:
    """A delta that deletes many of the records that are held: as good as a full delivery that
    lacks them."""
    by_number = {source.number: source for source in sources}
    for table in DELIVERED:
        if table.name in DELETED_TABLES:
            for number, stored, deleted in con.sql(query.format(table=table.name)).fetchall():
                if number in by_number:
                    yield from _judge_deletions(by_number[number], table.name, stored, deleted)


def _judge_deletions(source: Source, table: str, stored: int, deleted: int) -> Iterator[GateCheck]:
    limits, is_many = source.limits, stored >= LOSS_ROWS_NEEDED
    reason = f"{table}: deletes {deleted:,} of {stored:,} records that are held"
    judged: tuple[tuple[str, Severity, float], ...] = (
        ("delta_deletes_most", "critical", limits.loss_held),
        ("delta_deletes_many", "info", limits.loss_noted),
    )
    for rule, severity, share in judged:
        failed = deleted if is_many and deleted > share * stored else 0
        yield GateCheck(source.number, table, rule, stored, failed, reason, severity=severity)


def _judge_loss(source: Source, table: str, stored: int, lost: int) -> Iterator[GateCheck]:
    """Few records may come and go; a file with none at all is a cut one, however few are held."""
    limits, is_many = source.limits, stored >= LOSS_ROWS_NEEDED
    is_empty = not source.batch.received.get(table)
    is_cut = is_empty or (is_many and lost > limits.loss_held * stored)
    is_short = is_empty or (is_many and lost > limits.loss_noted * stored)
    reason = f"{table}: lacks {lost:,} of {stored:,} records that are held"
    judged: tuple[tuple[str, Severity, bool], ...] = (
        ("full_too_small", "critical", is_cut),
        ("full_smaller", "info", is_short),
    )
    for rule, severity, is_broken in judged:
        failed = lost if is_broken else 0
        yield GateCheck(source.number, table, rule, stored, failed, reason, severity=severity)


# What the store holds of each source, and with it what batches of the night bring before.
_STORED = "SELECT source_no, id_hash FROM held_{table}"
_BROUGHT = (
    f"{_STORED} UNION SELECT source_no, {id_hash('t')} FROM {{table}} AS t "
    "SEMI JOIN earlier ON n = batch_no ANTI JOIN (SELECT batch_no, row_no FROM kept_out "
    "WHERE table_name = '{table}') AS out USING (batch_no, row_no) WHERE operation = 'upsert'"
)


def _losses_among(held: str) -> str:
    """Full batches: how many records are held, and how many of these a batch does not bring."""
    return (
        "SELECT b.batch_no, count(*), count(*) FILTER (t.id_hash IS NULL) "
        f"FROM night_batch AS b JOIN ({held}) AS h ON h.source_no = b.source_no "
        f"LEFT JOIN (SELECT DISTINCT batch_no, {id_hash('r')} AS id_hash "
        "FROM {table} AS r WHERE operation = 'upsert') AS t "
        "ON t.batch_no = b.batch_no AND t.id_hash = h.id_hash "
        "WHERE b.kind = 'full' GROUP BY b.batch_no ORDER BY b.batch_no"
    )


def _deletions_among(held: str) -> str:
    """Deltas: how many records are held, and how many of these a batch deletes."""
    return (
        "SELECT b.batch_no, count(*), count(e.id_hash) "
        f"FROM night_batch AS b JOIN ({held}) AS h ON h.source_no = b.source_no "
        "LEFT JOIN ended_{table} AS e "
        "ON e.batch_no = b.batch_no AND e.id_hash = h.id_hash "
        "WHERE b.kind = 'delta' GROUP BY b.batch_no ORDER BY b.batch_no"
    )


_LOSS, _LOSS_AFTER = _losses_among(_STORED), _losses_among(_BROUGHT)
_DELETIONS, _DELETIONS_AFTER = _deletions_among(_STORED), _deletions_among(_BROUGHT)
