"""The people around a person: who is associated with whom, and why, out of the published store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import polars as pl

MOST_PERSONS = 200


@dataclass(frozen=True)
class Role:
    """How often a person has a part in events of a kind, as recorded."""

    role: str
    event_type: str
    events: int


@dataclass(frozen=True)
class Associate:
    """A person of the picture: how many steps from who was asked about, and what is known.

    ``name`` and ``birth_date`` are None where they are not known or left out.
    """

    person_id: str
    steps: int
    name: str | None
    birth_date: date | None
    forces: str
    roles: tuple[Role, ...]
    network_id: str | None
    is_central: bool


@dataclass(frozen=True)
class Source:
    """A record that puts one of the two into what they have in common."""

    person_id: str
    table_name: str
    record: str
    role: str | None


@dataclass(frozen=True)
class Evidence:
    """Something that two persons have in common; ``key`` is None where values are left out."""

    kind: str
    key: str | None
    persons: int
    weight: float
    first_date: date | None
    last_date: date | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Tie:
    """Two associated persons: the strength of all kinds together, and everything behind it."""

    person_id_l: str
    person_id_r: str
    strength: float
    evidence: tuple[Evidence, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of association, in alphabetical order."""
        return tuple(sorted({each.kind for each in self.evidence}))


@dataclass(frozen=True)
class Around:
    """The people within some steps of a person, the nearest and strongest first.

    Attributes:
        asked: persons asked about.
        night: of the store.
        associates: who was asked about first, then by steps.
        ties: between any two of them, the strongest first.
        left_out: people within these steps beyond the most that are shown.
    """

    asked: tuple[str, ...]
    night: date
    associates: tuple[Associate, ...]
    ties: tuple[Tie, ...]
    left_out: int


_STEP = """
CREATE OR REPLACE TEMP TABLE reached AS
WITH tie AS (
    SELECT person_id_l AS one, person_id_r AS other, strength FROM link.association
    UNION ALL SELECT person_id_r, person_id_l, strength FROM link.association
)
SELECT other AS person_id, $step AS steps, sum(strength::DECIMAL(18, 9))::DOUBLE AS near
FROM tie JOIN (FROM found WHERE steps = $step - 1) AS last ON last.person_id = one
WHERE other NOT IN (SELECT person_id FROM found) GROUP BY other
"""
_FOUND = "CREATE OR REPLACE TEMP TABLE found (person_id VARCHAR, steps INTEGER, near DOUBLE)"

_PERSONS = """
SELECT person_id, steps, nullif(concat_ws(' ', forename, surname), '') AS name, birth_date,
       coalesce(forces, '') AS forces, network_id, coalesce(is_central, false) AS is_central
FROM found LEFT JOIN core.person USING (person_id)
LEFT JOIN link.network_standing USING (person_id)
ORDER BY steps, near DESC, person_id
"""
_ROLES = """
SELECT person_id, role, event_type,
       count(DISTINCT (role.force, role.source_system, role.source_record_id)) AS events
FROM core.event_role AS role SEMI JOIN found USING (person_id)
GROUP BY ALL ORDER BY person_id, event_type, role
"""
_TIES = """
SELECT person_id_l, person_id_r, sum(strength::DECIMAL(18, 9))::DOUBLE AS strength
FROM link.association
SEMI JOIN found AS l ON l.person_id = person_id_l SEMI JOIN found AS r ON r.person_id = person_id_r
GROUP BY ALL ORDER BY strength DESC, person_id_l, person_id_r
"""
_EVIDENCE = """
CREATE OR REPLACE TEMP TABLE why AS
FROM link.association_evidence
SEMI JOIN found AS l ON l.person_id = person_id_l SEMI JOIN found AS r ON r.person_id = person_id_r
"""
_SOURCES = """
SELECT DISTINCT kind, key, person_id, table_name,
       concat_ws('/', force, source_system,
                 CASE WHEN table_name = 'person_record' THEN person_source_record_id
                      ELSE source_record_id END) AS record, role
FROM link.association_member SEMI JOIN why USING (kind, key) SEMI JOIN found USING (person_id)
ORDER BY ALL
"""


def look_around(
    store: duckdb.DuckDBPyConnection, persons: Sequence[str], steps: int, *, has_values: bool
) -> Around:
    """The people within so many steps of these persons.

    Args:
        store: the published store.
        persons: persons of today.
        steps: 1 or 2; beyond that everybody is near everybody.
        has_values: False leaves out names, birth dates, addresses, numbers and marks.
    """
    store.execute(_FOUND)
    store.executemany("INSERT INTO found VALUES (?, 0, 0)", [[person] for person in persons])
    left_out = 0
    for step in range(1, steps + 1):
        store.execute(_STEP, {"step": step})
        [(reached, held)] = store.execute(
            "SELECT (SELECT count(*) FROM reached), (SELECT count(*) FROM found)"
        ).fetchall()
        room = max(MOST_PERSONS - held, 0)
        store.execute(f"INSERT INTO found FROM reached ORDER BY near DESC, person_id LIMIT {room}")
        left_out += max(reached - room, 0)
    store.execute(_EVIDENCE)
    [(night,)] = store.execute("SELECT max(night) FROM governance.night").fetchall()
    return Around(
        tuple(persons), night, _associates(store, has_values), _ties(store, has_values), left_out
    )


def _rows(store: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    frame: pl.DataFrame = store.sql(query).pl()
    return frame.to_dicts()


def _associates(store: duckdb.DuckDBPyConnection, has_values: bool) -> tuple[Associate, ...]:
    roles: dict[str, list[Role]] = {}
    for row in _rows(store, _ROLES):
        roles.setdefault(row.pop("person_id"), []).append(Role(**row))
    hidden = {} if has_values else {"name": None, "birth_date": None}
    return tuple(
        Associate(**{**row, **hidden}, roles=tuple(roles.get(row["person_id"], ())))
        for row in _rows(store, _PERSONS)
    )


def _ties(store: duckdb.DuckDBPyConnection, has_values: bool) -> tuple[Tie, ...]:
    sources: dict[tuple[str, str], list[Source]] = {}
    for row in _rows(store, _SOURCES):
        sources.setdefault((row.pop("kind"), row.pop("key")), []).append(Source(**row))
    evidence: dict[tuple[str, str], list[Evidence]] = {}
    for row in _rows(store, "FROM why ORDER BY weight DESC, first_date DESC, kind, key"):
        pair = (row.pop("person_id_l"), row.pop("person_id_r"))
        known = sources.get((row["kind"], row["key"]), [])
        of_pair = tuple(each for each in known if each.person_id in pair)
        if not has_values and row["kind"].startswith("shared_"):
            row["key"] = None
        evidence.setdefault(pair, []).append(Evidence(**row, sources=of_pair))
    return tuple(
        Tie(**row, evidence=tuple(evidence[row["person_id_l"], row["person_id_r"]]))
        for row in _rows(store, _TIES)
    )
