"""What the marts read of the offences of forces: how many by cell, group and month."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from warehouse.hotspots.panel import ALL_CRIME
from warehouse.hotspots.places import JOIN
from warehouse.hotspots.units import Unit

_PLACED = """
    FROM core.offence_record AS held {place}
    LEFT JOIN reference.offence_code AS code ON code.offence_code = held.offence_code
    LEFT JOIN reference.offence_group AS of_group ON of_group.offence_group = held.offence_group
    WHERE held.force BETWEEN $first AND $last AND {where} AND ({cell}) IS NOT NULL
      AND occurred_on < $before
"""
_COUNTS = f"""
SELECT force, cell, offence_group, month, bool_or(is_notifiable) AS is_crime, count(*) AS offences,
       sum(harm)::DOUBLE AS harm_days, sum(harm * harm)::DOUBLE AS harm_squared,
       max(harm)::DOUBLE AS harm_most
FROM (
    SELECT held.force, {{cell}} AS cell, held.offence_group, is_notifiable,
           year(occurred_on) * 12 + month(occurred_on) - 1 AS month,
           -- Decimals add up to the same sum in every order; doubles do not.
           (CASE WHEN is_proactive THEN 0.0
                 ELSE coalesce(code.harm_days, of_group.harm_days, 0.0) END)::DECIMAL(12, 3) AS harm
    {_PLACED}
) GROUP BY force, cell, offence_group, month
"""
# Of the offences of a cell's last year, how many stand on the public point that most of them stand
# on.
_POINTS = f"""
WITH span AS (
    SELECT unnest($forces) AS force, unnest($since) AS since, unnest($until) AS until
), held_by AS (
    SELECT held.force, {{cell}} AS area, held.offence_group, is_notifiable,
           CASE WHEN location_precision = 'snapped' THEN (held.longitude, held.latitude) END
               AS point,
           count(*) AS offences
    {_PLACED} AND occurred_on >= (SELECT since FROM span WHERE span.force = held.force)
      AND occurred_on < (SELECT until FROM span WHERE span.force = held.force)
    GROUP BY ALL
), counted AS (
    SELECT force, area, offence_group, point, sum(offences) AS offences
    FROM (SELECT * EXCLUDE (is_notifiable) FROM held_by UNION ALL
          SELECT * EXCLUDE (is_notifiable) REPLACE ('{ALL_CRIME}' AS offence_group)
          FROM held_by WHERE is_notifiable)
    GROUP BY ALL
)
SELECT force, area, offence_group,
       (max(offences) FILTER (point IS NOT NULL) / sum(offences))::DOUBLE AS snap_share
FROM counted GROUP BY force, area, offence_group HAVING snap_share IS NOT NULL
"""
# Of several areas that hold as many of a cell's offences, the first.
_LOCAL_AREAS = f"""
SELECT force, area, local_area FROM (
    SELECT held.force, {{cell}} AS area, place.local_area, count(*) AS offences
    {_PLACED} AND place.local_area IS NOT NULL
    GROUP BY ALL
) QUALIFY row_number() OVER (PARTITION BY force, area ORDER BY offences DESC, local_area) = 1
"""
_FORCES = "SELECT force, count(*) FROM core.offence_record GROUP BY force ORDER BY force"

AT_ONCE = 20_000
"""Offences whose forces are asked for in one query, if a force has no more by itself: to ask for
each force costs more than what small ones hold, and large ones are worked on side by side."""


def forces_at_once(
    con: duckdb.DuckDBPyConnection, at_once: int = AT_ONCE
) -> Iterator[tuple[str, ...]]:
    """The forces that have an offence, in order, as many together as hold ``at_once``."""
    together: list[str] = []
    held = 0
    for force, offences in con.execute(_FORCES).fetchall():
        if together and held + offences > at_once:
            yield tuple(together)
            together, held = [], 0
        together.append(force)
        held += offences
    if together:
        yield tuple(together)


@dataclass(frozen=True)
class Offences:
    """The offences of forces that follow one another by name, dated before the month of the night.

    Attributes:
        con: connection that has the store open.
        forces: whose, in order.
        night: of the store.
    """

    con: duckdb.DuckDBPyConnection
    forces: tuple[str, ...]
    night: date

    def counts(self, unit: Unit) -> dict[str, pl.DataFrame]:
        """By force that has one in such cells, a row a ``cell``, ``offence_group`` and ``month``
        (numbered from year 0), with ``is_crime``, ``offences``, ``harm_days``, ``harm_squared`` and
        ``harm_most``."""
        found = self._ask(_COUNTS, unit, needs_place=unit.is_placed)
        return _by_force(found.filter(unit.is_cell(pl.col("cell"))))

    def of_the_forces(self) -> dict[str, pl.DataFrame]:
        """The same of each whole force as one cell, with or without a place, and of every force."""
        query = _COUNTS.format(cell="held.force", where="true", place="")
        found = self.con.execute(query, self._values()).pl()
        by_force = _by_force(found)
        nothing = found.clear().drop("force")
        return {force: by_force.get(force, nothing) for force in self.forces}

    def snap_shares(
        self, unit: Unit, spans: Mapping[str, tuple[date, date]]
    ) -> dict[str, pl.DataFrame]:
        """By force that has a snapped one, ``area``, ``offence_group`` and ``snap_share``.

        Args:
            unit: kind of cell.
            spans: by force, from which date on and up to which its offences are looked at.
        """
        since, until = (list(each) for each in zip(*spans.values(), strict=True))
        dates = {"forces": list(spans), "since": since, "until": until}
        return _by_force(self._ask(_POINTS, unit, needs_place=unit.is_placed, **dates))

    def local_areas(self, unit: Unit) -> dict[str, pl.DataFrame]:
        """By force of which it is known, by ``area`` the ``local_area`` in which most of its
        offences are."""
        return _by_force(self._ask(_LOCAL_AREAS, unit, needs_place=True))

    def _ask(self, query: str, unit: Unit, *, needs_place: bool, **values: object) -> pl.DataFrame:
        text = query.format(cell=unit.sql, where=unit.where, place=JOIN if needs_place else "")
        return self.con.execute(text, self._values() | values).pl()

    def _values(self) -> dict[str, object]:
        return {
            "first": self.forces[0],
            "last": self.forces[-1],
            "before": self.night.replace(day=1),
        }


def _by_force(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    parts = rows.partition_by("force", as_dict=True, include_key=False)
    return {str(force): part for (force,), part in parts.items()}
