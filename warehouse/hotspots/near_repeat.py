"""Fill ``mart.near_repeat``: force by force and group by group, are repeats more than chance?

Bands are those in which burglary's raised risk has been found time and again: some hundred metres
and some weeks (Johnson, S. D. et al. (2007), "Space-time patterns of risk: a cross national
assessment of residential burglary victimization", Journal of Quantitative Criminology 23, 201-219);
the same point stands apart, and a band counts from 1.2 times what is expected, as in Ratcliffe,
J. H. (2009), Near Repeat Calculator 1.3, Temple University.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import duckdb
import numpy as np
import polars as pl

from warehouse.contract.near_repeat import NEAR_REPEAT
from warehouse.hotspots.exact_offences import (
    FLAWS,
    by_group,
    count_flawed,
    on_the_globe,
    read_exact,
)
from warehouse.hotspots.hot import FALSE_DISCOVERY_RATE, false_discovery
from warehouse.hotspots.knox import Knox, knox_bands
from warehouse.hotspots.near_repeat_alert import fill_alerts

METRES = (0, 100, 200, 400)
DAYS = (7, 14, 28)
"""Ends of the bands; the first distance is the same point."""

LEAST_RATIO, LEAST_PAIRS = 1.2, 5
"""Times the pairs expected, and pairs, from which a band counts: of fewer pairs one more or less
would decide."""

FEWEST = 30
"""Offences below which a pair or two would decide."""

_FORCES = "SELECT DISTINCT force FROM core.offence_record ORDER BY force"


class _Tested(NamedTuple):
    """One row that is to be: what was counted, in which bands; none where it is refused."""

    force: str
    offence_group: str
    events: int
    left_out: int
    reason: str | None = None
    space: int | None = None
    time: int | None = None
    found: Knox | None = None


def fill_near_repeats(con: duckdb.DuckDBPyConnection, night: date) -> None:
    """Fill ``mart.near_repeat`` and, from it, ``mart.near_repeat_alert``.

    Reads ``core.offence_record``.

    Args:
        con: connection that has the candidate store open.
        night: of the store.
    """
    forces = [force for (force,) in con.execute(_FORCES).fetchall()]
    tested = [row for force in forces for row in _of_force(con, force, night)]
    con.register("rows_found", _rows(tested, night))
    con.execute(f"INSERT INTO {NEAR_REPEAT.qualified} FROM rows_found")
    con.unregister("rows_found")
    fill_alerts(con, night)


def _of_force(con: duckdb.DuckDBPyConnection, force: str, night: date) -> Iterator[_Tested]:
    events = dict(by_group(read_exact(con, force, night)))
    for group, flawed in count_flawed(con, force, night).items():
        of_group = events.get(group)
        sound = 0 if of_group is None else of_group.height
        told = (force, group, sound, sum(flawed.values()))
        if of_group is None or sound < FEWEST:
            yield _Tested(*told, reason=_reason(sound, flawed))
            continue
        days = of_group["occurred_on"].to_physical().cast(pl.Int64).to_numpy()
        found = knox_bands(on_the_globe(of_group), days, METRES, DAYS)
        for (space, time), pairs in found.items():
            yield _Tested(*told, space=space, time=time, found=pairs)


def _reason(sound: int, flawed: Mapping[str, int]) -> str:
    why = [FLAWS[flaw].format(f"{count:,}") for flaw, count in flawed.items()]
    whole = sound + sum(flawed.values())
    said = f"{sound:,} of {whole:,} offences can be counted, and it takes {FEWEST}"
    return f"{said}: {'; '.join(why)}." if why else f"{said}."


def _rows(tested: list[_Tested], night: date) -> pl.DataFrame:
    """The rows of the mart, the false discovery rate over all of them that were tested."""
    p = np.array([each.found.p for each in tested if each.found]).reshape(-1, 1)
    rates = iter(false_discovery(p).ravel().tolist())
    rows = [_row(each, next(rates) if each.found else None) for each in tested]
    frame = pl.DataFrame(rows, schema=NEAR_REPEAT.polars_schema(), orient="row")
    return frame.with_columns(pl.lit(night).alias("run"))


def _row(each: _Tested, q: float | None) -> dict[str, object]:
    row: dict[str, object] = {
        "force": each.force,
        "offence_group": each.offence_group,
        "events": each.events,
        "left_out": each.left_out,
        "is_significant": False,
        "is_refused": each.found is None,
        "reason": each.reason,
    }
    if each.found is None or each.space is None or each.time is None or q is None:
        return row
    found = each.found
    ratio = found.ratio if found.expected else None
    return row | {
        "metres_from": METRES[max(each.space - 1, 0)],
        "metres_to": METRES[each.space],
        "days_from": DAYS[each.time - 1] + 1 if each.time else 0,
        "days_to": DAYS[each.time],
        "pairs": found.pairs,
        "expected": found.expected,
        "deviation": found.deviation,
        "ratio": ratio,
        "z": found.z,
        "p": found.p,
        "q": q,
        "is_significant": q <= FALSE_DISCOVERY_RATE
        and ratio is not None
        and ratio >= LEAST_RATIO
        and found.pairs >= LEAST_PAIRS,
    }
