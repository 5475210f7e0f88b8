"""Drift: what a delivery holds against the force's own earlier ones of the same kind.

From the third delivery on. Each rule names what is beyond the force's limit, beyond chance, and
beyond all that the last deliveries held (docs/quality-gate.md). Its ``failed`` is the number of
rows by which the delivery differs.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from statistics import median

import duckdb

from quality.gate.chance import usual_swing, widening
from quality.gate.checks import GateCheck
from quality.gate.drift_columns import compare_codes, compare_columns
from quality.gate.history import HISTORY_NEEDED, list_past, past_dates, past_volumes
from quality.gate.profile import Profiles, parts_of
from quality.source import Source
from warehouse.contract import DELIVERED, Severity

# Of fewer rows than these a quiet day is no alarm.
USUAL_ROWS_NEEDED = 50


def check_drift(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], profiles: Profiles
) -> list[GateCheck]:
    """The rules of drift, looked at for every batch that has a history."""
    list_past(con, sources)
    return [
        *_check_volume(con, sources),
        *compare_columns(con, sources, profiles),
        *compare_codes(con, sources, profiles),
    ]


def _check_volume(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> Iterator[GateCheck]:
    past, dates = past_volumes(con), past_dates(con)
    for source in sources:
        earlier = past.get(source.number, [])
        if len(earlier) < HISTORY_NEEDED:
            continue
        missed = _missed(source, dates[source.number])
        for table in DELIVERED:
            rows = [received.get(table.name, 0.0) for _, received in earlier]
            usual = median(rows)
            if usual >= USUAL_ROWS_NEEDED:
                # The first of a kind may have brought all that the system held.
                later = [n for n, (is_first, _) in zip(rows, earlier, strict=True) if not is_first]
                yield from _judge_volume(source, table.name, rows, later or rows, missed)


def _missed(source: Source, dates: Sequence[date]) -> float:
    """How many times the usual days have passed since the last delivery; at least 1. Changes pile
    up while none comes; other kinds are as large as ever."""
    steps = [(new - old).days for new, old in pairwise(dates)]
    passed = (source.batch.delivery_date - dates[0]).days
    if source.batch.kind != "delta" or not steps or median(steps) <= 0:
        return 1.0
    return max(passed / median(steps), 1.0)


def _judge_volume(
    source: Source, table: str, rows: Sequence[float], range_rows: Sequence[float], missed: float
) -> Iterator[GateCheck]:
    """Held where the table is far too small or too large, noted where it is so by less."""
    limits, usual, swing = source.limits, median(rows), usual_swing(rows)
    wide = widening(len(rows))
    parts = parts_of(source.batch, table)
    received = source.batch.received.get(table, 0)
    each = received / parts
    is_less = each < min(min(range_rows), usual / swing)
    is_more = each > max(max(range_rows), usual * swing) * missed
    bounds: tuple[tuple[str, Severity, float, float], ...] = (
        ("volume", "critical", limits.volume_low, limits.volume_high),
        ("unusual_volume", "info", limits.volume_noted_low, limits.volume_noted_high),
    )
    for rule, severity, low, high in bounds:
        is_broken = (is_less and each < low * usual / wide) or (
            is_more and each > high * usual * wide * missed
        )
        # A table that is missing altogether fails as one.
        failed = max(received, 1) if is_broken else 0
        reason = f"{table}: {received:,} rows where {usual * parts:,.0f} are usual"
        yield GateCheck(
            source.number, table, rule, max(received, failed), failed, reason, severity=severity
        )
