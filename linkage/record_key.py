"""What names a person record, and a pair of them."""

from typing import NamedTuple

from warehouse.contract.link import RECORD_PARTS
from warehouse.errors import UsageError


class RecordKey(NamedTuple):
    """What names a person record; its text is ``force/source_system/source_record_id``."""

    force: str
    source_system: str
    source_record_id: str

    def __str__(self) -> str:
        return "/".join(self)

    @classmethod
    def parse(cls, text: str) -> "RecordKey":
        """The key that ``text`` names; only the id may hold a slash.

        Raises:
            UsageError: it is not of the form.
        """
        parts = text.split("/", len(RECORD_PARTS) - 1)
        if len(parts) != len(RECORD_PARTS) or not all(parts):
            raise UsageError(f"{text}: a record is named force/source_system/source_record_id")
        return cls(*parts)


Pair = tuple[RecordKey, RecordKey]


def order_pair(one: RecordKey, other: RecordKey) -> Pair:
    """The pair, that record first which comes first in the alphabet."""
    return (one, other) if one <= other else (other, one)
