"""When a held batch is settled: what it would have brought has come since, so nobody waits for it.

A held batch is open until, of the same force and record system, a later full delivery is loaded, or
its own date is delivered anew and loaded in a later night. A release ends it as well, since a
released batch that is loaded is held no more.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb

# Batches in the order of deliveries: by date; of one date, what a later night took in mends it.
PLACED_SQL = """
    SELECT *, row_number() OVER (ORDER BY delivery_date, night, delivery_id, batch_id) AS place
    FROM quality.batch
"""
# A row a held batch: place, and what settled it first, or nulls.
HELD_SQL = f"""
    WITH ordered AS ({PLACED_SQL}), settling AS (
        SELECT held.batch_id, good.batch_id AS by, good.night,
               CASE WHEN good.delivery_date = held.delivery_date
                    THEN 'same date' ELSE 'full delivery' END AS how
        FROM ordered AS held
        JOIN ordered AS good USING (force, source_system)
        WHERE held.status = 'held' AND good.status = 'loaded'
          AND (good.kind = 'full' AND good.place > held.place
               OR good.delivery_date = held.delivery_date AND good.night > held.night)
        QUALIFY row_number() OVER (PARTITION BY held.batch_id ORDER BY good.night, good.place) = 1
    )
    SELECT ordered.batch_id, place, settling.how AS settled_how, settling.by AS settled_by,
           settling.night AS settled_night
    FROM ordered LEFT JOIN settling USING (batch_id)
    WHERE status = 'held'
"""


@dataclass(frozen=True)
class Settlement:
    """What ended that a batch was held.

    Attributes:
        how: a later ``full delivery``, the ``same date`` delivered anew, or a ``release``.
        by: the batch that did; of a release, the person.
        night: the night that took it in.
    """

    how: Literal["full delivery", "same date", "release"]
    by: str
    night: date

    def __str__(self) -> str:
        if self.how == "release":
            return f"released by {self.by}, taken in by the night of {self.night}"
        what = "the full delivery" if self.how == "full delivery" else "its date delivered anew,"
        return f"settled by {what} {self.by}, in the night of {self.night}"


def count_open(store: duckdb.DuckDBPyConnection) -> int:
    """How many batches of a store are held and not settled."""
    sql = f"SELECT count(*) FROM ({HELD_SQL}) WHERE settled_by IS NULL"
    found: int = store.execute(sql).fetchall()[0][0]
    return found
