"""The check of a night: every staged batch at once, against the contract and against the gate."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from forces.declaration import Declaration
from quality.failures import (
    count_rows,
    hold,
    owner_rules,
    record_failures,
    spread_to_owned,
)
from quality.gate import GateCheck, check_contents, check_failures
from quality.output import collect_quarantined, quarantine_columns, write_batch
from quality.results import batch_results, rule_results
from quality.rule import Rule
from quality.suites import rules_of
from quality.workspace import Source, build_workspace, open_workspace, read_sources
from warehouse.batch import Batch
from warehouse.contract import DELIVERED
from warehouse.home import Home, write_text_atomic
from warehouse.journal import step
from warehouse.night import is_closed, staged_batches

CHECK_FAILED = "check_failed"


@dataclass
class Verdicts:
    """What holds a batch, by batch id: rule and reason. The first that is found stays."""

    held: dict[str, tuple[str, str]] = field(default_factory=dict)

    def hold(self, batch_id: str, rule: str, reason: str) -> None:
        """Hold a batch."""
        self.held.setdefault(batch_id, (rule, reason))

    def of(self, batch: Batch) -> Batch:
        """The batch with its verdict."""
        if batch.is_held or batch.batch_id not in self.held:
            return batch
        rule, reason = self.held[batch.batch_id]
        return replace(batch, held_rule=rule, held_reason=reason)


def check(home: Home, night: date, declarations: Mapping[str, Declaration]) -> None:
    """Check the night's staged batches and write ``checked/<batch_id>/`` of each.

    A row that breaks a rule of severity warning is quarantined; a rule of severity critical, a
    batch that cannot be read, and the rules of the gate hold the batch. A batch already held stays
    so. Nothing is done where all the night's batches have been checked.
    """
    if is_closed(home, night):
        return
    with step(home, night, "check") as note:
        batches = staged_batches(home, night)
        note["batches"] = len(batches)
        if _is_done(home, night, batches):
            return
        folder = _folder(home, night)
        _remove_work(folder)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        note.update(_check_batches(home, folder, read_sources(home, batches, declarations)))
        _remove_work(folder)
        write_text_atomic(folder / "done.json", json.dumps([b.batch_id for b in batches]))


def _folder(home: Home, night: date) -> Path:
    return home.night(night) / "check"


def _is_done(home: Home, night: date, batches: Sequence[Batch]) -> bool:
    marker = _folder(home, night) / "done.json"
    ids = [batch.batch_id for batch in batches]
    return (
        marker.exists()
        and json.loads(marker.read_text(encoding="utf-8")) == ids
        and all((home.checked(batch_id) / "batch.json").exists() for batch_id in ids)
    )


def _remove_work(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _check_batches(home: Home, folder: Path, sources: Sequence[Source]) -> dict[str, Any]:
    verdicts = Verdicts()
    rules = [rule for table in DELIVERED for rule in (*rules_of(table), *owner_rules(table))]
    database = folder / "work.duckdb"
    broken = _validate(home, database, sources, rules, verdicts)
    open_sources = _not_held(sources, verdicts)
    with open_workspace(database, home.current) as con:
        record_failures(con, rules, broken)
        gate = _judge(con, open_sources, rules, verdicts)
        counts = count_rows(con)
        collect_quarantined(con, open_sources)
        row_results = rule_results(con, rules, open_sources, counts)
        for source in sources:
            own = counts.filter(counts["batch_no"] == source.number)
            verdict = verdicts.of(source.batch)
            results = batch_results(
                verdict,
                row_results.filter(row_results["batch_no"] == source.number),
                [check for check in gate if check.number == source.number],
            )
            kept_out = dict(zip(own["table_name"], own["kept_out"], strict=True))
            write_batch(con, home, source, verdict, results, kept_out)
        held = [source for source in sources if verdicts.of(source.batch).is_held]
        return {
            "rows": int(counts["rows"].sum()),
            "quarantined": int(counts["kept_out"].sum()),
            "held": len(held),
        }


def _not_held(sources: Sequence[Source], verdicts: Verdicts) -> list[Source]:
    return [source for source in sources if not verdicts.of(source.batch).is_held]


def _validate(
    home: Home,
    database: Path,
    sources: Sequence[Source],
    rules: Sequence[Rule],
    verdicts: Verdicts,
) -> dict[Rule, str]:
    """Build the working database and run the suites over it, without the batches that break them:
    those are held. Gives the broken rules with the SQL of their rows."""
    _hold_unreadable_quarantine(home, sources, verdicts)
    while True:
        usable = _not_held(sources, verdicts)
        for batch_id, reason in build_workspace(database, home.current, usable).items():
            verdicts.hold(batch_id, CHECK_FAILED, reason)
        usable = _not_held(usable, verdicts)
        broken, failed_table = _run_suites(database, usable, rules)
        if failed_table is None:
            return broken
        _isolate(home, database, usable, rules, failed_table, verdicts)


def _hold_unreadable_quarantine(home: Home, sources: Sequence[Source], verdicts: Verdicts) -> None:
    with duckdb.connect() as con:
        for source in sources:
            path = home.staged(source.batch.batch_id) / "quarantine.parquet"
            if path.exists() and quarantine_columns(con, path) is None:
                reason = "the staged quarantine cannot be read"
                verdicts.hold(source.batch.batch_id, CHECK_FAILED, reason)


def _run_suites(
    database: Path, sources: Sequence[Source], rules: Sequence[Rule]
) -> tuple[dict[Rule, str], str | None]:
    """The broken rules, and the table whose suite could not be run, if there is one."""
    tables = [t.name for t in DELIVERED if any(t.name in source.files for source in sources)]
    broken: dict[Rule, str] = {}
    if not tables:
        return broken, None
    # Imported here: Great Expectations takes seconds, and a night without rows needs none of it.
    from quality.validation import SuiteError, find_broken_rules, open_source

    with open_source(database) as data:
        for table in tables:
            own = [rule for rule in rules if rule.table == table and rule.expectation]
            try:
                broken |= find_broken_rules(data, table, own)
            except SuiteError:
                return {}, table
    return broken, None


def _isolate(
    home: Home,
    database: Path,
    sources: Sequence[Source],
    rules: Sequence[Rule],
    table: str,
    verdicts: Verdicts,
) -> None:
    """Run a table's suite over each batch alone and hold those over which it fails."""
    culprits = []
    for source in sources:
        if table in source.files:
            build_workspace(database, home.current, [source])
            own = [rule for rule in rules if rule.table == table]
            if _run_suites(database, [source], own)[1] is not None:
                culprits.append(source.batch.batch_id)
    if not culprits:
        raise RuntimeError(f"the suite of {table} fails over the night but over no batch alone")
    for batch_id in culprits:
        verdicts.hold(batch_id, CHECK_FAILED, f"{table}: its suite could not be run over the batch")


def _judge(
    con: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    rules: Sequence[Rule],
    verdicts: Verdicts,
) -> list[GateCheck]:
    """Hold batches by critical rules and by the gate, until no more are held because of others."""
    ids = {source.number: source.batch.batch_id for source in sources}
    for number, rule, column, table in con.sql(_CRITICAL).fetchall():
        verdicts.hold(ids[number], rule, f"{table}.{column}: rows break a critical rule")
    contents = check_contents(con, sources)
    _hold_broken(contents, ids, verdicts)
    done: set[str] = set()
    while True:
        held = {number for number, batch_id in ids.items() if batch_id in verdicts.held}
        hold(con, sorted(number for number in held if ids[number] not in done))
        done |= {ids[number] for number in held}
        spread_to_owned(con, rules)
        counts = count_rows(con)
        accepted = {
            (number, table): rows - out
            for number, table, rows, out in counts.select(
                "batch_no", "table_name", "rows", "kept_out"
            ).iter_rows()
        }
        failures = check_failures(sources, accepted)
        _hold_broken(failures, ids, verdicts)
        if {ids[n] for n in ids if ids[n] in verdicts.held} == done:
            return [*contents, *failures]


_CRITICAL = """
SELECT DISTINCT f.batch_no, r.rule, r.column_name, r.table_name
FROM failure AS f JOIN rule_list AS r USING (rule_no)
WHERE r.severity = 'critical' ORDER BY ALL
"""


def _hold_broken(checks: Sequence[GateCheck], ids: Mapping[int, str], verdicts: Verdicts) -> None:
    for check_made in checks:
        if check_made.is_broken:
            verdicts.hold(ids[check_made.number], check_made.rule, check_made.reason)
