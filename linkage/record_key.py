"""What names a person record, a pair of them, a person or an offence, as people type it."""

import re
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
        """The key that ``text`` names; only the id may hold a slash. Forces and systems, which are
        in small letters always, are known however they are written; an id is its source's own.

        Raises:
            UsageError: it is not of the form.
        """
        parts = text.split("/", len(RECORD_PARTS) - 1)
        if len(parts) != len(RECORD_PARTS) or not all(parts):
            raise UsageError(f"{text}: a record is named force/source_system/source_record_id")
        force, system, record = parts
        return cls(force.lower(), system.lower(), record)


# Ids that crimelink gives: a letter, and part of a hash.
_ID = re.compile(r"[a-z]-[0-9a-f]{16}", re.IGNORECASE)


def read_id(text: str) -> str:
    """An id of a person or an offence as crimelink gives it, however it is written."""
    return text[0].upper() + text[1:].lower() if _ID.fullmatch(text) else text


Pair = tuple[RecordKey, RecordKey]


def order_pair(one: RecordKey, other: RecordKey) -> Pair:
    """The pair, that record first which comes first in the alphabet."""
    return (one, other) if one <= other else (other, one)
