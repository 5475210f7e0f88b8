"""The check of a night: every staged batch at once, against the contract and against the gate."""

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from forces.declaration import Declaration
from quality.catalogue import night_rules, write_rules
from quality.connection import open_workspace
from quality.feedback.write import write_feedback
from quality.gate.batch_rules import batch_rules
from quality.gate.checks import (
    GateCheck,
    check_contents,
    check_failures,
    check_following,
    following,
)
from quality.gate.drift import check_drift
from quality.gate.profile import Profiles, profile_batches
from quality.rules.reading_rules import READING_RULES
from quality.rules.rule import Rule
from quality.run.failures import (
    count_rows,
    hold,
    record_failures,
    spread_to_owned,
)
from quality.run.isolation import run_over_night
from quality.run.output import write_batch
from quality.run.results import batch_results, rule_results
from quality.run.verdicts import Verdicts
from quality.source import Source, read_sources
from warehouse.batch import Batch
from warehouse.home import Home, write_text_atomic
from warehouse.journal import step
from warehouse.night import closed_nights, is_closed, last_published
from warehouse.release import Release, night_batches, overruled_by, taken_in


def check(home: Home, night: date, declarations: Mapping[str, Declaration]) -> None:
    """Check the night's staged batches; write ``checked/<batch_id>/`` of each, and what its force
    gets back, ``feedback/<force>/<batch_id>/``.

    A row that breaks a rule of severity warning is quarantined; a rule of severity critical, a
    batch that cannot be read, and the rules of the gate hold the batch. A batch already held stays
    so. A batch that was released is held no more by what was overruled; rows of it that break a
    rule are kept out all the same. Nothing is done where all the night's batches have been checked.
    """
    if is_closed(home, night):
        return
    with step(home, night, "check") as note:
        batches = night_batches(home, night)
        note["batches"] = len(batches)
        if _is_done(home, night, batches):
            return
        rules = night_rules()
        write_rules(home, night, [*rules, *READING_RULES, *batch_rules()])
        folder = _folder(home, night)
        _remove_work(folder)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = _choose_store(home, note)
        sources = read_sources(home, batches, declarations)
        releases = taken_in(home, night)
        note.update(_check_batches(home, folder, store, sources, rules, releases))
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
    if folder.exists():
        shutil.rmtree(folder)


def _choose_store(home: Home, note: dict[str, Any]) -> Path:
    """The store that the night is compared with: what the last closed night left is what the state
    holds, though readers may have been rolled back since. Of the first night there is none."""
    store = last_published(home)
    if store is None:
        store = home.current
        if store.exists() or closed_nights(home):
            note["warning"] = "the store of the last closed night is not there"
    note["compared_with"] = store.resolve().name if store.exists() else None
    return store


def _check_batches(
    home: Home,
    folder: Path,
    store: Path,
    sources: Sequence[Source],
    rules: Sequence[Rule],
    releases: Sequence[Release],
) -> dict[str, Any]:
    overruled = overruled_by(releases)
    verdicts = Verdicts(overruled=overruled)
    database = folder / "work.duckdb"
    broken = run_over_night(home, database, store, sources, rules, verdicts)
    open_sources = verdicts.not_held(sources)
    with open_workspace(database, store) as con:
        record_failures(con, rules, broken)
        held_already = [source for source in sources if source not in open_sources]
        profiles = profile_batches(con, open_sources, held_already)
        gate = _judge(con, open_sources, rules, verdicts, profiles)
        counts = count_rows(con)
        row_results = rule_results(con, rules, open_sources, counts)
        for source in sources:
            own = counts.filter(counts["batch_no"] == source.number)
            verdict = verdicts.of(source.batch)
            results = batch_results(
                verdict,
                row_results.filter(row_results["batch_no"] == source.number),
                [check for check in gate if check.number == source.number],
                overruled.get(source.batch.batch_id, frozenset()),
            )
            kept_out = dict(zip(own["table_name"], own["kept_out"], strict=True))
            write_batch(con, home, source, verdict, results, kept_out, profiles)
            released = [r for r in releases if r.batch_id == verdict.batch_id]
            told = [*rules, *batch_rules()]
            write_feedback(con, home, source, verdict, results, own, told, released)
        held = [source for source in sources if verdicts.of(source.batch).is_held]
        return {
            "rows": int(counts["rows"].sum()),
            "quarantined": int(counts["kept_out"].sum()),
            "held": len(held),
        }


def _judge(
    con: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    rules: Sequence[Rule],
    verdicts: Verdicts,
    profiles: Profiles,
) -> list[GateCheck]:
    """Hold batches by critical rules and by the gate, until no more are held because of others."""
    ids = {source.number: source.batch.batch_id for source in sources}
    for number, rule, column, table in con.sql(_CRITICAL).fetchall():
        reason = f"{table}.{column}: rows break a critical rule"
        verdicts.hold(ids[number], rule, reason, table, column)
    contents = [*check_contents(con, sources), *check_drift(con, sources, profiles)]
    _hold_broken(contents, ids, verdicts)
    done: set[str] = set()
    waiting = following(sources)
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
        if {ids[n] for n in ids if ids[n] in verdicts.held} != done:
            continue
        # What an earlier batch of the night brings counts once it is known not to be held.
        if not waiting:
            return [*contents, *failures]
        checks = check_following(con, waiting.pop(0), verdicts.not_held(sources))
        _hold_broken(checks, ids, verdicts)
        contents += checks


_CRITICAL = """
SELECT DISTINCT f.batch_no, r.rule, r.column_name, r.table_name
FROM failure AS f JOIN rule_list AS r USING (rule_no)
WHERE r.severity = 'critical' ORDER BY ALL
"""


def _hold_broken(checks: Sequence[GateCheck], ids: Mapping[int, str], verdicts: Verdicts) -> None:
    for check_made in checks:
        if check_made.is_broken:
            batch_id = ids[check_made.number]
            verdicts.hold(batch_id, check_made.rule, check_made.reason, check_made.table)
