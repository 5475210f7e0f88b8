"""Which sample a file is: of which store it was drawn, and which rows it had.

A sample is on its way for days, through spreadsheets, while nights go on. Its name stands in every
row: ``sample-<night>-<store>-<rows>``, the last two the first digits of hashes, so that a file of
another home, or with other rows, is known without drawing it again.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

_NAME = re.compile(r"sample-(\d{4}-\d\d-\d\d)-([0-9a-f]{8})-([0-9a-f]{12})")
_NIGHTS = "SELECT night, person_model_id, published_at FROM governance.night ORDER BY night"


@dataclass(frozen=True)
class Night:
    """A night that a home published: what tells its store from any other.

    Attributes:
        night: the date.
        model_id: the model that linked persons; None where there was none.
        published_at: when its store was built.
    """

    night: date
    model_id: str | None
    published_at: datetime

    @property
    def digest(self) -> str:
        """Eight digits that no other store has."""
        return _digest([self.night.isoformat(), self.model_id, self.published_at.isoformat()])[:8]


def read_nights(con: duckdb.DuckDBPyConnection) -> list[Night]:
    """The nights that the store knows, its own last."""
    return [Night(*row) for row in con.execute(_NIGHTS).fetchall()]


def name_sample(night: Night, rows: Iterable[Iterable[object]]) -> str:
    """The sample's name.

    Args:
        night: whose store it was drawn from.
        rows: what must not change in each row, in any order of the rows.
    """
    plan = sorted([str(cell) for cell in row] for row in rows)
    return f"sample-{night.night.isoformat()}-{night.digest}-{_digest(plan)[:12]}"


def night_of(name: str, nights: Iterable[Night]) -> Night | None:
    """The night of the store that a sample of that name was drawn from; None where it is none of
    ``nights``, or no name of a sample."""
    parts = _NAME.fullmatch(name)
    if parts is None:
        return None
    found = [n for n in nights if (n.night.isoformat(), n.digest) == parts.group(1, 2)]
    return found[0] if found else None


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
