"""Whatever batches come, in whatever order: the newest word on a row wins, and all rows add up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse import wave
from warehouse.state import reader

KEYS = "abcdef"
SCOPES = {key: "s1" if key < "d" else "s2" for key in KEYS}


@dataclass(frozen=True)
class Sent:
    """A batch: its change events in order, the scopes it covers (None is everything), and the
    keys of its quarantined rows (None is a key that could not be told)."""

    events: tuple[tuple[str, str | None], ...]  # key and surname; None deletes
    covers: tuple[str, ...] | None
    quarantined: tuple[str | None, ...] = ()


events = st.lists(
    st.tuples(st.sampled_from(KEYS), st.sampled_from(["X", "Y", None])), max_size=7
).map(tuple)
coverage = st.sampled_from([None, (), ("s1",), ("s1", "s2")])
batches = st.lists(st.builds(Sent, events, coverage), min_size=1, max_size=4)
quarantine = st.lists(st.sampled_from([*KEYS, None]), max_size=2).map(tuple)
batches_with_quarantine = st.lists(
    st.builds(Sent, events, coverage, quarantine), min_size=1, max_size=4
)
thoroughly = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def bench(tmp_path_factory, new_bench: Callable[..., Any]) -> Any:
    """One home for every example: each has a force of its own."""
    return new_bench(tmp_path_factory.mktemp("law"))


@pytest.fixture(scope="module")
def forces() -> Any:
    return (f"force{n}" for n in count())


@pytest.fixture(scope="module")
def later_nights() -> Any:
    return (date(2026, 1, 1) + timedelta(days=n) for n in count())


def model(sent: list[Sent]) -> dict[str, str]:
    """The current surnames after the batches in the order of their sequence, told in Python."""
    held: dict[str, str] = {}
    for batch in sent:
        brought = {key for key, _ in batch.events}
        for key, surname in batch.events:
            if surname is None:
                held.pop(key, None)
            else:
                held[key] = surname
        for key in set(held) - brought - set(batch.quarantined):
            is_covered = batch.covers is None or SCOPES[key] in batch.covers
            if is_covered and None not in batch.quarantined:
                del held[key]
    return held


def put(bench: Any, night: date, force: str, number: int, batch: Sent, **values: Any) -> str:
    rows = [
        {
            "record_key": key,
            "surname": surname,
            "operation": "delete" if surname is None else "upsert",
            "sequence": place,
            "scope": SCOPES[key],
        }
        for place, (key, surname) in enumerate(batch.events)
    ]
    covers = None if batch.covers is None else list(batch.covers)
    blamed = [{"table_name": "person_record", "record_key": key} for key in batch.quarantined]
    return bench.put(
        night,
        str(number),
        {"person_record": rows},
        force=force,
        covers={"person_record": covers},
        quarantine=blamed,
        **values,
    )


def assert_adds_up(bench: Any, force: str, sent: list[Sent], held: dict[str, str]) -> None:
    balances = bench.ask(
        "SELECT received, stored + unchanged + quarantined + deleted, quarantined "
        f"FROM quality.reconciliation WHERE force = '{force}' ORDER BY batch_id"
    )
    assert [(received, received) for received, _, _ in balances] == [b[:2] for b in balances]
    assert [b[0] for b in balances] == [len(s.events) + len(s.quarantined) for s in sent]
    found = bench.ask(
        "SELECT record_key, surname FROM core.person_record "
        f"WHERE force = '{force}' AND valid_to IS NULL ORDER BY ALL"
    )
    assert found == sorted(held.items())
    [(stored,)] = bench.ask(
        f"SELECT sum(stored) FROM quality.reconciliation WHERE force = '{force}'"
    )
    [(versions, numbered)] = bench.ask(
        "SELECT count(*), count(DISTINCT (record_key, version)) "
        f"FROM core.person_record WHERE force = '{force}'"
    )
    assert stored == versions == numbered


@thoroughly
@given(sent=batches, data=st.data())
def test_batches_in_any_order_end_like_the_model(bench, forces, later_nights, sent, data):
    force = next(forces)
    arrivals = data.draw(st.permutations(range(len(sent))))
    for number in arrivals:
        night = next(later_nights)
        put(bench, night, force, number, sent[number])
        bench.load(night)
    assert_adds_up(bench, force, sent, model(sent))


@thoroughly
@given(sent=batches_with_quarantine)
def test_quarantined_rows_are_not_gone(bench, forces, later_nights, sent):
    force, night = next(forces), next(later_nights)
    for number, batch in enumerate(sent):
        put(bench, night, force, number, batch)
    bench.load(night)
    assert_adds_up(bench, force, sent, model(sent))


TOLD = (
    "SELECT * EXCLUDE (force, batch_id, valid_from, valid_to, record_hash) FROM core.person_record",
    "SELECT * EXCLUDE (force, batch_id, night) FROM quality.reconciliation",
    "SELECT rule, checked, failed FROM quality.check_result",
    "SELECT delivery_id, status, held_rule FROM quality.batch",
    "SELECT * EXCLUDE (force, batch_id) FROM ledger.coverage",
)


def told(bench: Any, forces: list[str]) -> list[list[tuple[Any, ...]]]:
    """All that the state says of each force, but for the nights and its name."""
    with reader(bench.home) as con:
        return [
            con.execute(f"{sql} WHERE force = '{force}' ORDER BY ALL").fetchall()
            for force in forces
            for sql in TOLD
        ]


@settings(thoroughly, max_examples=8)
@given(sent=st.lists(batches_with_quarantine, min_size=2, max_size=3), data=st.data())
def test_forces_loaded_together_end_like_each_alone(bench, forces, later_nights, sent, data):
    """One of the batches comes a night late, one does not balance."""
    order = [(own, number) for own in range(len(sent)) for number in range(len(sent[own]))]
    late, broken = (data.draw(st.sampled_from([None, *order])) for _ in range(2))
    found = []
    for wave_bytes in (wave.WAVE_BYTES, 0):
        slugs = [next(forces) for _ in sent]
        nights = next(later_nights), next(later_nights)
        for own, number in order:
            wrong = {"received": {"person_record": 99}} if (own, number) == broken else {}
            night = nights[(own, number) == late]
            batch = sent[own][number]
            put(bench, night, slugs[own], number, batch, delivery_id=str(number), **wrong)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(wave, "WAVE_BYTES", wave_bytes)
            for night in nights:
                bench.load(night)
        found.append(told(bench, slugs))
    assert found[0] == found[1]
