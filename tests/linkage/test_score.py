import json
from dataclasses import replace
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
        "forename": forename, "surname": surname, "birth_year": None,
        "birth_date": date(1950 + unique_id, 3, 14),
        "sex": "M", "alias_forenames": [], "alias_surnames": [], "pnc": [], "cro": [],
        "middle_names": [], "papers": [], "postcodes": [], "contacts": [],
    } | known  # fmt: skip


def features(*people: dict[str, object]) -> pl.DataFrame:
    texts = ("alias_forenames", "alias_surnames", "middle_names", "pnc", "cro", "papers",
             "postcodes", "contacts")  # fmt: skip
    frame = pl.DataFrame(
        [
            {"master": f"own {number}"} | one | {"unique_id": number}
            for number, one in enumerate(people, start=1)
        ],
        schema_overrides={"unique_id": pl.Int64, "birth_date": pl.Date, "birth_year": pl.Int64}
        | {name: pl.List(pl.String) for name in texts},
        infer_schema_length=None,
    ).with_columns(
        pl.coalesce("birth_year", pl.col("birth_date").dt.year().cast(pl.Int64)).alias("birth_year")
    )
    with duckdb.connect() as con:
        con.register("person", frame)
        con.register("nickname", _nickname_groups())
        return con.sql(_DERIVED).pl()


def weight(one: dict[str, object], other: dict[str, object]) -> float:
    """Weight of the pair, or minus infinity where no block brings it together or it is low."""
    frame = features(one, other)
    pairs = score_pairs(frame, _freeze(frame)).pairs
    return pairs["match_weight"][0] if pairs.height else float("-inf")


ROWAN = someone(0, postcodes=["ZE1 1AA"])
MOVED = {"postcodes": ["ZE9 9ZZ"]}
PHONE = {"contacts": ["+447700900123"]}


@pytest.mark.parametrize(
    ("what", "one", "other"),
    [
        ("all the same", {}, {}),
        ("moved house, the same telephone", PHONE, PHONE | MOVED),
        ("moved house, the same middle name", {"middle_names": ["ELM", "ASH"]},
         {"middle_names": ["ASH"]} | MOVED),
        ("day and month swapped", {"birth_date": date(1950, 4, 3)},
         {"birth_date": date(1950, 3, 4)}),
        ("one digit of the birth date", {}, {"birth_date": date(1950, 3, 24)}),
        ("only the year of birth known, the same telephone", PHONE,
         PHONE | {"birth_date": None, "birth_year": 1950}),
        ("a typing mistake in the forename", {}, {"forename": "ROWEN"}),
        ("name parts in each other's place", {}, {"forename": "ASHDOWN", "surname": "ROWAN"}),
        ("a maiden name and the same telephone", PHONE, PHONE | {"surname": "FENWICK"}),
        ("moved house, tied by the force itself", {"master": "7"}, MOVED | {"master": "7"}),
    ],
)  # fmt: skip
def test_a_name_with_a_birth_date_and_one_thing_more_links(what, one, other):
    assert weight(ROWAN | one, ROWAN | other) >= person.LINK


@pytest.mark.parametrize(
    ("what", "one", "other"),
    [
        ("twins", {}, {"forename": "BRIONY"}),
        ("twins with one telephone", PHONE, PHONE | {"forename": "BRIONY"}),
        ("father and son of one name", {}, {"birth_date": date(1924, 7, 2)}),
        ("father and son with one telephone", PHONE, PHONE | {"birth_date": date(1924, 7, 2)}),
        ("strangers of one name and birth date", {}, MOVED),
        ("a name and birth date, nothing else known", {"postcodes": []}, {"postcodes": []}),
        ("a name alone", {"birth_date": None}, {"birth_date": None, "postcodes": []}),
        ("a name and two PNC ids", {"pnc": ["2001/0000001A"]},
         {"pnc": ["1999/1234567K"]} | MOVED),
    ],
)  # fmt: skip
def test_what_households_and_namesakes_share_does_not_link(what, one, other):
    assert weight(ROWAN | one, ROWAN | other) < person.LINK


def test_namesakes_do_not_link_however_rare_the_name_and_large_the_home():
    everyone = [ROWAN, ROWAN | MOVED, *(someone(n, surname=f"SURNAME{n}") for n in range(2, 9))]
    frame = features(*everyone)
    model = _freeze(frame)
    rare = {
        column: known.with_columns(pl.lit(person.RAREST).alias("frequency"))
        for column, known in model.frequencies.items()
    }
    pairs = score_pairs(frame, replace(model, frequencies=rare)).pairs
    assert pairs.filter(pl.col("match_weight") >= person.LINK).is_empty()


def test_two_pnc_ids_or_another_sex_weigh_against():
    same = weight(ROWAN, ROWAN)
    assert weight(ROWAN, ROWAN | {"sex": "F"}) < same - 5
    one, other = {"pnc": ["2001/0000001A"]}, {"pnc": ["1999/1234567K"]}
    assert weight(ROWAN | one, ROWAN | other) < same - 6


def test_a_tie_of_another_force_says_nothing():
    one, other = ROWAN | {"master": "7"}, ROWAN | {"master": "7", "force": "kent"}
    frame = features(one, other)
    [text] = score_pairs(frame, _freeze(frame)).pairs["weights"].to_list()
    assert json.loads(text)["own_tie"] == 0


def test_a_block_too_large_is_left_out_and_told():
    size = person.MOST_RECORDS + 1
    crowd = [
        someone(n, forename=f"F{n:03}", surname=f"S{n:03}", birth_date=date(1950 + n % 50, 1, 1),
                contacts=["+441134960000"])
        for n in range(size)
    ]  # fmt: skip
    frame = features(*crowd)
    capped = score_pairs(frame, _freeze(frame)).capped
    told = {row["block"]: (row["keys"], row["pairs"]) for row in capped.to_dicts()}
    assert told["phone or e-mail"] == (1, size * (size - 1) // 2)
    smaller = features(*crowd[:-1])
    assert score_pairs(smaller, _freeze(smaller)).capped.is_empty()


def test_a_shared_identifier_links_what_names_alone_would_not():
    one = ROWAN | {"pnc": ["2001/0000001A"], "birth_date": None, "postcodes": []}
    two = one | {"surname": "FENWICK"}
    assert weight(one, two) >= person.LINK


def test_a_nickname_weighs_more_than_another_name():
    william = ROWAN | {"forename": "WILLIAM"}
    assert weight(william, ROWAN | {"forename": "BILL"}) >= person.LINK


def test_the_weights_of_every_pair_sum_to_its_total():
    people = [someone(n % 8, postcodes=[f"ZE{n % 3} 1AA"], **PHONE) for n in range(24)]
    frame = features(*people)
    pairs = score_pairs(frame, _freeze(frame)).pairs
    assert pairs.height > 10
    for row in pairs.iter_rows(named=True):
        assert sum(json.loads(row["weights"]).values()) == pytest.approx(row["match_weight"])
        assert row["unique_id_l"] < row["unique_id_r"]


def test_a_common_name_weighs_less_than_a_rare_one():
    crowd = [someone(n, forename="JOHN", surname="SMITH") for n in range(8, 40)]
    frame = features(ROWAN, ROWAN, crowd[0] | {"birth_date": date(1950, 3, 14)} | PHONE,
                     crowd[1] | {"birth_date": date(1950, 3, 14)} | PHONE, *crowd[2:])  # fmt: skip
    scored = {
        (row["unique_id_l"], row["unique_id_r"]): json.loads(row["weights"])
        for row in score_pairs(frame, _freeze(frame)).pairs.iter_rows(named=True)
    }
    assert scored[(3, 4)]["surname"] < scored[(1, 2)]["surname"]
