"""What the model of persons joins and what it leaves, as pairs of records that a person can read.

Every pair has names, a day and a place of its own, and all are linked in one night with the typed
numbers; a pair is joined where its two records come to be one person.
"""

from datetime import date

import duckdb
import pytest

from linkage.models.person import COMPARISONS
from linkage.persons import link
from tests.linkage.small_model import FIRST, ask, store
from warehouse.home import Home
from warehouse.schema import quote

NAMES = [
    ("ROWAN", "ASHDOWN"), ("IMRAN", "QURESHI"), ("KASIA", "WOJCIK"), ("TOLA", "ADEYEMI"),
    ("MEI", "CHEN"), ("GARETH", "PRYCE"), ("SIOBHAN", "KEANE"), ("DIOGO", "TAVARES"),
    ("UMA", "VENKATESAN"), ("LARS", "HOLMGREN"), ("PAOLO", "BERTOLUCCI"), ("YUSUF", "DEMIRTAS"),
    ("WILLIAM", "FOTHERGILL"), ("OLENA", "SHEVCHENKO"), ("JOSE", "ECHEVERRIA"), ("NIA", "GWILLIM"),
    ("ELUNED", "PARRYJONES"), ("TEODOR", "IONESCU"),
    ("ANTONIN", "DVORSKY"), ("RUTH", "ZIMMERLI"), ("OWAIN", "LLYWELYN"), ("SANA", "BHATTACHARYA"),
    ("PIET", "VANDERMEER"), ("EILIDH", "URQUHART"), ("TARO", "ISHIKAWA"),
    ("BRAM", "OOSTERHUIS"), ("FATIMA", "ELHADDAD"), ("CALLUM", "MACALLISTER"), ("ZOLTAN", "KOVACS"),
    ("HEDDA", "NYGAARD"), ("BASIL", "PAPADAKIS"), ("ANWEN", "TREHARNE"), ("DARIUSZ", "KOWALCZYK"),
    ("IVOR", "SKEFFINGTON"), ("LEILA", "MOUSAVI"), ("CORMAC", "GALLAGHER"), ("SVEN", "LINDQVIST"),
    ("AOIFE", "MULCAHY"), ("GUNNAR", "EKSTROM"), ("PRIYA", "SUBRAMANIAM"), ("ALUN", "BEVERIDGE"),
    ("NOOR", "RAHMANI"),
]  # fmt: skip

HOME = {"address": "7 TANNERY ROW"}
PHONE, MAIL = {"phone": "+447700900123"}, {"email": "home@example.org"}
SHARED_PNC = "father and son of one name and PNC ID elsewhere"
SAME = {
    "all the same": ({}, {}),
    "moved house, the same telephone": (PHONE, PHONE | {"postcode": "ZE9 9ZZ"}),
    "day and month swapped": ({"birth_date": date(1950, 4, 3)}, {"birth_date": date(1950, 3, 4)}),
    "one digit of the birth date": (
        {"birth_date": date(1952, 3, 14)},
        {"birth_date": date(1952, 3, 24)},
    ),
    "a short form of the forename": ({"forename": "WILLIAM"}, {"forename": "BILL"}),
    "a typing mistake in the surname": ({}, {"surname": "PRYSE"}),
    "one PNC ID, another surname and address": (
        {"pnc": ("2001/0000001A",)},
        {"pnc": ("2001/0000001A",), "surname": "FENWICK", "postcode": "ZE9 9ZZ"},
    ),
}
APART = {
    "twins": ({}, {"forename": "BRIONY"}),
    "twins with one telephone": (PHONE, PHONE | {"forename": "BRIONY"}),
    "twins with one e-mail address": (MAIL, MAIL | {"forename": "BRIONY"}),
    "twins of two sexes whose names are alike": (
        {"forename": "NATAN"},
        {"forename": "NATASHA", "sex": "F"},
    ),
    "twins whose names have one sound by their consonants alone": (
        {"forename": "CHLOE"},
        {"forename": "SHEILA"},
    ),
    "a couple of two surnames with one telephone and e-mail address": (
        PHONE | MAIL,
        PHONE | MAIL | {"forename": "BRIONY", "surname": "SAXELBY", "birth_date": date(1948, 7, 2)},
    ),
    "a household under one policy": (
        {"paper": "74120093"},
        {"paper": "74120093", "forename": "BRIONY", "birth_date": date(1977, 7, 2)},
    ),
    "one placeholder for a number": (
        {"paper": "000000000"},
        {"paper": "000000000", "postcode": "ZE9 9ZZ"},
    ),
    "a surname, a home and a telephone, births that differ": (
        PHONE | HOME | {"forename": None},
        PHONE | HOME | {"forename": None, "birth_date": date(1977, 7, 2), "sex": "F"},
    ),
    "one name and home, births and PNC IDs that differ": (
        HOME | {"pnc": ("2001/0000001A",), "middle_names": "JUDE"},
        HOME | {"pnc": ("1999/1234567K",), "middle_names": "JUDE", "birth_date": date(1958, 7, 22)},
    ),
    "a brother and a sister under one policy at one home": (
        HOME | {"paper": "74120101", "forename": "NATAN", "birth_date": date(1950, 3, 14)},
        HOME
        | {"paper": "74120101", "forename": "NATASHA", "birth_date": date(1952, 3, 14), "sex": "F"},
    ),
    "twins of two sexes who share the first word of their given names": (
        {"forename": "WEI MING"},
        {"forename": "WEI LING", "sex": "F"},
    ),
    "father and son of one name, telephone and e-mail address, no birth": (
        PHONE | MAIL | {"birth_date": None},
        PHONE | MAIL | {"birth_date": None},
    ),
    "father and son of one name and telephone, no birth nor address": (
        PHONE | {"birth_date": None, "postcode": None},
        PHONE | {"birth_date": None, "postcode": None},
    ),
    "brothers of one name, home, telephone and e-mail address, births that differ": (
        HOME | PHONE | MAIL,
        HOME | PHONE | MAIL | {"birth_date": date(1958, 7, 22)},
    ),
    "brothers of one name and telephone, births that differ, one address not known": (
        PHONE,
        PHONE | {"birth_date": date(1958, 7, 22), "postcode": None},
    ),
    "brothers of one name and telephone in two flats of a house, births that differ": (
        PHONE | {"address": "FLAT 2 TANNERY ROW"},
        PHONE | {"address": "FLAT 3 TANNERY ROW", "birth_date": date(1958, 7, 22)},
    ),
    "one name, home and telephone, births and PNC IDs that differ": (
        HOME | PHONE | {"pnc": ("2003/2000001J",)},
        HOME | PHONE | {"pnc": ("1997/7654321P",), "birth_date": date(1958, 7, 22)},
    ),
    "twins whose numbers follow one another": (
        HOME | {"paper": "74120301"},
        HOME | {"paper": "74120302", "forename": "BRIONY"},
    ),
    SHARED_PNC: (
        {"pnc": ("2004/3000001A",)},
        {"pnc": ("2004/3000001A",), "birth_date": date(1928, 7, 2), "postcode": "ZE9 9ZZ"},
    ),
    "father and son of one name whose numbers follow one another, no birth": (
        {"paper": "74120201", "birth_date": None, "postcode": None},
        {"paper": "74120202", "birth_date": None, "postcode": None},
    ),
    "kin of one initial and home, births two years apart": (
        HOME | {"forename": "T"},
        HOME | {"forename": "T", "birth_date": date(1952, 7, 22)},
    ),
    "names in each other's place, births in one year": (
        {"forename": "MORGAN", "surname": "ELLIOT", "birth_date": date(1950, 3, 14)},
        {
            "forename": "ELLIOT",
            "surname": "MORGAN",
            "birth_date": date(1950, 8, 2),
            "postcode": "ZE9 9ZZ",
        },
    ),
    "father and son of one name": ({}, {"birth_date": date(1928, 7, 2)}),
    "strangers of one name and birth date": ({}, {"postcode": "ZE9 9ZZ"}),
    "a name and birth date, nothing else": ({"postcode": None}, {"postcode": None}),
    "a name alone": ({"birth_date": None}, {"birth_date": None, "postcode": None}),
    "two PNC IDs and two addresses": (
        {"pnc": ("2001/0000001A",)},
        {"pnc": ("1999/1234567K",), "postcode": "ZE9 9ZZ"},
    ),
    "no name, the same birth date and address": (
        {"forename": None, "surname": None},
        {"forename": None, "surname": None, "sex": "F"},
    ),
}
EVERY = {**SAME, **APART}


def pair_of(number: int, what: str) -> tuple[dict, dict]:
    """Both records, like but for what the case says; telephones of one pair are no other's."""
    forename, surname = NAMES[number]
    base = {
        "forename": forename, "surname": surname, "sex": "M", "postcode": f"ZE{number + 1} 1AA",
        "birth_date": date(1950 + number, 3, 14),
    }  # fmt: skip
    made = [base | change for change in EVERY[what]]
    for one in made:
        if one.get("phone"):
            one["phone"] = f"+4477009{number:05}"
        if one.get("email"):
            one["email"] = f"home{number}@example.org"
    return made[0], made[1]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    """A home that has linked all the pairs; records are ``<number>-<side>``."""
    home = Home.of(tmp_path_factory.mktemp("model"))
    records = {}
    for number, what in enumerate(EVERY):
        one, other = pair_of(number, what)
        records |= {f"kent/{number}-a": one, f"durham/{number}-b": other}
    store(home, FIRST, records)
    link(home, FIRST)
    return home


@pytest.fixture(scope="module")
def persons(home) -> dict[str, str]:
    """The person id of each record."""
    return dict(ask(home, "SELECT source_record_id, person_id FROM linkage.cluster "
                    "JOIN linkage.record_key USING (record)"))  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_who_agrees_in_enough_is_joined(persons, what):
    number = list(EVERY).index(what)
    assert persons[f"{number}-a"] == persons[f"{number}-b"]


@pytest.mark.parametrize("what", APART)
def test_what_kin_and_namesakes_share_joins_nobody(persons, what):
    number = list(EVERY).index(what)
    assert persons[f"{number}-a"] != persons[f"{number}-b"]


def test_who_shares_a_pnc_id_waits_for_a_person_whatever_speaks_against_it(home):
    number = list(EVERY).index(SHARED_PNC)
    [(weight, band)] = ask(
        home,
        "SELECT match_weight, band FROM linkage.edge "
        "JOIN linkage.record_key AS l ON l.record = record_l "
        "JOIN linkage.record_key AS r ON r.record = record_r WHERE "
        f"least(l.source_record_id, r.source_record_id) = '{number}-a'",
    )
    assert (weight < 0, band) == (True, "review")


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("1991-01-01", "1995-01-01", "different"),
        ("1961-01-01", "1978-01-01", "different"),
        ("1991-01-01", "1991-01-01", "same date, a first of January"),
        ("1991-01-01", "1995-01-02", "different"),
        ("1991-01-01", "1991-01-11", "one digit differs"),
        ("1991-02-03", "1995-02-03", "one digit differs"),
    ],
)
def test_two_first_days_of_january_say_their_years_alone(one, other, says):
    """It is what is entered where no more than the year is known."""
    [birth] = [each for each in COMPARISONS if each.name == "birth"]
    cases = " ".join(f"WHEN {level.when} THEN {quote(level.says)}" for level in birth.levels)
    sides = ", ".join(
        f"DATE '{value}' AS birth_date_{side}, {value[:4]} AS birth_year_{side}"
        for side, value in (("l", one), ("r", other))
    )
    with duckdb.connect() as con:
        [(level,)] = con.execute(
            f"SELECT CASE {cases} ELSE 'different' END FROM (SELECT {sides})"
        ).fetchall()
    assert level == says


def test_no_record_is_joined_with_one_of_another_pair(persons):
    pairs: dict[str, set[str]] = {}
    for record, person in persons.items():
        pairs.setdefault(person, set()).add(record.split("-")[0])
    assert all(len(numbers) == 1 for numbers in pairs.values())
