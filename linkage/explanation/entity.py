"""What records are held to be one of: a person or an offence; where the store says so of each."""

from enum import StrEnum


class Entity(StrEnum):
    """What is explained. Its tables are named after it (``link.person_edge``)."""

    PERSON = "person"
    OFFENCE = "offence"

    @property
    def many(self) -> str:
        """``persons``."""
        return f"{self}s"

    @property
    def a(self) -> str:
        """``a person``."""
        return f"{'an' if self is Entity.OFFENCE else 'a'} {self}"

    def sql(self, query: str) -> str:
        """The query with ``{entity}`` and ``{prefix}`` filled in: tables that persons had first
        bear no prefix (``link.{prefix}judgement``)."""
        prefix = "" if self is Entity.PERSON else f"{self}_"
        return query.format(entity=self.value, prefix=prefix)
