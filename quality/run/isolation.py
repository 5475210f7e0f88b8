"""Run the suites over the whole night; where a batch breaks them, hold it and go on without it."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from quality.connection import open_workspace
from quality.gate.checks import CHECK_FAILED
from quality.rules.places import NEEDS, given
from quality.rules.rule import Rule
from quality.run.output import quarantine_columns
from quality.run.verdicts import Verdicts
from quality.run.workspace import build_workspace
from quality.source import Source
from warehouse.contract import DELIVERED
from warehouse.home import Home


def run_over_night(
    home: Home,
    database: Path,
    store: Path,
    sources: Sequence[Source],
    rules: Sequence[Rule],
    verdicts: Verdicts,
) -> dict[Rule, str]:
    """Build the working database and run the suites over it, without the batches that break them:
    those are held. Gives the broken rules with the SQL of their rows."""
    _hold_unreadable_quarantine(home, sources, verdicts)
    while True:
        usable = verdicts.not_held(sources)
        for batch_id, reason in build_workspace(home, database, store, usable).items():
            verdicts.hold(batch_id, CHECK_FAILED, reason)
        usable = verdicts.not_held(usable)
        broken, failed_table = _run_suites(database, usable, _runnable(database, store, rules))
        if failed_table is None:
            return broken
        _isolate(home, database, store, usable, rules, failed_table, verdicts)


def _hold_unreadable_quarantine(home: Home, sources: Sequence[Source], verdicts: Verdicts) -> None:
    with duckdb.connect() as con:
        for source in sources:
            path = home.staged(source.batch.batch_id) / "quarantine.parquet"
            if path.exists() and quarantine_columns(con, path) is None:
                reason = "the staged quarantine cannot be read"
                verdicts.hold(source.batch.batch_id, CHECK_FAILED, reason)


def _runnable(database: Path, store: Path, rules: Sequence[Rule]) -> list[Rule]:
    """The rules that some batch can be held against: the others are not run at all."""
    with open_workspace(database, store) as con:
        has = given(con)
    return [rule for rule in rules if rule.needs not in NEEDS or rule.needs in has]


def _run_suites(
    database: Path, sources: Sequence[Source], rules: Sequence[Rule]
) -> tuple[dict[Rule, str], str | None]:
    """The broken rules, and the table whose suite could not be run, if there is one."""
    tables = [t.name for t in DELIVERED if any(t.name in source.files for source in sources)]
    broken: dict[Rule, str] = {}
    if not tables:
        return broken, None
    # Imported here: Great Expectations takes seconds, and a night without rows needs none of it.
    from quality.run.validation import SuiteError, find_broken_rules, open_source

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
    store: Path,
    sources: Sequence[Source],
    rules: Sequence[Rule],
    table: str,
    verdicts: Verdicts,
) -> None:
    """Run a table's suite over each batch alone and hold those over which it fails."""
    culprits = []
    for source in sources:
        if table in source.files:
            build_workspace(home, database, store, [source])
            own = [r for r in _runnable(database, store, rules) if r.table == table]
            if _run_suites(database, [source], own)[1] is not None:
                culprits.append(source.batch.batch_id)
    if not culprits:
        raise RuntimeError(f"the suite of {table} fails over the night but over no batch alone")
    for batch_id in culprits:
        verdicts.hold(batch_id, CHECK_FAILED, f"{table}: its suite could not be run over the batch")
