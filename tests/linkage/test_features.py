"""What the model compares of a record, and that a comparison is the same both ways."""

from datetime import date

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.features import FEATURES, KEY, select_features
from linkage.models import person
from linkage.name_forms import describe_surnames, fold, sound_of

OWNED = {
    "person_name": {"forename": str, "surname": str},
    "person_identifier": {"type": str, "value": str, "is_valid": bool},
    "person_address": {
        "address": str, "locality": str, "postcode": str, "address_type": str, "from_date": date,
        "to_date": date,
    },
    "person_contact": {"type": str, "value": str},
}  # fmt: skip
RECORD = {
    "forename": str, "middle_names": str, "surname": str, "birth_date": date, "birth_year": int,
    "sex": str, "source_person_ref": str,
}  # fmt: skip


def features(*people: dict, places: dict | None = None, records: list[str] | None = None):
    """One dictionary of features a record, in order of its id: 1, 2, …; what a record owns stands
    under the table's name."""
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        for table, columns in {"person_record": RECORD, **OWNED}.items():
            rows = [
                {"force": "kent", "source_system": "niche", "source_record_id": str(n)} | row
                for n, one in enumerate(people, start=1)
                for row in ([one] if table == "person_record" else one.get(table, []))
            ]
            schema = dict.fromkeys(KEY, str) | columns
            con.register("rows", pl.DataFrame(rows, schema=schema, strict=False))
            con.execute(f"CREATE TABLE core.{table} AS FROM rows")
        if places is not None:
            con.register("places", pl.DataFrame(places))
        if records is not None:
            keys = [("kent", "niche", record) for record in records]
            con.register("wanted", pl.DataFrame(keys, schema=KEY, orient="row"))
        select_features(
            con,
            is_state=False,
            records="wanted" if records is not None else None,
            places="places" if places is not None else None,
        )
        return con.sql("FROM feature ORDER BY source_record_id").pl().to_dicts()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O'CONNOR", "O CONNOR"),
        ("AL-MASRI", "AL MASRI"),
        ("VAN DER BERG", "VANDERBERG"),
        ("MC DONALD", "MCDONALD"),
        ("SMITH-JONES", "SMITH JONES"),
        ("ŁUKASZEWICZ", "LUKASZEWICZ"),
        ("MÜLLER", "MULLER"),
    ],
)
def test_surnames_that_are_spelled_in_two_ways_are_one(one, other):
    [first, second] = features({"surname": one}, {"surname": other})
    assert first["surname"] == second["surname"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("MOHAMMED", "MUHAMMAD"), ("HUSSAIN", "HUSSEIN"), ("CATHERINE", "KATHERINE")],
)
def test_names_that_sound_the_same_share_their_sound(one, other):
    assert sound_of(one) == sound_of(other)


def test_a_name_of_another_script_is_its_own_sound():
    assert sound_of(fold("Иванов")) == "ИВАНОВ"


def test_the_parts_of_a_double_name_and_what_particles_leave_stand_beside_it():
    parts = dict(describe_surnames(["SMITH-JONES", "AL-MASRI", "O'NEILL", "ASH"])
                 .select("name", "surname_parts").iter_rows())  # fmt: skip
    assert parts == {
        "SMITH-JONES": ["JONES", "SMITH"],
        "AL-MASRI": ["MASRI"],
        "O'NEILL": ["NEILL"],
        "ASH": None,
    }


def test_a_nickname_stands_for_its_name_and_further_forenames_are_middle_names():
    [bill, chris] = features(
        {"forename": "BILL", "middle_names": "JOHN"}, {"forename": "CHRIS ANNE"}
    )
    assert (bill["stands_for"], bill["middle_name"]) == ("#WILLIAM", "JOHN")
    assert chris["forenames"] == ["#CHRISTINE", "#CHRISTOPHER"]
    assert (chris["forename"], chris["middle_name"]) == ("CHRIS", "ANNE")


def test_aliases_and_maiden_names_stand_among_the_others():
    names = [{"forename": "JACK", "surname": "ELM"}, {"surname": "OAK"}]
    [one] = features({"forename": "ANN", "surname": "ASH", "person_name": names})
    assert (one["forenames"], one["surnames"]) == (["#JOHN", "JACK"], ["ELM", "OAK"])


@pytest.mark.parametrize("value", ["000000000", "99999999", "N/A", "not known", "123456789", "--"])
def test_a_placeholder_is_no_paper(value):
    identifiers = [{"type": "ni", "value": value}, {"type": "passport", "value": "561204417"}]
    [one] = features({"person_identifier": identifiers})
    assert (one["papers"], one["paper_kinds"]) == (["passport 561204417"], 2)


def test_only_valid_pnc_ids_count_and_other_papers_bear_their_kind():
    identifiers = [
        {"type": "pnc", "value": "2001/0000001A", "is_valid": True},
        {"type": "pnc", "value": "2001/0000001B", "is_valid": False},
        {"type": "other", "value": "123"},
        {"type": "ni", "value": "AB1"},
    ]
    [one] = features({"person_identifier": identifiers})
    assert one["pnc"] is not None
    assert one["pncs"] is None
    assert (one["papers"], one["paper_kinds"]) == (["ni AB1", "other 123"], 4 | 16)


def test_a_record_with_several_values_lists_them_and_one_with_a_single_value_does_not():
    twice = [
        {"type": "phone", "value": "+447700900001"},
        {"type": "phone", "value": "+447700900002"},
    ]
    [one, other] = features({"person_contact": twice}, {"person_contact": twice[:1]})
    assert one["phones"] == sorted(one["phones"])
    assert len(one["phones"]) == 2
    assert other["phones"] is None
    assert other["phone"] in one["phones"]


def test_the_present_home_stands_for_the_record_and_former_ones_in_its_list():
    former = {"address": "1 OLD LANE", "postcode": "ZE1 1AA", "to_date": date(2020, 1, 1)}
    now = {"address": "2 NEW ROAD", "postcode": "ZE2 2BB", "locality": "TOWN"}
    work = {"address": "3 MILL", "postcode": "ZE3 3CC", "address_type": "work"}
    [one, other] = features(
        {"person_address": [former, work, now]}, {"person_address": [{"postcode": "ZE2 2BB"}]}
    )
    assert (one["address"], one["locality"]) == ("2 NEW ROAD", "TOWN")
    assert one["postcode"] == other["postcode"]
    assert len(one["postcodes"]) == 3


def test_british_rules_are_for_british_postcodes_alone():
    [british, foreign] = features(
        {"person_address": [{"address": "2 NEW ROAD", "postcode": "ZE2 2BB"}]},
        {"person_address": [{"address": "2 NEW ROAD", "postcode": "2119", "locality": "DELMAR"}]},
    )
    assert british["sector"] is not None
    assert (foreign["sector"], foreign["outcode"]) == (None, None)
    assert foreign["home"] is not None


def test_a_home_is_known_by_house_and_postcode_however_its_street_is_spelled():
    [one, other] = features(
        {"person_address": [{"address": "2 NEW ROAD", "postcode": "ZE2 2BB"}]},
        {"person_address": [{"address": "2 NEW RD", "postcode": "ZE2 2BB"}]},
    )
    assert one["home"] == other["home"]


def test_the_number_of_a_house_stands_first_or_last():
    [first, last, flat, named, again] = features(
        *({"person_address": [{"address": line}]}
          for line in ("20 ELM ROW", "HOLM VEG 20", "FLAT 2, 20 ELM ROW", "THE ELMS", "THE OAKS"))
    )  # fmt: skip
    assert first["house"] == last["house"] != flat["house"] != named["house"]
    assert named["house"] == again["house"]


def test_postcodes_have_coordinates_where_a_gazetteer_is_loaded():
    places = {"postcode": ["ZE2 2BB"], "easting": [450000.4], "northing": [1140000.0]}
    [one] = features({"person_address": [{"postcode": "ZE2 2BB"}]}, places=places)
    assert (one["easting"], one["northing"]) == (450000, 1140000)


def test_a_year_alone_is_kept_and_a_date_gives_its_year():
    [one, other] = features({"birth_year": 1950}, {"birth_date": date(1960, 3, 4)})
    assert (one["birth_date"], one["birth_year"], other["birth_year"]) == (None, 1950, 1960)
    # A home may hold one from before such years were kept out.
    assert features({"birth_year": 40_000})[0]["birth_year"] is None


def test_the_features_of_some_records_are_those_that_all_together_give():
    people = [
        {"forename": "ANA", "person_contact": [{"type": "email", "value": f"{n}@example.org"}]}
        for n in range(3)
    ]
    assert features(*people, records=["2"]) == features(*people)[1:2]


NAMES = st.sampled_from(["ANN", "ANNE", "ANNA", "NANCY", "A", "BILL", "WILLIAM", "WILIAM", None])
WORDS = st.sampled_from(["ASH", "ASHE", "ELM", "ASH-ELM", "ANN", "HSA", None])


def owned(**columns: list) -> st.SearchStrategy:
    row = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in columns.items()})
    return st.lists(row, max_size=2)


PEOPLE = st.fixed_dictionaries(
    {
        "forename": NAMES,
        "middle_names": NAMES,
        "surname": WORDS,
        "birth_date": st.sampled_from([date(1980, 3, 4), date(1980, 4, 3), date(1981, 3, 4),
                                       date(1955, 3, 14), None]),
        "sex": st.sampled_from(["M", "F", None]),
        "source_person_ref": st.sampled_from(["1", "2", None]),
        "person_name": owned(forename=["ANN", None], surname=["ELM", "ASH"]),
        "person_identifier": owned(type=["pnc"], value=["1", "2"], is_valid=[True])
        | owned(type=["other", "ni"], value=["12345", "12354", "99999"], is_valid=[None]),
        "person_address": owned(address=["1 HIGH ST", "1 HIGH STREET", "2 LOW RD", None],
                                locality=["TOWN", None],
                                postcode=["ZE1 1AA", "ZE1 1AB", "ZE1 2AA", "2119", None]),
        "person_contact": owned(type=["phone"], value=["+447700900001", "+447700900002"])
        | owned(type=["email"], value=["a@x.org", "a@y.org", "ab@x.org"]),
    }
)  # fmt: skip


@given(st.lists(PEOPLE, min_size=2, max_size=6))
@settings(max_examples=60)
def test_every_comparison_is_at_the_same_level_whichever_record_stands_left(people):
    made = pl.DataFrame(
        features(*people),
        schema={"force": str, "source_system": str, "source_record_id": str} | _schema(),
    )
    sided = ", ".join(f"{side}.{name} AS {name}_{side}" for side in "lr" for name in FEATURES)
    ids = "l.source_record_id AS left_id, r.source_record_id AS right_id"
    with duckdb.connect() as con:
        con.register("made", made)
        con.execute(
            f"CREATE TABLE pair AS SELECT {ids}, {sided} FROM made AS l JOIN made AS r "
            "ON l.source_record_id <> r.source_record_id"
        )
        for comparison in person.COMPARISONS:
            levels = " ".join(
                f"WHEN {level.when} THEN {index}" for index, level in enumerate(comparison.levels)
            )
            level = f"CASE WHEN {comparison.unknown} THEN -1 {levels} ELSE 99 END"
            [(uneven,)] = con.execute(
                f"WITH found AS (SELECT left_id, right_id, {level} AS place FROM pair) "
                "SELECT count(*) FROM found AS a JOIN found AS b ON a.left_id = b.right_id "
                "AND a.right_id = b.left_id WHERE a.place <> b.place"
            ).fetchall()
            assert uneven == 0, comparison.name


def _schema() -> dict[str, pl.DataType]:
    kinds = {
        "VARCHAR": pl.String(), "DATE": pl.Date(), "SMALLINT": pl.Int16(), "UTINYINT": pl.UInt8(),
        "UBIGINT": pl.UInt64(), "UINTEGER": pl.UInt32(), "INTEGER": pl.Int32(),
    }  # fmt: skip
    return {
        name: pl.List(kinds[kind[:-2]]) if kind.endswith("[]") else kinds[kind]
        for name, kind in FEATURES.items()
    }
