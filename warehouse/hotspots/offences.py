"""What the marts read of the offences of one force: how many by cell, group and month."""

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
    WHERE held.force = $force AND {where} AND ({cell}) IS NOT NULL AND occurred_on < $before
"""
_COUNTS = f"""
SELECT cell, offence_group, month, bool_or(is_notifiable) AS is_crime, count(*) AS offences,
       sum(harm)::DOUBLE AS harm_days, sum(harm * harm)::DOUBLE AS harm_squared,
       max(harm)::DOUBLE AS harm_most
FROM (
    SELECT {{cell}} AS cell, held.offence_group, is_notifiable,
           year(occurred_on) * 12 + month(occurred_on) - 1 AS month,
           -- Decimals add up to the same sum in every order; doubles do not.
           (CASE WHEN is_proactive THEN 0.0
                 ELSE coalesce(code.harm_days, of_group.harm_days, 0.0) END)::DECIMAL(12, 3) AS harm
    {_PLACED}
) GROUP BY cell, offence_group, month
"""
# Of the offences of a cell's last year, how many stand on the public point that most of them stand
# on.
_POINTS = f"""
WITH held_by AS (
    SELECT {{cell}} AS area, held.offence_group, is_notifiable,
           CASE WHEN location_precision = 'snapped' THEN (held.longitude, held.latitude) END
               AS point,
           count(*) AS offences
    {_PLACED} AND occurred_on >= $from AND occurred_on < $until
    GROUP BY ALL
), counted AS (
    SELECT area, offence_group, point, sum(offences) AS offences
    FROM (SELECT * EXCLUDE (is_notifiable) FROM held_by UNION ALL
          SELECT * EXCLUDE (is_notifiable) REPLACE ('{ALL_CRIME}' AS offence_group)
          FROM held_by WHERE is_notifiable)
    GROUP BY ALL
)
SELECT area, offence_group,
       (max(offences) FILTER (point IS NOT NULL) / sum(offences))::DOUBLE AS snap_share
FROM counted GROUP BY area, offence_group
"""
# Of several areas that hold as many of a cell's offences, the first.
_LOCAL_AREAS = f"""
SELECT area, local_area FROM (
    SELECT {{cell}} AS area, place.local_area, count(*) AS offences
    {_PLACED} AND place.local_area IS NOT NULL
    GROUP BY ALL
) QUALIFY row_number() OVER (PARTITION BY area ORDER BY offences DESC, local_area) = 1
"""


@dataclass(frozen=True)
class Offences:
    """The offences of one force, dated before the month of the night.

    Attributes:
        con: connection that has the store open.
        force: whose.
        night: of the store.
    """

    con: duckdb.DuckDBPyConnection
    force: str
    night: date

    def counts(self, unit: Unit) -> pl.DataFrame:
        """A row a ``cell``, ``offence_group`` and ``month`` (numbered from year 0), with
        ``is_crime``, ``offences``, ``harm_days``, ``harm_squared`` and ``harm_most``."""
        found = self._ask(_COUNTS, unit, needs_place=unit.is_placed)
        return found.filter(unit.is_cell(pl.col("cell")))

    def of_the_force(self) -> pl.DataFrame:
        """The same of the whole force as one cell, with or without a place."""
        query = _COUNTS.format(cell="held.force", where="true", place="")
        return self.con.execute(query, self._values()).pl()

    def snap_shares(self, unit: Unit, since: date, until: date) -> pl.DataFrame:
        """By ``area`` and ``offence_group``, ``snap_share`` of the offences from a date on, up to
        another."""
        dates = {"from": since, "until": until}
        return self._ask(_POINTS, unit, needs_place=unit.is_placed, **dates)

    def local_areas(self, unit: Unit) -> pl.DataFrame:
        """By ``area`` the ``local_area`` in which most of its offences are."""
        return self._ask(_LOCAL_AREAS, unit, needs_place=True)

    def _ask(self, query: str, unit: Unit, *, needs_place: bool, **dates: date) -> pl.DataFrame:
        text = query.format(cell=unit.sql, where=unit.where, place=JOIN if needs_place else "")
        return self.con.execute(text, self._values() | dates).pl()

    def _values(self) -> dict[str, object]:
        return {"force": self.force, "before": self.night.replace(day=1)}
