"""What becomes a pair, what does not, and that nothing of identity reads any of it."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from linkage.series.groups import group_offences
from linkage.series.nights import find_series
from tests.linkage.series.small_series import (
    FIRST,
    ask,
    offence,
    pairs,
    small_model,
    store_offences,
    use_model,
)
from warehouse.home import Home
from warehouse.state import writer

AT = datetime.fromisoformat("2026-01-05 10:00")
ALIKE = {"method_text": "ROPE", "stolen": ("CASH",)}


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home.of(tmp_path / "home")
    use_model(home, small_model())
    return home


def found(home: Home, **of_second) -> int:
    store_offences(
        home, FIRST, {"kent/a": offence(**ALIKE), "kent/b": offence(**(ALIKE | of_second))}
    )
    find_series(home, FIRST)
    return len(pairs(home))


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({}, 1),
        ({"location_precision": "postcode"}, 1),
        ({"offence_group": "vehicle-crime", "offence_code": "045/10"}, 1),
        ({"location_precision": "snapped"}, 0),
        ({"location_precision": "none", "latitude": None, "longitude": None}, 0),
        ({"occurred_precision": "month"}, 0),
        ({"until": AT + timedelta(days=15)}, 0),
        ({"status": "cancelled"}, 0),
        ({"offence_group": "robbery", "offence_code": "034/02"}, 0),
        ({"offence_group": "drugs", "offence_code": "092/02"}, 0),
        ({"latitude": 54.78 + 0.19}, 0),
        ({"at": AT + timedelta(days=61)}, 0),
    ],
)
def test_only_offences_of_one_family_with_a_point_and_a_day_near_each_other_pair(
    home, second, expected
):
    assert found(home, **second) == expected


def test_rape_pairs_with_rape_and_not_with_assault_of_the_same_group(home):
    group = {"offence_group": "violence-and-sexual-offences", **ALIKE}
    store_offences(home, FIRST, {
        "kent/a": offence(**group, offence_code="019/08"),
        "kent/b": offence(**group, offence_code="019/08"),
        "kent/c": offence(**group, offence_code="105/01"),
    })  # fmt: skip
    find_series(home, FIRST)
    assert [pair[:2] for pair in pairs(home)] == [("kent/a", "kent/b")]


def test_an_offence_of_several_records_stands_by_the_one_whose_place_is_known_best(home):
    store_offences(home, FIRST, {
        "kent/a": offence(**ALIKE, location_precision="postcode"),
        "essex/b": offence(**ALIKE),
        "kent/c": offence(**ALIKE),
    })  # fmt: skip
    with writer(home, "test") as con:
        con.execute(
            "UPDATE link.offence_membership SET offence_id = 'O-1' "
            "WHERE source_record_id IN ('a', 'b')"
        )
    find_series(home, FIRST)
    assert [pair[:2] for pair in pairs(home)] == [("essex/b", "kent/c")]


def test_what_lies_between_two_series_does_not_chain_them_into_one_lead():
    tied = pl.DataFrame(
        [(1, 2, 6.0), (3, 4, 6.0), (2, 3, 2.0)],
        schema={"offence_l": pl.Int64, "offence_r": pl.Int64, "total": pl.Float64}, orient="row",
    )  # fmt: skip
    # Of the four pairs between them three were not kept: less than -3 bits each.
    assert group_offences(tied, small_model()).rows() == [(1, 1), (2, 1), (3, 3), (4, 3)]
    rest = pl.DataFrame([(1, 3, 1.0), (1, 4, 0.5), (2, 4, -1.0)], schema=tied.schema, orient="row")
    assert group_offences(pl.concat([tied, rest]), small_model())["lead"].to_list() == [1] * 4


def test_a_lead_is_no_larger_than_the_model_says():
    pairs_of_five = pl.DataFrame(
        [(a, b, 5.0) for a in range(5) for b in range(a + 1, 5)],
        schema={"offence_l": pl.Int64, "offence_r": pl.Int64, "total": pl.Float64}, orient="row",
    )  # fmt: skip
    grouped = group_offences(pairs_of_five, small_model(most_offences=3))
    assert grouped["lead"].to_list() == [0, 0, 0, 3, 3]


def test_done_again_it_changes_nothing_and_a_pair_keeps_its_night(home):
    assert found(home) == 1
    before = ask(home, "SELECT * FROM linkage.series_pair")
    find_series(home, FIRST)
    store_offences(home, FIRST + timedelta(days=1), {"kent/z": offence(latitude=51.0)})
    find_series(home, FIRST + timedelta(days=1))
    assert ask(home, "SELECT * FROM linkage.series_pair") == before


def test_no_module_of_identity_names_a_table_of_series():
    root = Path(__file__).parents[3]
    own = {root / "warehouse" / name for name in ("series.py", "store_checks.py", "build.py")}
    modules = [
        *(p for p in (root / "linkage").rglob("*.py") if "series" not in p.parts),
        *(p for p in (root / "warehouse").glob("*.py") if p not in own),
    ]
    assert len(modules) > 80
    naming = [
        path.name
        for path in modules
        if any(f"{schema}.series_" in path.read_text(encoding="utf-8")
               for schema in ("link", "linkage"))
    ]  # fmt: skip
    assert naming == []
