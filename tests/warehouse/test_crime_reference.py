"""How references are told, and for whose one that is quoted may be meant."""

import duckdb
import pytest

from warehouse.crime_reference import (
    bare_sql,
    digits_sql,
    letters_sql,
    quoted_marks_sql,
    quoted_sql,
)


def ask(expression: str, text: str | None):
    query = f"SELECT {expression} FROM (SELECT *, {quoted_sql('text')} AS quoted FROM given)"
    with duckdb.connect() as con:
        con.execute("CREATE TABLE given AS SELECT $text::VARCHAR AS text", {"text": text})
        [(found,)] = con.execute(query).fetchall()
    return found


@pytest.mark.parametrize(
    ("text", "digits", "letters"),
    [
        ("KE/445566/25", "44556625", "KE"),
        ("ref: ke 445566/25", "44556625", "KE"),
        ("01/000123/26", "100012326", ""),
        ("Crime No. 445566-25", "44556625", ""),
        ("Kent Police 445566/25", "44556625", "KENT"),
        ("Ref445566/25", "44556625", ""),
        ("CRIME REPORT 445566/25", "44556625", ""),
        ("Devon & Cornwall Police 445566/25", "44556625", "DEVONCORNWALL"),
        ("000000", None, ""),
        ("TBC 12345", None, "TBC"),
        ("N/A", None, "NA"),
        (None, None, ""),
    ],
)
def test_a_reference_is_told_by_its_digits_and_letters(text, digits, letters):
    assert (ask(digits_sql("text"), text), ask(letters_sql("text"), text)) == (digits, letters)


@pytest.mark.parametrize(
    ("quoted", "own", "is_meant"),
    [
        ("KE/445566/25", "KE|44556625", True),
        ("Kent Police 445566/25 (PC 1234)", "KE|44556625", True),
        ("Kent Police 445566/25 (PC 1234)", "KENT|44556625", True),
        ("ref ke445566/25", "KE|44556625", True),
        ("KE/0445566/25", "KE|44556625", True),
        ("KE/810001/26, DU/810002/26", "KE|81000126", True),
        ("KE/810001/26 and DU/810002/26", "DU|81000226", True),
        ("(445566/25)", "|44556625", True),
        ("DEVON AND CORNWALL 445566/25", "DEVONCORNWALL|44556625", True),
        ("CITY OF LONDON POLICE 445566/25", "CITYLONDON|44556625", True),
        ("KE/810001/26 & DU/810002/26", "KE|81000126", True),
        ("KENT 445566/25", "|44556625", False),
        ("KE/445566/25", "DU|44556625", False),
        ("KE/810001/26, DU/810002/26", "DU|81000126", False),
        ("445566/25", "KE|44556625", False),
        ("N/A", "|", False),
        (None, "|", False),
    ],
)
def test_a_quoted_reference_is_meant_for_one_whose_letters_it_has(quoted, own, is_meant):
    marks = ask(quoted_marks_sql("quoted"), quoted)
    assert (own in (marks or [])) is is_meant


@pytest.mark.parametrize(
    ("quoted", "bare"),
    [("445566/25", ["44556625"]), ("KE/445566/25", None), ("ref 445566/25", ["44556625"]),
     ("UNKNOWN", None), (None, None)],
)  # fmt: skip
def test_digits_without_letters_may_be_any_forces(quoted, bare):
    assert ask(bare_sql("quoted"), quoted) == bare
