"""What was built on a merge: everything in the published store that changes if it is undone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from linkage.judgements.judgement import Judgement
from linkage.judgements.review import Decided
from linkage.judgements.unmerge import Unmerge
from linkage.record_key import RecordKey
from warehouse.contract.link import PAIR_KEY, RECORD_PARTS

_KEY = ", ".join(RECORD_PARTS)
# The records asked for, and the side that each is on.
_SIDES = "wanted AS (SELECT unnest($keys, recursive := true))"
_IN = f"JOIN wanted USING ({_KEY})"

_NIGHT = "SELECT max(night) FROM governance.night"
_ROLES = f"""
WITH {_SIDES}
SELECT wanted.is_off, wanted.force, wanted.source_system, wanted.source_record_id, role.event_type,
       role.source_record_id AS event, role.role, offence.offence_id
FROM core.event_role AS role
JOIN wanted ON wanted.force = role.force AND wanted.source_system = role.source_system
           AND wanted.source_record_id = role.person_source_record_id
LEFT JOIN core.offence_record AS offence
  ON role.event_type = 'offence_record' AND offence.force = role.force
 AND offence.source_system = role.source_system
 AND offence.source_record_id = role.source_record_id
ORDER BY ALL
"""
_MARKERS = f"""
WITH {_SIDES}
SELECT is_off, {_KEY}, marker_code, from_date FROM core.warning_marker {_IN} ORDER BY ALL
"""
_EARLIER = f"""
WITH {_SIDES}
SELECT is_off, person_id, count(*), min(valid_from),
       CASE WHEN count(valid_to) = count(*) THEN max(valid_to) END
FROM link.person_membership {_IN} WHERE valid_to IS NOT NULL OR person_id <> $person
GROUP BY ALL ORDER BY ALL
"""
_ITEMS = f"""
SELECT {", ".join(PAIR_KEY)}, why FROM link.review_item
WHERE list_contains($persons, person_id_l) OR list_contains($persons, person_id_r) ORDER BY ALL
"""
# Where it was parted since the store was published, the store knows its records by another id.
_PUBLISHED = f"""
WITH {_SIDES} SELECT DISTINCT person_id FROM core.person_record {_IN} ORDER BY ALL
"""
_MARTS = """
SELECT table_name FROM duckdb_columns()
WHERE schema_name = 'mart' AND column_name = 'person_id' ORDER BY ALL
"""
# Both ways round: the best link of each record within its own side and across.
_TORN = f"""
WITH {_SIDES},
link AS (
    SELECT l.is_off, {", ".join(f"l.{part}" for part in RECORD_PARTS)}, match_weight,
           l.is_off <> r.is_off AS is_across
    FROM (
        SELECT {", ".join(PAIR_KEY)}, match_weight FROM link.person_edge WHERE band = 'link'
        UNION ALL
        SELECT {", ".join((*PAIR_KEY[3:], *PAIR_KEY[:3]))}, match_weight
        FROM link.person_edge WHERE band = 'link'
    )
    JOIN wanted AS l ON (l.force, l.source_system, l.source_record_id)
                      = (force_l, source_system_l, source_record_id_l)
    JOIN wanted AS r ON (r.force, r.source_system, r.source_record_id)
                      = (force_r, source_system_r, source_record_id_r)
)
SELECT is_off, {_KEY}, max(match_weight) FILTER (is_across) AS across,
       max(match_weight) FILTER (NOT is_across) AS within
FROM link GROUP BY ALL HAVING across > coalesce(within, -1e9) ORDER BY ALL
"""


@dataclass(frozen=True)
class Role:
    """What a record was in an event; the offence where the event is one."""

    record: RecordKey
    event_type: str
    event: str
    role: str
    offence_id: str | None


@dataclass(frozen=True)
class Marker:
    """A warning marker of a record and the day it was put on."""

    record: RecordKey
    code: str
    from_date: date | None


@dataclass(frozen=True)
class EarlierId:
    """Another person id that records bore, and the night from which none did; None where the store
    still knows them by it."""

    person_id: str
    records: int
    first_night: date
    ended: date | None


@dataclass(frozen=True)
class Torn:
    """A record whose strongest link, in bits, is to the other side; ``within`` its own side it is
    weaker, or None. It may be on the wrong side."""

    record: RecordKey
    across: float
    within: float | None


@dataclass(frozen=True)
class Side:
    """What hangs on the records that come off, or on those that stay."""

    records: tuple[RecordKey, ...]
    roles: tuple[Role, ...]
    markers: tuple[Marker, ...]
    earlier_ids: tuple[EarlierId, ...]
    torn: tuple[Torn, ...]


@dataclass(frozen=True)
class BuiltOn:
    """What hangs on a person that is to be parted, as the published store has it.

    Attributes:
        night: of the store.
        published_as: the ids of the persons that its records are of in the store: other than its
            own where it was parted since.
        off, stay: by side.
        marts: rows about the person, by mart.
        judgements: decisions between two of its records.
        review_items: pairs with a record of it that wait: both records, and why.
    """

    night: date | None
    published_as: tuple[str, ...]
    off: Side
    stay: Side
    marts: dict[str, list[dict[str, Any]]]
    judgements: tuple[Judgement, ...]
    review_items: tuple[tuple[RecordKey, RecordKey, str], ...]


def read_built_on(store: duckdb.DuckDBPyConnection, undone: Unmerge, decided: Decided) -> BuiltOn:
    """Everything in the published store that hangs on the person."""
    off, stay = _sides(store, undone)
    members = {*undone.off, *undone.stay}
    keys = [record._asdict() for record in sorted(members)]
    persons = [row[0] for row in store.execute(_PUBLISHED, {"keys": keys}).fetchall()]
    items = store.execute(_ITEMS, {"persons": persons}).fetchall()
    return BuiltOn(
        night=store.execute(_NIGHT).fetchall()[0][0],
        published_as=tuple(persons),
        off=off,
        stay=stay,
        marts=_read_marts(store, persons),
        judgements=tuple(j for j in decided.judgements.values() if members.issuperset(j.pair)),
        review_items=tuple((RecordKey(*i[:3]), RecordKey(*i[3:6]), i[6]) for i in items),
    )


def _sides(store: duckdb.DuckDBPyConnection, undone: Unmerge) -> tuple[Side, Side]:
    keys = [
        {**record._asdict(), "is_off": is_off}
        for is_off, records in ((True, undone.off), (False, undone.stay))
        for record in records
    ]
    roles, markers, earlier, torn = (
        store.execute(query, {"keys": keys} | more).fetchall()
        for query, more in (
            (_ROLES, {}),
            (_MARKERS, {}),
            (_EARLIER, {"person": undone.person_id}),
            (_TORN, {}),
        )
    )

    def side(records: tuple[RecordKey, ...], *, is_off: bool) -> Side:
        return Side(
            records,
            tuple(Role(*keyed) for keyed in _of_side(roles, is_off=is_off)),
            tuple(Marker(*keyed) for keyed in _of_side(markers, is_off=is_off)),
            tuple(EarlierId(*row) for is_its, *row in earlier if is_its == is_off),
            # One record alone has no link on its own side: that tells nothing.
            tuple(Torn(*keyed) for keyed in _of_side(torn, is_off=is_off) if len(records) > 1),
        )

    return side(undone.off, is_off=True), side(undone.stay, is_off=False)


def _of_side(rows: Iterable[tuple[Any, ...]], *, is_off: bool) -> Iterator[tuple[Any, ...]]:
    """Rows of one side, the three parts of the record's key made one."""
    return ((RecordKey(*row[1:4]), *row[4:]) for row in rows if row[0] == is_off)


def _read_marts(
    store: duckdb.DuckDBPyConnection, persons: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for (mart,) in store.execute(_MARTS).fetchall():
        answer = store.execute(f'FROM mart."{mart}" WHERE list_contains($persons, person_id)',
                               {"persons": persons})  # fmt: skip
        names = [column[0] for column in answer.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        if rows:
            found[f"mart.{mart}"] = rows
    return found
