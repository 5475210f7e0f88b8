"""What the records of a data set tell about households, and what of the list counts then."""

import itertools

import duckdb
import polars as pl
import pytest

from linkage.features import FEATURES
from linkage.models import person
from linkage.models.person_conditions import MIDDLE_NAME_SHARED
from linkage.models.person_households import (
    ONLY_WHERE_ANY_IS_SHARED,
    ONLY_WHERE_KIN_BEAR_ONE_NAME,
    ONLY_WHERE_NAMELESS,
    ONLY_WHERE_SHARED,
    OWN_MIDDLE_NAME,
)
from linkage.models.person_thresholds import OF_IDENTIFIED, THRESHOLDS
from linkage.training.households import find_unshared
from linkage.training.structure import fit_structure
from warehouse.given import lent


def test_every_part_of_the_list_that_counts_only_in_households_is_there():
    parts = {each.says for each in THRESHOLDS}
    parts |= {level.says for each in person.COMPARISONS for level in each.levels}
    named = [*itertools.chain(*ONLY_WHERE_SHARED.values()), *ONLY_WHERE_KIN_BEAR_ONE_NAME,
             *ONLY_WHERE_ANY_IS_SHARED, *ONLY_WHERE_NAMELESS]  # fmt: skip
    assert set(named) <= parts
    assert tuple(each.says for each in THRESHOLDS[: len(OF_IDENTIFIED)]) == OF_IDENTIFIED
    assert set(person.KEPT) <= {each.name for each in person.COMPARISONS}


def sharing(
    con: duckdb.DuckDBPyConnection, line: str, others: int, ours: int, prolific: int = 0
) -> None:
    """Make ``people``, of whom so many pairs that share a value of the line have other forenames,
    and so many have not, and one person has so many records; nothing else is known of them."""
    rows = [(place, name, place // 2)
            for pair in range(others + ours)
            for place, name in ((2 * pair, "ANA"), (2 * pair + 1, "BO" if pair < others else "ANA"))
            ]  # fmt: skip
    rows += [(10_000 + record, "CLO", 99_999) for record in range(prolific)]
    columns = ", ".join(f"{name} {kind}" for name, kind in FEATURES.items())
    con.execute(f"CREATE OR REPLACE TABLE people (record BIGINT, source VARCHAR, {columns})")
    is_list = FEATURES[line].endswith("[]")
    con.executemany(
        f"INSERT INTO people (record, forename, surname, {line}) "
        f"VALUES (?, ?, 'ASH', {'[?]' if is_list else '?'})",
        rows,
    )


def unshared(line: str, others: int, ours: int, prolific: int = 0) -> set[str]:
    """What is left out where nothing but the line is known beside names."""
    known = dict.fromkeys(FEATURES, 0) | {line: 2 * (others + ours) + prolific}
    with duckdb.connect() as con:
        sharing(con, line, others, ours, prolific)
        return set(find_unshared(con, "people", known))


@pytest.mark.parametrize("line", ["phone", "email", "papers"])
def test_the_data_tell_whether_households_share_a_line(line):
    everything = {*ONLY_WHERE_SHARED[line], *ONLY_WHERE_ANY_IS_SHARED}
    assert unshared(line, others=20, ours=40) == set()
    assert unshared(line, others=5, ours=55) == everything
    # One person's telephone is one telephone, however many records hold it.
    assert unshared(line, others=30, ours=0, prolific=45) == set()
    # Too few to tell: what is safer stands.
    assert unshared(line, others=1, ours=20) == set()


def live_together(con: duckdb.DuckDBPyConnection, line: str, people: int, houses: int) -> None:
    """So many people of so many forenames in each of so many houses, who share the line."""
    con.execute(
        f"INSERT INTO people (record, source, forename, surname, {line}) SELECT "
        "50_000 + 1_000 * house + i, 'S0', 'NAME' || i, 'OAK', 70_000 + house "
        f"FROM range({people}) p(i), range({houses}) h(house)"
    )


@pytest.mark.parametrize(("people", "is_shared"), [(30, True), (0, False)])
def test_people_of_a_hostel_share_a_line_though_they_are_too_many_for_a_household(
    people, is_shared
):
    known = dict.fromkeys(FEATURES, 0) | {"phone": 120 + 2 * people}
    with duckdb.connect() as con:
        sharing(con, "phone", others=5, ours=55)
        live_together(con, "phone", people, houses=2)
        left_out = set(find_unshared(con, "people", known))
    assert left_out.isdisjoint(ONLY_WHERE_ANY_IS_SHARED) == is_shared


def test_what_a_telephone_tells_of_its_levels_is_told_whatever_the_home_tells():
    known = dict.fromkeys(FEATURES, 0) | {"home": 1_000, "phone": 120}
    with duckdb.connect() as con:
        of_one_name(con, 200, 0)
        con.execute("UPDATE people SET phone = record // 2 WHERE record < 120")
        left_out = find_unshared(con, "people", known)
    homes = [each for each in ONLY_WHERE_KIN_BEAR_ONE_NAME if "pairs of one name" in left_out[each]]
    assert homes
    for each in ONLY_WHERE_SHARED["phone"]:
        assert left_out[each] == "of 60 pairs that share phone 0.0% have other forenames"


def test_one_of_several_telephones_tells_as_well_as_the_only_one():
    known = dict.fromkeys(FEATURES, 0) | {"phone": 120}
    with duckdb.connect() as con:
        sharing(con, "phone", others=5, ours=55)
        # Each has another number besides, which comes first.
        con.execute(
            "UPDATE people SET phones = [900_000 + record, phone], phone = 900_000 + record"
        )
        assert set(find_unshared(con, "people", known)) >= set(ONLY_WHERE_SHARED["phone"])


@pytest.mark.parametrize(
    ("births", "is_of_household"),
    [
        (None, False),
        ("DATE '1980-03-14' + 2_000 * (record % 2)::INTEGER", True),
        # Of one person, but for a slip.
        ("DATE '1980-03-14' + 5 * (record % 2)::INTEGER", False),
    ],
)
def test_other_births_tell_more_surely_than_other_forenames(births, is_of_household):
    known = dict.fromkeys(FEATURES, 0) | {"papers": 120}
    with duckdb.connect() as con:
        sharing(con, "papers", others=12, ours=48)
        if births:
            con.execute(
                f"UPDATE people SET birth_date = {births}, birth_year = year({births}) "
                "WHERE record < 24"  # Those with other forenames.
            )
            con.execute(
                "UPDATE people SET birth_date = DATE '1970-01-02', birth_year = 1970 "
                "WHERE record >= 24"
            )
        left_out = find_unshared(con, "people", known)
    assert set(ONLY_WHERE_SHARED["papers"]).isdisjoint(left_out) == is_of_household


@pytest.mark.parametrize(
    ("surnames", "is_of_household"),
    [
        # Every one of another forename has another surname: couples of two surnames.
        ("CASE WHEN record < 12 AND record % 2 = 0 THEN 'OAK' ELSE 'ASH' END", True),
        # One person's, where slips of the one name have nothing to do with those of the other.
        ("CASE WHEN record BETWEEN 10 AND 20 AND record % 2 = 0 THEN 'OAK' ELSE 'ASH' END", False),
    ],
)
def test_other_surnames_beside_other_forenames_tell_of_couples(surnames, is_of_household):
    known = dict.fromkeys(FEATURES, 0) | {"papers": 120}
    with duckdb.connect() as con:
        sharing(con, "papers", others=6, ours=54)
        con.execute(f"UPDATE people SET surname = {surnames}")
        left_out = find_unshared(con, "people", known)
    assert set(ONLY_WHERE_SHARED["papers"]).isdisjoint(left_out) == is_of_household


def of_one_name(
    con: duckdb.DuckDBPyConnection,
    pairs: int,
    within: int,
    *,
    sources: int = 2,
    others: int = 0,
    others_within: int = 0,
) -> None:
    """Make ``people``: so many pairs of one name and home, so many of them in one source and the
    rest in two, and so many pairs that live together under other names, likewise."""
    rows = []
    for pair in range(pairs + others):
        is_other = pair >= pairs
        one = pair % sources
        is_within = pair - pairs < others_within if is_other else pair < within
        two = one if is_within else (one + 1) % sources
        rows += [
            (2 * pair, f"S{one}", "ANA", pair),
            (2 * pair + 1, f"S{two}", "BO" if is_other else "ANA", pair),
        ]
    columns = ", ".join(f"{name} {kind}" for name, kind in FEATURES.items())
    con.execute(f"CREATE OR REPLACE TABLE people (record BIGINT, source VARCHAR, {columns})")
    made = pl.DataFrame(rows, schema=["record", "source", "forename", "home"], orient="row")
    with lent(con, made=made):
        con.execute("INSERT INTO people BY NAME SELECT *, 'ASH' AS surname FROM made")


def are_kin_met(con: duckdb.DuckDBPyConnection) -> bool:
    known = dict.fromkeys(FEATURES, 0) | {"home": 1_000}
    left_out = find_unshared(con, "people", known)
    found = set(ONLY_WHERE_KIN_BEAR_ONE_NAME) & set(left_out)
    assert found in (set(), set(ONLY_WHERE_KIN_BEAR_ONE_NAME))
    return not found


@pytest.mark.parametrize(
    ("pairs", "within", "others_within", "is_met"),
    [
        (200, 0, 200, False),
        (200, 2, 200, False),
        # As many again in two sources: 8 of 200 are 4%, the one that is added among them.
        (200, 3, 200, True),
        (90, 0, 200, True),  # too few to tell
        # Sources that list one person a home: a father and a son never stand in one.
        (200, 0, 10, True),
    ],
)
def test_sources_tell_whether_kin_of_one_name_are_met(pairs, within, others_within, is_met):
    with duckdb.connect() as con:
        of_one_name(con, pairs, within, others=400, others_within=others_within)
        assert are_kin_met(con) == is_met


@pytest.mark.parametrize("kin", [0, 20])
def test_a_source_that_lists_everybody_once_does_not_tell_for_those_that_do_not(kin):
    """It may list the heads of families alone, or children alone."""
    with duckdb.connect() as con:
        of_one_name(con, 400, 100, others=800, others_within=800)
        # Whoever stands twice in one source stands in S1; but for kin.
        con.execute(f"UPDATE people SET source = 'S1' WHERE record BETWEEN {2 * kin} AND 199")
        assert are_kin_met(con)


@pytest.mark.parametrize("sources", [2, 30, 100])
@pytest.mark.parametrize(("others", "is_met"), [(1_200, False), (2_400, True)])
def test_sources_that_hold_kin_and_hardly_anybody_twice_tell_nothing(others, is_met, sources):
    """Of a roll of heads of families and a school's register those of one name are kin; so they
    are where each of the schools is small."""
    with duckdb.connect() as con:
        of_one_name(con, 150, 0, sources=sources, others=others, others_within=800)
        assert are_kin_met(con) == is_met


@pytest.mark.parametrize("are_heads", [False, True])
def test_heads_of_families_are_no_pupils_though_many_bear_their_names(are_heads):
    with duckdb.connect() as con:
        of_one_name(con, 150, 0, others=1_200, others_within=800)
        if are_heads:
            con.execute("UPDATE people SET source = 'S1' WHERE record BETWEEN 300 AND 1_899")
        assert are_kin_met(con) == are_heads


def test_of_many_sources_not_the_one_counts_that_has_the_fewest_by_chance():
    with duckdb.connect() as con:
        # For two pairs of other forenames one of one name, in every source but one.
        of_one_name(con, 1_200, 1_200, sources=20, others=2_400, others_within=2_400)
        con.execute("UPDATE people SET source = 'S1' WHERE source = 'S0' AND record < 2_400")
        assert are_kin_met(con)


@pytest.mark.parametrize(("within", "is_met"), [(0, True), (30, False)])
def test_of_sources_that_list_one_person_a_home_more_are_heirs(within, is_met):
    with duckdb.connect() as con:
        of_one_name(con, 200, 0, others=60, others_within=within)
        assert are_kin_met(con) == is_met


def test_names_that_are_alike_are_held_for_kin_whatever_is_known_of_those_of_one_name():
    with duckdb.connect() as con:
        of_one_name(con, 200, 0, others=400, others_within=200)
        assert not are_kin_met(con)
        structure = fit_structure(con, "people")
    [kin] = [each for each in structure.comparisons if each.name == "kin"]
    says = {level.says for level in kin.levels}
    assert says.isdisjoint(ONLY_WHERE_KIN_BEAR_ONE_NAME)
    assert any(each.startswith("possible kin of names alike") for each in says)


@pytest.mark.parametrize(("others", "is_met"), [(20, False), (400, True)])
def test_where_nobody_lives_with_others_there_are_no_kin(others, is_met):
    with duckdb.connect() as con:
        of_one_name(con, 200, 200, sources=1, others=others)
        assert are_kin_met(con) == is_met


def test_who_lives_in_a_hostel_does_not_live_alone():
    with duckdb.connect() as con:
        of_one_name(con, 200, 200, sources=1, others=20)
        live_together(con, "home", 30, houses=2)
        assert are_kin_met(con)


@pytest.mark.parametrize(("fathers", "is_met"), [(2, False), (20, True)])
def test_births_tell_whether_kin_of_one_name_are_met(fathers, is_met):
    with duckdb.connect() as con:
        of_one_name(con, 200, 200, sources=1, others=400)
        con.execute("UPDATE people SET birth_date = DATE '1990-05-06', birth_year = 1990")
        con.execute(
            "UPDATE people SET birth_date = DATE '1960-07-08', birth_year = 1960 "
            f"WHERE record < {2 * fathers} AND record % 2 = 0"
        )
        assert are_kin_met(con) == is_met


@pytest.mark.parametrize(("last", "is_met"), [(2_000, False), (200, True)])
def test_births_of_those_who_are_listed_twice_tell_nothing_of_others(last, is_met):
    with duckdb.connect() as con:
        of_one_name(con, 200, 200, sources=1, others=400)
        con.execute(
            "UPDATE people SET birth_date = DATE '1990-05-06', birth_year = 1990 "
            f"WHERE record < {last}"
        )
        assert are_kin_met(con) == is_met


@pytest.mark.parametrize(("sons", "is_own"), [(2, True), (20, False)])
def test_a_middle_name_is_ones_own_where_few_sons_bear_all_of_a_fathers_names(sons, is_own):
    with duckdb.connect() as con:
        # In one source stand fathers and sons; in two sources everybody once.
        of_one_name(con, 400, 40, others=800, others_within=400)
        con.execute(
            "UPDATE people SET middle_name = 'JO' || CASE WHEN record < 80 AND record >= "
            f"{2 * sons} THEN record % 2 ELSE 2 END"
        )
        structure = fit_structure(con, "people")
    [kin] = [each for each in structure.comparisons if each.name == "kin"]
    named = [each for each in kin.levels if each.says in ONLY_WHERE_KIN_BEAR_ONE_NAME]
    assert named
    left_out = {each["name"] for each in structure.left_out}
    assert (OWN_MIDDLE_NAME not in left_out) == is_own
    # What is sought in the levels stands there.
    asked = [each for each in named if "name and address" in each.says]
    assert asked
    assert all((MIDDLE_NAME_SHARED in each.when) == is_own for each in asked)


def test_one_person_with_many_records_says_nothing_of_kin():
    with duckdb.connect() as con:
        of_one_name(con, 200, 0, others=400, others_within=200)
        con.execute(
            "INSERT INTO people (record, source, forename, surname, home) "
            "SELECT 10_000 + i, 'S0', 'CLO', 'ASH', 99_999 FROM range(40) t(i)"
        )
        assert not are_kin_met(con)


def test_a_tie_that_is_wrong_at_times_is_of_persons():
    with duckdb.connect() as con:
        sharing(con, "own_tie", others=6, ours=54)
        # Strangers, whose surnames are others' too.
        con.execute("UPDATE people SET surname = 'OAK' WHERE record < 12 AND record % 2 = 0")
        structure = fit_structure(con, "people")
    assert "own_tie" in {each.name for each in structure.comparisons}


@pytest.mark.parametrize(("others", "is_of_household"), [(40, True), (5, False)])
def test_a_tie_of_households_is_no_part_of_the_model(others, is_of_household):
    with duckdb.connect() as con:
        sharing(con, "own_tie", others, ours=45)
        structure = fit_structure(con, "people")
    names = {each.name for each in structure.comparisons}
    conditions = " ".join(level.when for each in structure.comparisons for level in each.levels)
    assert {"forename", "surname", "kin"} <= names
    assert ("own_tie" not in names) == is_of_household
    assert ("own_tie" not in conditions) == is_of_household
    whys = [part["why"] for part in structure.left_out if part["name"] == "own_tie"]
    assert whys == is_of_household * [
        "it ties households: of 85 pairs that it ties 47.1% have other forenames"
    ]
