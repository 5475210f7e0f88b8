import json
from datetime import date

import duckdb
import polars as pl
import pytest

from linkage.features import _DERIVED, _nickname_groups
from linkage.model_file import _freeze
from linkage.models import person
from linkage.score import score_pairs

NAMES = [
    ("ROWAN", "ASHDOWN"), ("IMRAN", "QURESHI"), ("KASIA", "WOJCIK"), ("TOLA", "ADEYEMI"),
    ("MEI", "CHEN"), ("GARETH", "PRYCE"), ("SIOBHAN", "KEANE"), ("DIOGO", "TAVARES"),
]  # fmt: skip


def someone(unique_id: int, **known: object) -> dict[str, object]:
    forename, surname = NAMES[unique_id % len(NAMES)]
    return {
        "unique_id": unique_id, "force": "durham", "source_system": "niche",
        "source_record_id": str(unique_id), "first_night": date(2026, 1, 12),
        "forename": forename, "surname": surname, "birth_date": date(1950 + unique_id, 3, 14),
        "sex": "M", "alias_forenames": [], "alias_surnames": [], "pnc": [], "cro": [],
        "postcodes": [], "phones": [],
    } | known  # fmt: skip


def features(*people: dict[str, object]) -> pl.DataFrame:
    texts = ("alias_forenames", "alias_surnames", "pnc", "cro", "postcodes", "phones")
    frame = pl.DataFrame(
        [{**one, "unique_id": number} for number, one in enumerate(people, start=1)],
        schema_overrides={"unique_id": pl.Int64, "birth_date": pl.Date, "birth_year": pl.Int64}
        | {name: pl.List(pl.String) for name in texts},
        infer_schema_length=None,
    ).with_columns(pl.col("birth_date").dt.year().cast(pl.Int64).alias("birth_year"))
    with duckdb.connect() as con:
        con.register("person", frame)
        con.register("nickname", _nickname_groups())
        return con.sql(_DERIVED).pl()


def weight(one: dict[str, object], other: dict[str, object]) -> float:
    """Weight of the pair, or minus infinity where no block brings it together or it is low."""
    frame = features(one, other)
    pairs = score_pairs(frame, _freeze(frame))
    return pairs["match_weight"][0] if pairs.height else float("-inf")


ROWAN = someone(0, postcodes=["ZE1 1AA"])


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("all the same", {}),
        ("moved house", {"postcodes": ["ZE9 9ZZ"]}),
        ("day and month swapped", {"birth_date": date(1950, 3, 14)}),
        ("a typing mistake in the forename", {"forename": "ROWEN"}),
    ],
)
def test_a_rare_name_with_a_birth_date_links_over_small_differences(what, other):
    if what == "day and month swapped":
        one, two = (
            ROWAN | {"birth_date": date(1950, 4, 3)},
            ROWAN | {"birth_date": date(1950, 3, 4)},
        )
        assert weight(one, two) >= person.LINK
    else:
        assert weight(ROWAN, ROWAN | other) >= person.LINK


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("twins", {"forename": "BRIONY"}),
        ("father and son of one name", {"birth_date": date(1924, 7, 2)}),
        ("a name alone", {"birth_date": None, "postcodes": []}),
        ("two valid PNC ids and another address", {"postcodes": ["ZE9 9ZZ"], "pnc": ["B"]}),
    ],
)
def test_what_households_and_namesakes_share_does_not_link(what, other):
    one = ROWAN | ({"pnc": ["2001/0000001A"]} if "PNC" in what else {})
    two = ROWAN | other | ({"pnc": ["1999/1234567K"]} if "PNC" in what else {})
    if "PNC" in what:
        # A common name: strangers who share it and the birth date.
        crowd = [someone(n, forename="JOHN", surname="SMITH") for n in range(8, 40)]
        frame = features(
            one | {"forename": "JOHN", "surname": "SMITH"},
            two | {"forename": "JOHN", "surname": "SMITH"},
            *crowd,
        )
        pairs = score_pairs(frame, _freeze(frame)).filter(
            (pl.col("unique_id_l") == 1) & (pl.col("unique_id_r") == 2)
        )
        assert pairs.filter(pl.col("match_weight") >= person.LINK).is_empty()
    else:
        assert weight(one, two) < person.LINK


def test_a_shared_identifier_links_what_names_alone_would_not():
    one = ROWAN | {"pnc": ["2001/0000001A"], "birth_date": None, "postcodes": []}
    two = one | {"surname": "FENWICK"}
    assert weight(one, two) >= person.LINK


def test_a_nickname_weighs_more_than_another_name():
    william = ROWAN | {"forename": "WILLIAM"}
    assert weight(william, ROWAN | {"forename": "BILL"}) >= person.LINK


def test_the_weights_of_every_pair_sum_to_its_total():
    people = [someone(n % 8, postcodes=[f"ZE{n % 3} 1AA"]) for n in range(24)]
    frame = features(*people)
    pairs = score_pairs(frame, _freeze(frame))
    assert pairs.height > 10
    for row in pairs.iter_rows(named=True):
        assert sum(json.loads(row["weights"]).values()) == pytest.approx(row["match_weight"])
        assert row["unique_id_l"] < row["unique_id_r"]


def test_a_common_name_weighs_less_than_a_rare_one():
    crowd = [someone(n, forename="JOHN", surname="SMITH") for n in range(8, 40)]
    frame = features(ROWAN, ROWAN, crowd[0] | {"birth_date": date(1950, 3, 14)},
                     crowd[1] | {"birth_date": date(1950, 3, 14)}, *crowd[2:])  # fmt: skip
    scored = {
        (row["unique_id_l"], row["unique_id_r"]): json.loads(row["weights"])
        for row in score_pairs(frame, _freeze(frame)).iter_rows(named=True)
    }
    assert scored[(3, 4)]["surname"] < scored[(1, 2)]["surname"]
