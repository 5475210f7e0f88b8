"""Run nights without a scheduler, one after the other, telling how far they are."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from console.airflow import nightly_dag, prepare_airflow
from forces.declaration import load_declarations
from forces.run import Run
from transforms.planning import (
    changed_deliveries,
    late_deliveries,
    pending_nights,
    refuse_future,
    refuse_none,
    refuse_past,
)
from warehouse.errors import CrimelinkError, LockedError, UsageError
from warehouse.home import Home, exclusive
from warehouse.journal import journal_path
from warehouse.night import is_closed, unfinished_deliverers
from warehouse.release import waiting_releases

Tell = Callable[[str], None]

# Steps of a night in their order, as the journal names them, and what to say of each.
STEPS = {
    "plan": "planned",
    "take_reference": "reference data taken in",
    "collect": "collected",
    "standardise": "standardised",
    "check": "checked",
    "load": "loaded",
    "link": "persons linked",
    "link_objects": "objects linked",
    "link_offences": "offences linked",
    "find_series": "series leads found",
    "associate": "associations and networks made",
    "build": "store built",
    "check_store": "store checked",
    "publish": "published",
    "document": "data docs written",
}


class StepFailedError(CrimelinkError):
    """A step of the night failed and the store was not published."""

    def __init__(self, message: str, who_acts: str, exit_code: int) -> None:
        super().__init__(message)
        self.who_acts = who_acts
        self.exit_code = exit_code


def run_night(run: Run, tell: Tell, wait_seconds: float) -> list[str]:
    """Run one night to its published store and return the deliverers whose steps failed.

    A night that is closed already is left as it is.

    Raises:
        LockedError: another run still holds the home after ``wait_seconds``.
        StepFailedError: a step of the nation failed; the store is as it was.
    """
    with _run_lock(run, tell, wait_seconds) as lock:
        # Asked under the lock: a run that was waited for may have closed it.
        if is_closed(run.home, run.night):
            tell(f"night {run.date} is closed: its store is published, nothing was changed")
            return []
        if not run.home.airflow.exists():
            tell("setting up Airflow's embedded database (once a home)")
            prepare_airflow(run.home)
        log = run.home.night(run.night) / "airflow.log"
        journal = journal_path(run.home, run.night)
        begins_at = journal.stat().st_size if journal.exists() else 0
        with nightly_dag(run, log, lock) as process:
            for entry in _follow(journal, begins_at, lambda: process.poll() is None):
                _tell_entry(entry, tell)
    if not is_closed(run.home, run.night):
        raise _failure(run, journal, begins_at, log)
    return unfinished_deliverers(run.home, run.night)


@contextmanager
def _run_lock(run: Run, tell: Tell, wait_seconds: float) -> Iterator[int]:
    """The home's run lock; where another run holds it, say so once and wait for it."""
    doing = f"night {run.date}"
    with ExitStack() as stack:
        try:
            lock = stack.enter_context(exclusive(run.home.run_lock, doing))
        except LockedError as held:
            if wait_seconds <= 0:
                raise
            tell(f"{held} Waiting up to {wait_seconds:.0f} s for it.")
            lock = stack.enter_context(
                exclusive(run.home.run_lock, doing, wait_seconds=wait_seconds)
            )
        yield lock


def _follow(journal: Path, begins_at: int, is_running: Callable[[], bool]) -> Iterator[Any]:
    """Entries of the journal from ``begins_at`` on, as they are written, until the run ends."""
    at = begins_at
    while True:
        # Asked before reading: what a run wrote before it ended is still read after.
        goes_on = is_running()
        entries, at = _read_from(journal, at)
        yield from entries
        if not goes_on:
            return
        time.sleep(0.1)


def _read_from(journal: Path, at: int) -> tuple[list[Any], int]:
    if not journal.exists():
        return [], at
    with journal.open("rb") as handle:
        handle.seek(at)
        text = handle.read()
    # A line may be half written: it is read the next time.
    whole = text[: text.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()], at + len(whole)


def _tell_entry(entry: dict[str, Any], tell: Tell) -> None:
    if entry["event"] == "begun":
        return
    subject = f" {entry['subject']}" if entry["subject"] else ""
    if entry["event"] == "failed":
        reason = entry.get("message", entry["error"])
        tell(f"  FAILED {entry['step']}{subject}: {reason}")
        return
    hidden = {"step", "subject", "event", "seconds", "at", "sha256"}
    counts = ", ".join(f"{name} {_shown(value)}" for name, value in entry.items()
                       if name not in hidden and value not in (0, None, "", [], {}))  # fmt: skip
    said = STEPS.get(entry["step"], entry["step"])
    tell(f"  {entry['seconds']:6.1f} s  {said}{subject}" + (f": {counts}" if counts else ""))


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_shown(each) for each in value)
    if isinstance(value, dict):
        return " ".join(str(each) for each in value.values())
    return f"{value:,}" if isinstance(value, int) else str(value)


def _failure(run: Run, journal: Path, begins_at: int, log: Path) -> StepFailedError:
    entries, _ = _read_from(journal, begins_at)
    failed = [entry for entry in entries if entry["event"] == "failed" and not entry["subject"]]
    if not failed:
        return StepFailedError(
            f"night {run.date} ended before its store was published; see {log}", "the operator", 1
        )
    last = failed[-1]
    message = last.get("message", f"an unexpected {last['error']}; see {log}")
    return StepFailedError(
        f"night {run.date} stopped at step {last['step']}: {_sentence(message)} "
        "The published store is as it was; run the same command again once it is mended.",
        last.get("who_acts", "the maintainers of crimelink"),
        last.get("exit_code", 1),
    )


def _sentence(message: str) -> str:
    return message if message.endswith(".") else f"{message}."


def run_nights(
    home: Home,
    deliveries: Path,
    night: date | None,
    force_config: Path | None,
    wait_seconds: float,
    tell: Tell,
) -> list[str]:
    """Run one night, or every night that the deliveries hold and that has not been run.

    Returns:
        Deliverers whose steps failed unexpectedly on the last night run, in alphabetical order.

    Raises:
        UsageError: the folder of deliveries is not there, or holds none of a declared deliverer.
        NightError: ``night`` is in the future, or a later one is closed already.
    """
    if not deliveries.is_dir():
        raise UsageError(f"--deliveries {deliveries}: no such folder")
    if night:
        refuse_future(night)
        if not is_closed(home, night):
            refuse_past(home, night)
    declarations = load_declarations(force_config)
    nights = [night] if night else pending_nights(home, deliveries, declarations)
    failed: list[str] = []
    if not nights:
        refuse_none(deliveries, declarations)
        tell("every night in the deliveries has been run: nothing to do")
    for each in nights:
        run = Run(str(home.root), each.isoformat(), str(deliveries.resolve()),
                  str(force_config.resolve()) if force_config else "")  # fmt: skip
        tell(f"night {run.date}")
        failed = run_night(run, tell, wait_seconds)
    for late in late_deliveries(home, deliveries, declarations):
        tell(f"late: {late.deliverer} {late.delivery_date} waits for the next night")
    for changed in changed_deliveries(home, deliveries, declarations):
        tell(f"changed since it was taken: {changed.deliverer}/{changed.delivery_date}; "
             "send it under a new date")  # fmt: skip
    for release in waiting_releases(home):
        tell(f"released: {release.batch_id} waits for the next night")
    return failed
