"""The short summary that ends a run."""

import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.home import Home
from warehouse.settled import count_open
from warehouse.store import open_store
from warehouse.wording import counted, was

# A night that took nothing in was run and published all the same.
_NIGHTS = """
WITH run AS (SELECT night FROM governance.night UNION SELECT night FROM quality.reconciliation)
SELECT night, sum(received)::BIGINT, sum(stored)::BIGINT, sum(unchanged)::BIGINT,
       sum(quarantined)::BIGINT, sum(deleted)::BIGINT
FROM run LEFT JOIN quality.reconciliation USING (night) GROUP BY night ORDER BY night DESC LIMIT 5
"""
_FIRST = "SELECT min(night) FROM quality.reconciliation"
_PERSONS = """
SELECT count(*), count(*) FILTER (force_count > 1), coalesce(sum(record_count), 0)::BIGINT
FROM core.person
"""
_HAS_BIRTH = """
SELECT EXISTS (
    FROM core.person_record WHERE birth_date IS NOT NULL OR birth_year IS NOT NULL
)
"""
_OFFENCES = """
SELECT count(*) FILTER (is_notifiable), count(*) FILTER (NOT is_notifiable)
FROM core.offence_record
"""
# A force that delivered, but nothing that was loaded, is no silent one.
_FORCES = """
SELECT if(status = 'never' AND held_batch_id IS NOT NULL, 'never (what came is held)', status)
           AS said,
       count(*), string_agg(force, ', ' ORDER BY force)
FROM quality.force_status GROUP BY said ORDER BY said
"""
# The twelve months end with the latest month up to the store's night that has an offence.
_HOTSPOTS = """
WITH latest AS (
    SELECT max(month) AS month FROM mart.hotspot_cell_month
    WHERE month <= (SELECT max(night) FROM governance.night)
)
SELECT cell, force, sum(offences)::BIGINT AS offences, round(sum(harm_days))::BIGINT AS harm,
       avg(latitude), avg(longitude)
FROM mart.hotspot_cell_month, latest
WHERE unit = 'h3_r8' AND hotspot_cell_month.month <= latest.month
  AND hotspot_cell_month.month > latest.month - INTERVAL 12 MONTH
GROUP BY cell, force ORDER BY harm DESC NULLS LAST, cell, force LIMIT 5
"""
_TRY = (
    "SELECT * FROM mart.cross_force_offender ORDER BY harm_days DESC LIMIT 10",
    (
        "SELECT force, table_name, rule, reason, count(*) AS rows FROM quality.quarantine "
        "GROUP BY ALL ORDER BY rows DESC LIMIT 10"
    ),
)


def tell_summary(home: Home, tell: Callable[[str], None]) -> None:
    """Say what the published store holds, and commands to try next.

    Raises:
        UsageError: nothing has been published yet.
    """
    with open_store(home) as connection:

        def ask(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        tell("")
        [(first,)] = ask(_FIRST)
        for night, *counts in reversed(ask(_NIGHTS)):
            tell(_say_night(night, counts, is_first=first is None or night < first))
        persons, across, records = ask(_PERSONS)[0]
        crimes, other = ask(_OFFENCES)[0]
        tell(f"persons   {_say_persons(records, persons, across)}")
        if records and not ask(_HAS_BIRTH)[0][0]:
            tell("          no record holds a birth: names and addresses alone hardly ever join "
                 "records (docs/person-model.md)")  # fmt: skip
        tell(f"offences  {_say_offences(crimes, other)}")
        for status, count, forces in ask(_FORCES):
            names = "" if status == "fresh" or count > 6 else f": {forces}"
            tell(f"forces    {count} {status}{names}")
        if held := count_open(connection):
            tell(f"held      {counted(held, 'batch', 'batches')}, which {was(held)} not taken in: "
                 f"{_command(home)} quality held")  # fmt: skip
        _tell_hotspots(ask(_HOTSPOTS), tell)
    tell(f"store     {_from_here(home.current)}")
    tell(f"\nTry next:\n  {_command(home)} status")
    if records or crimes or other:
        for query in _TRY:
            tell(f'  {_command(home)} sql "{query}"')


def _say_night(night: date, counts: Sequence[int | None], *, is_first: bool) -> str:
    """What the night took in.

    Args:
        night: the night.
        counts: the rows; None where nothing was taken in.
        is_first: no night before took anything in.
    """
    if None in counts:
        served = "nor was anything before" if is_first else "what was taken in before is served on"
        return f"{night}  nothing was taken in{',' if is_first else ':'} {served}"
    received, stored, unchanged, quarantined, deleted = counts
    return (
        f"{night}  rows received {received:,} = stored {stored:,} + unchanged {unchanged:,} + "
        f"quarantined {quarantined:,} + deleted {deleted:,}"
    )


def _say_persons(records: int, persons: int, across: int) -> str:
    if not records:
        return "none: the store has no record of a person"
    spans = counted(across, "spans", "span") if across else "none spans"
    resolved = f"{counted(records, 'record')} resolved to {counted(persons, 'person')}"
    return f"{resolved}; {spans} more than one force"


def _say_offences(crimes: int, other: int) -> str:
    if not crimes and not other:
        return "none: the store has no record of an offence"
    others = f", {other:,} other" if other else ""
    return f"{counted(crimes, 'record of crime', 'records of crime')}{others}"


def _tell_hotspots(rows: list[tuple[Any, ...]], tell: Callable[[str], None]) -> None:
    if not rows:
        tell("hotspots  none: no offence has a place")
        return
    tell("hotspots  most harm in 12 months, H3 r8 cells of about 0.7 square km:")
    for cell, force, offences, harm, latitude, longitude in rows:
        word = f"{'offence' if offences == 1 else 'offences':8}"
        tell(f"  {cell}  {force:20} {offences:6,} {word} {harm or 0:9,} harm days  "
             f"{latitude:.4f}, {longitude:.4f}")  # fmt: skip


def _command(home: Home) -> str:
    """The command as it can be typed from here."""
    program = "crimelink" if shutil.which("crimelink") else _from_here(Path(sys.argv[0]))
    return f"{program} --home {shlex.quote(_from_here(home.root))}"


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
