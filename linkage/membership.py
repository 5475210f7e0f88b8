"""Who belongs to whom, asked of the state or of the published store alike."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from linkage.record_key import RecordKey
from warehouse.contract.link import RECORD_PARTS

_KEY = ", ".join(RECORD_PARTS)


@dataclass(frozen=True)
class Membership:
    """The membership of records in persons, past and present.

    Attributes:
        con: the state or the published store.
        relation: SQL of a relation with the columns of ``link.person_membership``.
    """

    con: duckdb.DuckDBPyConnection
    relation: str

    @classmethod
    def of_state(cls, con: duckdb.DuckDBPyConnection) -> "Membership":
        """As the state has it: what was decided since the last publication is in it."""
        return cls(con, "linkage.membership JOIN linkage.record_key USING (record)")

    @classmethod
    def of_store(cls, con: duckdb.DuckDBPyConnection) -> "Membership":
        """As the published store has it."""
        return cls(con, "link.person_membership")

    def members(self, person_id: str) -> tuple[RecordKey, ...]:
        """The person's records; empty for a person that has none any more, or never was."""
        return self._read(f"person_id = $person AND valid_to IS NULL ORDER BY {_KEY}", person_id)

    def last_members(self, person_id: str) -> tuple[RecordKey, ...]:
        """The records that a person held on the last night on which it had any."""
        return self._read(
            "person_id = $person QUALIFY coalesce(valid_to, DATE '9999-12-31') = "
            f"max(coalesce(valid_to, DATE '9999-12-31')) OVER () ORDER BY {_KEY}",
            person_id,
        )

    def merged_into(self, person_id: str) -> str | None:
        """The person that a superseded id was merged into; None for an id that never was merged.

        It answers for an id that was given and taken away before a night ended, too: of that no
        membership is kept.
        """
        rows = self.con.execute(
            "SELECT other_person_id FROM link.identity_event "
            "WHERE person_id = $person AND event = 'merged' ORDER BY event_id DESC LIMIT 1",
            {"person": person_id},
        ).fetchall()
        return rows[0][0] if rows else None

    def persons_of(self, records: Iterable[RecordKey]) -> dict[str, tuple[RecordKey, ...]]:
        """The persons that the records belong to today, with the records of each."""
        keys = [record._asdict() for record in records]
        if not keys:
            return {}
        rows = self.con.execute(
            f"SELECT person_id, {_KEY} FROM {self.relation} "
            f"SEMI JOIN (SELECT unnest($keys, recursive := true)) AS wanted USING ({_KEY}) "
            "WHERE valid_to IS NULL ORDER BY ALL",
            {"keys": keys},
        ).fetchall()
        found: dict[str, tuple[RecordKey, ...]] = defaultdict(tuple)
        for person_id, *key in rows:
            found[person_id] += (RecordKey(*key),)
        return dict(found)

    def _read(self, which: str, person_id: str) -> tuple[RecordKey, ...]:
        rows = self.con.execute(
            f"SELECT DISTINCT {_KEY} FROM {self.relation} WHERE {which}", {"person": person_id}
        ).fetchall()
        return tuple(RecordKey(*row) for row in rows)
