"""A published store of a circle of three, a neighbour of one of them, and a hostel."""

from datetime import UTC, date, datetime
from typing import Any

from tests.console.small_store import NIGHT, publish
from warehouse.home import Home

BORN = date(1990, 2, 3)
LAST_YEAR, LONG_AGO = date(2025, 6, 1), date(2020, 1, 1)
PUBLISHED = datetime(2026, 1, 12, tzinfo=UTC).replace(tzinfo=None)
PEOPLE = {"P-1": "ANA", "P-2": "BO", "P-3": "CY", "P-4": "DI"}
FORCES = {"P-1": "kent", "P-2": "kent", "P-3": "essex", "P-4": "kent"}
VALUES = ("ANA", "ELM", "1990", "ME1 1AA 9")


def make_store(home: Home) -> None:
    """P-1, P-2 and P-3 are suspects of O-1, P-1 and P-2 of O-2 too, whose victim is P-3; P-4 lives
    with P-1. P-0 is an id that P-1 has superseded."""
    publish(
        home,
        core__person_record=[_record(p) for p in PEOPLE],
        core__person=[
            {"person_id": p, "forename": name, "surname": "ELM", "birth_date": BORN,
             "record_count": 1, "force_count": 1, "forces": FORCES[p], "first_night": NIGHT}
            for p, name in PEOPLE.items()
        ],
        core__offence_record=[
            {"force": "kent", "source_record_id": o, "offence_group": "burglary",
             "is_notifiable": True, "occurred_on": LAST_YEAR, "occurred_precision": "day",
             "is_time_ambiguous": False, "location_precision": "none", "offence_id": f"O-{o}"}
            for o in ("1", "2")
        ],
        core__event_role=[
            *(_role("1", p, "suspect") for p in ("P-1", "P-2", "P-3")),
            *(_role("2", p, "suspect") for p in ("P-1", "P-2")),
            _role("2", "P-3", "victim"),
        ],
        reference__offence_group=[{"offence_group": "burglary", "name": "Burglary",
                                   "harm_days": 100.0, "is_proactive": False}],
        governance__night=[{"night": LONG_AGO, "crimelink_version": "0", "published_at": PUBLISHED},
                           {"night": NIGHT, "crimelink_version": "0", "published_at": PUBLISHED}],
        link__person_membership=[
            {"person_id": "P-0", "force": "kent", "source_record_id": "r1",
             "valid_from": LONG_AGO, "valid_to": LAST_YEAR},
            {"person_id": "P-1", "force": "kent", "source_record_id": "r1",
             "valid_from": LAST_YEAR},
            *({"person_id": p, "force": FORCES[p], "source_record_id": f"r{p[-1]}",
               "valid_from": LONG_AGO} for p in ("P-2", "P-3", "P-4")),
        ],
        link__association=[
            _tie("P-1", "P-2", strength=1.5, events=2), _tie("P-1", "P-3"), _tie("P-2", "P-3"),
            _tie("P-1", "P-4", kind="shared_address", strength=1.0),
        ],
        link__association_evidence=[
            *(_why(*pair, "O-1", 3, 0.5) for pair in (("P-1", "P-2"), ("P-1", "P-3"),
                                                      ("P-2", "P-3"))),
            _why("P-1", "P-2", "O-2", 2, 1.0),
            _why("P-1", "P-4", "ME1 1AA 9", 2, 1.0, kind="shared_address", last_date=None),
        ],
        link__association_member=[
            *(_member("O-1", p, "1") for p in ("P-1", "P-2", "P-3")),
            *(_member("O-2", p, "2") for p in ("P-1", "P-2")),
            *(_member("ME1 1AA 9", p, f"r{p[-1]}", kind="shared_address",
                      table_name="person_record", role="home") for p in ("P-1", "P-4")),
        ],
        link__association_hub=[{"kind": "shared_address", "key": "ME1 1ZZ 1", "persons": 90,
                                "why": "left out"}],
        link__network_membership=[
            {"network_id": "N-1", "person_id": p, "valid_from": since}
            for p, since in (("P-1", LONG_AGO), ("P-2", LONG_AGO), ("P-3", NIGHT))
        ] + [{"network_id": "N-1", "person_id": "P-4", "valid_from": LONG_AGO, "valid_to": NIGHT}],
        link__network_standing=[
            {"network_id": "N-1", "person_id": p, "strength": strength, "betweenness": 0.0,
             "is_central": central}
            for p, strength, central in (("P-1", 2.0, True), ("P-2", 2.0, True),
                                         ("P-3", 1.0, False))
        ],
    )  # fmt: skip


def _record(person: str) -> dict[str, Any]:
    return {"force": FORCES[person], "source_record_id": f"r{person[-1]}", "person_id": person}


def _role(offence: str, person: str, role: str) -> dict[str, Any]:
    return {"force": "kent", "source_record_id": offence, "record_key": f"{offence}#{person}",
            "event_type": "offence_record", "person_source_record_id": f"r{person[-1]}",
            "role": role, "person_id": person}  # fmt: skip


def _tie(left: str, right: str, **more: Any) -> dict[str, Any]:
    return {"person_id_l": left, "person_id_r": right, "kind": "co_offending", "strength": 0.5,
            "events": 1, "first_date": LAST_YEAR} | more  # fmt: skip


def _why(
    left: str, right: str, key: str, persons: int, weight: float, **more: Any
) -> dict[str, Any]:
    return {"person_id_l": left, "person_id_r": right, "kind": "co_offending", "key": key,
            "persons": persons, "weight": weight, "first_date": LAST_YEAR,
            "last_date": LAST_YEAR} | more  # fmt: skip


def _member(key: str, person: str, record: str, **more: Any) -> dict[str, Any]:
    return {"kind": "co_offending", "key": key, "person_id": person,
            "table_name": "offence_record", "force": "kent", "source_record_id": record,
            "person_source_record_id": f"r{person[-1]}", "role": "suspect"} | more  # fmt: skip
