"""What is published of series, from offences that can be counted on the fingers."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from linkage.series.nights import find_series
from tests.linkage.series.small_series import (
    FIRST,
    offence,
    small_model,
    store_offences,
    store_suspects,
    use_model,
)
from tests.warehouse.conftest import Declared
from warehouse.build import build, building_path
from warehouse.home import Home

AT = datetime.fromisoformat("2026-01-05 10:00")


def series(base: float, count: int, words: str, **own) -> list[dict]:
    return [
        offence(at=AT + timedelta(days=n), latitude=base + n / 1000, method_text=words,
                stolen=("CASH",), **own)
        for n in range(count)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """Three burglaries in two forces, one solved; two whose suspect is one and the same; and one
    of Essex that is like no other."""
    home = Home.of(tmp_path_factory.mktemp("series") / "home")
    use_model(home, small_model())
    a, b, c = series(54.70, 3, "ROPE DOOR WINDOW")
    d, e = series(53.0, 2, "DOOR SHED", longitude=-2.0)
    far = offence(latitude=51.7, longitude=0.5, method_text="DOOR")
    store_offences(home, FIRST, {"durham/a": a, "durham/b": b, "kent/c": c, "kent/d": d,
                                 "kent/e": e, "essex/f": far})  # fmt: skip
    store_suspects(home, FIRST, {"durham/a": ["ann"], "kent/d": ["bob"], "kent/e": ["bob", "cy"]})
    find_series(home, FIRST)
    build(home, FIRST, {f: Declared(f, deliverer=f) for f in ("durham", "kent", "essex")})
    with duckdb.connect(str(building_path(home, FIRST))) as con:
        yield con


def ask(store, query: str) -> list[tuple]:
    return store.execute(query).fetchall()


def test_a_pair_says_who_is_named_and_ranks_only_what_there_is_to_find_out(store):
    assert ask(
        store,
        "SELECT force_l || source_record_id_l, force_r || source_record_id_r, named, "
        "rank_in_nation, rank_in_force_l, rank_in_force_r FROM link.series_pair ORDER BY ALL",
    ) == [
        ("durhama", "durhamb", "one", 1, 1, 1),
        ("durhama", "kentc", "one", 3, 3, 2),
        ("durhamb", "kentc", "none", 2, 2, 1),
        ("kentd", "kente", "same", None, None, None),
    ]


def test_bits_add_up_to_the_total_exactly_and_to_the_probability(store):
    features = ["distance", "days", "hours", "weekday", "kind", "method", "property"]
    parts = " + ".join(["prior_bits", *(f"{name}_bits" for name in features)])
    rows = ask(store, f"SELECT {parts}, total_bits, probability FROM link.series_pair")
    assert all(added == total for added, total, _ in rows)
    assert [p for _, _, p in rows] == pytest.approx([1 / (1 + 2**-t) for _, t, _ in rows])


def test_a_pair_tells_what_was_found_in_words(store):
    [(levels, km, days, method, taken)] = ask(
        store,
        "SELECT levels, round(distance_km, 3), days_apart, shared_method, shared_property "
        "FROM link.series_pair WHERE source_record_id_l = 'a' AND source_record_id_r = 'b'",
    )
    assert '"distance":"within 0.25 km","days":"within 1 day"' in levels
    assert (km, days) == (0.111, 1.0)
    # ROPE is not among the model's words: rarer than those that are.
    assert (method, taken) == ("ROPE, WINDOW, DOOR", "CASH")


def test_a_lead_lists_its_offences_its_forces_and_whether_it_tells_anything_new(store):
    columns = ("offences", "unsolved_offences", "is_all_unsolved", "named_persons", "is_known",
               "forces", "offence_groups", "ties", "rank_in_nation")  # fmt: skip
    assert ask(store, f"SELECT {', '.join(columns)} FROM link.series_lead ORDER BY offences") == [
        (2, 0, False, 2, True, "kent", "burglary", 1, None),
        (3, 2, False, 1, False, "durham,kent", "burglary", 3, 1),
    ]
    assert ask(
        store,
        "SELECT force, offences, rank_in_force FROM link.series_lead_force ORDER BY ALL",
    ) == [("durham", 2, 1), ("kent", 1, 1), ("kent", 2, None)]
    assert ask(
        store,
        "SELECT source_record_id, is_unsolved FROM link.series_lead_offence ORDER BY ALL",
    ) == [("a", False), ("b", True), ("c", True), ("d", False), ("e", False)]


def test_a_lead_says_why_in_words(store):
    [(why,)] = ask(store, "SELECT why FROM link.series_lead WHERE offences = 3")
    assert why.startswith("on the average of its pairs distance (+")
    assert why.endswith("; in most methods DOOR, ROPE, WINDOW; in most taken CASH")


def test_every_query_of_the_docs_answers(store):
    page = Path(__file__).parents[3] / "docs" / "series-leads.md"
    queries = re.findall(r"```sql\n(.+?);\n```", page.read_text(encoding="utf-8"), re.DOTALL)
    answers = [ask(store, query) for query in queries]
    assert [len(answer) for answer in answers] == [1, 1, 3, 2, 1]


def test_nothing_of_a_lead_reaches_what_is_resolved(store):
    assert ask(store, "SELECT max(record_count) FROM core.offence") == [(1,)]
